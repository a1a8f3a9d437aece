"""A type that was taken apart from its object, and is joined to it again."""

import pytest

from vtsplit.cst.heads.own_type import together
from vtsplit.cst.nodes import Declaration

KIND = Declaration("", "struct a { int b; };", "")


@pytest.mark.parametrize(
    ("item", "joined"),
    [
        ("static struct a c;", "static struct a { int b; } c;"),
        ("static /* struct a */ struct a c;", "static /* struct a */ struct a { int b; } c;"),
        ("static const struct a c[] = {\n};", "static const struct a { int b; } c[] = {\n};"),
        ("struct  a c;", None),
        ("struct abc c;", None),
    ],
)
def test_joined_at_the_tag_itself(item: str, joined: str | None) -> None:
    assert together(KIND, Declaration("", item, "")) == joined
