"""A small program whose table depends on a macro, to be built by Makefiles of all forms."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

FILES = {
    "foo.h": "#ifndef LIMIT\n#define LIMIT 0\n#endif\n"
    "struct ops {\n\tint limit;\n\tint (*open)(void);\n};\nint run(void);\n",
    "prog.c": '#include "foo.h"\n\nint main(void)\n{\n\treturn run();\n}\n',
    "foo.c": '#include "foo.h"\n\nstatic int foo_open(void)\n{\n\treturn 1;\n}\n\n'
    "static const struct ops foo_ops = {\n\t.limit = LIMIT,\n\t.open = foo_open,\n};\n\n"
    "int run(void)\n{\n\treturn foo_ops.limit + foo_ops.open();\n}\n",
}
LINK = "\t$(CC) -o $@ $^\n"


def plant(root: Path, build: Mapping[str, str]) -> Path:
    """Write the program and the files of its build."""
    for path, text in {**FILES, **build}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def make_and_run(root: Path) -> int:
    """Build the program, and return what it exits with: 1, and the macro's value."""
    subprocess.run(["make", "-s"], cwd=root, check=True)
    return subprocess.run([root / "prog"], check=False).returncode
