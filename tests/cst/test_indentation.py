"""What is made is indented as the file that gets it, or as its neighbours."""

import re
from pathlib import Path

import pytest

from trees import SMALL, SOURCE, small_tree, split
from vtsplit.codemods.declare import wrap_prototype
from vtsplit.codemods.dispatch.wrapper import Body, BodyBlock, render
from vtsplit.codemods.expose import expose
from vtsplit.codemods.rename import rename
from vtsplit.cst.heads.declarator import read_head
from vtsplit.cst.parser import parse_module
from vtsplit.cst.style.indentation import KERNEL, Indentation, indentation_of

TWO, FOUR = Indentation(2, tabs=False), Indentation(4, tabs=False)
BODY = "int z(void)\n{\n    return 1;\n}\n"
GNU = "int z (void)\n{\n  if (a)\n    {\n      f ();\n\treturn 1;\n    }\n}\n"


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("int a;\n/*\n * Text\n */\n", KERNEL),
        ("int f(int a,\n\t  int b)\n{\n\tg();\n        h();\n}\n", KERNEL),
        (BODY, FOUR),
        (BODY.replace("    ", "  "), TWO),
        (BODY.replace("    ", "   "), Indentation(3, tabs=False)),
        ("struct s {\n\tint a;\n};\n", KERNEL),
        ("struct s {\n    int a; /* a\n\t      b */\n};\n", Indentation(4, tabs=True)),
        (GNU, Indentation(2, tabs=True)),
        ("int f(void) {\r\n    g();\r\n}\r\n", FOUR),
        ("enum e {\n  A,\n  B,\n};\nint x = f(a,\n          b);\n", TWO),
    ],
)
def test_a_file_tells_how_it_indents(text: str, style: Indentation) -> None:
    assert indentation_of(text) == style


def test_the_first_text_that_tells_decides() -> None:
    assert indentation_of("", "int a;\n", BODY, GNU) == FOUR


@pytest.mark.parametrize(
    ("tail", "lead"), [(BODY, " " * 10), ("int z(void)\n{\n\tx();\n}\n", "\t  ")]
)
def test_continuation_lines(tail: str, lead: str) -> None:
    wide = "static int open(int a,\n                int b)\n{\n}\n" + tail
    made = expose(parse_module(wide), {"open"}).code
    assert made.startswith(f"int open(int a,\n{' ' * 9 if tail == BODY else chr(9) + ' '}int b)")
    longer = rename(parse_module("int f(int a,\n      int b);\n" + tail), {"f": "abcde"}).code
    assert longer.startswith(f"int abcde(int a,\n{lead}int b);")


def test_prototypes_and_wrappers() -> None:
    head = read_head("int a_function(struct a_type *one, struct a_type *two)")
    assert "\t" not in wrap_prototype(head, 40, FOUR)
    calls = f"return b_get({', '.join('argument_of_it' for _ in range(6))})"
    inner = BodyBlock((calls, "x = 1"), "is_b(dev)")
    blocks = (
        BodyBlock((calls,), "is_a(dev) && " * 6 + "is_c(dev)", inner=inner),
        BodyBlock(("return 0",)),
    )
    text = render("int a_get(struct dev *dev)", Body(blocks, "why"), "Above.", FOUR)
    leads = [len(match) for match in re.findall(r"^( *)\S", text, re.MULTILINE)]
    assert "\t" not in text
    assert {0, 4, 8, 12} <= set(leads)
    assert max(map(len, text.splitlines())) <= 80
    assert text == render("int a_get(struct dev *dev)", Body(blocks, "why"), "Above.", FOUR)


def test_a_tree_without_tabs_gets_none(tmp_path: Path) -> None:
    two_lines = "foo_free_unit(int unit,\n\t\t\t\t\t     int how)"
    source = SOURCE.replace("foo_free_unit(int unit)", two_lines)
    source = source.replace("\t.free = foo_free_unit", "\t.free = (void *)foo_free_unit")
    source = source.replace("foo_open(unit);", "foo_open(unit) + how;").expandtabs(4)
    header = SMALL["drv/foo.h"].expandtabs(4)
    root = small_tree(tmp_path, {"drv/foo.c": source, "drv/foo.h": header})
    result = split(root)
    assert result.exit_code == 0
    assert "+int foo_free_unit(int unit,\n+                  int how);\n" in result.stdout
    made = [line for line in result.stdout.splitlines() if line.startswith("+")]
    assert not [line for line in made if "\t" in line]


def test_a_made_entry_and_a_made_body_follow_the_table(tmp_path: Path) -> None:
    spec = SMALL["vtsplit.toml"] + (
        '[dispatch]\nprefix = "bar_"\nops = ["open"]\n'
        '[dispatch.backend]\nprefix = "two_"\nsource = "drv/two.c"\nheader = "drv/two.h"\n'
        'skeleton = "-1"\nflag = "two"\n'
    )
    files = {
        "drv/foo.c": SOURCE.expandtabs(2),
        "drv/foo.h": SMALL["drv/foo.h"].expandtabs(2),
        "vtsplit.toml": spec,
        "drv/Makefile": "obj-m += foo-drv.o\nfoo-drv-y := foo.o other.o\n",
    }
    result = split(small_tree(tmp_path, files))
    assert result.exit_code == 0, result.stderr
    assert "+  if (two)\n+    return two_open(unit);\n" in result.stdout
    assert "+  return -1;\n" in result.stdout
    made = [line for line in result.stdout.splitlines() if line.startswith("+")]
    assert not [line for line in made if "\t" in line]
