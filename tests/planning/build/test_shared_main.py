"""Tables of two source files in one main: one spec after the other."""

import subprocess
from pathlib import Path

import pytest

from trees import split, write

TOML = """
[split]
source = "{0}.c"
header = "both_ops.h"
main = "both_main.c"
prefix = "{0}_"

[tables]
{0}_ops = "{0}_ops"

[rename]
probe = "{0}_probe"
"""
SOURCE = """#include "ops.h"

enum {{ {1}_N = 3 }};

static int {0}_open(struct thing *t) {{ return t->x; }}
static int {0}_close(struct thing *t) {{ return t->x + {1}_N; }}
static int probe(struct thing *t) {{ return t->x + 2; }}

static const struct thing_ops {0}_ops = {{
	.open = {0}_open,
	.close = {0}_close,
	.probe = probe,
	.n = {1}_N,
}};

const struct thing_ops *{0}_get(void);
const struct thing_ops *{0}_get(void)
{{
	return &{0}_ops;
}}
"""
HEADER = """#ifndef OPS_H
#define OPS_H

struct thing { int x; };
struct thing_ops {
	int (*open)(struct thing *t);
	int (*close)(struct thing *t);
	int (*probe)(struct thing *t);
	int n;
};

#endif
"""
KCONFIG = 'config FOO\n\ttristate "foo"\nconfig BAR\n\ttristate "bar"\n'


def two_sources(root: Path, makefile: str) -> list[str]:
    (root / "ops.h").write_text(HEADER)
    (root / "Makefile").write_text(makefile)
    (root / "Kconfig").write_text(KCONFIG)
    for name in ("foo", "bar"):
        (root / f"{name}.c").write_text(SOURCE.format(name, name.upper()))
        (root / f"{name}.toml").write_text(TOML.format(name))
    return [f"--spec={root / name}.toml" for name in ("foo", "bar")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("makefile", "after"),
    [
        ("obj-y += foo.o bar.o\n", "obj-y += foo.o bar.o both_main.o\n"),
        (
            "obj-m += all.o\nall-y := foo.o a.o\nall-objs += bar.o\n",
            "obj-m += all.o\nall-y := foo.o a.o both_main.o\nall-objs += bar.o\n",
        ),
    ],
)
def test_two_sources_share_a_main(tmp_path: Path, makefile: str, after: str) -> None:
    specs = two_sources(tmp_path, makefile)
    for spec in specs:
        write(tmp_path, spec)
    main = (tmp_path / "both_main.c").read_text()
    assert [main.count(f"struct thing_ops {name}_ops = {{") for name in ("foo", "bar")] == [1, 1]
    assert (tmp_path / "Makefile").read_text() == after
    flags = ["-Wall", "-Werror", "-Wmissing-prototypes", "-Wredundant-decls", "-fsyntax-only"]
    sources = [tmp_path / f"{name}.c" for name in ("foo", "bar", "both_main")]
    subprocess.run(["gcc", *flags, *sources], check=True)
    for spec in specs:
        assert split(tmp_path, spec, "--check").exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "makefile",
    [
        "obj-$(CONFIG_FOO) += foo.o\nobj-$(CONFIG_BAR) += bar.o\n",
        "obj-m += foo.o bar.o\n",
        "obj-m += x.o y.o\nx-y := foo.o a.o\ny-y := bar.o b.o\n",
        "obj-m += x.o\nx-$(CONFIG_FOO) := foo.o\nx-y += bar.o\n",
        "obj-m += x.o\nifdef CONFIG_FOO\nx-y := foo.o\nendif\nx-y += bar.o\n",
    ],
)
def test_a_main_that_is_linked_without_the_second_source(tmp_path: Path, makefile: str) -> None:
    first, second = two_sources(tmp_path, makefile)
    write(tmp_path, first)
    result = split(tmp_path, second)
    assert result.exit_code == 2
    assert "error[VT064]" in result.stderr
    assert split(tmp_path, first, "--check").exit_code == 0
