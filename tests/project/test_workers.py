"""Pools of workers: what is queued is dropped when the run is asked to end."""

import time
from threading import Event

import pytest

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
