"""Transformers of items, and edits: what is unchanged is shared."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from vtsplit.cst.edits import Edit, apply_edits
from vtsplit.cst.nodes import Declaration, FunctionDef, Item, MacroCall
from vtsplit.cst.parser import parse_module
from vtsplit.cst.visit.visitors import REMOVE, Removal, Transformer

TEXT = """\
#include <a.h>

/* f's */
static int f(void)
{
}

static int b = 1;
int g(void);
EXPORT(f);
}
/* end */
"""
MODULE = parse_module(TEXT)


class Same(Transformer):
    def leave_FunctionDef(self, original: FunctionDef, item: FunctionDef) -> Item:  # noqa: N802
        return item


class Rename(Transformer):
    def leave_Declaration(self, original: Declaration, item: Declaration) -> Item:  # noqa: N802
        return item.with_changes(text=item.text.replace("b", "c")) if item.name == "b" else item


class Drop(Transformer):
    def leave_Declaration(self, original: Declaration, item: Declaration) -> Removal:  # noqa: N802
        return REMOVE


class Twice(Transformer):
    def leave_MacroCall(self, original: MacroCall, item: MacroCall) -> tuple[Item, ...]:  # noqa: N802
        return item, item


def test_nothing_changed_is_the_same_module() -> None:
    assert Transformer().transform(MODULE) is MODULE
    assert Same().transform(MODULE) is MODULE


def test_a_changed_item_leaves_the_others_shared() -> None:
    changed = Rename().transform(MODULE)
    assert changed.code == TEXT.replace("int b", "int c")
    assert MODULE.code == TEXT
    shared = [new is old for new, old in zip(changed.items, MODULE.items, strict=True)]
    assert shared == [True, True, False, True, True, True]


def test_items_are_dropped_and_doubled() -> None:
    assert Drop().transform(MODULE).code == TEXT.replace("\nstatic int b = 1;\nint g(void);\n", "")
    assert Twice().transform(MODULE).code == TEXT.replace("EXPORT(f);\n", "EXPORT(f);\n" * 2)


def test_items_are_frozen_and_changed_copies_read_anew() -> None:
    item = MODULE.items[2]
    assert isinstance(item, Declaration)
    with pytest.raises(dataclasses.FrozenInstanceError):
        item.text = ""  # type: ignore[misc]
    assert item.name == "b"
    copy = item.with_changes(text="int other;")
    assert (copy.name, item.name) == ("other", "b")
    assert copy.trailing == item.trailing


def test_with_items_tells_equal_items_from_the_same() -> None:
    copies = tuple(item.with_changes() for item in MODULE.items)
    assert copies == MODULE.items
    assert MODULE.with_items(copies) is not MODULE
    assert MODULE.with_items(MODULE.items[:-1]).code == TEXT.replace("}\n/* end", "/* end")


@pytest.mark.parametrize(
    ("edits", "after"),
    [
        ([], "abcdef"),
        ([Edit(0, 0, "x")], "xabcdef"),
        ([Edit(6, 6, "x")], "abcdefx"),
        ([Edit(0, 6, "")], ""),
        ([Edit(4, 5, "x"), Edit(1, 2, "")], "acdxf"),
        ([Edit(1, 3, "x"), Edit(3, 3, "y"), Edit(3, 4, "z")], "axyzef"),
    ],
)
def test_edits(edits: list[Edit], after: str) -> None:
    assert apply_edits("abcdef", edits) == after


@pytest.mark.parametrize(
    "edits", [[Edit(0, 3, ""), Edit(2, 4, "")], [Edit(1, 5, ""), Edit(2, 3, "")]]
)
def test_edits_that_overlap_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlap at offset 2"):
        apply_edits("abcdef", edits)


@given(st.text(max_size=30), st.data())
@settings(max_examples=examples(50))
def test_edits_that_put_back_what_was_there_change_nothing(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    edits = [Edit(a, b, text[a:b]) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    assert apply_edits(text, reversed(edits)) == text
