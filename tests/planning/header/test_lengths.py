"""Arrays whose length another file takes: by what name, and how it is counted."""

from pathlib import Path

import pytest

from how_many import mostly_slow
from small_programs import HEADER, PAIR, Case, check_case, check_split, lay
from trees import split
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.parser import parse_module
from vtsplit.planning.header.element_count import CountError, Element, count_elements
from vtsplit.planning.header.measured import size_use

TWO = "{ { .open = foo_open }, { .close = foo_close } }"


def moved(use: str, array: str = f"static struct ops foo_tab[] = {TWO};", above: str = "") -> Case:
    """Return a program that moves an array and uses it in the source file."""
    text = f"{PAIR}{array}\n{above}int setup(void) {{ enlist(&foo_tab[0]); return {use}; }}\n"
    return Case(text, table="foo_tab")


def taken(array: str, use: str = "sizeof(foo_ids) / sizeof(foo_ids[0])", above: str = "") -> Case:
    """Return a program whose moved table takes the size of an array that becomes global."""
    text = (
        f"{above}{array}\nstruct drv {{ struct ops ops; unsigned long n; const void *ids; }};\n"
        f"{PAIR}static struct drv foo_ops = {{ {{ .open = foo_open }}, {use}, foo_ids }};\n"
        "int setup(void) { enlist(&foo_ops.ops); return (int)foo_ops.n; }\n"
    )
    return Case(text)


ENUM = "enum { ID_A, ID_B = 5, ID_C, ID_MAX };\n"
TYPEDEF = HEADER.replace("#endif", "typedef int row[];\n#endif")
CASES = {
    "size without parentheses": moved("sizeof foo_tab / sizeof *foo_tab"),
    "address behind the array": moved("(int)((struct ops *)(&foo_tab + 1) - foo_tab)"),
    "address in parentheses": moved("(int)(*(&(foo_tab) + 1) - foo_tab)"),
    "type of it": moved("sizeof(__typeof__(foo_tab)) / sizeof(foo_tab[0])"),
    "macro with the address": moved(
        "COUNT(foo_tab)", above="#define COUNT(t) (int)(*(&(t) + 1) - (t))\n"
    ),
    "another name": moved("ARRAY_SIZE(ALL)", above="#define ALL (foo_tab)\n"),
    "size of a call": moved("NUM((foo_tab))", above="#define NUM(t) (sizeof (t) / sizeof *(t))\n"),
    "macro behind a comment": moved(
        "COUNT", above="/* All. */\n// Of them.\n#define COUNT (int)ARRAY_SIZE(foo_tab)\n"
    ),
    "entries of a type of the file": Case(
        f"typedef int (*opener)(int);\n{PAIR}static opener foo_tab[] = {{ foo_open, foo_close }};\n"
        "int setup(void) { return foo_tab[1](1) + (int)ARRAY_SIZE(foo_tab); }\n",
        table="foo_tab",
    ),
    "macro of a header that names it": moved("N_TAB")._replace(
        files={"foo.h": HEADER.replace("#endif", "#define N_TAB (int)ARRAY_SIZE(foo_tab)\n#endif")}
    ),
    "a function in parentheses": moved("count(foo_tab)")._replace(
        files={
            "foo.h": HEADER.replace("#endif", "int (count) (const struct ops *tab);\n#endif"),
            "count.c": '#include "foo.h"\nint count(const struct ops *tab) { return !!tab; }\n',
        }
    ),
    "string": taken('static const char foo_ids[] = "a\\n\\x41" "\\0b";'),
    "wide string": taken('static const int foo_ids[] = L"abc";'),
    "rows of characters": taken('static const char foo_ids[][6] = { "one", "three" };'),
    "enumerators": taken("static int foo_ids[] = { [ID_C] = 1, 2, [ID_A] = 3 };", above=ENUM),
    "range": taken("static int foo_ids[] = { [2 ... ID_B - 1] = 1, };", above=ENUM),
    "character": taken("static u8 foo_ids[] = { ['0'] = 1 };"),
    "macro of entries": taken(
        "static struct pair foo_ids[] = { BOTH, { 5, 6 } };",
        above="struct pair { int a, b; };\n#define ONE(n) { n, n }\n#define BOTH ONE(1), ONE(2)\n",
    ),
    "list given a macro": taken(
        "#define ONE(n) n,\nstatic int foo_ids[] = { LIST(ONE) 9 };",
        above="#define LIST(X) X(1) X(2) X(3)\n",
    ),
    "rows in one": taken(
        "static struct pair foo_ids[] = { 1, 2, 3, 4, { 5, 6 }, 7 };",
        above="struct pair { int a; int b; };\n",
    ),
    "compound literal": taken(
        "static struct pair foo_ids[] = { (struct pair){ 1, 2 }, (const struct pair){ 3, 4 } };",
        above="struct pair { int a; int b; };\n",
    ),
    "pointer to an array": Case(
        f"static int three[3];\nstatic int (*foo_p)[] = &three;\n{PAIR}"
        "struct drv { struct ops ops; unsigned long n; const void *ids; };\n"
        "static struct drv foo_ops = { { .open = foo_open }, sizeof(foo_p), &foo_p };\n"
        "int setup(void) { enlist(&foo_ops.ops); return (int)foo_ops.n; }\n"
    ),
    "a macro between entries": taken(
        "static int foo_ids[] = {\n1,\n#define FOO_IDS 1\n#undef FOO_IDS\n2, };"
    ),
    "a macro among entries with an index": taken(
        "static int foo_ids[] = {\n[ID_B] = 1,\n#define HAS_B\n[ID_A] = 3 };", above=ENUM
    ),
    "a macro that the entries use": taken(
        "static int foo_ids[] = {\n1,\n#define MORE 2, 3\nMORE };"
    )._replace(refused="VT028"),
    "conditional entry": taken("static int foo_ids[] = {\n1,\n#ifdef A\n2,\n#endif\n};"),
    "macro that a configuration decides on": taken(
        "static int foo_ids[] = { 1, MORE };",
        above="#ifdef A\n#define MORE 2, 3\n#else\n#define MORE 2\n#endif\n",
    )._replace(refused="VT028"),
    "typedef of an array": taken("static row foo_ids = { 1, 2 };")._replace(
        files={"foo.h": TYPEDEF}, refused="VT028"
    ),
    "index that is a size": taken("static int foo_ids[] = { [sizeof(int)] = 1 };")._replace(
        refused="VT028"
    ),
}


