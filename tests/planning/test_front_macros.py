"""Macros that the source defines for the headers it includes: main has them too, or it is refused.

Each program is compiled and run before and after, and proved by both ways of `verify`.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import click.testing
import pytest

from compilations import compile_well
from trees import split
from vtsplit.cli import main

pytestmark = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

# A library's header: what the structure has depends on what its user asks for.
LIBRARY = """\
#ifndef HOOK_H
#define HOOK_H
#ifndef HOOK_LEVEL
#define HOOK_LEVEL 1
#endif
struct hooks {
#if HOOK_LEVEL > 2
	int (*early)(int n);
#endif
	int (*late)(int n);
	long size;
};
#endif
"""
FUNCTIONS = "static int tie_late(int n) { return n * 2; }\n"
TABLE = "static const struct hooks tie_hooks = { .late = tie_late, .size = sizeof(tie_hooks) };\n"
USER = (
    "int use(void);\nint use(void) { return tie_hooks.late(4) * 1000 + (int)tie_hooks.size"
    " + (int)sizeof(struct hooks); }\n"
)
PROGRAM = (
    '#include <stdio.h>\nint use(void);\nint main(void) { printf("%d\\n", use()); return 0; }\n'
)
SYSTEM = f"#include <hook.h>\n{FUNCTIONS}{TABLE}{USER}"
OWN = f'#include "hook.h"\n{FUNCTIONS}{TABLE}{USER}'


class Case(NamedTuple):
    """A source file, what the new main has to say, and the tree's other files."""

    source: str
    has: tuple[str, ...] = ()
    files: Mapping[str, str] = {}
    has_not: tuple[str, ...] = ()


CASES = {
    "system header": Case(f"#define HOOK_LEVEL 3\n{SYSTEM}", ("#define HOOK_LEVEL 3\n\n#include",)),
    "own header": Case(
        f"#define HOOK_LEVEL 3\n{OWN}", ("#define HOOK_LEVEL 3\n",), {"hook.h": LIBRARY}
    ),
    "value by another macro": Case(
        f"#define OLD 2\n#define HOOK_LEVEL (OLD + 1)\n{SYSTEM}",
        ("#define OLD 2\n#define HOOK_LEVEL (OLD + 1)\n",),
    ),
    "only if nobody has": Case(
        f"#ifndef HOOK_LEVEL\n#define HOOK_LEVEL 3\n#endif\n{SYSTEM}",
        ("#ifndef HOOK_LEVEL\n#define HOOK_LEVEL 3\n#endif\n",),
    ),
    "between includes": Case(
        f'#include "first.h"\n#define HOOK_LEVEL 3\n{OWN}',
        ("#define HOOK_LEVEL 3\n",),
        {"hook.h": LIBRARY, "first.h": "#define FIRST 1\n"},
    ),
    "by a common header": Case(
        f'#define _HOOK_LEVEL 3\n#include "common.h"\n{FUNCTIONS}{TABLE}{USER}',
        ("#define _HOOK_LEVEL 3\n",),
        {"common.h": "#define HOOK_LEVEL _HOOK_LEVEL\n#include <hook.h>\n"},
    ),
    "demanded by #error": Case(
        f"#define HOOK_USER tie\n{OWN}",
        ("#define HOOK_USER tie\n",),
        {
            "hook.h": "#if !defined(HOOK_USER)\n/* name it */\n#error who are you\n#endif\n"
            f"{LIBRARY}"
        },
    ),
    "used by the table as well": Case(
        "#define HOOK_LEVEL 3\n#include <hook.h>\n"
        f"{FUNCTIONS}{TABLE.replace('sizeof(tie_hooks)', 'HOOK_LEVEL')}{USER}"
        "int level(void);\nint level(void) { return HOOK_LEVEL; }\n",
        ("#define HOOK_LEVEL 3\n",),
    ),
    "by the split's own header": Case(
        f'#define HOOK_LEVEL 3\n#include "tie_ops.h"\n{FUNCTIONS}{TABLE}{USER}',
        ("#define HOOK_LEVEL 3\n",),
        {"tie_ops.h": "#ifndef TIE_H\n#define TIE_H\n#include <hook.h>\n#endif\n"},
    ),
    "of no concern": Case(f"{OWN}#define HOOK_LATER 3\n", (), {"hook.h": LIBRARY}, ("HOOK_LATER",)),
    "constant of the code above the include": Case(
        f"#define STEP 2\nstatic int step(int n) {{ return n * STEP; }}\n"
        f"{SYSTEM.replace('n * 2', 'step(n)')}",
        (),
        {},
        ("STEP",),
    ),
    "constant of the code below, with code between": Case(
        f"#define STEP 2\nstatic int unit(int n) {{ return n; }}\n"
        f"{SYSTEM.replace('n * 2', 'unit(n) * STEP')}",
        (),
        {},
        ("STEP",),
    ),
    "for a header behind code that does not use it": Case(
        f"static int unit(int n) {{ return n; }}\n#define HOOK_LEVEL 3\n"
        f"{SYSTEM.replace('n * 2', 'unit(n) * 2')}",
        ("#define HOOK_LEVEL 3\n",),
    ),
    "header under the condition that main asks": Case(
        '#include "hook.h"\n#ifndef TIE_OFF\n#ifdef TIE_DEEP\n#include <deep.h>\n#endif\n'
        f"{FUNCTIONS}{TABLE}{USER}#endif\n",
        (),
        {"hook.h": LIBRARY},
        ("deep.h",),
    ),
    "function of the source's own": Case(
        f"#define TWICE(x) ((x) * 2)\n{SYSTEM.replace('n * 2', 'TWICE(n)')}", (), {}, ("TWICE",)
    ),
}


