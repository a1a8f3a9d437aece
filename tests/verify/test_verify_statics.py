"""`vtsplit verify` where several files have a static table or function of one name."""

import shutil
from pathlib import Path

import pytest

from built import build, verify

pytestmark = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

HEADER = "struct ops { int (*run)(int x); int (*end)(int x); };\n"
SHARED = '#include "ops.h"\n'
OPTIONS = [["--textual"], [], ["--no-objects"]]


def source(name: str, number: int) -> str:
    """Return a file with a static table, which every such file calls `engine`."""
    return f"""{SHARED}static int {name}_run(int x) {{ return x + {number}; }}
static int end(int x) {{ return x; }}
static struct ops engine = {{ .run = {name}_run, .end = end }};
int {name}(int x) {{ return engine.run(x) + engine.end(x); }}
"""


def halves(name: str, text: str, table: str) -> dict[str, str]:
    """Return what splits of all tables make of a file: the table is global in a file of its own."""
    names = (("static ", ""), ("end(int", f"{name}_end(int"), ("= end", f"= {name}_end"))
    for old, new in (*names, ("engine", table)):
        text = text.replace(old, new)
    text = text.replace(f"{table}.{name}_end", f"{table}.end")
    lines = text.splitlines(keepends=True)
    moved = lines.pop(3)
    front = f'#include "{name}_ops.h"\n'
    return {
        f"{name}_ops.h": f"extern struct ops {table};\nint {name}_run(int x);\n"
        f"int {name}_end(int x);\n",
        f"{name}.c": "".join([lines[0], front, *lines[1:]]),
        f"{name}_main.c": f"{SHARED}{front}{moved}",
    }


BEFORE = {"ops.h": HEADER, "a.c": source("a", 1), "b.c": source("b", 2)}
AFTER = {
    "ops.h": HEADER,
    **halves("a", BEFORE["a.c"], "a_engine"),
    **halves("b", BEFORE["b.c"], "b_engine"),
}
BUILT = [path for path in BEFORE if path.endswith(".c")]


def trees(top: Path, before: dict[str, str], after: dict[str, str]) -> tuple[Path, Path]:
    """Write two trees, with a Makefile that lists what is there, and build the first."""
    for name, files in (("before", before), ("after", after)):
        objects = " ".join(sorted(p.replace(".c", ".o") for p in files if p.endswith(".c")))
        for path, text in {**files, "Makefile": f"obj-y += {objects}\n"}.items():
            (top / name).mkdir(exist_ok=True)
            (top / name / path).write_text(text)
    build(top / "before", *BUILT, flags=["-I.", "-O1", "-fdata-sections"])
    return top / "before", top / "after"


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_each_file_has_its_own_new_names(tmp_path: Path, options: list[str]) -> None:
    result = verify(*trees(tmp_path, BEFORE, AFTER), *options)
    assert result.exit_code == 0, result.output
    assert "4 renamed" in result.output


@pytest.mark.parametrize("options", OPTIONS[:2], ids=" ".join)
def test_what_uses_two_that_are_alike_tells_them_apart(tmp_path: Path, options: list[str]) -> None:
    """Tables and functions of both files read the same; their users have kept their names."""
    before, after = (
        {path: text.replace("x + 2", "x + 1") for path, text in tree.items()}
        for tree in (BEFORE, AFTER)
    )
    before = {path: text.replace(f"{path[0]}_run", "run") for path, text in before.items()}
    result = verify(*trees(tmp_path, before, after), *options)
    assert result.exit_code == 0, result.output
    assert "6 renamed" in result.output


@pytest.mark.parametrize("options", OPTIONS[:2], ids=" ".join)
def test_one_of_them_may_keep_its_name(tmp_path: Path, options: list[str]) -> None:
    after = AFTER | halves("b", BEFORE["b.c"], "engine")
    result = verify(*trees(tmp_path, BEFORE, after), *options)
    assert result.exit_code == 0, result.output
    assert "3 renamed" in result.output


@pytest.mark.parametrize("options", OPTIONS[:2], ids=" ".join)
def test_one_of_them_stays_and_the_other_moves_under_its_name(
    tmp_path: Path, options: list[str]
) -> None:
    """That of `b` has moved, and the one that `a` has is another."""
    shown = "struct ops *{}_shown(void) {{ return &engine; }}\n"
    before, after = dict(BEFORE), halves("b", BEFORE["b.c"], "engine")
    after |= {"ops.h": HEADER, "a.c": BEFORE["a.c"] + "/* This file differs, too. */\n"}
    for tree in (before, after):
        for name in ("a", "b"):
            tree[f"{name}.c"] += shown.format(name)
    result = verify(*trees(tmp_path, before, after), *options)
    assert result.exit_code == 0, result.output


def test_a_table_that_has_moved_under_its_name_tells_what_it_uses(tmp_path: Path) -> None:
    before, after = {}, {}
    for name in ("a", "b"):
        table = f"struct ops {name}_ops = {{ .run = run, .end = end }};\n"
        text = f"{SHARED}static int end(int x) {{ return x; }}\n"
        before[f"{name}.c"] = f"{text}{text[len(SHARED) :].replace('end', 'run')}static {table}"
        both = before[f"{name}.c"].replace("static ", "").replace(table, "")
        heads = f"int {name}_run(int x);\nint {name}_end(int x);\n"
        after[f"{name}.c"] = both.replace("end(", f"{name}_end(").replace("run(", f"{name}_run(")
        table = table.replace("= run", f"= {name}_run").replace("= end", f"= {name}_end")
        after[f"{name}_main.c"] = f"{SHARED}{heads}{table}"
    before, after = ({**tree, "ops.h": HEADER} for tree in (before, after))
    result = verify(*trees(tmp_path, before, after))
    assert result.exit_code == 0, result.output
    assert "4 renamed" in result.output


