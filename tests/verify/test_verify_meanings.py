"""What headers say of a moved item's names has to be the same in the file it moves to."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import click.testing
import pytest

from compilations import compile_well
from how_many import mostly_slow
from vtsplit.cli import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc"),
]

HEADER = """\
#ifndef UNIT_H
#define UNIT_H
#ifndef WIDTH
#define WIDTH 2
#endif
#define COLD __attribute__((cold))
typedef unsigned int word_t;
enum { FIRST = WIDTH, SECOND };
union value { int plain; word_t words[WIDTH]; };
struct inner { int low; };
struct steps;
struct ops {
	int (*go)(int n);
	struct inner *inner;
	union value *value;
	word_t kind;
	struct steps *steps;
	int (*next)(struct steps *steps);
};
struct aside { int one; };
#ifndef STEP
#define STEP 1
#endif
struct steps { int step; };
static inline int step(int n) { return n + STEP; }
static inline int next(struct steps *steps) { return steps->step; }
static inline int COLD scale(int n) { return n * 2; }
int outside(int n);
#endif
"""
BEFORE = """\
#include "unit.h"
static int unit_go(int n) { return n; }
static const struct ops unit_ops = { .go = unit_go, .kind = SECOND };
int use(void) { return unit_ops.go(scale(1)) + outside(2); }
"""
OPS = '#include "unit.h"\nextern const struct ops unit_ops;\nint unit_go(int n);\n'
CORE = """\
#include "unit.h"
#include "unit_ops.h"
int unit_go(int n) { return n; }
int use(void) { return unit_ops.go(scale(1)) + outside(2); }
"""
MAIN = """\
#include "unit.h"
#include "unit_ops.h"
const struct ops unit_ops = { .go = unit_go, .kind = SECOND };
"""
OTHER = "int outside(int n) { return n; }\n"
# What stands in front of main's includes, and of the source's before: a difference.
FOUND = {
    "macro that decides on an enumerator": ("#define WIDTH 3\n", ""),
    "macro that decides on an enumerator, lost": ("", "#define WIDTH 3\n"),
    "macro that stands for a type": ("#define int long\n", ""),
    "macro that stands for a member": ("#define low high\n", ""),
    "packing": ("#pragma pack(push, 1)\n", ""),
    "packing, lost": ("", "#pragma pack(push, 1)\n"),
    "keyword of the aggregate": ("#define union struct\n", ""),
    "type of the same name": ("typedef char word_t;\n#define word_t word_t2\n", ""),
    "macro for the enumerator": ('#include "unit.h"\n#define SECOND 7\n', ""),
    "macro for the function": ("int other(int n);\n#define unit_go other\n", ""),
    "qualifier that goes": ("#define const\n", ""),
    "packing that nothing takes back": ("#pragma pack(2)\n", ""),
}
# What says nothing to the table.
HARMLESS = {
    "macro that no header asks for": ("#define HEIGHT 3\n", ""),
    "macro for what the table does not name": ("#define one two\n", ""),
    "macro of a function that has a member's name": ("#define STEP 3\n", ""),
    "an attribute's underscores": ("#define cold __cold__\n", ""),
    "packing that is over": ("#pragma pack(push, 1)\n#pragma pack(pop)\n", ""),
    "the same value": ("#define WIDTH 2\n", ""),
    "a forward declaration": ("struct inner;\nstruct more;\n", ""),
    "a prototype of the same type": ("int outside(int);\n", ""),
    "another system header": ("#include <stddef.h>\n", ""),
}


def commands(root: Path) -> Iterator[dict[str, object]]:
    for one in sorted(root.glob("*.c")):
        command = ["gcc", "-w", "-c", one.name, "-o", f"{one.stem}.o"]
        compile_well(command, root)
        yield {"directory": str(root), "file": one.name, "arguments": command}


def verify(tmp_path: Path, main_front: str, source_front: str) -> click.testing.Result:
    before = {"unit.c": source_front + BEFORE}
    core = source_front + CORE
    after = {"unit.c": core, "unit_ops.h": OPS, "unit_main.c": main_front + MAIN}
    return verify_files(tmp_path, before, after)


def verify_files(
    tmp_path: Path, before: dict[str, str], after: dict[str, str]
) -> click.testing.Result:
    trees = {"before": before, "after": after}
    for name, files in trees.items():
        (tmp_path / name).mkdir()
        for path, text in {"unit.h": HEADER, **files, "other.c": OTHER}.items():
            (tmp_path / name / path).write_text(text)
        objects = " ".join(f"{path[:-2]}.o" for path in files if path.endswith(".c"))
        (tmp_path / name / "Makefile").write_text(f"obj-y += {objects} other.o\n")
    database = [one for name in trees for one in commands(tmp_path / name)]
    (tmp_path / "all.json").write_text(json.dumps(database))
    words = [tmp_path / "before", tmp_path / "after", "--compile-commands", tmp_path / "all.json"]
    runner = click.testing.CliRunner()
    return runner.invoke(main, ["verify", *map(str, words)], catch_exceptions=False)


@pytest.mark.parametrize(("front", "before"), mostly_slow(FOUND.values(), 4), ids=FOUND)
def test_another_meaning_is_found(front: str, before: str, tmp_path: Path) -> None:
    result = verify(tmp_path, front, before)
    assert result.exit_code == 1, result.output


@pytest.mark.parametrize(("front", "before"), mostly_slow(HARMLESS.values(), 3), ids=HARMLESS)
def test_what_says_nothing_is_proved(front: str, before: str, tmp_path: Path) -> None:
    result = verify(tmp_path, front, before)
    assert result.exit_code == 0, result.output


def test_the_message_names_both_files(tmp_path: Path) -> None:
    result = verify(tmp_path, "#define WIDTH 3\n", "")
    assert "reference 'unit_ops' means another" in result.output
    assert "in unit_main.c than in unit.c" in result.output


@pytest.mark.parametrize(
    ("used", "header", "code"),
    [
        ("scale(1)", HEADER, 0),
        ("step(1)", HEADER, 1),
        ("next(0) + sizeof(step(1))", HEADER, 1),
        ("scale(1)", HEADER.replace("n + STEP", "STEP + n"), 1),
    ],
    ids=["nobody uses it", "used", "its size is used", "the header itself has changed"],
)
def test_function_of_a_header_that_reads_otherwise(
    used: str, header: str, code: int, tmp_path: Path
) -> None:
    """In the source file a new include stands in front of the header, and decides on a macro."""
    core = "#define STEP 3\n" + CORE.replace("scale(1)", used)
    after = {"unit.c": core, "unit_ops.h": OPS, "unit_main.c": MAIN, "unit.h": header}
    result = verify_files(tmp_path, {"unit.c": BEFORE.replace("scale(1)", used)}, after)
    assert result.exit_code == code, result.output
    assert ("function 'step' is not the same" in result.output) == bool(code)


@pytest.mark.parametrize(
    "kept",
    [
        "static int (*kept)(int) __attribute__((used)) = step;\n",
        "int (*kept)(int) = step;\n",
        "static void __attribute__((constructor)) start(void) { outside(step(1)); }\n",
    ],
    ids=["by a used object", "by a global object", "at the start of the program"],
)
def test_what_the_compiler_keeps_of_a_header_counts_as_used(kept: str, tmp_path: Path) -> None:
    header = HEADER[: HEADER.rindex("#endif")] + kept + "#endif\n"
    before = {"unit.c": BEFORE, "unit.h": header}
    core = "#define STEP 3\n" + CORE
    after = {"unit.c": core, "unit_ops.h": OPS, "unit_main.c": MAIN, "unit.h": header}
    result = verify_files(tmp_path, before, after)
    assert result.exit_code == 1, result.output
    assert "function 'step' is not the same" in result.output