def build(root: Path, system: Path) -> str:
    """Compile and run a tree's program; leave a compilation database."""
    sources = sorted(path.name for path in root.glob("*.c"))
    commands = []
    for one in sources:
        command = ["gcc", "-Wall", "-Werror", "-isystem", str(system), "-c", one]
        compile_well(command, root)
        commands.append({"directory": str(root), "file": one, "arguments": command})
    (root / "compile_commands.json").write_text(json.dumps(commands))
    objects = [f"{one[:-2]}.o" for one in sources]
    compile_well(["gcc", *objects, "-o", "program"], root)
    return subprocess.run([root / "program"], capture_output=True, text=True, check=True).stdout


def lay(root: Path, case: Case) -> Path:
    """Write a case's tree."""
    root.mkdir(parents=True)
    files = {"tie.c": case.source, "prog.c": PROGRAM, "Makefile": "obj-y += tie.o prog.o\n"}
    for path, text in {**files, **case.files}.items():
        (root / path).write_text(text)
    return root


def proposed(root: Path) -> str:
    """Return the path of a spec, which lies beside the tree."""
    spec = root.with_suffix(".toml")
    spec.write_text(
        '[split]\nsource = "tie.c"\nheader = "tie_ops.h"\nmain = "tie_main.c"\n[tables]\n'
        'tie_hooks = "tie_hooks"\n'
    )
    return str(spec)


