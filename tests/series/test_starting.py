"""The patch that declares: what the tables refer to, and what starts the module."""

from pathlib import Path

import pytest

from repositories import committed, patches, subjects

SPEC = """\
[split]
source = "a.c"
header = "a.h"
main = "m.c"
[tables]
a_ops = "b_ops"
[dispatch]
prefix = "vt_"
[dispatch.backend]
prefix = "b_"
source = "b.c"
header = "b.h"
flag = "b_on"
[init]
[series]
prefix = "a:"
"""
FILES = {
    "vtsplit.toml": SPEC,
    "Makefile": "obj-m += mod.o\nmod-y := a.o b.o\n",
    "k.h": "#define module_init(x) int init_module(void) { return x(); }\n"
    "#define module_exit(x) void cleanup_module(void) { x(); }\n",
    "b.h": "extern int b_on;\nint b_f(void);\nint b_init(void);\nint b_exit(void);\n",
    "b.c": '#include "b.h"\nint b_on;\n'
    + "".join(f"int b_{name}(void)\n{{\n\treturn 1;\n}}\n" for name in ("f", "init", "exit")),
}
SOURCE = """\
#include "k.h"

struct o {
	int (*f)(void);
};

static int a_f(void)
{
	return 0;
}

static int a_start(void)
{
	return 0;
}

static struct o a_ops = {
	.f = a_f,
};

struct o *g(void)
{
	return &a_ops;
}

module_init(a_start);
module_exit(STOP);
"""


def declaring(root: Path, source: str, to: Path) -> tuple[str, str]:
    """Return subject and text of the patch that declares names."""
    for path, text in {**FILES, "a.c": source}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    texts = patches(committed(root), to)
    [found] = [text for text in texts if "Declare in a.h" in text]
    return subjects([found])[0], found.partition("\n\n")[2].partition("\n---\n")[0]


@pytest.mark.slow
@pytest.mark.parametrize("stop", ["a_f", "a_start"])
def test_what_starts_the_module_is_not_what_a_table_refers_to(stop: str, tmp_path: Path) -> None:
    """A function that does both is one that the table refers to."""
    subject, text = declaring(tmp_path / "tree", SOURCE.replace("STOP", stop), tmp_path / "patches")
    assert subject == "a: Declare in a.h what a_ops refers to"
    assert "a_ops refers to the function below, which only a.c can use." in text
    assert "\n\n  a_f()\n\nMake a_start() global and declare it in a.h" in text


@pytest.mark.slow
def test_only_what_starts_the_module(tmp_path: Path) -> None:
    source = SOURCE.replace("STOP", "a_start").replace("static int a_f", "int a_f")
    subject, text = declaring(tmp_path / "tree", source, tmp_path / "patches")
    assert subject == "a: Declare in a.h what starts and stops the module"
    assert "refers to" not in text
    assert text.startswith("Make a_start() global and declare it in a.h, so that other files can")
