"""What a header uses in earnest: asked often, its text is looked at once."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vtsplit.cst.nodes import Module
from vtsplit.cst.parser import parse_module
from vtsplit.survey.headers import real_uses
from vtsplit.survey.headers.real_uses import RealUses

HEADER = """\
#define MOST 4
struct unit {
	struct list head;
	size_t size[MOST];
};
static inline int first(struct unit *unit, struct other *other)
{
	return CHECK(unit->size[0], other) + unit->next;
}
extern struct unit *units;
"""


def test_each_suspect_is_found_alone_and_together() -> None:
    every = {"CHECK", "size_t", "struct list", "struct other *", "next", "first", "size", "other"}
    used = {"CHECK", "size_t", "struct list", "struct other *"}
    uses = RealUses(HEADER)
    assert uses.among(every) == used
    assert frozenset().union(*(uses.among([name]) for name in sorted(every))) == used
    assert uses.among([]) == frozenset()


def test_a_header_is_parsed_once_and_an_item_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    read: list[str] = []
    really = real_uses._used_by

    def parse(text: str) -> Module:
        parsed.append(text)
        return parse_module(text)

    def look(item: object) -> Iterator[str]:
        read.append(item.code)  # type: ignore[attr-defined]
        return really(item)  # type: ignore[arg-type]

    monkeypatch.setattr(real_uses, "parse_module", parse)
    monkeypatch.setattr(real_uses, "_used_by", look)
    uses = RealUses(HEADER)
    for names in (["size_t"], ["struct list"], ["size_t", "CHECK"], ["nowhere"], ["units"]):
        uses.among(names)
    assert len(parsed) == 1
    assert len(read) == len(set(read)) == 3


_PIECES = st.sampled_from(["a", "bc", "f", " ", "\n", "->", ".", "(", "*", ")", ",", ";", ">", "0"])


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_words_by_shape_are_those_that_a_search_for_each_finds(text: str) -> None:
    expected = {
        word
        for word in re.findall(r"\w+", text)
        if re.search(rf"(?<![.>\w]){word}\s*[(*]|(?<!\w){word}\s+\w|[(,]\s*{word}\s*[,)]", text)
    }
    shaped = RealUses(text).shaped
    assert shaped == expected
