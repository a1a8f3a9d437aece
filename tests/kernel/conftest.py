"""Kernel trees and finished splits, for the tests beside this file."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from .builds import Built, Variant, build, lend_built
from .cache import UnavailableError, unpack
from .layers import Tree, lend
from .splits import Split
from .tool import SVM, TDX, VMX, WRAPPED, Job, Report, changed_files, must_run, take_snapshot

Made = TypeVar("Made")
Scratch = Callable[[Tree | Built], Path]


def obtain(make: Callable[[], Made]) -> Made:
    """Make something that this machine may lack: a skip, or a failure where it has to be there."""
    try:
        return make()
    except UnavailableError as error:
        if os.environ.get("VTSPLIT_REQUIRE_KERNEL") == "1":
            pytest.fail(f"VTSPLIT_REQUIRE_KERNEL is set, but {error}", pytrace=False)
        pytest.skip(str(error))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why kernel tests were skipped: silence would look like success."""
    skipped = terminalreporter.stats.get("skipped", [])
    here = [report for report in skipped if "tests/kernel/" in report.nodeid]
    for reason in dict.fromkeys(report.longrepr[2] for report in here):
        terminalreporter.write_line(f"KERNEL TESTS SKIPPED: {reason}", yellow=True)


@pytest.fixture(scope="session", autouse=True)
def unwind_when_terminated() -> Iterator[None]:
    """Make a polite kill end the run as Ctrl-C does, so that nothing stays mounted."""
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    yield
    signal.signal(signal.SIGTERM, previous)


@pytest.fixture(scope="session")
def pristine() -> Callable[[str], Tree]:
    """Return the tree of a kernel version, as unpacked. To read only; see `scratch`."""
    return lambda version: Tree((obtain(lambda: unpack(version)),))


@pytest.fixture(scope="session")
def built() -> Callable[[Variant], Built]:
    """Return a variant of Linux 6.1, configured and built."""
    return lambda variant: obtain(lambda: build("6.1", variant))


@pytest.fixture(scope="session")
def built_6_12() -> Callable[[Variant], Built]:
    """Return a variant of Linux 6.12, configured and built."""
    return lambda variant: obtain(lambda: build("6.12", variant))


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    """Return a function that lends writable copies of trees, all gone after the test."""
    with contextlib.ExitStack() as stack:

        def lend_until_end(tree: Tree | Built) -> Path:
            manager = lend_built(tree) if isinstance(tree, Built) else lend(tree)
            return stack.enter_context(manager)

        yield lend_until_end


def make_split(tree: Tree, job: Job) -> Iterator[Split]:
    """Run a split of a pristine tree in all its forms, once for all tests."""
    with lend(tree) as after:
        patch = must_run(after, *job.arguments).out
        report = msgspec.json.decode(must_run(after, *job.arguments, "--json").out, type=Report)
        before = take_snapshot(after)
        must_run(after, *job.arguments, "--write")
        touched = changed_files(after, before)
        yield Split(job, tree.pristine, after, patch, report, touched)


@pytest.fixture(scope="session")
def vmx(pristine: Callable[[str], Tree]) -> Iterator[Split]:
    """The split of Linux 6.1 by the preset."""
    yield from make_split(pristine("6.1"), VMX)


@pytest.fixture(scope="session")
def svm(pristine: Callable[[str], Tree]) -> Iterator[Split]:
    """The split of Linux 6.1 by svm.toml."""
    yield from make_split(pristine("6.1"), SVM)


@pytest.fixture(scope="session")
def tdx(pristine: Callable[[str], Tree]) -> Iterator[Split]:
    """The split of Linux 6.1 with a second backend, by tdx.toml."""
    yield from make_split(pristine("6.1"), TDX)


@pytest.fixture(scope="session")
def tdx_6_12(pristine: Callable[[str], Tree]) -> Iterator[Split]:
    """The same second backend beside what upstream has split, in Linux 6.12."""
    yield from make_split(pristine("6.12"), TDX)


@pytest.fixture(scope="session")
def wrapped(pristine: Callable[[str], Tree]) -> Iterator[Split]:
    """Linux 6.1 with wrappers, by the preset alone."""
    yield from make_split(pristine("6.1"), WRAPPED)


@pytest.fixture(scope="session")
def wrapped_6_12(pristine: Callable[[str], Tree]) -> Iterator[Split]:
    """The same of Linux 6.12, whose tables stand in main.c already."""
    yield from make_split(pristine("6.12"), WRAPPED)