@pytest.mark.parametrize("case", mostly_slow(CASES.values(), 10), ids=CASES)
def test_it_is_split_or_refused(case: Case, tmp_path: Path) -> None:
    check_split(tmp_path, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_length_is_told_or_refused(case: Case, tmp_path: Path) -> None:
    check_case(tmp_path, case)


def outside(tmp_path: Path, array: str, use: str) -> tuple[int, str]:
    """Split a table of a file that sees a header which the tree does not have."""
    text = f'#include <far/far.h>\n#include "foo.h"\n{PAIR}{array}\n'
    text += f"int setup(void) {{ return {use}; }}\n"
    files = {"foo.c": text, "foo.h": HEADER, "Makefile": "obj-y += foo.o\n"}
    for path, content in files.items():
        (tmp_path / path).write_text(content)
    result = split(tmp_path, "--table", "foo.c:foo_tab")
    return result.exit_code, result.stdout + result.stderr


@pytest.mark.parametrize("use", ["lengthof(foo_tab)", "FAR_N (foo_tab)", "far(1, (foo_tab))"])
def test_a_macro_that_the_tree_does_not_have(use: str, tmp_path: Path) -> None:
    code, said = outside(tmp_path, f"static struct ops foo_tab[] = {TWO};", use)
    assert code == 0
    assert "+extern struct ops foo_tab[2];\n" in said


@pytest.mark.parametrize(
    ("use", "refused"),
    [("lengthof(foo_tab)", True), ("strlen(foo_tab)", False), ("setup2(foo_tab)", False)],
)
def test_what_cannot_be_counted_is_refused_where_a_macro_may_take_it(
    use: str, refused: bool, tmp_path: Path
) -> None:
    array = (
        "int setup2(struct ops *);\n"
        "static struct ops foo_tab[] = { { .open = foo_open }, FAR_END, { .close = foo_close } };"
    )
    code, said = outside(tmp_path, array, use)
    assert code == (2 if refused else 0)
    assert ("'lengthof' may be a macro that takes the size of 'foo_tab'" in said) is refused
    assert ("'FAR_END' in its initializer may be a macro" in said) is refused


@pytest.mark.parametrize(
    ("text", "element", "why"),
    [
        ("int a[] = { FAR(1), 2 };", Element("number"), "macro 'FAR'"),
        ("struct s a[] = { 1, 2 };", Element("structure", "struct s"), "no braces of its own"),
        ('int a[] = "abc";', Element("number"), "not of the array's kind"),
        ("int a[] = { };", Element("number"), "no entry"),
        ("struct s a[] = { [1].b = 2, 3 };", Element("structure", "struct s"), "names a member"),
        ("int a[];", Element("number"), "no initializer"),
    ],
)
def test_why_elements_are_not_counted(text: str, element: Element, why: str) -> None:
    item = parse_module(f"{text}\n").items[0]
    with pytest.raises(CountError, match=why):
        count_elements(item, element, none, lambda words: int(words[0]))  # type: ignore[arg-type]


none: MacrosOf = lambda name: ()  # noqa: E731


@pytest.mark.parametrize(
    "text",
    ["a[1]", "sizeof(a[0])", "sizeof (a)[0]", "f = a;", "o->run(a)", "x = (a);", "{ f, a }"],
)
def test_uses_that_need_no_length(text: str) -> None:
    offset = text.rindex("a[") if "a[" in text else text.rindex("a")
    offset = text.index("(a)") + 1 if "(a)" in text else offset
    assert size_use(text, offset, "a", none) is None


@pytest.mark.parametrize(
    ("cast", "told"),
    [
        ("far_t cast(long n) { return (far_t)n; }", True),
        ("long cast(far_t f) { return (long)f; }", False),
        ("far_t cast(void) { return (far_t){ 0 }; }", False),
    ],
)
def test_a_type_outside_of_the_tree_that_is_cast_to(cast: str, told: bool, tmp_path: Path) -> None:
    """It is scalar, so that each value is an element; a structure could take several."""
    (tmp_path / "near.c").write_text(f"#include <far/far.h>\n{cast}\n")
    array = "static far_t foo_tab[] = { foo_open, 0, foo_close };"
    code, said = outside(tmp_path, array, "sizeof(foo_tab) / sizeof(foo_tab[0])")
    assert code == (0 if told else 2)
    assert ("+extern far_t foo_tab[3];\n" in said) is told
    assert ("VT028" in said) is not told


def test_a_macro_among_the_entries_is_named(tmp_path: Path) -> None:
    root = lay(tmp_path, CASES["a macro that the entries use"])
    said = split(root, "--spec", str(root / "foo.toml")).stderr
    assert "a #define of 'MORE', which an entry uses, stands among the entries" in said
