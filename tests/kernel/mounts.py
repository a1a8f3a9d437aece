"""Taking away what a test run mounted and wrote, even when the run itself could not."""

import shutil
import subprocess
import time
from pathlib import Path

# Below the folder of a scratch copy or of a build: where its tree is to be seen.
TREE = "tree"


def unmount(target: Path) -> None:
    """Unmount `target` whatever it takes: a mount left behind would outlive the test run."""
    for _ in range(20):
        if not target.is_mount():
            return
        subprocess.run(["umount", target], capture_output=True, check=False)
        if target.is_mount():
            # Some program has not let go yet.
            time.sleep(0.1)
    subprocess.run(["umount", "--lazy", target], check=True)


def discard(home: Path) -> None:
    """Delete a folder whose tree may still be mounted, by a run that was killed."""
    unmount(home / TREE)
    shutil.rmtree(home)
