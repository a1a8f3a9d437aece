"""Pools of workers: what is queued is dropped when the run is asked to end."""

import os
import time
from pathlib import Path
from threading import Event

import pytest

from vtsplit.children import EndedError, run_child
from vtsplit.workers import threads


def test_queued_work_is_dropped_when_the_run_is_asked_to_end() -> None:
    begun, done, let_go = [0], [0], Event()

    def work(number: int) -> None:
        begun[0] += 1
        let_go.wait(5)
        done[0] += 1

    def run() -> None:
        with threads(1) as pool:
            for number in range(50):
                pool.submit(work, number)
            raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run()
    assert time.monotonic() - started < 4
    let_go.set()
    assert begun[0] <= 1


def test_programs_are_ended_when_the_run_is_asked_to_end(tmp_path: Path) -> None:
    """With what they have started themselves, as a wrapper of the compiler does."""
    wrapper = "sleep 60 & echo $! > started; wait"
    raised: list[BaseException | None] = []

    def run() -> None:
        with threads(1, waits=True) as pool:
            futures = [
                pool.submit(run_child, ["sh", "-c", wrapper], str(tmp_path), os.environ, 60)
                for _ in range(2)
            ]
            futures[0].add_done_callback(lambda one: raised.append(one.exception()))
            while not (tmp_path / "started").exists() or not (tmp_path / "started").read_text():
                time.sleep(0.01)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert len(raised) == 1
    pid = int((tmp_path / "started").read_text())
    while is_running(pid):
        time.sleep(0.01)  # the test's own limit of time ends this
    assert run_child(["echo", "again"], str(tmp_path), os.environ, 60).stdout == b"again\n"


def is_running(pid: int) -> bool:
    """Tell whether a process is there, and not only waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_no_program_begins_in_a_run_that_ends(tmp_path: Path) -> None:
    late: list[str] = []

    def work() -> None:
        time.sleep(0.2)
        try:
            run_child(["true"], str(tmp_path), os.environ, 60)
        except EndedError:
            late.append("ended")

    def run() -> None:
        with threads(1, waits=True) as pool:
            pool.submit(work)
            time.sleep(0.1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert late == ["ended"]
