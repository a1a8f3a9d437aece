"""Recipes that name the source and build nothing from it: a warning, as for settings."""

from pathlib import Path

import pytest

from plain_builds import LINK, plant
from trees import split

PROG = f"O = prog.o foo.o\nprog: $(O)\n{LINK}"

# (the rule, the line of the warning, the word)
NAMED = [
    ("lint:\n\t-@splint +x prog.c foo.c\n", 5, "foo.c"),
    ("size: foo.o\n\t@echo sizes\n\t$(SIZE) $<\n", 4, "foo.o"),
    ("syms: prog\n\t$(CROSS)nm x.o\n\tnm -g foo.o 2>/dev/null\n", 6, "foo.o"),
    ("install: prog\n\t$(INSTALL) -m 644 foo.c $(DESTDIR)$(prefix)/src\n", 5, "foo.c"),
    ("pack:\n\tcp -p \\\n\t foo.c foo.h ${distdir}/src\n", 6, "foo.c"),
]
REFUSED = [
    "two: \n\tcp foo.c two.c\n",
    "two: \n\tcp foo.c $(builddir)/two.c\n",
    "lines.h:\n\twc -l foo.c > lines.h\n",
    "syms:\n\tnm foo.o | sort\n",
    "two:\n\tls foo.c && ./gen foo.c\n",
    "bin:\n\tobjcopy -O binary foo.o foo.bin\n",
    "test:\n\tgrep -q foo_ops foo.c\n",
    "two:\n\t@echo GEN; ./gen foo.c\n",
]


@pytest.mark.parametrize(("rule", "line", "word"), NAMED)
def test_it_is_a_warning(rule: str, line: int, word: str, tmp_path: Path) -> None:
    ran = split(plant(tmp_path, {"Makefile": PROG + rule}), "--table", "foo.c:foo_ops")
    assert ran.exit_code == 0, ran.stderr
    main = word.replace("foo", "foo_main")
    said = [one for one in ran.stderr.splitlines() if "this line names" in one]
    assert [one.split(":")[2] for one in said] == [str(line)]
    assert f"this line names '{word}', but not '{main}'" in said[0]
    assert "+O = prog.o foo.o foo_main.o" in ran.stdout


@pytest.mark.parametrize("rule", REFUSED)
def test_it_may_build_something(rule: str, tmp_path: Path) -> None:
    ran = split(plant(tmp_path, {"Makefile": PROG + rule}), "--table", "foo.c:foo_ops")
    assert ran.exit_code == 2, ran.stderr
    assert "error[VT060]: a rule uses 'foo." in ran.stderr


def test_what_is_said_is_no_look(tmp_path: Path) -> None:
    """The rule gathers objects, and its recipe tells that it has."""
    text = f"prog: prog.o foo.o\n{LINK}objects: prog.o foo.o\n\t@echo built $^\n"
    ran = split(plant(tmp_path, {"Makefile": text}), "--table", "foo.c:foo_ops")
    assert ran.exit_code == 0, ran.stderr
    assert "+objects: prog.o foo.o foo_main.o" in ran.stdout
