"""What a Makefile gives the source's object alone: main's gets it too, or is refused."""

import shutil
from pathlib import Path

import pytest

import plain_builds
from built import verify
from plain_builds import LINK, make_and_run
from trees import split

SPEC = """\
[split]
source = "foo.c"
header = "foo_ops.h"
main = "foo_main.c"

[tables]
foo_ops = "foo_ops"
"""
OWN = "prog: foo.o prog.o\n\t$(CC) -o $@ $^\n"
RULE = "foo.o: foo.c foo.h\n\t$(CC) -c -o $@ foo.c"
BY_NAME = "%.o: %.c\n\t$(CC) $(FLAGS_$*) -c -o $@ $<\n"
OUT = "o/%.o: %.c\n\t@mkdir -p o\n\t$(CC) $(CFLAGS) $(CPPFLAGS) -c -o $@ $<\n"

# (what it shows, the Makefile, the line for main's object)
SHARED = [
    ("a variable", f"{OWN}foo.o: CFLAGS += -DLIMIT=5\n", "foo.o foo_main.o: CFLAGS += -DLIMIT=5"),
    (
        "of several objects",
        f"{OWN}foo.o prog.o: CPPFLAGS = -DLIMIT=5\n",
        "foo.o prog.o foo_main.o: CPPFLAGS = -DLIMIT=5",
    ),
    (
        "that overrides",
        f"{OWN}foo.o: override CFLAGS := $(CFLAGS) -DLIMIT=5 # all\n",
        "foo.o foo_main.o: override CFLAGS := $(CFLAGS) -DLIMIT=5 # all",
    ),
    (
        "over two lines",
        f"{OWN}foo.o \\\n  prog.o: CFLAGS += \\\n -DLIMIT=5\n",
        "foo.o \\\n  prog.o \\\n  foo_main.o: CFLAGS += \\\n -DLIMIT=5",
    ),
    (
        "in a folder of objects",
        "O = o/foo.o o/prog.o\nprog: $(O)\n\t$(CC) -o $@ $(O)\no/%.o: %.c\n\t@mkdir -p o\n"
        "\t$(CC) $(CFLAGS) -c -o $@ $<\no/foo.o: CFLAGS += -DLIMIT=5\n",
        "o/foo.o o/foo_main.o: CFLAGS += -DLIMIT=5",
    ),
    (
        "of all files of a folder",
        f"O = $(patsubst %.c,o/%.o,$(wildcard *.c))\nprog: $(O)\n{LINK}{OUT}"
        "o/foo.o: CFLAGS += -DLIMIT=5\n",
        "o/foo.o o/foo_main.o: CFLAGS += -DLIMIT=5",
    ),
    (
        "of all files, in a folder by a variable",
        "D = o\nO = $(addprefix $(D)/,$(patsubst %.c,%.o,$(wildcard *.c)))\n"
        f"prog: $(O)\n{LINK}{OUT}"
        "$(D)/foo.o: CPPFLAGS := -DLIMIT=5\n",
        "$(D)/foo.o $(D)/foo_main.o: CPPFLAGS := -DLIMIT=5",
    ),
]
REFUSED = [
    ("a rule", f"{OWN}{RULE} -DLIMIT=5\n", "-DLIMIT=5"),
    ("a macro apart", f"{OWN}{RULE} -D LIMIT=5\n", "-D LIMIT=5"),
    ("taken away", f"{OWN}{RULE} -ULIMIT\n", "-ULIMIT"),
    ("a file in front", f"{OWN}{RULE} -include foo.h\n", "-include foo.h"),
    ("a variable by its name", f"FLAGS_foo = -DLIMIT=5\n{OWN}{BY_NAME}", "-DLIMIT=5"),
    (
        "a rule beside a pattern",
        f"prog: $(patsubst %.c,o/%.o,$(wildcard *.c))\n{LINK}{OUT}"
        "o/foo.o: foo.c\n\t$(CC) -DLIMIT=5 -c -o $@ $<\n",
        "-DLIMIT=5",
    ),
]
PASSED = [
    ("a macro that nothing names", f"{OWN}{RULE} -DOTHER=5\n"),
    (
        "what all objects have",
        f"{OWN}{RULE} -DLIMIT=5\n.c.o:\n\t$(CC) $(CFLAGS) -DLIMIT=5 -c -o $@ $<\n",
    ),
    (
        "a rule for main too",
        f"{OWN}{RULE} -DLIMIT=5\nfoo_main.o: foo_main.c\n\t$(CC) -DLIMIT=5 -c -o $@ foo_main.c\n",
    ),
    (
        "a variable of main too",
        f"FLAGS_foo = -DLIMIT=5\nFLAGS_foo_main = -DLIMIT=5\n{OWN}{BY_NAME}",
    ),
]


def plant(root: Path, makefile: str) -> Path:
    return plain_builds.plant(root, {"Makefile": makefile})


@pytest.mark.parametrize(("makefile", "line"), [r[1:] for r in SHARED], ids=[r[0] for r in SHARED])
def test_main_joins_the_line(makefile: str, line: str, tmp_path: Path) -> None:
    root = plant(tmp_path / "tree", makefile)
    before = shutil.copytree(root, tmp_path / "before")
    ran = split(root, "--table", "foo.c:foo_ops", "--write")
    assert ran.exit_code == 0, ran.stderr
    assert f"\n{line}\n" in (root / "Makefile").read_text()
    assert "this line names" not in ran.stderr
    assert split(root, "--table", "foo.c:foo_ops", "--check").exit_code == 0
    verdict = verify(before, root, "--textual")
    assert verdict.exit_code == 0, verdict.output


@pytest.mark.slow
@pytest.mark.parametrize("makefile", [r[1] for r in SHARED], ids=[r[0] for r in SHARED])
def test_the_program_does_the_same(makefile: str, tmp_path: Path) -> None:
    root = plant(tmp_path / "tree", makefile)
    before = shutil.copytree(root, tmp_path / "before")
    assert split(root, "--table", "foo.c:foo_ops", "--write").exit_code == 0
    assert make_and_run(before) == make_and_run(root) == 6


@pytest.mark.parametrize(
    ("makefile", "options"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_it_is_refused(makefile: str, options: str, tmp_path: Path) -> None:
    ran = split(plant(tmp_path / "tree", makefile), "--table", "foo.c:foo_ops")
    assert ran.exit_code == 2
    assert f"error[VT060]: 'foo.o' is compiled with {options}, and 'foo_main.o'" in ran.stderr


@pytest.mark.parametrize("makefile", [r[1] for r in PASSED], ids=[r[0] for r in PASSED])
def test_main_lacks_nothing(makefile: str, tmp_path: Path) -> None:
    spec = plant(tmp_path / "tree", makefile) / "foo.toml"
    spec.write_text(SPEC)
    ran = split(spec.parent, "--spec", str(spec))
    assert ran.exit_code == 0, ran.stderr
