"""Several files have a static table of one name; a split renames one, and the others keep it."""

import json
from pathlib import Path

import pytest

from compilations import compile_well
from trees import split

pytestmark = pytest.mark.slow

HEADER = """\
struct ops {
	int (*open)(void);
	int (*read)(int);
	int (*close)(void);
};
const struct ops *NAME_ops(void);
"""
FILE = """\
#include "a.h"
#include "b.h"
#include "c.h"

static int n;
static struct ops ops;

static int do_open(void)
{
	return ++n;
}

static int do_close(void)
{
	return --n;
}

static struct ops ops = {
	.open = do_open,
	.close = do_close,
};

const struct ops *NAME_ops(void)
{
	return &ops;
}
"""
READS = "static int do_read(int i)\n{\n\treturn n + i;\n}\n\nstatic int do_close"
PROGRAM = '#include "a.h"\n#include "b.h"\nint main(void)\n{\n\treturn a_ops() == b_ops();\n}\n'
UNITS = ("a", "b", "c", "prog")


def tree(root: Path) -> Path:
    """Write and compile three files whose tables have one name; that of a.c has more entries."""
    for name in ("a", "b", "c"):
        own = HEADER if name == "a" else HEADER[HEADER.index("const") :]
        (root / f"{name}.h").write_text(own.replace("NAME", name))
        (root / f"{name}.c").write_text(FILE.replace("NAME", name))
    text = (root / "a.c").read_text().replace("static int do_close", READS)
    (root / "a.c").write_text(text.replace("\t.close", "\t.read = do_read,\n\t.close"))
    (root / "prog.c").write_text(PROGRAM)
    (root / "Makefile").write_text("prog: a.o b.o c.o prog.o\n\t$(CC) -o $@ $^\n")
    database = []
    for name in UNITS:
        command = ["gcc", "-O2", "-c", f"{name}.c", "-o", f"{name}.o"]
        compile_well(command, root)
        database.append({"directory": str(root), "file": f"{name}.c", "arguments": command})
    (root / "compile_commands.json").write_text(json.dumps(database))
    return root


def test_other_files_keep_theirs(tmp_path: Path) -> None:
    root = tree(tmp_path)
    database = str(root / "compile_commands.json")
    ran = split(root, "--table", "a.c:ops", "--verify", "--compile-commands", database)
    assert ran.exit_code == 0, ran.stderr
    assert "5 object files of the program" in ran.stderr
    assert "renamed" in ran.stderr
