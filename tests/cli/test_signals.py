"""A signal ends the program with its exit code and one line, at any instant.

A new process of Python shows what happens while it imports; the rest is done in forks.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from forked import Ended, run_forked
from trees import copy_sample, small_tree
from vtsplit import interrupt
from vtsplit.interrupt import InterruptedRunError, held_back

pytestmark = pytest.mark.slow

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}

# Sends itself a signal in front of an import, a file that is opened, or a rename.
AT_EVENT = """\
import os, sys
from pathlib import Path
number, event, word = int(sys.argv[1]), sys.argv[2], sys.argv[3]
sys.argv[1:] = sys.argv[4:]
def hook(name, arguments):
    if name == event and word in str(arguments):
        os.kill(os.getpid(), number)
sys.addaudithook(hook)
from vtsplit.start import main
main()
"""


def answer_signals() -> None:
    """A job that a shell has started in the background ignores some."""
    for number in CODES:
        signal.signal(number, signal.SIG_DFL)


def fork_with(number: int, event: str, word: str, *command: str) -> Ended:
    """Run vtsplit, which sends itself a signal in front of such an event, once it is imported."""

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        if name == event and word in str(arguments):
            os.kill(os.getpid(), number)

    ended = run_forked(*command, prepare=lambda: sys.addaudithook(hook))
    assert "Traceback" not in ended.said
    return ended


def run_with(number: int, event: str, word: str, *command: str) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-c", AT_EVENT, str(number), event, word, *command],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=answer_signals,
    )
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stderr


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGHUP, marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(
    ("event", "word"),
    [
        ("import", "vtsplit.cli'"),
        pytest.param("import", "'click'", marks=pytest.mark.slow),
        pytest.param("import", "pygit2", marks=pytest.mark.slow),
        ("import", "vtsplit.planning"),
        ("open", "vmx.c"),
    ],
)
def test_ended_before_anything_is_written(
    number: int, event: str, word: str, tmp_path: Path
) -> None:
    root = copy_sample(tmp_path / "tree")
    name = signal.Signals(number).name
    run = run_with if event == "import" else fork_with
    code, said, *_ = run(number, event, word, "split", str(root), "--write")
    assert (code, said) == (
        CODES[signal.Signals(number)],
        f"ended by {name}: nothing was written\n",
    )
    assert not list(root.rglob(".vtsplit*"))
    assert not (root / "vmx/main.c").exists()


def test_ended_before_signals_are_watched() -> None:
    assert run_with(signal.SIGINT, "import", "vtsplit.interrupt", "--help") == (130, "")


def test_ended_while_it_writes(tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "tree")
    ended = fork_with(signal.SIGINT, "os.rename", "main.c", "split", str(root), "--write")
    assert ended[:2] == (130, "ended by SIGINT: 6 files were written\n")
    assert (root / "vmx/main.c").exists()
    assert not list(root.rglob(".vtsplit*"))


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    """As for a job that `nohup` has started."""
    root = copy_sample(tmp_path / "tree")

    def hook(name: str, arguments: tuple[object, ...]) -> None:
        if name == "open" and "vmx.c" in str(arguments):
            os.kill(os.getpid(), signal.SIGHUP)

    def prepare() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        sys.addaudithook(hook)

    ended = run_forked("split", str(root), "-q", prepare=prepare)
    assert ended.code == 0


@pytest.mark.slow
def test_nobody_reads_the_patch(tmp_path: Path) -> None:
    root = small_tree(tmp_path / "tree")
    command = [sys.executable, "-m", "vtsplit", "split", str(root), "-q"]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert started.stdout is not None
    assert started.stderr is not None
    started.stdout.close()
    assert started.stderr.read() == b""
    assert started.wait() == 141


def test_the_patch_goes_to_a_full_disk(tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "tree")
    for option, outcome in (("-q", "nothing was written"), ("--write", "6 files were written")):
        options = ["--json"] if option == "--write" else []
        with Path("/dev/full").open("wb") as full:
            ended = run_forked("split", str(root), option, *options, stdout=full.fileno())
        assert ended.code == 4
        assert ended.said.splitlines()[-1] == (
            f"cannot print the result: No space left on device: {outcome}"
        )


@pytest.fixture
def fresh_watch(monkeypatch: pytest.MonkeyPatch) -> interrupt._Watch:
    monkeypatch.setattr(interrupt, "_watch", interrupt._Watch())
    return interrupt._watch


@pytest.fixture
def _restored_handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_a_signal_that_comes_twice_at_once_counts_once(
    fresh_watch: interrupt._Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(interrupt, "end", ended.append)
    interrupt.unwind()
    with pytest.raises(InterruptedRunError):
        fresh_watch.handle(signal.SIGTERM, None)
    fresh_watch.handle(signal.SIGTERM, None)
    assert ended == []
    assert interrupt.is_asked_to_end() == signal.SIGTERM
    fresh_watch.handle(signal.SIGINT, None)
    assert ended == [signal.SIGINT]


@pytest.mark.usefixtures("_restored_handler")
def test_signals_are_held_back() -> None:
    came: list[str] = []
    signal.signal(signal.SIGTERM, lambda *_: came.append("term"))
    with held_back():
        os.kill(os.getpid(), signal.SIGTERM)
        came.append("done")
    assert came == ["done", "term"]


@pytest.mark.parametrize(
    ("arguments", "closed", "code", "says"),
    [
        (["--help"], 1, 4, "cannot print the result: Bad file descriptor"),
        (["split", "TREE"], 1, 4, "cannot print the result: Bad file descriptor"),
        (["split", "TREE", "--check"], 1, 1, "3 made global"),
        (["split", "TREE"], 2, 0, ""),
        (["split", "TREE", "--spec", "-"], 0, 2, "error[VT004]: the spec has no 'split'"),
    ],
)
def test_a_stream_that_is_closed(
    arguments: list[str], closed: int, code: int, says: str, tmp_path: Path
) -> None:
    root = str(small_tree(tmp_path))
    ended = run_forked(
        *(root if one == "TREE" else one for one in arguments), prepare=lambda: close(closed)
    )
    assert (ended.code, "Traceback" in ended.said) == (code, False)
    assert says in ended.said
    assert bool(ended.printed) == (closed == 2)


def close(number: int) -> None:
    """Start as Python does without a stream."""
    os.close(number)
    setattr(sys, ("stdin", "stdout", "stderr")[number], None)


def test_help_on_a_full_disk() -> None:
    with Path("/dev/full").open("wb") as full:
        ended = run_forked("--help", stdout=full.fileno())
    assert (ended.code, "Traceback" in ended.said) == (4, False)
