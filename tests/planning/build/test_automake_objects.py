"""Objects that automake and configure call by `$(OBJEXT)`, and what configure alone links."""

from pathlib import Path

import pytest

from plain_builds import plant
from trees import split

EXTRA = "bin_PROGRAMS = prog\nprog_SOURCES = prog.c\nEXTRA_prog_SOURCES = foo.c\n"


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        (
            "Makefile.am",
            f"{EXTRA}prog_LDADD = foo.$(OBJEXT) -lm\nprog_DEPENDENCIES = foo.${{OBJEXT}}\n",
            ["foo.$(OBJEXT) foo_main.$(OBJEXT) -lm", "= foo.${OBJEXT} foo_main.${OBJEXT}"],
        ),
        (
            "Makefile.am",
            f"{EXTRA}if FOO\nO = foo.$(OBJEXT)\nendif\nprog_LDADD = $(O)\n",
            ["O = foo.$(OBJEXT) foo_main.$(OBJEXT)"],
        ),
        (
            "Makefile.in",
            "OBJS = prog.@OBJEXT@ foo.@OBJEXT@\nprog: $(OBJS)\n\t$(CC) -o $@ $(OBJS)\n",
            ["OBJS = prog.@OBJEXT@ foo.@OBJEXT@ foo_main.@OBJEXT@"],
        ),
    ],
)
def test_main_stands_beside_it(name: str, text: str, lines: list[str], tmp_path: Path) -> None:
    root = plant(tmp_path, {name: text})
    ran = split(root, "--table", "foo.c:foo_ops", "--write")
    assert ran.exit_code == 0, ran.stderr
    after = (root / name).read_text()
    for line in lines:
        assert line in after
    assert split(root, "--table", "foo.c:foo_ops", "--check").exit_code == 0


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("AC_INIT([p],[1])\nif test x$a = xy; then\n  O=foo.$ac_objext\nfi\n", 3),
        ('AC_INIT([p],[1])\nO="foo.${ac_objext}"\n', 2),
        ("AC_INIT([p],[1])\nADD='lib/x.$(OBJEXT) foo.$(OBJEXT)'\n", 2),
        ("AC_INIT([p],[1])\nAC_REPLACE_FUNCS([strlcpy foo])\n", 2),
        ("AC_INIT([p],[1])\nAC_CHECK_FUNC([foo_open], [], [AC_LIBOBJ([foo])])\n", 2),
        ("AC_INIT([p],[1])\nAC_LIBOBJ([foo_x])\nAC_LIBOBJ([x_foo])\nO='x_foo.$(OBJEXT)'\n", 0),
    ],
)
def test_a_script_that_links_it_is_a_warning(script: str, line: int, tmp_path: Path) -> None:
    root = plant(tmp_path, {"Makefile.am": EXTRA, "configure.ac": script})
    ran = split(root, "--table", "foo.c:foo_ops")
    assert ran.exit_code == 0, ran.stderr
    said = [one for one in ran.stderr.splitlines() if "foo.c is named here" in one]
    assert [one.split(":")[2] for one in said] == ([str(line)] if line else [])