def verify(*arguments: object) -> click.testing.Result:
    words = ["verify", *map(str, arguments)]
    return click.testing.CliRunner().invoke(main, words, catch_exceptions=False)


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A folder of headers that is in no tree."""
    folder = tmp_path / "system"
    folder.mkdir()
    (folder / "hook.h").write_text(LIBRARY)
    return folder


def carry_out(root: Path, case: Case) -> None:
    """Split a tree, look at main, and see that nothing is left to do."""
    spec = proposed(root)
    result = split(root, "--spec", spec, "--write")
    assert result.exit_code == 0, result.stderr
    made = (root / "tie_main.c").read_text()
    for text in case.has:
        assert text in made
    for text in case.has_not:
        assert text not in made
    assert split(root, "--spec", spec, "--check").exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_main_has_the_macros(case: Case, tmp_path: Path) -> None:
    carry_out(lay(tmp_path / "tree", case), case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_main_sees_what_the_source_saw(case: Case, tmp_path: Path, system: Path) -> None:
    before, after = lay(tmp_path / "before", case), lay(tmp_path / "after", case)
    ran = build(before, system)
    carry_out(after, case)
    assert build(after, system) == ran
    commands = [
        one
        for tree in (before, after)
        for one in json.loads((tree / "compile_commands.json").read_text())
    ]
    (tmp_path / "all.json").write_text(json.dumps(commands))
    for way in (["--textual"], ["--compile-commands", tmp_path / "all.json"]):
        proof = verify(before, after, *way)
        assert proof.exit_code == 0, proof.output


LACKING = {name: case for name, case in CASES.items() if case.has}


@pytest.mark.slow
@pytest.mark.parametrize("case", LACKING.values(), ids=LACKING)
def test_verify_finds_main_without_the_macro(case: Case, tmp_path: Path, system: Path) -> None:
    before, after = lay(tmp_path / "before", case), lay(tmp_path / "after", case)
    assert split(after, "--spec", proposed(after), "--write").exit_code == 0
    made = after / "tie_main.c"
    text = made.read_text()
    for one in case.has:
        for line in one.splitlines():
            text = text.replace(f"{line}\n", "") if line.startswith("#define") else text
    made.write_text(text)
    assert verify(before, after, "--textual").exit_code == 1


def test_a_header_that_defines_things_once_is_not_included_twice(
    tmp_path: Path, system: Path
) -> None:
    case = Case(f"#define HOOK_IMPLEMENTATION\n{SYSTEM}")
    root = lay(tmp_path / "tree", case)
    result = split(root, "--table", "tie.c:tie_hooks", "--write")
    assert result.exit_code == 2
    assert "error[VT044]" in result.stderr
    assert "HOOK_IMPLEMENTATION" in result.stderr


@pytest.mark.parametrize(
    ("there", "below"),
    [("#define HOOK_LEVEL 3\n", ""), ("", ""), ("", "#undef HOOK_LEVEL\n#define HOOK_LEVEL 3\n")],
    ids=["has it", "lacks it", "has it too late"],
)
def test_an_existing_main(there: str, below: str, tmp_path: Path, system: Path) -> None:
    main_text = f'{there}#include "hook.h"\n{below}int other(void);\n'
    main_text += "int other(void) { return 1; }\n"
    files = {"hook.h": LIBRARY, "tie_main.c": main_text}
    root = lay(tmp_path / "tree", Case(f"#define HOOK_LEVEL 3\n{OWN}", files=files))
    (root / "Makefile").write_text("obj-y += tie.o prog.o tie_main.o\n")
    ran = build(root, system)
    result = split(root, "--spec", proposed(root), "--write")
    if there:
        assert result.exit_code == 0, result.stderr
        assert build(root, system) == ran
    else:
        assert result.exit_code == 2
        assert "macro 'HOOK_LEVEL' changes what the includes below it say" in result.stderr


TABLES = "extern const int other;\nconst int other = 1;\n"
OF_SOURCE = '#include "first.h"\n#define HOOK_LEVEL 3\n'


@pytest.mark.slow
@pytest.mark.parametrize(
    ("there", "made"),
    [
        ('#include "hook.h"\n', '#define HOOK_LEVEL 3\n#include "hook.h"\n'),
        (
            '#include "first.h"\n\n#include "hook.h"\n',
            '#include "first.h"\n\n#define HOOK_LEVEL 3\n#include "hook.h"\n',
        ),
        # What main has above the macro would stand below it, or is no include of the source.
        ('#include "hook.h"\n#include "first.h"\n', ""),
        ('#include "hook.h"\n#include "more.h"\n', ""),
        ('#define HOOK_LEVEL 1\n#include "hook.h"\n', ""),
    ],
)
def test_an_existing_main_of_tables_gains_the_macro(
    tmp_path: Path, system: Path, there: str, made: str
) -> None:
    """With it main reads its headers as the source does, which has the same ones."""
    empty = "#pragma once\n"
    files = {"hook.h": LIBRARY, "tie_main.c": there + TABLES, "first.h": empty, "more.h": empty}
    root = lay(tmp_path / "tree", Case(OF_SOURCE + OWN, files=files))
    (root / "Makefile").write_text("obj-y += tie.o prog.o tie_main.o\n")
    ran = build(root, system)
    result = split(root, "--spec", proposed(root), "--write")
    if made:
        assert result.exit_code == 0, result.stderr
        assert (root / "tie_main.c").read_text().startswith(made)
        assert build(root, system) == ran
    else:
        assert result.exit_code == 2
        assert "macro 'HOOK_LEVEL' changes what the includes below it say" in result.stderr


@pytest.mark.parametrize("other", ["", '#include "tie_ops.h"\n'], ids=["alone", "shared"])
def test_a_header_that_is_there(other: str, tmp_path: Path) -> None:
    """Source and main define the macro in front of it; a third file that includes it does not."""
    by_value = "static int tie_late(int n) { return n; }\nstatic struct hooks tie_copy;\n"
    table = "static const struct { struct hooks *copy; int (*late)(int n); } tie_hooks = {\n"
    table += "\t.copy = &tie_copy, .late = tie_late,\n};\n"
    user = "int use(void);\nint use(void) { return tie_hooks.late((int)sizeof(tie_copy)); }\n"
    source = (
        f'#define HOOK_LEVEL 3\n#include "tie_ops.h"\n#include "hook.h"\n{by_value}{table}{user}'
    )
    files = {
        "hook.h": LIBRARY,
        "tie_ops.h": "#ifndef TIE_OPS_H\n#define TIE_OPS_H\nint tie_other(void);\n#endif\n",
        "third.c": f"{other}int third;\n",
    }
    root = lay(tmp_path / "tree", Case(source, files=files))
    result = split(root, "--spec", proposed(root), "--write")
    assert result.exit_code == (2 if other else 0), result.stderr
    if other:
        assert "macro 'HOOK_LEVEL' changes what the includes below it say" in result.stderr
    else:
        assert '#include "hook.h"' in (root / "tie_ops.h").read_text()
        assert (root / "tie_main.c").read_text().startswith("#define HOOK_LEVEL 3\n")
        assert split(root, "--spec", proposed(root), "--check").exit_code == 0
