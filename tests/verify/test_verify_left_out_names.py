"""New names of what the build leaves out: without a spec they are derived from its text."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from built import verify
from compilations import compile_well
from program_pairs import MAIN, TEXTS, ProgramPair, check_same, lay

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc"),
]

HEADER = "struct ops { int (*a)(int); int (*b)(int); };\n"
TABLE = "struct ops ops = {\n\t.a = two,\n#ifdef USE\n\t.b = one,\n#endif\n};\n"
OWN = (
    '#include "a.h"\nstatic int two(int x) { return x + 2; }\n#ifdef USE\n'
    "static int one(int x) { return two(x) + 1; }\n#endif\n"
)
USER = "int shown(void) { return ops.a(8); }\n"
DECLARED = "extern struct ops t_ops;\nint t_two(int x);\n#ifdef USE\nint t_one(int x);\n#endif\n"
NAMES = {"two": "t_two", "one": "t_one", " ops": " t_ops", "(ops": "(t_ops"}


def renamed(text: str) -> str:
    """Return a text with the new names, nothing static."""
    for old, new in {"static ": "", "return ops": "return t_ops", **NAMES}.items():
        text = text.replace(old, new)
    return text.replace("struct t_ops", "struct ops")


ENTRY = ProgramPair(
    {"a.h": HEADER, "a.c": f"{OWN}static {TABLE}{USER}"},
    {
        "a.h": HEADER + DECLARED,
        "a.c": renamed(OWN + USER),
        "a_main.c": '#include "a.h"\n' + renamed(TABLE),
    },
)
ONE, TWO = "struct ops ops = { .a = one };\n", "struct ops ops = { .a = two };\n"
EITHER = (
    '#include "a.h"\n#ifdef USE\nstatic int one(int x) { return x + 1; }\nONE#else\n'
    "static int two(int x) { return x + 2; }\nTWO#endif\n"
)
WHOLE = ProgramPair(
    {
        "a.h": HEADER,
        "a.c": EITHER.replace("ONE", f"static {ONE}").replace("TWO", f"static {TWO}") + USER,
    },
    {
        "a.h": HEADER + DECLARED,
        "a.c": renamed(EITHER.replace("ONE", "").replace("TWO", "") + USER),
        "a_main.c": '#include "a.h"\n#ifdef USE\n'
        f"{renamed(ONE)}#endif\n#ifndef USE\n{renamed(TWO)}#endif\n",
    },
)
PAIRS = {"an entry": ENTRY, "the whole table": WHOLE}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_names_of_what_is_left_out_are_derived(pair: ProgramPair, tmp_path: Path) -> None:
    check_same(tmp_path, pair)


def judged(top: Path, before: Mapping[str, str], after: Mapping[str, str]) -> tuple[int, str]:
    """Return the exit code of a comparison with a build, and what is said."""
    lay(top, ProgramPair(before, after))
    records = ("--compile-commands", str(top / "all.json"))
    result = verify(top / "before", top / "after", *records)
    assert verify(top / "before", top / "after", *TEXTS).exit_code == result.exit_code
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("a.c", "t_two(x) + 1", "t_two(x) + 2"),
        ("a.c", "int t_one(int x)", "int t_one(int y)"),
        ("a_main.c", ".b = t_one", ".b = t_two"),
        ("a_main.c", "#ifdef USE", "#ifdef USED"),
        ("a.c", "#ifdef USE", "#ifndef USE"),
    ],
)
def test_another_program_is_found(path: str, old: str, new: str, tmp_path: Path) -> None:
    text = ENTRY.after[path]
    assert old in text
    code, said = judged(tmp_path, ENTRY.before, {**ENTRY.after, path: text.replace(old, new)})
    assert code == 1, said


GLOBAL = "int shown(void) { return 1; }\n#ifdef USE\nint more(void) { return 2; }\n#endif\n"
OTHER = (
    "int more(void);\nint other(void)\n{\n#ifdef USE\n\treturn more();\n#endif\n\treturn 0;\n}\n"
)
NAMED = {
    "compiled": {"b.c": OTHER},
    "in assembly": {"b.S": "#ifdef USE\n.globl other\nother:\n\tcall more\n#endif\n"},
}


@pytest.mark.parametrize("user", NAMED.values(), ids=NAMED)
def test_who_has_the_old_name_is_found(user: Mapping[str, str], tmp_path: Path) -> None:
    now = {**user, "a.c": GLOBAL.replace("more", "a_more")}
    code, said = judged(tmp_path, {**user, "a.c": GLOBAL}, now)
    assert code == 1, said
    assert "more" in said


def test_who_has_the_old_name_and_is_not_compiled_is_found(tmp_path: Path) -> None:
    for side, text in (("before", GLOBAL), ("after", GLOBAL.replace("more", "a_more"))):
        (tmp_path / side).mkdir()
        for path, said in {"a.c": text, "b.c": OTHER, "main.c": MAIN}.items():
            (tmp_path / side / path).write_text(said)
        for path in ("a.c", "main.c"):
            compile_well(["gcc", "-c", path, "-o", f"{path[:-2]}.o"], tmp_path / side)
    database = [
        {"directory": str(tmp_path / "before"), "file": path, "arguments": ["gcc", "-c", path]}
        for path in ("a.c", "main.c")
    ]
    (tmp_path / "all.json").write_text(json.dumps(database))
    records = ("--compile-commands", str(tmp_path / "all.json"))
    result = verify(tmp_path / "before", tmp_path / "after", *records)
    assert result.exit_code == 1, result.output
    assert "more" in result.output
