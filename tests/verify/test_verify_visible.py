"""Declarations of a header under conditions: who uses a name has to have one wherever it had."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from built import verify
from program_pairs import ProgramPair, lay

HEADER = "struct op { const char *name; int (*call)(int); };\nint shown(void);\n"
TWO = "#ifdef WIDE\nstatic int two(int n) { return -n; }\n#endif\n"
FUNCTIONS = f"static int one(int n) {{ return n; }}\n{TWO}"
TABLE = 'struct op ops[] = {\n\t{ "1", one },\n#ifdef WIDE\n\t{ "2", two },\n#endif\n};\n'
USE = "int shown(void) { return sizeof(ops) / sizeof(*ops); }\n"
BEFORE = {"a.h": HEADER, "a.c": f'#include "a.h"\n{FUNCTIONS}static {TABLE}{USE}'}
OLD = "#ifdef WIDE\nint two(int n);\n#endif\n"
DECLARED = f"{OLD}int one(int n);\nextern struct op ops[1\n#ifdef WIDE\n\t+ 1\n#endif\n];\n"
AFTER = {
    "a.h": HEADER,
    "a_ops.h": DECLARED,
    "a.c": '#include "a.h"\n#include "a_ops.h"\n' + FUNCTIONS.replace("static ", "") + USE,
    "a_main.c": f'#include "a.h"\n#include "a_ops.h"\n{TABLE}',
}
Judge = Callable[[Mapping[str, str], Mapping[str, str]], tuple[int, str]]


@pytest.fixture
def judged(tmp_path: Path) -> Judge:
    """What compares two programs, as they are written; the exit code and what is said."""

    def judge(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[int, str]:
        for side, files in (("before", before), ("after", after)):
            (tmp_path / side).mkdir(exist_ok=True)
            for path, text in files.items():
                (tmp_path / side / path).write_text(text)
        sources = " ".join(f"{path[:-2]}.o" for path in after if path.endswith(".c"))
        (tmp_path / "after" / "Makefile").write_text(f"obj-y += {sources}\n")
        (tmp_path / "before" / "Makefile").write_text("obj-y += a.o\n")
        result = verify(tmp_path / "before", tmp_path / "after", "--textual")
        return result.exit_code, result.output

    return judge


def edited(path: str, old: str, new: str) -> dict[str, str]:
    """Return the program after its split, with a change."""
    assert old in AFTER[path]
    return {**AFTER, path: AFTER[path].replace(old, new)}


SAME = {
    "as the definitions": ("a_ops.h", "one", "one"),
    "spelled in another way": ("a_ops.h", "#ifdef WIDE\nint", "#if defined(WIDE)\nint"),
    "always": ("a_ops.h", OLD, "int two(int n);\n"),
    "under more than one": (
        "a_ops.h",
        "#ifdef WIDE\nint",
        "#if defined(WIDE) || defined(MORE)\nint",
    ),
    "in two parts": (
        "a_ops.h",
        "int two(int n);\n",
        "#ifdef MORE\nint two(int n);\n#else\nint two(int n);\n#endif\n",
    ),
    "an include under the condition of all that use it": (
        "a_main.c",
        '#include "a_ops.h"\n',
        '#ifndef NEVER\n#include "a_ops.h"\n#else\n#include "a_ops.h"\n#endif\n',
    ),
    "the length as a sum": (
        "a_ops.h",
        "[1\n#ifdef WIDE\n\t+ 1\n",
        "[0 + 1\n#ifdef WIDE\n+ 1 + 0\n",
    ),
}
FOUND = {
    "another condition": ("a_ops.h", "#ifdef WIDE\nint", "#ifdef LONG\nint"),
    "the opposite": ("a_ops.h", "#ifdef WIDE\nint", "#ifndef WIDE\nint"),
    "one more": ("a_ops.h", "int two(int n);", "#ifdef LONG\nint two(int n);\n#endif"),
    "none": ("a_ops.h", "int two(int n);\n", ""),
    "an include under a condition": (
        "a_main.c",
        '#include "a_ops.h"\n',
        '#ifndef LONG\n#include "a_ops.h"\n#endif\n',
    ),
    "a length under another condition": ("a_ops.h", "#ifdef WIDE\n\t+", "#ifdef LONG\n\t+"),
    "another length under the condition": ("a_ops.h", "+ 1", "+ 2"),
    "no length under the condition": ("a_ops.h", "\n#ifdef WIDE\n\t+ 1\n#endif\n", ""),
    "another type under the condition": ("a_ops.h", "int two(int n)", "long two(int n)"),
}


@pytest.mark.parametrize("case", SAME.values(), ids=SAME)
def test_what_is_declared_wherever_it_is_used_is_proved(
    case: tuple[str, str, str], judged: Judge
) -> None:
    code, said = judged(BEFORE, edited(*case))
    assert code == 0, said


@pytest.mark.parametrize("case", FOUND.values(), ids=FOUND)
def test_what_is_left_without_a_declaration_is_found(
    case: tuple[str, str, str], judged: Judge
) -> None:
    code, said = judged(BEFORE, edited(*case))
    assert code == 1, said


@pytest.mark.slow
@pytest.mark.parametrize("case", FOUND.values(), ids=FOUND)
def test_a_build_that_leaves_it_out_finds_it_as_well(
    case: tuple[str, str, str], tmp_path: Path
) -> None:
    after = edited(*case)
    lay(tmp_path, ProgramPair(BEFORE, after))
    records = ("--compile-commands", str(tmp_path / "all.json"))
    result = verify(tmp_path / "before", tmp_path / "after", *records)
    assert result.exit_code == 1, result.output


USER = '#include "a.h"\n#ifdef WIDE\nint used(void) { return two(1); }\n#endif\n'


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (OLD, 0),
        (OLD.replace("ifdef WIDE", "if (defined WIDE)"), 0),
        (OLD.replace("WIDE", "LONG"), 1),
        (OLD.replace("ifdef WIDE", "if defined(WIDE) && defined(LONG)"), 1),
        ("int two(int n);\n", 1),
    ],
)
def test_declaration_that_was_there_keeps_its_conditions(
    new: str, code: int, judged: Judge
) -> None:
    before = {"a.h": HEADER + OLD, "a.c": USER}
    found, said = judged(before, {**before, "a.h": f"{HEADER}/* more */\n{new}"})
    assert found == code, said


def test_header_that_does_not_differ_may_declare_it(judged: Judge) -> None:
    old = {"two.h": "int two(int n);\n"}
    main = edited("a_main.c", '#include "a_ops.h"\n', '#include "a_ops.h"\n#include "two.h"\n')
    after = {**main, "a_ops.h": DECLARED.replace("int two(int n);\n", ""), **old}
    code, said = judged({**BEFORE, **old}, after)
    assert code == 0, said
