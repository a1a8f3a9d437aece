"""Places, lay-out, object lists under an option, lines before a change: each on its own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from vtsplit.apply.line_map import old_line
from vtsplit.change.changes import FileChange
from vtsplit.codemods.build.conditional import add_under_option
from vtsplit.codemods.places import Insertion, InsertionPoint, behind, insert, put
from vtsplit.cst.conditions import Condition
from vtsplit.cst.heads.reparse import read_function
from vtsplit.cst.heads.typed import TypeReadError
from vtsplit.cst.lexer import TRIVIA, lex
from vtsplit.cst.nodes import FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.style.align import width
from vtsplit.cst.style.layout import condition, statement
from vtsplit.diagnostics import Problem
from vtsplit.survey.make.kbuild import Membership, find_object

LISTS = {
    "blanks": ("foo-y := a.o b.o\n", "foo-y := a.o b.o\nfoo-$(CONFIG_B) += c.o\n"),
    "tabs": (
        "foo-y\t\t\t:= a.o b.o\nfoo-$(CONFIG_A)\t+= d.o\n",
        "foo-y\t\t\t:= a.o b.o\nfoo-$(CONFIG_A)\t+= d.o\nfoo-$(CONFIG_B)\t+= c.o\n",
    ),
    "several lines": (
        "foo-y := a.o \\\n\tb.o\nfoo-y += d.o\n\nall:\n",
        "foo-y := a.o \\\n\tb.o\nfoo-y += d.o\nfoo-$(CONFIG_B) += c.o\n\nall:\n",
    ),
    "the option is there": (
        "foo-y := a.o b.o\nfoo-$(CONFIG_B) += d.o\n",
        "foo-y := a.o b.o\nfoo-$(CONFIG_B) += d.o c.o\n",
    ),
    "CRLF": ("foo-y := a.o b.o\r\n", "foo-y := a.o b.o\r\nfoo-$(CONFIG_B) += c.o\r\n"),
    "no newline": ("foo-y := a.o b.o", "foo-y := a.o b.o\nfoo-$(CONFIG_B) += c.o"),
    "objs": ("foo-objs := a.o b.o\n", "foo-objs := a.o b.o\nfoo-$(CONFIG_B) += c.o\n"),
}


def _membership(text: str, path: str, makefile: str) -> Membership:
    found = find_object({makefile: text}.get, path)
    assert not isinstance(found, Problem), found
    return found


@pytest.mark.parametrize(("before", "after"), LISTS.values(), ids=LISTS)
def test_object_under_an_option(before: str, after: str) -> None:
    head = "obj-m += foo.o\r\n" if "\r" in before else "obj-m += foo.o\n"
    found = _membership(head + before, "a.c", "Makefile")
    assert add_under_option(head + before, found, "c.c", "CONFIG_B") == head + after


def test_object_in_a_parent_s_list() -> None:
    text = "obj-m += foo.o\nfoo-y := sub/a.o b.o\n"
    found = _membership(text, "sub/a.c", "Makefile")
    after = add_under_option(text, found, "sub/c.c", "CONFIG_B")
    assert after == f"{text}foo-$(CONFIG_B) += sub/c.o\n"


def test_object_that_is_built_in() -> None:
    text = "obj-y := a.o b.o\n"
    found = _membership(text, "a.c", "Makefile")
    assert add_under_option(text, found, "c.c", "CONFIG_B") == f"{text}obj-$(CONFIG_B) += c.o\n"


words = st.lists(st.from_regex(r"[a-z]{1,18}", fullmatch=True), min_size=1, max_size=9)


@given(names=words, tabs=st.integers(1, 3))
@settings(max_examples=examples(25))
def test_a_statement_is_wrapped(names: list[str], tabs: int) -> None:
    text = f"return call({', '.join(names)})"
    written = statement(text, tabs)
    lines = written.split("\n")
    assert all(width(line) <= 80 for line in lines)
    column = width(lines[0][: lines[0].index("(") + 1])
    assert all(width(line) - width(line.lstrip()) == column for line in lines[1:])
    assert "".join(written.split()) == "".join(f"{text};".split())


@given(names=words, operators=st.lists(st.sampled_from(["&&", "||"]), min_size=9, max_size=9))
@settings(max_examples=examples(25))
def test_a_condition_is_wrapped(names: list[str], operators: list[str]) -> None:
    pieces = [names[0]]
    for operator, name in zip(operators, names[1:], strict=False):
        pieces += [operator, f"{name}(x)"]
    written = condition(" ".join(pieces), 1)
    assert all(width(line) <= 80 for line in written.split("\n"))
    assert _code(written) == _code(f"if ({' '.join(pieces)})")


def _code(text: str) -> list[str]:
    return [token.text for token in lex(text) if token.kind not in TRIVIA]


lines = st.lists(st.sampled_from("abcdefgh"), max_size=12)


@given(before=lines, after=lines)
@settings(max_examples=examples(60))
def test_a_line_before_a_change(before: list[str], after: list[str]) -> None:
    """A line that no hunk has is the same line; one that a hunk has is mapped into it."""
    one, other = ("".join(f"{line}\n" for line in text).encode() for text in (before, after))
    found = FileChange("a", one, other).compare(context=0).hunks
    hunks = [(h.old_start, h.old_lines, h.new_start, h.new_lines) for h in found]
    inside = {n for _, _, start, count in hunks for n in range(start, start + count)}
    for number, text in enumerate(after, 1):
        old = old_line(number, hunks)
        assert 1 <= old <= max(len(before), 1)
        assert number in inside or before[old - 1] == text


GOOD = [
    "static int f(int a)\n{\n\treturn a;\n}\n",
    "foo_t *f(struct foo *foo, u64 *a)\n{\n\tif (g(foo)) {\n\t\t*a = 0;\n\t}\n\treturn 0;\n}\n",
    "static void __init f(void)\n{\n\tint r;\n\n\tr = g();\n\tmemset(&r, 0, sizeof(r));\n}\n",
]
BAD = [
    "static int f(int a)\n{\n\treturn return a;\n}\n",
    "static int f(int a)\n{\n\tif (a +)\n\t\treturn 1;\n\treturn a;\n}\n",
    "static int f(int a)\n{\n\treturn a\n}\n",
]


def _function(text: str) -> FunctionDef:
    (item,) = parse_module(text).items
    assert isinstance(item, FunctionDef)
    return item


@pytest.mark.parametrize("text", GOOD)
def test_a_function_that_is_c(text: str) -> None:
    read_function(_function(text))


@pytest.mark.parametrize("text", BAD)
def test_a_function_that_is_none(text: str) -> None:
    with pytest.raises(TypeReadError):
        read_function(_function(text))


A = (Condition("defined(A)"),)


def _name(item: Item) -> str:
    return item.name if isinstance(item, FunctionDef) else ""


def _body(name: str) -> str:
    return f"int {name}(void)\n{{\n}}\n"


def _insert(text: str, name: str, guard: tuple[Condition, ...]) -> str:
    piece = Insertion(name, guard, _body(name))
    module: Module = insert(parse_module(text), piece, ["f", "g", "h"], _name, InsertionPoint(0, 0))
    return module.code


INSERTED = {
    "between": ((_body("f"), _body("h")), (), "{0}\n{g}\n{1}"),
    "first": ((_body("g"), _body("h")), (), None),
    "into the same block": (
        (f"#ifdef A\n{_body('f')}#endif\n",),
        A,
        f"#ifdef A\n{_body('f')}\n{{g}}#endif\n",
    ),
    "behind another block": (
        (f"#ifdef B\n{_body('f')}#endif\n",),
        (),
        f"#ifdef B\n{_body('f')}#endif\n\n{{g}}",
    ),
    "into a block of its own": ((_body("f"),), A, "{0}\n#ifdef A\n{g}#endif\n"),
}


@pytest.mark.parametrize(("pieces", "guard", "after"), INSERTED.values(), ids=INSERTED)
def test_insert(pieces: tuple[str, ...], guard: tuple[Condition, ...], after: str | None) -> None:
    text = "\n".join(pieces)
    if after is None:
        assert _insert(text, "f", guard) == f"{_body('f')}\n{text}"
        return
    expected = after
    for at, piece in enumerate(pieces):
        expected = expected.replace(f"{{{at}}}", piece)
    assert _insert(text, "g", guard) == expected.replace("{g}", _body("g"))


def test_behind_an_else() -> None:
    module = parse_module(f"#ifdef A\n{_body('f')}#else\n{_body('f')}#endif\nint last;\n")
    place = behind(module, 1, ())
    written = put(module, place, _body("g")).code
    assert written == (
        f"#ifdef A\n{_body('f')}#else\n{_body('f')}#endif\n\n{_body('g')}\nint last;\n"
    )
