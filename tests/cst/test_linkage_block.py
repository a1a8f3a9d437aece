"""New declarations of an existing header stand inside of its block of C linkage."""

from pathlib import Path

import pytest

from compilations import compile_well
from how_many import mostly_slow
from small_programs import HEADER, PAIR, SETUP, TABLE
from trees import split
from vtsplit.codemods.declare import Addition, declare
from vtsplit.codemods.relocate import place
from vtsplit.cst.parser import parse_module

SPEC = """\
[split]
source = "foo.c"
header = "foo.h"
main = "main.c"
prefix = "foo_"
[tables]
foo_ops = "foo_ops"
"""
OPEN, CLOSE = '#ifdef __cplusplus\nextern "C" {\n#endif\n', "#ifdef __cplusplus\n}\n#endif\n"
# What begins a block, and what ends it.
PAIRS = {
    "written out": (OPEN, CLOSE),
    "by defined": (
        '#if defined(__cplusplus)\nextern "C"\n{\n#endif\n',
        "#if defined(__cplusplus)\n} /* extern C */\n#endif\n",
    ),
    "with a class behind it": (
        '#ifdef __cplusplus\n#include <new>\nextern "C" {\n#endif\n',
        "#ifdef __cplusplus\n}\nclass foo { int a; };\n#endif\n",
    ),
    "in one line": ('#ifdef __cplusplus\nextern "C" {\n#endif\n', CLOSE + "/* the end */\n"),
    "macros of a system": ("FOO_BEGIN_DECLS\n", "FOO_END_DECLS\n"),
    "macros with a comment": ("EXTERN_C_START /* C */\n", "EXTERN_C_END // C\n"),
}
MACROS = "".join(f"#define {name}\n" for name in ("FOO_BEGIN_DECLS", "FOO_END_DECLS"))
MACROS += "#define EXTERN_C_START\n#define EXTERN_C_END\n"


def header(opens: str, closes: str, inside: str) -> str:
    return HEADER.replace("void enlist", f"{MACROS}{opens}void enlist").replace(
        "int setup(void);\n", f"int setup(void);\n{inside}{closes}"
    )


@pytest.mark.parametrize("inside", mostly_slow(["", "\n", "\nint count;\n\n"], 1))
@pytest.mark.parametrize(("opens", "closes"), PAIRS.values(), ids=PAIRS)
def test_declarations_stand_inside(opens: str, closes: str, inside: str, tmp_path: Path) -> None:
    before = header(opens, closes, inside)
    files = {
        "foo.h": before,
        "foo.c": f'#include "foo.h"\n{PAIR}{TABLE}{SETUP}',
        "Makefile": "obj-y += foo.o\n",
        "vtsplit.toml": SPEC,
    }
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    assert split(tmp_path, "--write").exit_code == 0
    after = (tmp_path / "foo.h").read_text()
    at = after.index("int foo_open(int unit);")
    assert after.rindex(opens) + len(opens) <= at < after.rindex(closes)
    assert after.index("extern const struct ops foo_ops;") < at
    added = [line for line in after.splitlines() if line and line not in before.splitlines()]
    assert len(added) == 3  # nothing but the declarations
    compile_well(["gcc", "-fsyntax-only", "-Wall", "foo.c", "main.c"], tmp_path)
    assert split(tmp_path, "--check").exit_code == 0


def test_in_front_of_the_first_of_a_block_that_macros_begin() -> None:
    text = "F_BEGIN_DECLS\n\nint b(void);\n\nF_END_DECLS\n"
    made = declare(parse_module(text), [Addition("a", (), "int a(void);")], ["a", "b"])
    assert made.code == text.replace("int b", "int a(void);\nint b")


@pytest.mark.parametrize(
    "text",
    [
        f"{OPEN}int a;\n{CLOSE}typedef int row;\n",  # a declaration may be of this type
        "int a;\n",
        "void f(void)\n{\n}\nPUSH_BEGIN\nint a;\nPUSH_END\n",  # of warnings, or of anything
        "#define A_BEGIN_DECLS extern {\nint a;\n#define A_END_DECLS }\n",
    ],
)
def test_else_they_stand_at_the_end(text: str) -> None:
    made = declare(parse_module(text), [Addition("b", (), "int b(void);")], ["b"])
    assert made.code == f"{text}\nint b(void);\n"


def test_a_table_does_not_go_above_what_it_names() -> None:
    text = f'{OPEN}#include "a.h"\n{CLOSE}\nint f(void)\n{{\n\treturn 1;\n}}\n'
    assert place(parse_module(text), "int a = 1;\n").code == f"{text}\nint a = 1;\n"
