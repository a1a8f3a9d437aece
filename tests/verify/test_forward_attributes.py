"""An attribute that a forward declaration had counts from a header that the file includes."""

from pathlib import Path

import pytest

from built import verify

FORMAT = "__attribute__((format(printf, 1, 2)))"
HEADER = "struct logs {\n\tint (*log)(const char *how, ...);\n};\n"
BODY = "int foo_log(const char *how, ...)\n{\n\treturn how[0];\n}\n"
TABLE = "struct logs foo_logs = { .log = foo_log };\n"
BEFORE = {
    "foo.h": HEADER,
    "foo.c": f'#include "foo.h"\nstatic int foo_log(const char *how, ...) {FORMAT};\n'
    f"static {BODY}static {TABLE}",
    "Makefile": "obj-y += foo.o\n",
}
OPS = (
    f'#include "foo.h"\nextern struct logs foo_logs;\nint foo_log(const char *how, ...) {FORMAT};\n'
)
AFTER = {
    "foo.h": HEADER,
    "foo_ops.h": OPS,
    "foo.c": f'#include "foo_ops.h"\n{BODY}',
    "foo_main.c": f'#include "foo_ops.h"\n{TABLE}',
    "Makefile": "obj-y += foo.o foo_main.o\n",
}


def verified(root: Path, changed: dict[str, str]) -> tuple[int, str]:
    for side, files in (("before", BEFORE), ("after", AFTER | changed)):
        (root / side).mkdir()
        for path, text in files.items():
            (root / side / path).write_text(text)
    result = verify(root / "before", root / "after", "--textual", "--no-spec")
    return result.exit_code, result.output


def test_it_moves_to_the_header(tmp_path: Path) -> None:
    code, said = verified(tmp_path, {})
    assert code == 0, said


@pytest.mark.parametrize(
    "changed",
    [
        {"foo_ops.h": OPS.replace(f" {FORMAT}", "")},
        {"foo_ops.h": OPS.replace("1, 2", "1, 0")},
        {"foo_ops.h": OPS.replace(FORMAT, f"{FORMAT} __attribute__((cold))")},
        {
            "foo_ops.h": OPS.replace(f" {FORMAT}", ""),
            "other.h": f"int foo_log(const char *how, ...) {FORMAT};\n",
        },
        {"foo_ops.h": OPS.replace("int foo_log", "#ifdef A\nint foo_log") + "#endif\n"},
    ],
    ids=["gone", "another", "one more", "in a header that nobody includes", "under a condition"],
)
def test_it_does_not(tmp_path: Path, changed: dict[str, str]) -> None:
    code, said = verified(tmp_path, changed)
    assert code == 1, said
    assert "foo_log" in said