def changed(path: str, old: str, new: str) -> dict[str, str]:
    """Return the tree after the splits with a change of one file."""
    assert old in AFTER[path]
    return {**AFTER, path: AFTER[path].replace(old, new)}


WRONG = {
    "another function in the moved table": changed("a_main.c", "= a_run", "= a_end"),
    "the other file's function in the moved table": {
        **changed("a_main.c", "= a_run", "= b_run"),
        "a_ops.h": AFTER["a_ops.h"] + "int b_run(int x);\n",
    },
    "the two tables swapped": {
        **changed("a_main.c", "a_engine", "b_engine"),
        "b_main.c": AFTER["b_main.c"].replace("b_engine", "a_engine"),
        "a_ops.h": AFTER["a_ops.h"] + AFTER["b_ops.h"].splitlines()[0] + "\n",
        "b_ops.h": AFTER["b_ops.h"] + AFTER["a_ops.h"].splitlines()[0] + "\n",
    },
    "the other file's table used": {
        **changed("a.c", "a_engine.run", "b_engine.run"),
        "a_ops.h": AFTER["a_ops.h"] + AFTER["b_ops.h"].splitlines()[0] + "\n",
    },
    "one table for both": {
        **changed("a.c", "a_engine", "b_engine"),
        "a_ops.h": AFTER["a_ops.h"] + AFTER["b_ops.h"].splitlines()[0] + "\n",
    },
    "the other file's function of the same body": {
        **changed("a_main.c", "a_end", "b_end"),
        "a_ops.h": AFTER["a_ops.h"] + "int b_end(int x);\n",
    },
    "one body changed": changed("b.c", "x + 2", "x + 3"),
}


@pytest.mark.parametrize("options", OPTIONS[:2], ids=" ".join)
@pytest.mark.parametrize("after", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_found(tmp_path: Path, after: dict[str, str], options: list[str]) -> None:
    result = verify(*trees(tmp_path, BEFORE, after), *options)
    assert result.exit_code == 1, result.output


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
@pytest.mark.parametrize("help_is", ["x", "x * {0}"])
def test_functions_of_one_body_change_places(
    tmp_path: Path, help_is: str, options: list[str]
) -> None:
    """They have moved then, each to the other's file, where they must not mean another `help`."""
    before, after = dict(BEFORE), dict(AFTER)
    for tree in (before, after):
        for name, number in (("a", 1), ("b", 2)):
            code = help_is.format(number)
            text = tree[f"{name}.c"].replace("end(int x) { return x;", "end(int x) { return help;")
            text = text.replace("return help;", "return help(x);")
            help_at = text.index("static" if tree is before else "int ")
            body = f"static int help(int x) {{ return {code}; }}\n"
            tree[f"{name}.c"] = text[:help_at] + body + text[help_at:]
    for one, other in ("ab", "ba"):
        after[f"{one}_main.c"] = after[f"{one}_main.c"].replace(f"= {one}_end", f"= {other}_end")
        after[f"{one}_ops.h"] += f"int {other}_end(int x);\n"
    result = verify(*trees(tmp_path, before, after), *options)
    assert result.exit_code == 1, result.output
    assert "names 'help', which is another one in" in result.output


USER = "static int n(void) { return 1; }\nint use(%s) { return n() + 2 * %s; }\n"
TAKEN = {
    "another file's function": ("int m(void);\n" + USER % ("void", "m()"), 1),
    "a parameter": (USER % ("int (*m)(void)", "m()"), 1),
    "a local variable": (
        "static int n(void) { return 1; }\n"
        "int use(int (*x)(void)) { /* m */ int (*m)(void) = x; return n() + m(); }\n",
        1,
    ),
    "a member": ("struct s { int m; };\n" + USER % ("struct s *s", "s->m"), 0),
    "a parameter where it is not used": (USER % ("void", "3") + "int f(int m) { return m; }\n", 0),
    "nothing": ("/* as m does */\n" + USER % ("void", "3"), 0),
}


@pytest.mark.parametrize("options", OPTIONS[:2], ids=" ".join)
@pytest.mark.parametrize(("text", "code"), TAKEN.values(), ids=TAKEN)
def test_a_new_name_must_have_meant_nothing_else(
    tmp_path: Path, text: str, code: int, options: list[str]
) -> None:
    """Text by text nothing differs, but two things have become one."""
    other = "int m(void);\nint m(void) { return 5; }\n"
    renamed = text.replace("int m(void);\n", "").replace("n(void) {", "m(void) {")
    before = {"a.c": text, "b.c": other if code else "int other;\n"}
    after = {**before, "a.c": renamed.replace("n() ", "m() ")}
    result = verify(*trees(tmp_path, before, after), *options)
    assert result.exit_code == code, result.output
    assert ("reference 'use'" in result.output) is bool(code)
