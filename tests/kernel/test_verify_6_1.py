"""`vtsplit verify` on Linux 6.1: the splits are proved, and mutants of them are not."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from mutants import ALTERING, HARMLESS, make_mutants
from mutations import NOTHING, Trees, run, texts_of
from vtsplit.verify.inputs.differing import find_differing
from vtsplit.verify.inputs.flags import read_build

from .builds import FULL, OFF, Built, Variant
from .conftest import Scratch
from .splits import Split
from .tool import must_run

pytestmark = pytest.mark.kernel


class One(msgspec.Struct):
    """A thing that was proved, as `--json` has it."""

    what: str
    name: str
    stage: str


class Report(msgspec.Struct):
    """What `verify --json` prints; unknown keys are let through."""

    outcome: str
    mode: str
    proved: list[One]
    differences: list[object]
    problems: list[object]


def run_verify(before: Path, after: Path, *options: str) -> Report:
    """Run `vtsplit verify --json` as a user would; return its report."""
    installed = Path(sys.executable).with_name("vtsplit")
    command = [str(installed), "verify", str(before), str(after), "--json", *options]
    result = subprocess.run(command, capture_output=True, check=False)
    report = msgspec.json.decode(result.stdout, type=Report)
    assert result.returncode == {"proved": 0, "differs": 1, "unknown": 2}[report.outcome]
    return report


@pytest.mark.parametrize("variant", [FULL, OFF], ids=lambda variant: variant.name)
@pytest.mark.parametrize("name", ["vmx", "svm"])
def test_split_is_proved(
    request: pytest.FixtureRequest,
    built: Callable[[Variant], Built],
    scratch: Scratch,
    name: str,
    variant: Variant,
) -> None:
    split: Split = request.getfixturevalue(name)
    configs = ["--config", "CONFIG_HYPERV=n"] if variant is FULL else []
    report = run_verify(scratch(built(variant)), split.after, *configs)
    assert (report.differences, report.problems) == ([], [])
    assert report.outcome == "proved"
    assert report.mode == "preprocessed"
    tokens = {one.name for one in report.proved if one.stage == "tokens"}
    assert split.exposed() <= tokens | {"enable_unrestricted_guest"}
    contents = {one.name for one in report.proved if one.what == "content"}
    assert set(split.job.tables.values()) <= contents


def test_texts_are_proved(vmx: Split) -> None:
    report = run_verify(vmx.before, vmx.after)
    assert (report.outcome, report.mode) == ("proved", "tokens with all #if branches")


def test_split_is_proved_before_it_is_shown(
    vmx: Split, built: Callable[[Variant], Built], scratch: Scratch
) -> None:
    ran = must_run(scratch(built(FULL)), "--verify")
    assert ran.out == vmx.patch
    assert ran.err.startswith("proved: ")


def test_mutants_are_judged_rightly(
    vmx: Split, built: Callable[[Variant], Built], scratch: Scratch
) -> None:
    """One of each kind; `bench/mutations.py` runs hundreds."""
    before = scratch(built(FULL)).resolve()
    after = vmx.after.resolve()
    trees = Trees(before, after, find_differing(before, after), read_build(before))
    counts = run(trees, make_mutants(texts_of(trees), len(ALTERING), len(HARMLESS)), 1)
    assert not [how for found in counts.values() for how in found if how.startswith("WRONG")]
    assert {kind for kind, found in counts.items() if NOTHING in found} == set(HARMLESS)
