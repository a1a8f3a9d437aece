"""What a Makefile gives the source's object alone: main's gets it too, or is refused."""

import shutil
import subprocess
from pathlib import Path

import pytest

from built import verify
from trees import split

FILES = {
    "foo.h": "#ifndef LIMIT\n#define LIMIT 0\n#endif\n"
    "struct ops {\n\tint limit;\n\tint (*open)(void);\n};\nint run(void);\n",
    "prog.c": '#include "foo.h"\n\nint main(void)\n{\n\treturn run();\n}\n',
    "foo.c": '#include "foo.h"\n\nstatic int foo_open(void)\n{\n\treturn 1;\n}\n\n'
    "static const struct ops foo_ops = {\n\t.limit = LIMIT,\n\t.open = foo_open,\n};\n\n"
    "int run(void)\n{\n\treturn foo_ops.limit + foo_ops.open();\n}\n",
}
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
]
REFUSED = [
    ("a rule", f"{OWN}{RULE} -DLIMIT=5\n", "-DLIMIT=5"),
    ("a macro apart", f"{OWN}{RULE} -D LIMIT=5\n", "-D LIMIT=5"),
    ("taken away", f"{OWN}{RULE} -ULIMIT\n", "-ULIMIT"),
    ("a file in front", f"{OWN}{RULE} -include foo.h\n", "-include foo.h"),
    ("a variable by its name", f"FLAGS_foo = -DLIMIT=5\n{OWN}{BY_NAME}", "-DLIMIT=5"),
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
    root.mkdir()
    for path, text in {**FILES, "Makefile": makefile}.items():
        (root / path).write_text(text)
    return root


def build(root: Path) -> int:
    """Build the program, and return what it exits with."""
    subprocess.run(["make", "-s"], cwd=root, check=True)
    return subprocess.run([root / "prog"], check=False).returncode


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
    assert build(before) == build(root) == 6


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
