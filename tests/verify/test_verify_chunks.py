"""Preprocessed text cut at file scope, entities read, renames derived."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vtsplit.verify.tokens.chunks import Chunks, SourceLine
from vtsplit.verify.tokens.entities import read_entity
from vtsplit.verify.tokens.program import Thing, Unit
from vtsplit.verify.tokens.renames import derive_renames

# Each is one chunk, as GCC writes them.
WHOLE = [
    "int f(void) { if (1) { ; } return ({ int x = 1; x; }); }",
    "static inline __attribute__((__gnu_inline__)) int f(void) __attribute__((cold)) { return 1; }",
    "struct s { int a; struct { int b; }; } __attribute__((packed));",
    "struct __attribute__((aligned(8))) s { int a; } one = { .a = 1 };",
    'static const char *t[] = { "}", "{;", [2] = "\\"" };',
    "enum { A = '}', B = sizeof(struct { int x; }), };",
    'asm(".pushsection x; .popsection");',
    "int (*f(int a))(void) { return 0; }",
    "int a[] = { (int){ 1 }, ({ 2; }) };",
    "_Static_assert(sizeof(int) == 4, \"a ( b\");",
    "typeof(({ int x; x; })) y;",
]  # fmt: skip


@pytest.mark.parametrize("text", WHOLE)
def test_chunk_is_whole(text: str) -> None:
    made = Chunks(f'# 1 "a.c"\nint before;\n{text}\nint after;\n')
    assert [chunk.text for chunk in made.chunks] == ["int before;", text, "int after;"]


@given(st.lists(st.sampled_from(WHOLE), max_size=6))
def test_chunks_are_all_there_in_order(texts: list[str]) -> None:
    assert [chunk.text for chunk in Chunks("\n".join(texts)).chunks] == texts


@given(st.text(alphabet="(){}[];#\"'\n ax"))
def test_no_text_fails_or_loses_anything(text: str) -> None:
    made = Chunks(text)
    assert "".join("".join(c.text.split()) for c in made.chunks if "#" not in text) == (
        "".join(text.split()) if "#" not in text else ""
    )


def test_places_come_from_line_markers_even_inside_of_a_chunk() -> None:
    made = Chunks('# 7 "a.c"\nint f(void)\n{\n# 20 "a.c"\n return 1;\n}\n# 3 "a.h" 1\nint x;\n')
    first, second = made.chunks
    assert "#" not in first.text
    assert made.place(first.start) == SourceLine("a.c", 7)
    assert made.place(made.text.index("return")) == SourceLine("a.c", 20)
    assert made.place(second.start) == SourceLine("a.h", 3)


def test_pragmas_in_force_belong_to_a_chunk() -> None:
    lines = ["#pragma pack(push, 1)", "int a;", '#pragma GCC diagnostic ignored "-Wx"']
    made = Chunks("\n".join([*lines, "#pragma pack(pop)", "int b;"]))
    assert [chunk.pragmas for chunk in made.chunks] == [("pack 1",), ()]


EQUAL = [
    ("__attribute__((cold, unused)) int f(void) { }", "int __attribute__((__unused__)) "
     "__attribute__((__cold__)) f(void) { }"),
    ("struct t x = { .a = 1, .b = 2 };", "struct t x = { .b = 2, .a = 1, };"),
    ("int f(int a) { return a; }", "int  f ( int a )\n{\n\treturn a;\n}"),
]  # fmt: skip
UNEQUAL = [
    ("int x = { 1, 2 };", "int x = { 2, 1 };"),
    ("struct t x = { .a = 1, .a = 2 };", "struct t x = { .a = 2, .a = 1 };"),
    ('char *f(void) { return "a  b"; }', 'char *f(void) { return "a b"; }'),
    ("const int x = 1;", "int x = 1;"),
    ("int *x;", "int x;"),
]


def test_equal_entities() -> None:
    for one, other in EQUAL:
        assert read_entity(one) == read_entity(other), one
    for one, other in UNEQUAL:
        assert read_entity(one).tokens != read_entity(other).tokens, one


def things(*texts: str) -> list[Thing]:
    unit = Unit("a.c", Chunks("\n".join(texts)), lambda path: path)
    return list(unit.things)


def test_renames_are_derived_from_bodies_and_tables() -> None:
    before = things(
        "int one(void) { return 1; }",
        "int two(void) { return 1; }",
        "int old(void) { return old(); }",
        "struct t ops = { .one = one, .two = two };",
    )
    after = things(
        "int a_one(void) { return 1; }",
        "int a_two(void) { return 1; }",
        "int a_old(void) { return a_old(); }",
        "struct t a_ops = { .one = a_one, .two = a_two };",
    )
    # Of one body, they are told apart by the table alone.
    assert derive_renames(before, after) == {
        "one": "a_one", "two": "a_two", "old": "a_old", "ops": "a_ops",
    }  # fmt: skip


def test_renames_are_derived_from_what_keeps_its_name() -> None:
    """Objects of one type are told apart by a table or a function that names them."""
    before = things(
        "int one;",
        "int two;",
        "int three;",
        "struct t ops = { &two, &one };",
        "int f(void) { return three; }",
    )
    after = things(
        "int a_one;", "int a_two;", "int a_three;", "struct t ops = { &a_two, &a_one };",
        "int f(void) { return a_three; }",
    )  # fmt: skip
    assert derive_renames(before, after) == {"one": "a_one", "two": "a_two", "three": "a_three"}


def test_what_is_there_on_both_sides_is_not_renamed() -> None:
    before = things("int f(void) { return 1; }", "int g(void) { return 2; }")
    after = things("int f(void) { return 2; }", "int g(void) { return 1; }")
    assert derive_renames(before, after) == {}
