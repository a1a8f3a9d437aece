"""What main and the header name is declared there, and defined where a definition is needed."""

import shutil
from pathlib import Path

import pytest

from small_programs import HEADER, PAIR, SETUP, TABLE, Case, check_case

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc"),
]

INFO = """\
typedef struct state state_t;
typedef union word word_t;
struct info { int (*get)(state_t *); unsigned long size; state_t *first; unsigned long more; };
"""
GET = "static int get(state_t *state) { return state->number; }\n"
STATE = "struct state { int other; int number; };\n"


def with_info(text: str, entries: str) -> Case:
    """Return a program whose table is of `struct info`, whose types the header leaves open."""
    setup = "int setup(void) { return infos.size + infos.more; }\n"
    table = f"static const struct info infos = {{ get, {entries} }};\n"
    header = HEADER.replace("#endif\n", f"{INFO}#endif\n")
    return Case(f"{text}{GET}{table}{setup}", table="infos", files={"foo.h": header})


BEHIND_TYPEDEFS = {
    "its size": with_info(STATE, "sizeof(state_t)"),
    "that of several": with_info(STATE, "sizeof(state_t[3])"),
    "the place of a member": with_info(STATE, "__builtin_offsetof(state_t, number)"),
    "an object": with_info(f"{STATE}static state_t first = {{ 1, 2 }};\n", "0, &first"),
    "an array": with_info(f"{STATE}static state_t all[2];\n", "sizeof(all), all"),
    "a literal": with_info(STATE, "0, &(state_t){ 1, 2 }"),
    "a member that is one as well": with_info(
        f"union word {{ int a; char c[12]; }};\n{STATE.replace('int other', 'word_t other')}",
        "sizeof(state_t)",
    ),
}


@pytest.mark.parametrize("what", BEHIND_TYPEDEFS)
def test_a_structure_that_a_header_names_by_a_typedef(tmp_path: Path, what: str) -> None:
    check_case(tmp_path, BEHIND_TYPEDEFS[what])


def test_a_pointer_needs_no_definition(tmp_path: Path) -> None:
    case = with_info(STATE, "0, (state_t *)0")
    check_case(tmp_path, case)
    assert "struct state {" in (tmp_path / "foo.c").read_text()


@pytest.mark.parametrize(
    "list_", ["const char *, size_t", "size_t", "const size_t, int", "int (*)(size_t), int"]
)
def test_the_type_of_a_parameter_without_a_name(tmp_path: Path, list_: str) -> None:
    named = list_.replace("size_t", "size_t b").replace("int (*)", "int (*a)").replace("*,", "*a,")
    named = named.removesuffix("int") + "int n" if named.endswith(" int") else named
    header = HEADER.replace("#define NULL ((void *)0)\n", "").replace(
        "#endif\n", f"struct calls {{ int (*call)({list_}); }};\n#endif\n"
    )
    text = (
        f"static int one({named}) {{ return 1; }}\n"
        "static const struct calls calls = { one };\nint setup(void) { return !calls.call; }\n"
    )
    files = {
        "foo.h": header,
        "program.c": '#include <stddef.h>\n#include "foo.h"\nint main(void) { return setup(); }\n',
    }
    check_case(tmp_path, Case(text, table="calls", files=files, above="#include <stddef.h>\n"))


@pytest.mark.parametrize(
    ("header", "word"),
    [("stdalign.h", "alignas(64)"), ("threads.h", "thread_local"), ("stddef.h", "__thread")],
)
def test_a_keyword_that_a_header_makes(tmp_path: Path, header: str, word: str) -> None:
    table = TABLE.replace("static const", f"static {word}")
    check_case(tmp_path, Case(f"{PAIR}{table}{SETUP}", above=f"#include <{header}>\n"))


def test_a_macro_in_the_head_of_a_table_is_declared_with_it(tmp_path: Path) -> None:
    table = TABLE.replace("foo_ops =", "foo_ops OWN_SECTION __attribute__((used)) =")
    table = table.replace("const ", "")
    own = '#define OWN_SECTION __attribute__((section(".own")))\n'
    check_case(tmp_path, Case(f"{own}{PAIR}{table}{SETUP}"))


@pytest.mark.parametrize("layout", ["{ A, B, LAST }", "{\n\tA = 1, B,\n\tLAST\n}"])
def test_an_array_whose_index_is_an_enumerator_of_a_header(tmp_path: Path, layout: str) -> None:
    header = HEADER.replace("#endif\n", f"enum which {layout};\n#endif\n")
    text = (
        f"{PAIR}static const struct ops foo_tab[] = {{\n\t[A] = {{ .open = foo_open }},\n"
        "\t[LAST] = { .close = foo_close },\n};\n"
        "int setup(void) { return ARRAY_SIZE(foo_tab); }\n"
    )
    check_case(tmp_path, Case(text, table="foo_tab", files={"foo.h": header}))


@pytest.mark.parametrize(
    "attribute", ["__attribute__((format(printf, 1, 2)))", "__attribute__((cold, noinline))"]
)
def test_an_attribute_of_a_forward_declaration_goes_to_the_header(
    tmp_path: Path, attribute: str
) -> None:
    source = "static int foo_log(const char *how, ...)"
    text = (
        f"{source} {attribute};\n{source} {{ return how[0]; }}\n"
        "static const struct logs foo_logs = { foo_log };\nint setup(void) { return 0; }\n"
    )
    header = HEADER.replace("#endif\n", "struct logs { int (*log)(const char *, ...); };\n#endif\n")
    check_case(tmp_path, Case(text, table="foo_logs", files={"foo.h": header}))
    declared = next(tmp_path.glob("*_ops.h")).read_text()
    assert f"int foo_log(const char *how, ...) {attribute};\n" in declared


def test_an_attribute_beside_others_of_the_definition(tmp_path: Path) -> None:
    forward = "static int foo_open(int unit) __attribute__((__cold__, noinline));\n"
    pair = PAIR.replace("static int foo_open", "static __attribute__((noinline)) int foo_open")
    check_case(tmp_path, Case(f"{forward}{pair}{TABLE}{SETUP}"))
    declared = next(tmp_path.glob("*_ops.h")).read_text()
    assert "int foo_open(int unit)\n\t__attribute__((__cold__, noinline));\n" in declared


def test_an_attribute_of_what_is_static_alone_goes(tmp_path: Path) -> None:
    forward = "static int foo_open(int unit) __attribute__((unused));\n"
    check_case(tmp_path, Case(f"{forward}{PAIR}{TABLE}{SETUP}"))
    assert "unused" not in "".join(path.read_text() for path in tmp_path.glob("*.[ch]"))


def test_a_name_that_a_macro_has_elsewhere_is_kept(tmp_path: Path) -> None:
    either = (
        "#ifdef FANCY\nstatic int fancy(int unit) { return unit; }\n#else\n#define fancy NULL\n"
    )
    table = TABLE.replace("foo_close", "fancy")
    check_case(tmp_path, Case(f"{either}#endif\n{PAIR}{table}{SETUP}"))
