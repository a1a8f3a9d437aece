"""Where keys and values of a TOML text stand. In texts below, `«` and `»` enclose what to find."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vtsplit.diagnostics import RefusedError, Site
from vtsplit.spec.toml_sites import KeyPath, Part, locate, parse, site_at

KEYS: list[tuple[str, KeyPath]] = [
    ("«a» = 1", ("a",)),
    ("# a = 0\n\n  \t«a»=1", ("a",)),
    ("b = 1\r\n«a» = 2\r\n", ("a",)),
    ("[«split»]\na = 1", ("split",)),
    ("[ «split» ] # a comment ]\n", ("split",)),
    ("a = 1\n[split]\n«a» = 2", ("split", "a")),
    ("[b]\na = 1\n[c]\n«a» = 2", ("c", "a")),
    ("[op.«get»]\nx = 1", ("op", "get")),
    ("[«op».get]\nx = 1", ("op",)),
    ("[op.get]\n«x» = 1", ("op", "get", "x")),
    ("[op.'«a.b»']", ("op", "a.b")),
    ('[when]\n"«struct foo *»" = "x"', ("when", "struct foo *")),
    ("'«a = #b»' = 1", ("a = #b",)),
    (r'"«a\tb\"»" = 1', ('a\tb"',)),
    (r'"«\u0061»" = 1', ("a",)),
    ('«""» = 1', ("",)),
    ("a.«b».c = 1", ("a", "b")),
    ('a . "«b»" = 1', ("a", "b")),
    ("[t]\na.b.«c» = 1\na.d = 2", ("t", "a", "b", "c")),
    ("a = { b = 1, «c» = 2 }", ("a", "c")),
    ("a = { b.c = { d = [] }, b.«e» = 2 }", ("a", "b", "e")),
    ("[[«a»]]\nx = 1\n[[a]]\nx = 2", ("a", 0)),
    ("[[a]]\nx = 1\n[[«a»]]\nx = 2", ("a", 1)),
    ("[[«a»]]\nx = 1\n[[a]]\nx = 2", ("a",)),
    ("[[a]]\nx = 1\n[[a]]\n«x» = 2", ("a", 1, "x")),
    ("[[a]]\n[[a]]\n[a.b]\n«x» = 2", ("a", 1, "b", "x")),
    ("[[a]]\n[[a.b]]\n[[a]]\n[[a.b]]\n[[a.b]]\n«x» = 2", ("a", 1, "b", 1, "x")),
    ("a = [\n  { x = 1 }, # { x = 0 }\n  { «x» = 2 },\n]", ("a", 1, "x")),
    ('b = """\na = 1 \\"""\n"""\n«a» = 2', ("a",)),
    ('b = """x"""""\n«a» = 2', ("a",)),
    ("b = '''\na = 1\n'''''\n«a» = 2", ("a",)),
    ("b = [ ']', \"]\", # ]\n  '''\n]''', [ 1, [ 2 ] ],\n]\n«a» = 2", ("a",)),
    ("b = 1979-05-27 07:32:00\n«a» = 2", ("a",)),
    ("b = ''\nc = \"\"\n«a» = 2", ("a",)),
]

VALUES: list[tuple[str, KeyPath]] = [
    ("a = «1» # one", ("a",)),
    ("a=«true»", ("a",)),
    ("a = «-1.5e3»", ("a",)),
    ("a = «1979-05-27 07:32:00»  # morning", ("a",)),
    ('a = "«foo_»"', ("a",)),
    ("a = '«foo_\\»'", ("a",)),
    ('a = «""»\n', ("a",)),
    ("a = «''»\n", ("a",)),
    (r'a = "«x\"y»" # "', ("a",)),
    ('a = «"""x»\ny"""', ("a",)),
    ('a = «"""»\r\ny"""\r\n', ("a",)),
    ("a = «[»\n  1,\n]", ("a",)),
    ("a = [ 1, [ «[ 2 ]», 3 ] ]", ("a", 1, 0)),
    ("a = [ 1, [ [ 2 ], «3», ] ]", ("a", 1, 1)),
    ("a = { b = «{ c = 1 }», d = 2 }", ("a", "b")),
    ("a.b = «1»", ("a", "b")),
    ('[r]\nx = { to = "«y»", optional = true }', ("r", "x", "to")),
    # A table made by its header has no value of its own: its header stands for it.
    ("[«a»]\nb = 1", ("a",)),
    # What is missing falls back to what encloses it.
    ("[«a»]\nb = 1", ("a", "c")),
    ("[r]\nx = «{ optional = true }»", ("r", "x", "to")),
    ('[r]\nx = "«y»"', ("r", "x", "to")),
]

FALLBACKS: list[tuple[str, KeyPath]] = [
    ("x = 1\n[«a»]\nb = 1", ("a", "c")),
    ("x = 1\n[[a]]\n[[«a»]]\nb = 1", ("a", 1, "c")),
    ("[r]\n«x» = { optional = true }", ("r", "x", "to")),
    ("[r]\n«x» = [1]", ("r", "x", 0)),
]


def check(marked: str, path: KeyPath, of: Part) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    tomllib.loads(text)  # a case is worth nothing if it is no TOML
    site = locate(text, path, "a.toml", of)
    assert site == site_at(text, start, "a.toml", end)
    line = text.split("\n")[site.line - 1]
    assert line[site.column - 1 :][: site.width] == text[start:end]


