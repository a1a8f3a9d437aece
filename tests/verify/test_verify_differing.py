"""Files that count though no compiler of C reads them, or whose names are easily mistaken."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from built import verify
from repositories import committed, git
from vtsplit.cli import main
from vtsplit.verify.assembly import find_assembly
from vtsplit.verify.inputs.affected import affected_recipes
from vtsplit.verify.inputs.differing import Differing
from vtsplit.verify.inputs.flags import read_database
from vtsplit.verify.inputs.sides import Side

MAKEFILE = "obj-y += a.o s.o\n"


def lay(root: Path, files: dict[str, str]) -> Path:
    for path, text in {"a.c": "int a;\n", "Makefile": MAKEFILE, **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_a_change_of_kconfig_says_what_may_explain_it(tmp_path: Path) -> None:
    for side in ("before", "after"):
        (tmp_path / side).mkdir()
        for name in ("Kconfig", "s.S"):
            (tmp_path / side / name).write_text(side)
    said = verify(tmp_path / "before", tmp_path / "after").stdout
    assert "error[VT308]: 'Kconfig' differs" in said
    assert said.count("if a spec made this change, name it with --spec or --preset") == 1


@pytest.mark.parametrize("name", ["s.S", "x.lds", "Kconfig", "x.cpp", "x.y", "list.def"])
@pytest.mark.parametrize("how", ["removed", "changed", "added"])
def test_what_is_no_c_is_not_passed_over(tmp_path: Path, name: str, how: str) -> None:
    before = lay(tmp_path / "before", {} if how == "added" else {name: "one\n"})
    after = lay(tmp_path / "after", {} if how == "removed" else {name: "two, longer\n"})
    result = verify(before, after, "--textual")
    assert result.exit_code == 2, result.output
    assert "VT308" in result.output
    assert name in result.output


def test_a_file_that_becomes_a_folder(tmp_path: Path) -> None:
    root = committed(lay(tmp_path / "tree", {"Makefile": "obj-y += a.o lib/b.o\n", "lib": "old\n"}))
    (root / "lib").unlink()
    lay(root, {"Makefile": "obj-y += a.o lib/b.o\n", "lib/b.c": "int b(void) { return 1; }\n"})
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "more")
    arguments = ["verify", "--range", "HEAD~1..HEAD", "--textual", str(root)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1, result.output
    assert "'b' is new" in result.output


@pytest.mark.parametrize(
    ("text", "is_meant"),
    [
        ("vmx_run:\n\tcall run\n", True),
        ("# run: see C\n\tcall run\n", True),
        ("other:\n\tcall run\n", True),
        ("run:\n\tcall run\n", False),
        ("x: run:\n\tcall run\n", False),
        ("nop; run: call run\n", False),
    ],
)
def test_only_a_label_defines_a_name(tmp_path: Path, text: str, is_meant: bool) -> None:
    (tmp_path / "s.S").write_text(text)
    found = list(find_assembly(Side("before", str(tmp_path)), {"run": "is 'vt_run' now"}))
    assert bool(found) is is_meant


def test_a_macro_that_gains_parameters_differs(tmp_path: Path) -> None:
    """With the same tokens: `F(x)` takes an argument, and `F (x)` is a name for `(x)`."""
    text = "#define {}\n#ifdef OFF\nint h(int x) {{ return g F; }}\n#endif\n"
    before = lay(tmp_path / "before", {"a.c": text.format("F (x)")})
    after = lay(tmp_path / "after", {"a.c": text.format("F(x) ")})
    records = tmp_path / "all.json"
    entry = {"directory": str(before), "file": "a.c", "arguments": ["gcc", "-c", "a.c"]}
    records.write_text(json.dumps([entry]))
    for way in (("--textual",), ("--compile-commands", str(records))):
        result = verify(before, after, *way)
        assert result.exit_code == 1, (way, result.output)


ROWS = 'static int t[] = {\n#include "rows.list"\n};\nint shown(void) { return t[0]; }\n'
BLOB = '__asm__(".data\\n.globl blob\\nblob: .incbin \\"rows.list\\"\\n");\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [("rows.list", ROWS), ("rows.def", ROWS.replace("list", "def")), ("rows.list", BLOB)],
    ids=["include", "a known suffix", "incbin"],
)
def test_a_file_that_c_takes_in_counts(name: str, text: str, tmp_path: Path) -> None:
    for side, rows in (("before", "1, 2\n"), ("after", "2, 1\n")):
        (tmp_path / side).mkdir()
        (tmp_path / side / "a.c").write_text(text)
        (tmp_path / side / name).write_text(rows)
    result = verify(tmp_path / "before", tmp_path / "after")
    assert result.exit_code == (2 if "incbin" in text else 1), result.output
    (tmp_path / "after" / name).write_text("1,  2 /* two */\n")
    assert verify(tmp_path / "before", tmp_path / "after").exit_code == 2 * ("incbin" in text)


def test_a_file_that_no_c_takes_in_does_not_count(tmp_path: Path) -> None:
    for side, rows in (("before", "1, 2\n"), ("after", "2, 1\n")):
        (tmp_path / side).mkdir()
        (tmp_path / side / "a.c").write_text("/* rows.list has more. */\nint a;\n")
        (tmp_path / side / "rows.list").write_text(rows)
    assert "no file differs" in verify(tmp_path / "before", tmp_path / "after").output


READS = '#include "{0}"\nint shown(void) {{ return N; }}\n'
MADE = f"{MAKEFILE}t.h: gen.sh t.txt\n\tsh gen.sh t.txt > t.h\n"
COUNTED = {
    "a folder that is called generated": ({"generated/t.h": "int n = 1;\n"}, 1),
    "a script that makes a header": ({"Makefile": MADE, "gen.sh": "echo 1\n"}, 2),
    "a text that a header is made of": ({"Makefile": MADE, "t.txt": "1\n"}, 2),
    "a template of a header": ({"config.h.in": "#define N 1\n"}, 2),
    "what configure is made of": ({"configure.ac": "AC_DEFINE(N, 1)\n"}, 2),
}
NOT_COUNTED = {
    "what Kbuild has made": {"include/generated/t.h": "#define N 1\n"},
    "a text that is installed": {
        "Makefile": f"{MAKEFILE}install: t.txt\n\tcp t.txt 1\n",
        "t.txt": "1\n",
    },
    "a script that makes no C": {
        "Makefile": f"{MAKEFILE}x: gen.sh\n\tsh gen.sh\n",
        "gen.sh": "1\n",
    },
}


def changed(tmp_path: Path, files: dict[str, str]) -> tuple[Path, Path]:
    """Lay two trees, which differ in the number that the last file has."""
    path = list(files)[-1]
    before = lay(tmp_path / "before", files)
    return before, lay(tmp_path / "after", {**files, path: files[path].replace("1", "12")})


@pytest.mark.parametrize(("files", "code"), COUNTED.values(), ids=COUNTED)
def test_what_the_program_is_made_of_counts(
    files: dict[str, str], code: int, tmp_path: Path
) -> None:
    result = verify(*changed(tmp_path, files))
    assert result.exit_code == code, result.output


@pytest.mark.parametrize("files", NOT_COUNTED.values(), ids=NOT_COUNTED)
def test_what_it_is_not_made_of_does_not_count(files: dict[str, str], tmp_path: Path) -> None:
    result = verify(*changed(tmp_path, files))
    assert (result.exit_code, "no file differs" in result.output) == (0, True), result.output


def test_a_folder_s_link_that_leads_elsewhere(tmp_path: Path) -> None:
    files = {"x/t.h": "#define N 1\n", "y/t.h": "#define N 2\n", "a.c": READS.format("asm/t.h")}
    for side, target in (("before", "x"), ("after", "y"), ("same", "x")):
        (lay(tmp_path / side, files) / "asm").symlink_to(target)
    result = verify(tmp_path / "before", tmp_path / "after")
    assert result.exit_code == 2, result.output
    assert "'asm' differs" in result.output
    assert "no file differs" in verify(tmp_path / "before", tmp_path / "same").output


def test_a_header_that_only_a_command_names(tmp_path: Path) -> None:
    """Of many files without a list of what they read, those that name the header are looked at."""
    before = {f"f{n}.c": f"int f{n}(void) {{ return N + {n}; }}\n" for n in range(66)}
    roots = [
        lay(tmp_path / side, {**before, "force.h": f"enum {{ N = {number} }};\n"})
        for side, number in (("before", 1), ("after", 22))
    ]
    words = ["gcc", "-w", "-include", "force.h", "-c"]
    database = [
        {"directory": str(roots[0]), "file": path, "arguments": [*words, path]} for path in before
    ]
    (tmp_path / "all.json").write_text(json.dumps(database))
    records = read_database(tmp_path / "all.json", roots)
    side = Side("before", str(roots[0]))
    assert len(affected_recipes(records, Differing(frozenset({"force.h"})), side)) == len(before)
    assert affected_recipes(records, Differing(frozenset({"other.h"})), side) == []
