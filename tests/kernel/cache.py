"""Linux sources, unpacked once for each machine.

Everything lives below one folder, named by VTSPLIT_CACHE, and may be deleted at any time.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from .mounts import discard

SOURCES = Path("/usr/src")


class UnavailableError(Exception):
    """This machine lacks something that the kernel tests need; the message says what."""


def find_cache() -> Path:
    """Return the cache folder, made if it is not there."""
    named = os.environ.get("VTSPLIT_CACHE")
    folder = Path(named) if named else Path.home() / ".cache" / "vtsplit"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def need_programs(names: Iterable[str]) -> None:
    """Raise UnavailableError naming every program that is not on the path."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        raise UnavailableError(f"no {', '.join(missing)} on this machine")


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold a lock between processes; the kernel drops it should this process die."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def fill_once(target: Path) -> Iterator[Path | None]:
    """Give a temporary folder that becomes `target` when the block ends well.

    Gives None where `target` is there already. Parallel runs wait for the first one. A run that
    dies leaves a `.part` folder behind, which the next one throws away.
    """
    with lock(target.with_name(f"{target.name}.lock")):
        if target.is_dir():
            yield None
            return
        for stale in target.parent.glob(f"{target.name}.part-*"):
            discard(stale)
        part = Path(tempfile.mkdtemp(prefix=f"{target.name}.part-", dir=target.parent))
        # mkdtemp is for secrets; a tree is to be readable like any other.
        part.chmod(0o755)
        try:
            yield part
            part.rename(target)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def digest(*facts: object) -> str:
    """Shorten facts to a name that changes when one of them does."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:10]


def unpack(version: str) -> Path:
    """Return the pristine tree of a kernel version ("6.1"). Nothing may ever be written to it."""
    tarball = SOURCES / f"linux-source-{version}.tar.xz"
    if not tarball.is_file():
        raise UnavailableError(f"no {tarball} (apt-get install linux-source-{version})")
    need_programs(["tar", "xz"])
    stat = tarball.stat()
    # A security update changes the package under the same name: that is another tree.
    home = find_cache() / f"linux-{version}-{digest(stat.st_size, stat.st_mtime_ns)}"
    home.mkdir(exist_ok=True)
    pristine = home / "pristine"
    with fill_once(pristine) as part:
        if part is not None:
            command = ["tar", "--extract", "--xz", "--no-same-owner", "--strip-components=1"]
            subprocess.run([*command, "--file", tarball, "--directory", part], check=True)
    return pristine
