"""`static` that stands in a macro: its other words stay where a definition becomes global."""

import shutil
import subprocess
from pathlib import Path

import pytest

from built import verify
from compilations import compile_once
from trees import HEADER, SOURCE, small_tree, split, write

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")

NOINLINE = "#define noinline __attribute__((__noinline__))\n"
PLAIN = f"{NOINLINE}#define STATIC static noinline\n"
BRANCHES = f"{NOINLINE}#ifdef DEBUG\n#define STATIC noinline\n#else\n{PLAIN}#endif\n"


def plant(root: Path, macros: str, source: str) -> Path:
    header = HEADER.replace("struct ops {", f"{macros}\nstruct ops {{")
    return small_tree(root, {"drv/foo.h": header, "drv/foo.c": source})


def symbols(root: Path, *flags: str) -> dict[str, str]:
    """Compile the source, which main can be linked with, and return its symbols by name."""
    for name in ("foo", "main"):
        command = ["gcc", "-Wall", *flags, "-c", "-o", f"{name}.o", f"drv/{name}.c"]
        done = compile_once(command, root)
        assert (done.returncode, done.stderr) == (0, "")
    subprocess.run(["gcc", "-shared", "-Wl,-z,defs", "foo.o", "main.o"], cwd=root, check=True)
    shown = subprocess.run(["nm", "foo.o"], cwd=root, capture_output=True, text=True, check=True)
    return {line.split()[-1]: line.split()[-2] for line in shown.stdout.splitlines()}


@needs_gcc
@pytest.mark.parametrize("macros", [PLAIN, BRANCHES], ids=["one", "branches"])
def test_other_words_take_its_place(tmp_path: Path, macros: str) -> None:
    forward = "STATIC int foo_open(int unit);\nSTATIC int foo_help(void);\n\n"
    helper = "STATIC int foo_help(void)\n{\n\treturn 1;\n}\n\n"
    use = SOURCE.replace("return unit;", "return unit + foo_help();")
    source = use.replace("static int foo_open", f"{forward}{helper}STATIC int\nfoo_open")
    root = write(plant(tmp_path, macros, source))
    text = (root / "drv/foo.c").read_text()
    assert "STATIC int foo_open(int unit);" not in text
    assert "STATIC int foo_help(void);\n" in text
    assert "\nnoinline int\nfoo_open(int unit)\n{" in text
    assert "noinline int foo_open(int unit);\n" in (root / "drv/foo_ops.h").read_text()
    assert '#include "foo.h"\n' in (root / "drv/foo_ops.h").read_text()
    found = symbols(root, "-fPIC")
    assert (found["foo_open"], found["foo_help"]) == ("T", "t")
    assert split(root, "--check").exit_code == 0


def test_macro_of_nothing_else_goes(tmp_path: Path) -> None:
    source = SOURCE.replace(
        "static int foo_open(int unit)", "STATIC int foo_open(int a,\n\t\t    int b)"
    )
    root = write(plant(tmp_path, "#define STATIC static inline\n", source))
    assert "\nint foo_open(int a,\n\t     int b)\n" in (root / "drv/foo.c").read_text()


def test_function_that_stays_keeps_its_macro(tmp_path: Path) -> None:
    source = SOURCE + "\nSTATIC int foo_more(void)\n{\n\treturn 2;\n}\n"
    root = write(plant(tmp_path, PLAIN, source))
    assert "\nSTATIC int foo_more(void)\n" in (root / "drv/foo.c").read_text()


@pytest.mark.parametrize(
    ("macros", "old", "new"),
    [
        (f"{PLAIN}#ifdef A\n#define STATIC static __cold\n#endif\n", "static int", "STATIC int"),
        ("#define STATIC static FOO(1)\n", "static int", "STATIC int"),
        ("#define STATIC(type) static type\n", "static int foo_open", "STATIC(int) foo_open"),
        ("#define S static\n#define STATIC S FOO(1)\n", "static int", "STATIC int"),
        (BRANCHES, "static struct ops foo_ops", "STATIC struct ops foo_ops"),
        (
            "#define STATIC static FOO(1)\n",
            "static struct ops foo_ops",
            "STATIC struct ops foo_ops",
        ),
    ],
    ids=["two meanings", "no words", "function-like", "by another", "table of a branch", "table"],
)
def test_what_cannot_be_told_is_refused(tmp_path: Path, macros: str, old: str, new: str) -> None:
    result = split(plant(tmp_path, macros, SOURCE.replace(old, new)))
    assert result.exit_code == 2
    assert "error[VT029]" in result.stderr, result.stderr
    of_branch = new.startswith("STATIC struct") and macros == BRANCHES
    assert ("static, but not by each of its definitions" in result.stderr) is of_branch


DIRECT = "#define WORD static\n"


@pytest.mark.parametrize(
    ("word", "macros"),
    [
        ("STATIC", DIRECT),
        ("local", DIRECT),
        ("local", f"#ifndef WORD\n{DIRECT}#endif\n"),
        ("STATIC", "#define S static\n#define WORD S\n"),
    ],
)
def test_a_macro_of_any_name(tmp_path: Path, word: str, macros: str) -> None:
    source = SOURCE.replace("static int foo_open", f"{word} int foo_open")
    root = plant(tmp_path / "tree", macros.replace("WORD", word), source)
    before = shutil.copytree(root, tmp_path / "before")
    write(root)
    assert "\nint foo_open(int unit)\n{" in (root / "drv/foo.c").read_text()
    assert "\nint foo_open(int unit);\n" in (root / "drv/foo_ops.h").read_text()
    verdict = verify(before, root, "--textual")
    assert verdict.exit_code == 0, verdict.output
    assert "made global" in verdict.output


def test_a_macro_that_is_not_the_same_is_told(tmp_path: Path) -> None:
    source = SOURCE.replace("static int foo_open", "STATIC int foo_open")
    root = plant(tmp_path / "tree", PLAIN, source)
    before = shutil.copytree(root, tmp_path / "before")
    write(root)
    path = root / "drv/foo.c"
    path.write_text(path.read_text().replace("noinline int foo_open", "noinline long foo_open"))
    assert verify(before, root, "--textual").exit_code == 1


@needs_gcc
@pytest.mark.slow
@pytest.mark.parametrize("alone", [True, False], ids=["for main alone", "for the source too"])
@pytest.mark.parametrize("word", ["STATIC", "local"])
def test_a_table_that_a_macro_makes_static(tmp_path: Path, word: str, alone: bool) -> None:
    source = SOURCE.replace("static struct ops foo_ops", f"{word} struct ops foo_ops")
    source = source.replace("static int foo_open", f"{word} int foo_open")
    if alone:
        source = source.replace("foo_ops.open(1)", "foo_open(1)")
        source = source.replace("foo_ops = {", "foo_ops __attribute__((used)) = {")
    root = plant(tmp_path / "tree", f"#define {word} static\n", source)
    before = shutil.copytree(root, tmp_path / "before")
    write(root)
    text = (root / "drv/main.c").read_text()
    assert ("\nstatic struct ops bar_ops " in text) is alone
    assert ("\nstruct ops bar_ops " in text) is not alone
    assert word not in text
    symbols(root, "-fPIC")
    assert split(root, "--check").exit_code == 0
    verdict = verify(before, root, "--textual")
    assert verdict.exit_code == 0, verdict.output
