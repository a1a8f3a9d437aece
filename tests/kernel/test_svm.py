"""Another table of Linux 6.1, by a spec of twenty lines: KVM on AMD."""

from collections.abc import Callable
from pathlib import Path

import pytest

from . import checks
from .builds import FULL, OFF, Built, Variant
from .conftest import Scratch
from .splits import JUDGES, Split
from .tool import must_run

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.__name__)
def test_split_is_accepted(svm: Split, judge: Callable[[Split], list[str]]) -> None:
    assert judge(svm) == []


@pytest.mark.parametrize("variant", [FULL, OFF], ids=lambda variant: variant.name)
def test_module_builds(
    svm: Split, built: Callable[[Variant], Built], scratch: Scratch, variant: Variant
) -> None:
    tree = scratch(built(variant))
    checks.check_build(tree, built(variant), svm)
    if variant is FULL:
        checks.check_symbols(tree, svm)


@pytest.mark.parametrize("variant", [FULL, OFF], ids=lambda variant: variant.name)
def test_compiler_asked_for_more_warns_of_nothing_new(
    svm: Split, built: Callable[[Variant], Built], scratch: Scratch, variant: Variant
) -> None:
    checks.check_compiler(scratch(built(variant)), svm)


def test_checkpatch_accepts_patch(svm: Split, tmp_path: Path) -> None:
    # A line of the source that has two assignments has them under any name.
    checks.check_style(svm, tmp_path, svm.renames())


def test_second_run_changes_nothing(svm: Split) -> None:
    assert must_run(svm.after, *svm.job.arguments, "--check").out == b""
