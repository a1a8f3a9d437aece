"""What undoes the earlier backend's part: a wrapper can call it, or it is left out and said."""

from types import SimpleNamespace
from typing import cast

import pytest

from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import Site
from vtsplit.planning.dispatch.ops import Op
from vtsplit.planning.dispatch.surroundings import Function, Surroundings
from vtsplit.planning.dispatch.wrappers.compose import ComposeError
from vtsplit.planning.dispatch.wrappers.unwinding import with_usable_unwind
from vtsplit.planning.steps import Ledger
from vtsplit.spec.dispatch import Policy
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile

PLAIN = "void a_stop(void)\n{\n}\n"
EXIT = "void __exit a_stop(void)\n{\n}\n"


def unwind_of(text: str, stated: str, of_preset: bool) -> tuple[str | None, list[str]]:
    """Return what is left of `unwind`, and the notes."""
    file = CFile("a.c", parse_module(text))

    def function(name: str) -> Function | None:
        found = file.definitions.of(name, Sort.FUNCTION)
        return Function(name, file, found[0]) if found else None

    around = cast(Surroundings, SimpleNamespace(function=function))
    op = cast(Op, SimpleNamespace(name="start", site=Site("a.c", 1)))
    ledger = Ledger()
    policy = with_usable_unwind(op, Policy(both="first", unwind=stated), of_preset, around, ledger)
    return policy.unwind, [note.message for note in ledger.notes]


@pytest.mark.parametrize("stated", ["a_stop", "a_stop(1)", "far_stop()"])
def test_what_a_spec_states_stays(stated: str) -> None:
    assert unwind_of(PLAIN, stated, of_preset=False) == (stated, [])


def test_what_a_spec_states_cannot_be_discarded() -> None:
    with pytest.raises(ComposeError, match="'a_stop' is __exit, which a kernel discards"):
        unwind_of(EXIT, "a_stop()", of_preset=False)


@pytest.mark.parametrize(
    ("text", "left", "says"),
    [
        (PLAIN, "a_stop", ""),
        (EXIT, None, "op 'start' undoes nothing if it fails: 'a_stop' is __exit"),
        ("", None, "op 'start' undoes nothing if it fails: 'a_stop' is not in this tree"),
    ],
)
def test_a_preset_serves_trees_without_it(text: str, left: str | None, says: str) -> None:
    assert unwind_of(text, "a_stop", of_preset=True) == (left, [says] if says else [])


def test_a_name_alone_is_no_call_of_what_has_parameters() -> None:
    text = "static void a_stop(struct unit *unit, int how)\n{\n}\n"
    with pytest.raises(ComposeError, match=r"'a_stop' has parameters"):
        unwind_of(text, "a_stop", of_preset=False)
    assert unwind_of(text, "a_stop({}, 0)", of_preset=False) == ("a_stop({}, 0)", [])
