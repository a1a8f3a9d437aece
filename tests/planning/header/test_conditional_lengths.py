"""Arrays whose entries stand under conditions, and whose length another file takes."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from how_many import mostly_slow
from small_programs import HEADER, PAIR, Case, check_case, check_split, lay
from trees import split
from vtsplit.cli import main
from vtsplit.cst.parser import parse_module
from vtsplit.planning.header.conditional_count import count_under_conditions
from vtsplit.planning.header.element_count import CountError, Element

IDS = "static int foo_ids[] = {\n1,\n#ifdef A\n2, 3,\n#endif\n};"


def taken(array: str = IDS, above: str = "", **more: Any) -> Case:
    """Return a program whose moved table takes the size of an array that becomes global."""
    text = (
        f"{above}{array}\nstruct drv {{ struct ops ops; unsigned long n; const void *ids; }};\n"
        f"{PAIR}static struct drv foo_ops = {{\n"
        "\t{ .open = foo_open }, sizeof(foo_ids), foo_ids\n};\n"
        "int setup(void) { enlist(&foo_ops.ops); return (int)foo_ops.n + foo_close(1); }\n"
    )
    return Case(text)._replace(**more)


def moved(entries: str, **more: Any) -> Case:
    """Return a program that moves an array of structures and takes its size in the source file."""
    text = (
        f"{PAIR}static struct ops foo_tab[] = {{\n{entries}\n}};\n"
        "int setup(void) {\n\tfor (unsigned i = 0; i < ARRAY_SIZE(foo_tab); i++)\n"
        "\t\tenlist(&foo_tab[i]);\n\treturn (int)ARRAY_SIZE(foo_tab);\n}\n"
    )
    return Case(text, table="foo_tab")._replace(**more)


ROWS = (
    '\t{ "a", foo_open },\n#if defined(A) && \\\n\t!defined(B)\n\t{ "b", foo_close },\n#elif B\n'
    '\t{ "c" },\n\t{ "d" }\n#else /* neither */\n\t{ "e" }\n#endif\n#ifdef C\n#endif'
)
DEEP = '\t{ "a" }\n#ifdef A\n\t, { "b", foo_open }\n#ifndef B\n\t, { "c" }, { "d" }\n#endif\n#endif'
ZOO = {"foo.h": HEADER, "zoo.h": "#ifdef B\n#define A\n#endif\n"}
BEHIND = '#include "zoo.h"\n'
CASES = {
    "off": taken(),
    "on": taken(flags=("-DA",)),
    "branches, the first": moved(ROWS, flags=("-DA",)),
    "branches, the second": moved(ROWS, flags=("-DB",)),
    "branches, the third": moved(ROWS),
    "nested, off": moved(DEEP),
    "nested, outer": moved(DEEP, flags=("-DA", "-DB")),
    "nested, both": moved(DEEP, flags=("-DA",)),
    "all under a condition": moved('#ifdef A\n\t{ "a", foo_open },\n#endif\n\t{ "b" }'),
    "a macro of the source": taken(above="#define A\n"),
    "a macro of the source that others decide on": taken(
        IDS.replace("ifdef A", "if LEVEL > 2"),
        "#define LEVEL FOO_LEVEL\n",
        flags=("-DFOO_LEVEL=3",),
    ),
    "a macro that the source undefines": taken(above="#define A\n#undef A\n", refused="VT043"),
    "a macro of a header that is included below": taken(above=BEHIND, files=ZOO, flags=("-DB",)),
    "a macro of a system's header": taken(
        IDS.replace("ifdef A", "if defined(EOF)"), above="#include <stdio.h>\n#undef NULL\n"
    ),
    "a macro of a system's header that is included under a condition": taken(
        IDS.replace("ifdef A", "if defined(EOF)"),
        above="#ifdef B\n#undef NULL\n#include <stdio.h>\n#endif\n",
        flags=("-DB",),
    ),
    "a macro of a header that is included under a condition": taken(
        above=f"#ifdef B\n{BEHIND}#endif\n", files=ZOO, flags=("-DB",)
    ),
    "an index": taken("static int foo_ids[] = {\n#ifdef A\n[3] = 1,\n#endif\n};", refused="VT028"),
    "inside of an entry": moved('\t{ "a",\n#ifdef A\n\tfoo_open\n#endif\n\t}', refused="VT028"),
    "half of a string": taken(
        'static const char *foo_ids[] = {\n"a"\n#ifdef A\n"b"\n#endif\n};', refused="VT028"
    ),
    "a macro is defined there": taken(
        "static int foo_ids[] = {\n1,\n#define TWO 2\nTWO };", refused="VT028"
    ),
}


@pytest.mark.parametrize("case", mostly_slow(CASES.values(), 10), ids=CASES)
def test_it_is_split_or_refused(case: Case, tmp_path: Path) -> None:
    check_split(tmp_path, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_program_does_the_same(case: Case, tmp_path: Path) -> None:
    check_case(tmp_path, case)


def test_nothing_is_left_to_do(tmp_path: Path) -> None:
    root = lay(tmp_path, CASES["nested, off"])
    spec = ("--spec", str(root / "foo.toml"))
    assert split(root, *spec, "--write").exit_code == 0
    assert "foo_tab[1\n#ifdef A\n\t+ 1\n#ifndef B\n\t+ 2\n#endif\n#endif\n];" in "".join(
        path.read_text() for path in root.glob("*.h")
    )
    assert split(root, *spec, "--check").exit_code == 0


def test_a_length_that_nobody_has_to_know_is_left_out(tmp_path: Path) -> None:
    header = HEADER.replace("#endif", "#define TAB foo_tab\n#endif")
    case = moved(DEEP, files={"foo.h": header})
    text = (
        case.text[: case.text.index("int setup")]
        + "int setup(void) { return foo_tab[0].open != 0; }\n"
    )
    root = lay(tmp_path, case._replace(text=text))
    assert split(root, "--spec", str(root / "foo.toml"), "--write").exit_code == 0
    assert "foo_tab[];" in "".join(path.read_text() for path in root.glob("foo_*.h"))


@pytest.mark.parametrize("how", [["--textual"], ["--cc", "gcc"]])
def test_it_is_proved_and_has_no_faults(how: list[str], tmp_path: Path) -> None:
    before = lay(tmp_path / "before", CASES["nested, off"])
    after = shutil.copytree(before, tmp_path / "after")
    spec = ("--spec", str(after / "foo.toml"))
    assert split(after, *spec, "--write").exit_code == 0
    said = CliRunner().invoke(main, ["verify", str(before), str(after), *spec, *how])
    assert said.output.startswith("proved"), said.output
    faults = CliRunner().invoke(main, ["lint", str(after), *spec])
    assert faults.exit_code == 0, faults.output


COUNTED = {
    "1": "1",
    "1,\n#if 0\n#endif\n2": "2",
    "1,\n#if A\n2,\n#else\n#endif\n3": "2\n#if A\n\t+ 1\n#else\n#endif\n",
    "\n#if A\n#if B\n#endif\n2,\n#endif\n": "0\n#if A\n\t+ 1\n#endif\n",
}


@pytest.mark.parametrize(("entries", "text"), COUNTED.items())
def test_what_stands_in_the_brackets(entries: str, text: str) -> None:
    (item,) = parse_module(f"int a[] = {{ {entries} }};\n").items
    found = count_under_conditions(item, Element("number"), lambda _: (), lambda _: None)  # type: ignore[arg-type]
    assert found.text == text


def test_an_element_that_goes_on_is_not_counted() -> None:
    (item,) = parse_module("struct s a[] = { {1}, 2,\n#if A\n3,\n#endif\n};\n").items
    with pytest.raises(CountError):
        count_under_conditions(item, Element("structure", "struct s"), lambda _: (), lambda _: None)  # type: ignore[arg-type]
