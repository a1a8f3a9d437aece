"""What all tests have in common: nothing is compiled twice, and no disk is waited for.

The fast tests make some 5,000 small trees. In memory that takes half of the system's time.

Nor is time spent on what finds nothing: doctests of the tests themselves, and garbage.
"""

import gc
import math
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pytest
from _pytest.doctest import DoctestModule

import compilations
from how_many import examples
from vtsplit.cli.terminal import progress
from vtsplit.verify.inputs import preprocess

# How long something takes is bench/'s affair: a busy machine makes no test fail.
hypothesis.settings.register_profile(
    "vtsplit",
    max_examples=examples(100),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("vtsplit")


MEMORY = Path("/dev/shm")  # Linux: a file system in memory
ENOUGH = 1 << 30  # bytes; containers often have far less


def pytest_configure(config: pytest.Config) -> None:
    """Make the trees of the fast tests in memory, unless the user says where."""
    if "TMPDIR" in os.environ or "not slow" not in config.option.markexpr:
        return
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return
    if shutil.disk_usage(MEMORY).free > ENOUGH and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)  # it has been asked for already


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Look for doctests in the program alone: they would be looked for in each test."""
    collectors = yield
    return [one for one in collectors if not isinstance(one, DoctestModule)]


@pytest.fixture(scope="session", autouse=True)
def _no_run_is_long() -> None:
    """On a busy machine a run says no more than on one that is not."""
    progress._LONG = math.inf


@pytest.fixture(scope="session", autouse=True)
def _compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let `verify` and the tests share what has been compiled."""
    shared = compilations.Compilations(tmp_path_factory.getbasetemp().resolve())
    compilations.known[:] = [shared]
    gc.freeze()  # all tests and modules are there by now, and they stay
    gc.set_threshold(20_000, 20, 20)
    door = SimpleNamespace(**vars(subprocess))
    door.run = shared.run
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preprocess, "subprocess", door)
        # No test can cut the power; tests/change/test_write.py looks whether it is asked for.
        patch.setattr(os, "fsync", lambda handle: None)
        # What the user's own runs have found is none of the tests', and the other way round.
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
    gc.freeze()  # pytest's last look for garbage would take seconds, and finds nothing