@pytest.mark.parametrize(("marked", "path"), KEYS + FALLBACKS)
def test_a_key_is_found(marked: str, path: KeyPath) -> None:
    check(marked, path, "key")


@pytest.mark.parametrize(("marked", "path"), VALUES)
def test_a_value_is_found(marked: str, path: KeyPath) -> None:
    check(marked, path, "value")


@pytest.mark.parametrize("path", [(), ("b",), (0,), ("b", 0, "c")])
@pytest.mark.parametrize("text", ["", "a = 1\n", "\n\n[t]\na = 1", "no toml"])
def test_the_first_line_is_the_last_resort(text: str, path: KeyPath) -> None:
    assert locate(text, path, "a.toml") == Site("a.toml", 1, 1)


def test_deep_nesting_is_no_recursion() -> None:
    depth = 2_000  # tomllib gives up far earlier
    text = f"a = {'[' * depth}{']' * depth}\nb = 1"
    assert str(locate(text, ("b",), "a.toml")) == "a.toml:2:1"


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("a = 1\nb 2\n", "a.toml:2:3", "Expected '='"),
        ("a = 1\na = 2\n", "a.toml:2:6", "Cannot overwrite a value"),
        ("a = [\n 1,\n\n", "a.toml:2:4", ""),
        ("[t]\n[t]\n", "a.toml:2:3", "Cannot declare"),
        ("a = 1\r\nb = \x01\r\n", "a.toml:2:5", "Invalid value"),
        ("a = 1\nb = 'caf\udce9'\n", "a.toml:2:9", "byte 0xe9 is not UTF-8"),
        ("a = \0\n", "a.toml", "binary"),
        ("\udcff\udcfea\0 \0=\0", "a.toml", "binary"),
        (f"a = {'[' * 50_000}", "a.toml", "nested too deeply"),
        (f"a = {'9' * 50_000}", "a.toml", "not TOML"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_place(text: str, place: str, reason: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse(text, "a.toml")
    (problem,) = refused.value.problems
    assert (problem.code, str(problem.site)) == ("VT001", place)
    assert problem.message.startswith("not TOML")
    assert reason in problem.message


# Texts of valid values, with all that could mislead a scanner.
scalars = st.one_of(
    st.integers().map(str),
    st.sampled_from(["true", "1e3", "1979-05-27 07:32:00", "07:32:00", "''", '""']),
    st.sampled_from(['"a # b"', "']'", '"}"', "'= [x]'", r'"\\"', r'"\""', "'\\'"]),
    st.sampled_from(['"""\n]x"""', "'''[\n'''", '"""a""b"""', '"""x\\"" """""', "''''a'''"]),
)
gaps = st.sampled_from(["", " ", "\n", " # ] } = '\n", "\r\n\t"])


def arrays(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    element = st.tuples(gaps, values, gaps).map("".join)
    return st.tuples(st.lists(element, max_size=4), gaps).map(
        lambda parts: f"[{','.join(parts[0])}{parts[1]}]"
    )


def inline_tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    keys = st.lists(st.sampled_from(["a", '"]"', "'}'", "b . c", "d.'='", '""']), unique=True)
    return keys.flatmap(
        lambda names: st.tuples(*(values for _ in names)).map(
            lambda chosen: (
                "{ "
                + ", ".join(f"{name} = {value}" for name, value in zip(names, chosen, strict=True))
                + " }"
            )
        )
    )


any_value = st.recursive(scalars, lambda inner: arrays(inner) | inline_tables(inner), max_leaves=8)
sections = st.lists(st.lists(any_value, max_size=3), max_size=4)


def leaves(data: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from leaves(value, (*path, index))
    else:
        yield path, data


@given(sections, st.booleans())
def test_every_value_is_where_it_is_said_to_be(chosen: list[list[str]], is_array: bool) -> None:
    text = ""
    for number, values in enumerate(chosen):
        text += "[[list]] # ]]\n" if is_array else f"[ table.'{number}' ]\n"
        text += "".join(f"key{index} = {value} # =\n" for index, value in enumerate(values))
    for path, leaf in leaves(tomllib.loads(text)):
        site = locate(text, path, "a.toml", of="value")
        line = text.split("\n")[site.line - 1]
        marked = line[site.column - 1 :][: site.width]
        if line[site.column - 2 : site.column] in ('"' + marked[:1], "'" + marked[:1]):
            quote = line[site.column - 2]
            assert tomllib.loads(f"a = {quote}{marked}{quote}")["a"] == leaf
        elif marked.startswith(('"""', "'''")):
            assert isinstance(leaf, str)
        else:
            assert tomllib.loads(f"a = {marked}")["a"] == leaf


@given(st.text() | st.text(alphabet="ab=.,[]{}\"'#\\\n\r\t \x0b"))
def test_any_text_has_an_answer(text: str) -> None:
    for path in [("a",), ("a", "b"), ("a", 0)]:
        for of in ("key", "value"):
            site = locate(text, path, "a.toml", "key" if of == "key" else "value")
            assert site.line <= text.count("\n") + 1
            assert site.width >= 1
