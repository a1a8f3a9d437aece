"""`vtsplit scan`: which tables are found, what their entries are, what is printed."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from trees import HEADER, MAKEFILE, small_tree
from vtsplit.cli import main
from vtsplit.cst.parser import parse_module
from vtsplit.discover.ops_tables import OpsTable, find_ops_tables, outline
from vtsplit.discover.skeleton import without_bodies, words_of_tables
from vtsplit.survey.cfile.files import CFile

pytestmark = pytest.mark.slow

FUNCTIONS = """\
static int a_open(int unit)
{
	return unit;	/* { */
}

static int a_close(int unit)
{
	return a_open(unit);
}

int a_read(int unit)
{
	return 0;
}

"""
TABLE = "static struct ops a_ops = {\n\t.o = a_open,\n\t.c = a_close,\n\t.r = a_read,\n};\n"


def find(text: str, least: int = 3) -> list[OpsTable]:
    """Find tables as a scan does, and see that a whole parse finds the same."""
    words = words_of_tables(text.encode(), least)
    found = list(find_ops_tables(outline("a.c", text, words), text, least)) if words else []
    whole = CFile("a.c", parse_module(text))
    assert found == list(find_ops_tables(whole, text, least))
    return found


def kinds(entries: str, before: str = "") -> list[str]:
    text = f"{FUNCTIONS}{before}struct ops a_ops = {{ a_open, a_close, a_read, {entries} }};\n"
    [table] = find(text)
    return [entry.kind.value for entry in table.entries[3:]]


@pytest.mark.parametrize(
    "text",
    [
        FUNCTIONS,
        f"{FUNCTIONS}static struct ops a_ops;\n",
        f"{FUNCTIONS}static struct ops a_ops = {{ a_open, a_close }};\n",
        f"{FUNCTIONS}static struct ops a_ops = {{ a_open, a_close, a_open }};\n",
        f'{FUNCTIONS}static struct ops a_ops = {{ a_open, a_close, "a_read" }};\n',
        f"{FUNCTIONS}static struct ops a_ops = {{ a_open, a_close, .a_read = 1 }};\n",
        f"{FUNCTIONS}/* struct ops a_ops = {{ a_open, a_close, a_read }}; */\n",
        f"{FUNCTIONS}int f(void)\n{{\n\tstruct ops o = {{ a_open, a_close, a_read }};\n}}\n",
        "struct ops a_ops = {\n\t.o = a_open,\n\t.c = a_close,\n\t.r = a_read,\n};\n",
        "\0\\\n{\n}",
        "= {",
    ],
)
def test_no_table(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "functions"),
    [
        (TABLE, "struct ops", 3),
        (TABLE.replace("ops = {", "ops =\n{"), "struct ops", 3),
        (TABLE.replace("static struct", "static const struct"), "struct ops", 3),
        (TABLE.replace("a_ops =", "a_ops __ro_after_init ="), "struct ops", 3),
        (TABLE.replace("struct ops", "ops_t"), "ops_t", 3),
        (
            "struct ops a_ops[] = {\n{\n\ta_open, a_close,\n},\n{\n\ta_read\n}\n};\n",
            "struct ops[]",
            3,
        ),
        ("struct ops a_ops[2] = {{\n\ta_open, a_close,\n}, {\n\ta_read\n} };\n", "struct ops[]", 3),
        ("struct ops a_ops = { P(a_open), (void *)a_close, X(1, a_read) };\n", "struct ops", 3),
        ("struct ops a_ops = { .x = { a_open, { a_close } }, a_read };\n", "struct ops", 3),
        ("struct ops a_ops = { o: a_open, c: a_close, r: a_read };\n", "struct ops", 3),
    ],
)
def test_table(text: str, kind: str, functions: int) -> None:
    [table] = find(FUNCTIONS + text)
    assert (table.type, len(table.functions), table.name) == (kind, functions, "a_ops")
    assert table.line == 16


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("LOCAL struct ops", "struct ops"),
        ("static struct ops LOCAL", "struct ops"),
        ('static SECTION(".x") const struct ops *const', "struct ops *"),
        ("LOCAL ops_t", "ops_t"),
        ("LOCAL OPS", "OPS"),
        ("static OPS", "OPS"),
        ("local ops_t", "ops_t"),
        ("some ops_t", "some ops_t"),  # nothing tells which of them is the type
        ("static const unsigned long", "unsigned long"),
        ("static STACK_OF(x)", "STACK_OF(x)"),
    ],
)
def test_type_beside_macros(head: str, kind: str) -> None:
    [table] = find(f"#define local static\n{FUNCTIONS}{TABLE.replace('static struct ops', head)}")
    assert table.type == kind


def test_kinds_of_entries() -> None:
    assert kinds("a_open, a_read, b_open") == ["static", "global", "elsewhere"]
    assert kinds("NULL, 0, (void *)0") == ["null", "null", "null"]
    assert kinds('1, "x", &data, sizeof(struct x)') == ["data"] * 4
    assert kinds("P(a_open), P(b), P(1)") == ["static", "elsewhere", "macro"]
    assert kinds("LIMIT, count", "#define LIMIT 3\nint count;\n") == ["macro", "data"]
    assert kinds("(fn)b_open, -1") == ["elsewhere", "data"]


def test_guards_and_uses() -> None:
    using = "int f(void)\n{\n\tg(&a_ops); /* a_ops */\n}\n"
    text = f"{FUNCTIONS}#ifdef CONFIG_A\n{TABLE}#endif\n{using}"
    [table] = find(text)
    assert table.guards == ("defined(CONFIG_A)",)
    assert table.uses == 1


def test_least() -> None:
    assert [table.name for table in find(FUNCTIONS + TABLE, 1)] == ["a_ops"]
    assert find(FUNCTIONS + TABLE, 4) == []


def test_blanking_keeps_lines_and_what_it_cannot_tell() -> None:
    text = "int a[] = {\n{\n1\n}\n};\nint f(void)\n{\n#if A\n\tx;\n#endif\n}\n"
    text += "int g(void)\n{\n\ty;\n}\n"
    blanked = without_bodies(text, frozenset({"f"}))
    assert blanked.count("\n") == text.count("\n")
    assert "{\n1\n}" in blanked
    assert "\tx;" not in blanked
    assert "\ty;" not in blanked


@pytest.mark.parametrize(
    "body", ["#if A\n\tx;\n}\n#else\n\tx;\n#endif", "\tif (x) {", "#endif\n\tx;\n#if A"]
)
def test_body_that_an_if_cuts_through_stays(body: str) -> None:
    text = f"int f(void)\n{{\n{body}\n}}\n"
    assert without_bodies(text) == text


SOURCE = '#include "foo.h"\n\n' + FUNCTIONS + TABLE + TABLE.replace("a_ops", "b_ops")
FILES = {
    "drv/foo.c": SOURCE.replace(".r = a_read", ".r = a_read,\n\t.i = h_one,\n\t.p = h_two"),
    "drv/bar.c": SOURCE.replace("struct ops", "struct bar"),
    "drv/foo.h": f"{HEADER}\nstatic inline int h_one(int a) {{ return a; }}\nint h_two(int a);\n",
    "drv/Makefile": f"{MAKEFILE}obj-m += bar.o\n",
    ".git/HEAD": "",
}


def scan(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["scan", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def listed(root: Path, *options: str) -> list[dict[str, Any]]:
    result = scan(str(root), "--json", *options)
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)["tables"]
    return found


def places(root: Path, *options: str) -> list[str]:
    return [f"{one['path']}:{one['table']}" for one in listed(root, *options)]


FOO = ["drv/foo.c:a_ops", "drv/foo.c:b_ops"]
BAR = ["drv/bar.c:a_ops", "drv/bar.c:b_ops"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], BAR + FOO),
        (["--type", "ops"], FOO),
        (["--type", "struct b*"], BAR),
        (["--type", "ops", "--type", "bar"], BAR + FOO),
        (["--name", "a_*", "--type", "ops"], FOO[:1]),
        (["--dir", "drv"], BAR + FOO),
        (["--dir", "drv/foo.c"], FOO),
        (["--least", "4"], []),
    ],
)
def test_filters(options: list[str], expected: list[str], tmp_path: Path) -> None:
    assert places(small_tree(tmp_path, FILES), *options) == expected


def test_a_path_within_a_tree(tmp_path: Path) -> None:
    root = small_tree(tmp_path, FILES)
    assert places(root / "drv/foo.c") == FOO
    assert places(root / "drv") == BAR + FOO


def test_headers_tell_what_names_are(tmp_path: Path) -> None:
    [first, _] = listed(small_tree(tmp_path, FILES), "--type", "ops")
    assert first["counts"] == {"static": 2, "global": 1, "elsewhere": 1, "inline": 1}
    assert first["entries"][3] == {"designator": ".i", "kind": "inline", "name": "h_one"}


def test_csv_and_text(tmp_path: Path) -> None:
    root = small_tree(tmp_path, FILES)
    rows = list(csv.DictReader(io.StringIO(scan(str(root), "--csv", "--type", "ops").stdout)))
    assert [row["table"] for row in rows] == ["a_ops", "b_ops"]
    assert (rows[0]["path"], rows[0]["static_entries"]) == ("drv/foo.c", "2")
    result = scan(str(root), "--type", "ops")
    assert result.stdout.startswith("PLACE ")
    assert "drv/foo.c:18  struct ops  a_ops" in result.stdout
    assert "2 tables of 3 functions or more in 3 files" in result.stderr


def test_no_table_says_which_are_not_shown(tmp_path: Path) -> None:
    """Somebody who names the file of a small table would think that there is none."""
    root = small_tree(tmp_path, FILES)
    assert "--least 1 shows those that name fewer\n" in scan(str(root), "--least", "9").stderr
    assert "shows those" not in scan(str(root)).stderr
    assert "shows those" not in scan(str(root), "--least", "1", "--name", "none").stderr


def test_what_stands_in_the_way(tmp_path: Path) -> None:
    lost = SOURCE.replace("a_ops", "c_ops").replace("b_ops", "d_ops")
    root = small_tree(tmp_path, FILES | {"drv/lost.c": lost})
    found = listed(root, "--status", "VT061")
    assert [one["path"] for one in found] == ["drv/lost.c"] * 2
    assert found[0]["status"] == "refused"
    assert places(root, "--status", "clear", "--type", "ops")[:2] == FOO


@pytest.mark.parametrize("place", ["drv/foo.c", "drv/foo.h"])
@pytest.mark.parametrize(
    ("body", "is_unclear"),
    [("static", False), ("static FOO(1)", True), ("__used", False)],
)
def test_macro_that_may_be_static(body: str, is_unclear: bool, place: str, tmp_path: Path) -> None:
    """A split refuses such a table; a scan says the same, and finds it by its type."""
    text = SOURCE.replace("static struct ops a_ops", "LOCAL struct ops a_ops")
    files = FILES | {"drv/foo.c": text}
    root = small_tree(tmp_path, files | {place: f"#define LOCAL {body}\n{files[place]}"})
    for plan in ([], ["--plan"]):
        first, second = listed(root, "--type", "ops", *plan)
        found = [[one["code"] for one in table["obstacles"]] for table in (first, second)]
        assert ["VT029" in codes for codes in found] == [is_unclear, False]


@pytest.mark.parametrize(
    ("kind", "behind", "codes"),
    [
        ("struct own {\n\tvoid *o, *c, *r;\n}", "", []),
        ("struct own {\n\tvoid *o, *c, *r;\n} __packed", "", []),
        ("struct {\n\tvoid *o, *c, *r;\n}", "", []),
        ("struct ops\n\n", ", more", []),
        ("struct ops\n\n", ", /* or */ more", ["VT024"]),
        ("struct own {\n\tvoid *o, *c, *r;\n} LOCAL", "", ["VT024"]),
        ("struct own {\n\tvoid *o, *c, *r;\n}", ", more", ["VT024"]),
    ],
)
def test_table_declared_together_with_its_type(
    kind: str, behind: str, codes: list[str], tmp_path: Path
) -> None:
    """A scan takes apart what a split takes apart, and refuses what it refuses."""
    text = SOURCE.replace("static struct ops a_ops", f"static {kind} a_ops")
    text = text.replace("};\nstatic struct ops b_ops", f"}}{behind};\nstatic struct ops b_ops")
    root = small_tree(tmp_path, FILES | {"drv/foo.c": text})
    for plan in ([], ["--plan"]):
        first, second = listed(root, "--dir", "drv/foo.c", *plan)
        assert sorted({one["code"] for one in first["obstacles"]}) == codes
        assert (second["line"], second["obstacles"]) == (25, [])


def test_type_without_a_name_is_shown_short(tmp_path: Path) -> None:
    text = SOURCE.replace("struct ops a_ops", "struct {\n\tvoid *o;\n\tvoid *c, *r;\n} a_ops")
    root = small_tree(tmp_path, FILES | {"drv/foo.c": text})
    shown = ("--name", "a_ops", "--dir", "drv/foo.c")
    assert " struct {...} " in scan(str(root), *shown).stdout
    assert listed(root, *shown)[0]["type"] == "struct { void *o; void *c, *r; }"


def test_module_of_one_object(tmp_path: Path) -> None:
    files = FILES | {"drv/Makefile": "obj-m += foo.o\n", "Makefile": "obj-m += drv/bar.o\n"}
    root = small_tree(tmp_path, files)
    assert places(root, "--dir", "drv", "--status", "clear") == FOO
    assert places(root, "--dir", "drv", "--status", "VT060") == BAR
    booled = {"Makefile": "obj-$(CONFIG_BAR) += drv/bar.o\n", "Kconfig": "config BAR\n\tbool\n"}
    assert places(small_tree(root, booled), "--dir", "drv", "--status", "VT060") == []


def test_plan(tmp_path: Path) -> None:
    text = FILES["drv/foo.c"].replace(
        "static struct ops b_ops",
        "struct own { void *o, *r, *w; } one, two;\nstatic struct own b_ops",
    )
    root = small_tree(tmp_path, FILES | {"drv/foo.c": text})
    found = {one["table"]: one for one in listed(root, "--dir", "drv/foo.c", "--plan")}
    assert found["a_ops"]["status"] == "splits"
    said = scan(str(root), "--dir", "drv/foo.c", "--plan").stderr
    assert (
        f"{len(found)} tables of 3 functions or more in 1 file: 1 refused, 1 can be split\n" in said
    )
    assert found["b_ops"]["status"] == "refused"
    assert found["b_ops"]["obstacles"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "error[VT010]: there is no 'nowhere'"),
        ([".", "--dir", "nowhere"], "error[VT010]: there is no 'nowhere' in the tree"),
        ([".", "--json", "--csv"], "--json and --csv cannot be used together"),
        ([".", "--status", "fine"], "--status takes clear, splits, refused or a code"),
        (["a", "b"], "--dir names a folder of a tree"),
    ],
)
def test_bad_input(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    result = scan(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr
    assert "written" not in result.stderr  # a scan never writes


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    root = small_tree(tmp_path, FILES | {"drv/bad.c": (FUNCTIONS + TABLE).encode() + b"\0"})
    result = scan(str(root))
    assert result.exit_code == 0
    assert "left out: 'drv/bad.c' is binary" in result.stderr


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("prog: ../drv/foo.o\n\tcc -o $@ $^\n", "clear"),
        ("OBJS += ../drv/foo.o\n", "clear"),
        ("OBJS += ../far/foo.o\n", "refused"),
        ("clean:\n\trm -f ../drv/foo.o\n", "refused"),
    ],
)
def test_object_that_the_makefile_of_another_folder_links(
    line: str, status: str, tmp_path: Path
) -> None:
    """A split lists main there; so a scan must not say that no list has the object."""
    root = small_tree(tmp_path, {"drv/Makefile": None, "app/Makefile": line, ".git/HEAD": ""})
    [table] = listed(root, "--least", "1", "--name", "foo_ops")
    assert table["status"] == status
    done = CliRunner().invoke(main, ["split", str(root)])
    assert done.exit_code == (2 if status == "refused" else 0), done.output
