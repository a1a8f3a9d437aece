"""One mutant of each kind on the sample's split: those that alter it are found, no other is."""

import shutil

import pytest

from built import build
from mutants import ALTERING, HARMLESS, make_mutants
from mutations import NOTHING, Trees, run, texts_of
from trees import copy_sample, write
from vtsplit.verify.inputs.differing import find_differing
from vtsplit.verify.inputs.flags import read_database

SOURCES = ("x86.c", "msr.c", "vmx/vmx.c", "vmx/nested.c", "vmx/hyperv.c")


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    """The sample, built, and the sample after its split."""
    top = tmp_path_factory.mktemp("mutants").resolve()
    before = build(copy_sample(top / "before"), *SOURCES)
    after = write(copy_sample(top / "after"))
    records = read_database(before / "compile_commands.json", (before, after))
    return Trees(before, after, find_differing(before, after), records)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
def test_each_kind_is_judged_rightly(trees: Trees) -> None:
    mutants = make_mutants(texts_of(trees), len(ALTERING), len(HARMLESS))
    counts = run(trees, mutants, harmless_compiled=1)
    assert not [how for found in counts.values() for how in found if how.startswith("WRONG")]
    assert {kind for kind, found in counts.items() if NOTHING in found} == set(HARMLESS)
    assert counts.keys() == ALTERING.keys() | HARMLESS.keys()
