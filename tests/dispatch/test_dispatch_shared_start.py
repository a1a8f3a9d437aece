"""A function that a table names and that also starts or stops the module, or does both."""

from pathlib import Path

import pytest

from trees import split

SOURCE = """\
#include "k.h"
struct o { int (*f)(void); };
static int a_f(void)
{
	return 0;
}
static struct o a_ops = {
	.f = a_f,
};
struct o *g(void) { return &a_ops; }
"""
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
"""
FILES = {
    "Makefile": "obj-m += mod.o\nmod-y := a.o b.o\n",
    "k.h": "#define module_init(x) int init_module(void) { return x(); }\n"
    "#define module_exit(x) void cleanup_module(void) { x(); }\n",
    "b.h": "extern int b_on;\nint b_f(void);\nint b_init(void);\nint b_exit(void);\n",
    "b.c": '#include "b.h"\nint b_on;\nint b_f(void)\n{\n\treturn 1;\n}\n'
    "int b_init(void)\n{\n\treturn 0;\n}\nint b_exit(void)\n{\n\treturn 0;\n}\n"
    "int q(void)\n{\n\treturn 0;\n}\n",
    "vtsplit.toml": SPEC,
}


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ("module_init(a_f);\n", "a_f"),
        ("module_init(a_f);\nmodule_exit(a_f);\n", "a_f"),
        ("int q(void);\nmodule_init(q);\nmodule_exit(q);\n", "q"),
    ],
)
def test_it_is_declared_once(tmp_path: Path, lines: str, name: str) -> None:
    for path, text in {**FILES, "a.c": SOURCE + lines}.items():
        (tmp_path / path).write_text(text)
    result = split(tmp_path, "--write")
    assert result.exit_code == 0, result.stderr
    header = (tmp_path / "a.h").read_text()
    assert header.count(f"int {name}(void);") == 1
    assert f"r = {name}();" in (tmp_path / "m.c").read_text()
