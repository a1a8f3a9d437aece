"""A proof by the build, and the compiler alone: the commands that the proof runs, run again."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# It stands in for the compiler once, and notes each call: the folder and the words.
_RECORDER = """\
#!{python}
import json, os, sys
line = json.dumps([os.getcwd(), sys.argv[1:]]) + "\\n"
log = os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.write(log, line.encode())
os.execvp({compiler!r}, [{compiler!r}, *sys.argv[1:]])
"""


def proof(
    tree: Path, built: Path, preset: str, scratch: Path, program: Sequence[str]
) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the command that proves a split of a built tree, and the compiler's work alone.

    `tree` has the sources of `built`.
    """
    after = scratch / "after"
    subprocess.run(["cp", "-a", "--reflink=auto", str(tree), str(after)], check=True)
    split = (*program, "split", str(after), "--preset", preset, "-q", "--write")
    subprocess.run(split, stderr=subprocess.DEVNULL, check=True)
    verify = (*program, "verify", str(built), str(after), "-q", "--preset", preset)
    log, recorder = scratch / "calls", scratch / "gcc"
    recorder.write_text(_RECORDER.format(python=sys.executable, log=str(log), compiler="gcc"))
    recorder.chmod(recorder.stat().st_mode | stat.S_IXUSR)
    subprocess.run([*verify, "--cc", str(recorder)], check=True)
    yield "verify", verify
    yield "its compilers", (sys.executable, __file__, str(log), str(scratch / "objects"))


def compile_again(log: Path, folder: Path) -> None:
    """Run the calls that were noted, as many at once as there are processors."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    calls = [json.loads(line) for line in log.read_text().splitlines()]

    def call(at: int) -> None:
        directory, words = calls[at]
        words = list(words)
        for option, end in (("-o", "o"), ("-MF", "d")):  # the folder of the proof is gone
            if option in words:
                words[words.index(option) + 1] = str(folder / f"{at}.{end}")
        subprocess.run(["gcc", *words], cwd=directory, capture_output=True, check=False)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(call, range(len(calls))))


if __name__ == "__main__":
    compile_again(Path(sys.argv[1]), Path(sys.argv[2]))
