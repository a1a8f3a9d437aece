"""Small trees with two backends, foo and qux: what a test is about goes in, the rest is here."""

import re
from pathlib import Path
from typing import Any

import pytest

from compilations import compile_once
from trees import Files, small_tree

SPEC = """\
[split]
source = "drv/foo.c"
header = "drv/foo_ops.h"
main = "drv/main.c"
prefix = "foo_"
[tables]
foo_ops = "bar_ops"
[dispatch]
prefix = "bar_"
[dispatch.backend]
prefix = "qux_"
source = "drv/qux.c"
header = "drv/qux.h"
flag = "qux_on"
[dispatch.when]
"struct unit *" = "is_qux({})"
"""

UNDER_OPTION = SPEC.replace('flag = "qux_on"', 'flag = "qux_on"\nconfig = "CONFIG_QUX"')

# With the second backend under an option there is more to compile; without it, in the slow tests.
both_ways = pytest.mark.parametrize(
    "base",
    [
        pytest.param(SPEC, id="", marks=pytest.mark.slow),
        pytest.param(UNDER_OPTION, id="option"),
    ],
)

HEADER = """\
/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FOO_H
#define FOO_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define __init
#define __user

typedef unsigned int u32;
typedef enum mode mode_t_;

enum mode { MODE_A, MODE_B };

struct unit {
	int id;
	bool secure;
};

struct ops {
MEMBERS	int number;
	const void *data;
};

#endif /* FOO_H */
"""

QUX_HEADER = """\
/* SPDX-License-Identifier: GPL-2.0 */
#ifndef QUX_H
#define QUX_H

#include "foo.h"

extern bool qux_on;

static inline bool is_qux(const struct unit *unit)
{
	return unit->secure;
}

#endif /* QUX_H */
"""

MEMBERS = """\
	int (*open)(struct unit *unit);
	void (*close)(struct unit *unit, int how);
	int (*reset)(void);
"""

FUNCTIONS = """\
static int foo_open(struct unit *unit)
{
	return unit->id;
}

static void foo_close(struct unit *unit, int how)
{
	unit->id = how;
}

static int foo_reset(void)
{
	return 0;
}
"""

ENTRIES = """\
	.open = foo_open,
	.close = foo_close,
	.reset = foo_reset,
"""

SECOND = """\
int qux_open(struct unit *unit)
{
	return -unit->id;
}
"""


def dispatch_files(
    members: str = MEMBERS,
    functions: str = FUNCTIONS,
    entries: str = ENTRIES,
    second: str = SECOND,
    spec: str = "",
    base: str = SPEC,
) -> dict[str, str]:
    """Return the files of a tree: members of the structure, functions, entries, more of a spec."""
    return {
        "vtsplit.toml": base + spec,
        "drv/foo.h": HEADER.replace("MEMBERS", members),
        "drv/foo.c": '// SPDX-License-Identifier: GPL-2.0\n#include "foo.h"\n\n'
        f"{functions}\nstruct ops foo_ops = {{\n{entries}}};\n",
        "drv/qux.c": f'// SPDX-License-Identifier: GPL-2.0\n#include "qux.h"\n\n'
        f"bool qux_on;\n\n{second}",
        "drv/qux.h": QUX_HEADER,
        "drv/Makefile": "obj-m += foo-drv.o\nfoo-drv-y := foo.o other.o\n",
    }


def dispatch_tree(root: Path, changed: Files | None = None, **pieces: str) -> Path:
    """Make such a tree; `changed` are files of other content, None for no such file."""
    return small_tree(root, {**dispatch_files(**pieces), **(changed or {})})


def main_of(root: Path) -> str:
    """Return the text of main."""
    return (root / "drv/main.c").read_bytes().decode()


def wrapper_of(root: Path, name: str) -> str:
    """Return a whole wrapper in main; empty when there is none."""
    found = re.search(
        rf"^static [^\n;{{]*\b{name}\([^{{;]*\n\{{\n.*?^\}}\n",
        main_of(root).replace("\r", ""),
        re.M | re.S,
    )
    return found[0] if found else ""


def table_of(root: Path) -> list[str]:
    """Return the lines of main's table."""
    found = re.search(
        r"^struct ops bar_ops\b[^\n]*\{\n(.*?)^\};", main_of(root).replace("\r", ""), re.M | re.S
    )
    assert found
    return found[1].splitlines()


def compile_all(root: Path, *options: str) -> None:
    """Check main and the backends; the second is not built where its option is off."""
    optional = "CONFIG_QUX" in (root / "vtsplit.toml").read_text() and "-DCONFIG_QUX" not in options
    for name in ("main", "foo", *(() if optional else ("qux",))):
        gcc(root / f"drv/{name}.c", *options)


def gcc(path: Path, *options: str) -> None:
    """Let gcc check one file."""
    flags = ["-std=gnu11", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", *options]
    done = compile_once(["gcc", *flags, "-fsyntax-only", path], path.parent)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


def function(declarator: str, body: str = "\treturn 0;\n") -> str:
    """Return a function's definition."""
    return f"{declarator}\n{{\n{body}}}\n"


def one_op(op: str, first: str = "", second: str = "", spec: str = "") -> dict[str, Any]:
    """Return the pieces of a tree with one op: declarations with OP in place of the name.

    Both backends' functions are declared like the op, or as is said.
    """
    void = op.startswith("void OP")
    body = "" if void else "\treturn 0;\n"
    head, _, rest = op.partition("OP")
    return {
        "members": f"\t{head}(*op){rest};\n",
        "functions": function("static " + (first or op).replace("OP", "foo_op"), body),
        "entries": "\t.op = foo_op,\n",
        "second": function((second or op).replace("OP", "qux_op"), body),
        "spec": spec,
    }
