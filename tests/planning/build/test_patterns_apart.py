"""Patterns that take the source and not main, or main and not the source."""

from pathlib import Path

import pytest

from plain_builds import LINK, plant
from trees import split

NAMED = f"prog: foo.o prog.o\n{LINK}"
FIND = f"S := $(shell find {{}})\nprog: $(S)\n{LINK}"

# (what it shows, the Makefile, what the message says, and where)
APART = [
    (
        "main alone becomes a program",
        f"{NAMED}T = $(wildcard foo_*.c)\nall: prog $(T:.c=)\n",
        "each file that it takes is linked alone",
        "3:5",
    ),
    (
        "main is linked twice",
        f"{NAMED}T = $(patsubst %.c,%.o,$(wildcard *_main.c))\nprog: $(T)\n",
        "the pattern '*_main.o' does not take foo_main.c as it takes foo.c",
        "3:5",
    ),
    ("by its name", FIND.format(". -name '*.c' ! -name 'foo_*'"), "! -name foo_*", "1:6"),
    (
        "by its path",
        FIND.format(". -type f -name '*.c' -not -path './foo_m*'"),
        "! -path ./foo_m*",
        "1:6",
    ),
    *(
        (f"by {grep}", FIND.format(f". -name '*.c' | {grep}"), "grep -v ", "1:6")
        for grep in (
            "grep -v _main",
            "grep -vE 'test|_main'",
            "egrep -v '(test|_main)'",
            "grep -v -e '^./foo_m'",
            r"grep -v '\(test\|_main\)'",
            "fgrep -v /foo_main.c",
        )
    ),
    (
        "by several",
        FIND.format(r". \( -name '*.c' -o -name '*.S' \) -not \( -name x -o -name '*_main.*' \)"),
        "! -name *_main.*",
        "1:6",
    ),
    (
        "by a filter",
        f"prog: $(filter-out %_main.c,$(wildcard *.c))\n{LINK}",
        "'%_main.c' takes foo_main.c out of the files of '*.c', but not foo.c",
        "1:7",
    ),
]
TOGETHER = [
    FIND.format(". -name '*.c' -not -name '*_test.c'"),
    FIND.format(". -path ./build -prune -o -name '*.c' -print"),
    FIND.format(". -name '*.c' | grep -v test | sort"),
    FIND.format(". -name '*.c' | grep -v 'foo+main' | sed 's|^./||' | tr '\\n' ' '"),
    FIND.format("src-dir . -maxdepth 1 -name '*.c'"),
    f"prog: $(filter-out %_test.c,$(wildcard *.c))\n{LINK}",
    f"{NAMED}check: $(wildcard *_main.c)\n\tsplint $^\n",
    f"{NAMED}TESTS = $(wildcard *_test.c)\nall: prog $(TESTS:.c=)\n",
]


@pytest.mark.parametrize(
    ("makefile", "says", "at"), [row[1:] for row in APART], ids=[r[0] for r in APART]
)
def test_it_is_refused(makefile: str, says: str, at: str, tmp_path: Path) -> None:
    ran = split(plant(tmp_path, {"Makefile": makefile}), "--table", "foo.c:foo_ops")
    assert ran.exit_code == 2, ran.stderr
    assert ran.stderr.count("error[VT060]") == 1
    assert says in ran.stderr
    assert f"Makefile:{at}\n" in ran.stderr


@pytest.mark.parametrize("makefile", TOGETHER)
def test_both_are_taken(makefile: str, tmp_path: Path) -> None:
    ran = split(plant(tmp_path, {"Makefile": makefile}), "--table", "foo.c:foo_ops")
    assert ran.exit_code == 0, ran.stderr


@pytest.mark.parametrize(
    "command",
    [
        ". -name '*.c' | sed '/main/d'",
        ". -path './f*' -name '*.c'",
        r". \( -path ./t -o -name 'foo_m*' \) -prune -o -name '*.c' -print",
        ". -name '*.c' | grep -v '[[:digit:]]'",
        ". -name '*.c' | head -1",
    ],
)
def test_a_command_that_may_say_more_is_no_list(command: str, tmp_path: Path) -> None:
    ran = split(plant(tmp_path, {"Makefile": FIND.format(command)}), "--table", "foo.c:foo_ops")
    assert ran.exit_code == 2, ran.stdout


def test_a_makefile_above_takes_main_alone(tmp_path: Path) -> None:
    above = "all:\n\t$(MAKE) -C sub\nT = $(wildcard sub/*_main.c)\ntools: $(T:.c=)\n"
    root = plant(tmp_path, {"sub/Makefile": NAMED, "Makefile": above})
    for path in root.glob("*.[ch]"):
        path.rename(root / "sub" / path.name)
    ran = split(root, "--table", "sub/foo.c:foo_ops")
    assert ran.exit_code == 2, ran.stderr
    assert " Makefile:3:5\n" in ran.stderr
