"""Build files outside of Kbuild: lists, rules, automake, meson. make and gcc are the judges."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from vtsplit.cli import main
from vtsplit.codemods.build.member import add_member
from vtsplit.codemods.build.source_list import list_beside
from vtsplit.diagnostics import Problem
from vtsplit.survey.build.build_files import is_build_file
from vtsplit.survey.build.meson import find_listed
from vtsplit.survey.make.kbuild import Membership, find_object
from vtsplit.verify.build_files import FileChanges, compare_build_files
from vtsplit.verify.verdict import Verdict

HEADER = "#ifndef FOO_H\n#define FOO_H\nstruct ops {\n\tint (*get)(int unit);\n};\n"
HEADER += "#define UNUSED __attribute__((unused))\nint foo_run(int unit);\n#endif\n"
SOURCE = """\
#include "foo.h"

static int foo_set(int unit UNUSED)
{
	return 7;
}

static const struct ops foo_ops = {
	.get = foo_set,
};

int foo_run(int unit)
{
	return foo_ops.get(unit);
}
"""
PROGRAM = '#include "foo.h"\nint main(void)\n{\n\treturn foo_run(1) - 7;\n}\n'

# What links foo.o, and how main's object comes into it.
MAKEFILES = [
    ("OBJS = foo.o prog.o\nprog: $(OBJS)\n\t$(CC) -o $@ $(OBJS)\n", "OBJS = foo.o prog.o main.o"),
    ("prog: prog.o foo.o\n\t$(CC) -o prog prog.o foo.o\n", "prog prog.o foo.o main.o"),
    ("prog: prog.o foo.o\n\t$(CC) -o $@ $^\n", "prog: prog.o foo.o main.o"),
    ("prog: prog.c foo.c\n\t$(CC) -o $@ $(srcdir)prog.c foo.c\n", "foo.c main.c"),
    (
        "O = o/foo.o o/prog.o\nprog: $(O)\n\t$(CC) -o $@ $(O)\no/%.o: %.c\n\t@mkdir -p o\n"
        "\t$(CC) -c -o $@ $<\no/foo.o: foo.c foo.h\n",
        "O = o/foo.o o/prog.o o/main.o",
    ),
    (
        "O = foo.o prog.o\nprog: $(O)\n\t$(CC) -o $@ $(O)\nfoo.o: foo.c\n\t$(CC) -c foo.c\n",
        "O = foo.o prog.o main.o",
    ),
    ("A = foo.o\nprog: prog.o $(A)\n\t$(CC) -o $@ $^\nfoo.o: foo.h\n", "A = foo.o main.o"),
    ("A = foo.o\nprog: prog.o $(A)\n\t$(CC) -o $@ $< $(A)\n", "A = foo.o main.o"),
    # The template is for others.
    # The words also name links to the program, which has all objects.
    (
        "O = foo.o prog.o\nLINKS = $(patsubst %.o,x-%,$(O))\nALL += $(O)\n"
        "prog: $(O) Makefile\n\t$(CC) -o $@ $(filter %.o,$^)\n$(LINKS): prog\n\tln $< $@\n"
        "$(ALL): %.o: %.c\n\t$(CC) -c -o $@ $<\n",
        "prog: $(O) main.o Makefile\n",
    ),
    (
        "ALL = other\ndefine one =\n$(1)_O := $$($(1)_S:.c=.o)\n$(1).so: $$($(1)_O)\n"
        "\t$(CC) -shared -o $$@ $$<\nendef\n$(foreach x,$(ALL),$(eval $(call one,$(x))))\n"
        "prog_O = prog.o foo.o\nprog: $(prog_O)\n\t$(CC) -o $@ $^\n",
        "prog_O = prog.o foo.o main.o",
    ),
]


def tree(root: Path, makefile: str, name: str = "Makefile") -> Path:
    for path, text in {"foo.h": HEADER, "foo.c": SOURCE, "prog.c": PROGRAM, name: makefile}.items():
        (root / path).write_text(text)
    return root


def write_spec(root: Path) -> Path:
    spec = root / "split.toml"
    spec.write_text(
        '[split]\nsource = "foo.c"\nheader = "foo_ops.h"\nmain = "main.c"\n'
        '[tables]\nfoo_ops = "foo_ops"\n'
    )
    return spec


def split(root: Path) -> tuple[int, str]:
    spec = str(write_spec(root))
    result = CliRunner().invoke(main, ["split", str(root), "--spec", spec, "--write"])
    return result.exit_code, result.output


@pytest.mark.slow
@pytest.mark.parametrize(("makefile", "line"), MAKEFILES)
def test_make_builds_the_same_program_before_and_after(
    tmp_path: Path, makefile: str, line: str
) -> None:
    root = tree(tmp_path, makefile)
    for _ in range(2):
        subprocess.run(["make", "-s", "CFLAGS=-Wall -Werror", "prog"], cwd=root, check=True)
        subprocess.run(["./prog"], cwd=root, check=True)
        assert split(root)[0] == 0
        (root / "prog").unlink()
    text = (root / "Makefile").read_text()
    assert line in text
    assert split(root)[0] == 0
    assert (root / "Makefile").read_text() == text


# (Makefile, what the refusal says)
REFUSED = [
    ("PROGS_O = foo.o\nPROGS = $(PROGS_O:.o=)\nall: $(PROGS)\n", "is linked alone (line 2)"),
    # Each program needs main, though one has all objects.
    (
        "O = foo.o\nPROGS = $(O:.o=)\nprog: $(O)\n\t$(CC) -o $@ $^\n$(PROGS): %: %.o\n"
        "\t$(CC) -o $@ $^\n",
        "is linked alone (line 2)",
    ),
    (
        "O = foo.o\nPROGS = $(O:.o=)\nprog: $(O)\n\t$(CC) -o $@ $^\nall: $(PROGS) prog\n",
        "is linked alone (line 2)",
    ),
    ("A = foo.c\nB = $(A)\nPLUGINS = $(patsubst %.c,x-%.so,$(B))\n", "is linked alone (line 3)"),
    ("O = foo.o\nt.o: foo.c\n\t$(CC) -DT -c -o t.o foo.c\n", "a rule uses 'foo.c'"),
    (
        "O = o/foo.o o/prog.o\nprog: $(O)\n\t$(CC) -o $@ $(O)\no/foo.o: foo.c\n"
        "\t$(CC) -c -o $@ foo.c\no/prog.o: prog.c\n\t$(CC) -c -o $@ prog.c\n",
        "a rule of its own makes 'o/foo.o'",
    ),
    (
        "prog: o/foo.o\n\t$(CC) -o $@ o/foo.o\no/foo.o: foo.c\n\t$(CC) -c -o $@ foo.c\n",
        "a rule of its own makes 'o/foo.o'",
    ),
    # A plugin of the source alone, beside a program.
    (
        "all: foo.so z.so prog\nprog: prog.o foo.o\n\t$(CC) -o $@ $^\n"
        ".c.so:\n\t$(CC) -shared -o $@ $<\n",
        "links 'foo.so' of 'foo.c' alone",
    ),
    (
        "P = lib/foo.so\nall: $(P) prog\nprog: prog.o foo.o\n\t$(CC) -o $@ $^\n"
        "lib/%.so: %.o\n\t$(LD) -shared -o $@ $^\n",
        "links 'lib/foo.so' of 'foo.c' alone",
    ),
    (
        "P = foo.so z.so\nall: prog\nprog: prog.o foo.o\n\t$(CC) -o $@ $^\n"
        "$(P): %.so: %.c\n\t$(CC) -shared -o $@ $<\n",
        "links 'foo.so' of 'foo.c' alone",
    ),
    (
        "all: foo prog\nprog: prog.o foo.o\n\t$(CC) -o $@ $^\n%: %.c\n\t$(CC) -o $@ $<\n",
        "links 'foo' of 'foo.c' alone",
    ),
    # No rule of make's own makes such an object.
    (
        "P = foo.lo prog.lo\nl.so: $(P)\n\t$(CC) -shared -o $@ $(P)\n%.o: %.c\n\t$(CC) -c $<\n"
        "foo.lo: foo.c foo.h\n\t$(CC) -fPIC -c -o $@ foo.c\n",
        "a rule of its own makes 'foo.lo'",
    ),
    (
        "P = foo.obj prog.obj\np.exe: $(P)\n\tlink /out:$@ $(P)\nE = .obj\n"
        "foo$(E): foo.c\n\t$(CC) -c foo.c\n",
        "a rule of its own makes 'foo.obj'",
    ),
    (
        "l.so: foo.os\n\t$(CC) -shared -o $@ foo.os\nfoo.os: foo.c\n\t$(CC) -c -o $@ foo.c\n",
        "a rule of its own makes 'foo.os'",
    ),
    (
        "P = foo.pic.o\nl.so: $(P)\n\t$(CC) -shared -o $@ $(P)\n"
        "foo.pic.o: foo.c\n\t$(CC) -fPIC -c -o $@ foo.c\n",
        "a rule uses 'foo.c'",
    ),
    # `$<` is the first of what a rule needs: main's object would be listed, and not linked.
    ("S = foo.c\nO = $(S:.c=.o)\nfoo.so: $(O)\n\t$(CC) -shared -o $@ $<\n", "is linked (line 4)"),
    ("foo.so: foo.o\n\t$(CC) -shared -o $@ $<\n", "a rule uses 'foo.o'"),
    (
        "foo_S = foo.c\ndefine one =\n$(1)_O := $$($(1)_S:.c=.o)\n$(1).so: $$($(1)_O)\n"
        "\t$(CC) -shared -o $$@ $$<\nendef\n  ALL += foo\n"
        "$(foreach x,$(ALL),$(eval $(call one,$(x))))\n",
        "is linked (line 5), by '$<'",
    ),
    ("O = foo.o\nfoo.bin:\n\tobjcopy -O binary foo.o foo.bin\n", "a rule uses 'foo.o'"),
]


@pytest.mark.parametrize(("makefile", "reason"), REFUSED)
def test_what_cannot_gain_an_object_is_refused(tmp_path: Path, makefile: str, reason: str) -> None:
    root = tree(tmp_path, makefile)
    code, output = split(root)
    assert code == 2
    assert "VT060" in output
    assert reason in output
    assert (root / "Makefile").read_text() == makefile


@pytest.mark.parametrize(
    "rules",
    [
        "all: z.so prog\n%.so: %.c\n\t$(CC) -shared -o $@ $<\n",
        "all: foo.html\n%.html: %.c\n\tdoc $< > $@\n",
        "all: foo.s\n%.s: %.c\n\t$(CC) -S -o $@ $<\n",
        "all: prog\n%: %.c\n\t$(CC) -o $@ $<\n",
        "all: foo.so\nfoo.so: z.c\n\t$(CC) -shared -o $@ z.c\n%.so: %.c\n\t$(CC) -o $@ $<\n",
    ],
)
def test_what_others_are_linked_alone(tmp_path: Path, rules: str) -> None:
    root = tree(tmp_path, f"{rules}prog: prog.o foo.o\n\t$(CC) -o $@ $^\n")
    code, output = split(root)
    assert code == 0, output


@pytest.mark.parametrize(
    "rule",
    [
        "%.lo: %.c\n\t$(CC) -fPIC -c -o $@ $<\nfoo.lo: foo.c\n\t$(CC) -O0 -fPIC -c -o $@ foo.c\n",
        ".c.lo:\n\t$(CC) -fPIC -c -o $@ $<\nfoo.lo: foo.c\n\t$(CC) -O0 -fPIC -c -o $@ $<\n",
        "foo.lo: foo.c foo.h\n",
    ],
)
def test_a_rule_makes_any_such_object(tmp_path: Path, rule: str) -> None:
    root = tree(tmp_path, f"P = foo.lo prog.lo\nl.so: $(P)\n\t$(CC) -shared -o $@ $(P)\n{rule}")
    code, output = split(root)
    assert code == 0, output
    assert "P = foo.lo prog.lo main.lo" in (root / "Makefile").read_text()


def test_every_list_in_every_makefile_gains_the_object(tmp_path: Path) -> None:
    root = tree(tmp_path, "bin_PROGRAMS = prog\nprog_SOURCES = prog.c foo.c\n", "Makefile.am")
    (root / "Makefile.in").write_text("prog_SOURCES = prog.c foo.c\n")
    (root / "t").mkdir()
    (root / "t/Makefile.am").write_text("t_SOURCES = t.c ../foo.c\nx_SOURCES = foo.c\n")
    (root / "t/foo.c").write_text("int x;\n")
    (root / "meson.build").write_text("executable('prog', 'prog.c', 'foo.c')\n")
    (root / "CMakeLists.txt").write_text("add_executable(prog prog.c foo.c)\n")
    (root / "BUILD.bazel").write_text('# foo.c\ncc_binary(srcs = ["prog.c", "foo.c"])\n')
    (root / "x.vcxproj").write_text('<X>\n<ClCompile Include="foo.c" />\n</X>\n')
    spec = ["--spec", str(write_spec(root))]
    notes = CliRunner().invoke(main, ["split", str(root), *spec, "--explain"]).output
    assert re.search(
        r"x.vcxproj:2\b.*foo.c is named here, but vtsplit does not know how to add main.c",
        notes,
        re.DOTALL,
    )
    assert split(root)[0] == 0
    assert "prog_SOURCES = prog.c foo.c main.c" in (root / "Makefile.am").read_text()
    assert (root / "Makefile.in").read_text() == "prog_SOURCES = prog.c foo.c\n"
    after = (root / "t/Makefile.am").read_text()
    assert after == "t_SOURCES = t.c ../foo.c ../main.c\nx_SOURCES = foo.c\n"
    assert "'foo.c', 'main.c')" in (root / "meson.build").read_text()
    assert '"foo.c", "main.c"]' in (root / "BUILD.bazel").read_text()
    assert "prog prog.c foo.c main.c)" in (root / "CMakeLists.txt").read_text()


AUTOMAKE = """\
bin_PROGRAMS = prog
prog_SOURCES = \\
	foo.c \\
	foo.h \\
	prog.c
"""


@pytest.mark.parametrize("more", ["", " \\\n\tother.c \\\n\ta.h \\\n\tz.h"])
def test_automake_distributes_the_new_header(tmp_path: Path, more: str) -> None:
    """Main and the header go to places of their own in one list."""
    (tmp_path / "after").mkdir()
    root = tree(tmp_path / "after", f"{AUTOMAKE.rstrip()}{more}\n", "Makefile.am")
    spec = write_spec(root)
    before = tmp_path / "before"
    shutil.copytree(root, before)
    assert split(root)[0] == 0
    words = (root / "Makefile.am").read_text().split()
    assert {"foo.h", "foo_ops.h"} <= set(words)
    assert "main.c" in words
    args = [str(root), "--spec", str(spec), "--check"]
    assert CliRunner().invoke(main, ["split", *args]).exit_code == 0
    verdict = CliRunner().invoke(main, ["verify", str(before), str(root), "--textual"])
    assert verdict.exit_code == 0, verdict.output


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a.c a.h foo.c foo.h prog.c", "a.c a.h foo.c foo.h foo_ops.h main.c prog.c"),
        ("Z.c a.h foo.c foo.h prog.c", "Z.c a.h foo.c foo.h foo_ops.h main.c prog.c"),
        # Sources first, then headers; and no order.
        ("a.c foo.c prog.c foo.h z.h", "a.c foo.c main.c prog.c foo.h z.h foo_ops.h"),
        ("foo.c foo.h a.c a.h prog.c", "foo.c foo.h a.c a.h foo_ops.h prog.c main.c"),
    ],
)
def test_a_sorted_list_of_sources_and_headers_stays_sorted(
    before: str, after: str, tmp_path: Path
) -> None:
    root = tree(tmp_path, f"bin_PROGRAMS = prog\nprog_SOURCES = {before}\n", "Makefile.am")
    assert split(root)[0] == 0
    assert f"prog_SOURCES = {after}\n" in (root / "Makefile.am").read_text()


def test_automake_lists_no_header_that_nothing_needs(tmp_path: Path) -> None:
    """What the table names is declared already, so that no header is made."""
    root = tree(tmp_path, AUTOMAKE, "Makefile.am")
    (root / "foo.c").write_text(SOURCE.replace("static ", ""))
    declared = "int foo_set(int unit);\nextern const struct ops foo_ops;\n#endif\n"
    (root / "foo.h").write_text(HEADER.replace("#endif\n", declared))
    write_spec(root)
    assert split(root)[0] == 0
    assert "main.c" in (root / "Makefile.am").read_text().split()
    assert not (root / "foo_ops.h").exists()
    assert "foo_ops.h" not in (root / "Makefile.am").read_text()


@pytest.mark.parametrize(
    ("source", "is_named"),
    [
        ("b/foo.c", False),
        ("a/foo.c", True),
        # Of a tree that is not at hand, and by a path that begins further up.
        ("far/foo.c", False),
        ("top/a/foo.c", True),
        ("top/far/foo.c", False),
    ],
)
def test_a_file_of_that_name_in_another_folder_is_another(
    tmp_path: Path, source: str, is_named: bool
) -> None:
    """A list that another Makefile includes has paths from that Makefile's folder."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "foo.c").write_text(SOURCE.replace("foo_run", f"{folder}_run"))
        (tmp_path / folder / "foo.h").write_text(HEADER)
    (tmp_path / "Makefile.am").write_text("include a/list.am\ninclude b/list.am\n")
    (tmp_path / "a/list.am").write_text("a_SOURCES = a/foo.c\n")
    (tmp_path / "b/list.am").write_text(f"b_SOURCES = $(call some,{source})\n")
    args = ["split", str(tmp_path), "--table", "a/foo.c:foo_ops"]
    result = CliRunner().invoke(main, args, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "+a_SOURCES = a/foo.c a/foo_main.c" in result.output
    assert ("b/list.am:1: foo.c is named here" in result.output) is is_named


def test_a_header_that_no_list_can_take_is_noted(tmp_path: Path) -> None:
    root = tree(tmp_path, "bin_PROGRAMS = prog\nprog_SOURCES = prog.c foo.c\n", "Makefile.am")
    spec = write_spec(root)
    args = ["split", str(root), "--spec", str(spec), "--explain"]
    assert "foo_ops.h is not" in CliRunner().invoke(main, args).output


def test_a_tree_of_meson_alone(tmp_path: Path) -> None:
    root = tree(tmp_path, "s = files(\n  'prog.c',\n  'foo.c',\n)\n", "meson.build")
    assert split(root)[0] == 0
    expected = "s = files(\n  'prog.c',\n  'foo.c',\n  'main.c',\n)\n"
    assert (root / "meson.build").read_text() == expected


# (name, before, after, whether only what is new was listed)
VERIFIED = [
    ("Makefile.am", "a_SOURCES = a.c\n", "a_SOURCES = a.c main.c\n", True),
    ("Makefile.am", "a_SOURCES = a.c\n", "a_SOURCES = main.c\n", False),
    ("x.mk", "O += a.o\nO += z.o\n", "O += a.o\nO += main.o\nO += z.o\n", True),
    ("x.mk", "O += a.o\nO += z.o\n", "O += a.o\nP = main.o\nO += z.o\n", False),
    ("Makefile", "p: a.o\n\tcc a.o\n", "p: a.o main.o\n\tcc a.o main.o\n", True),
    ("meson.build", "a = files(\n  'a.c'\n)\n", "a = files(\n  'a.c',\n  'main.c'\n)\n", True),
    ("meson.build", "a = files(\n  'a.c'\n)\n", "a = files(\n  'b.c',\n  'main.c'\n)\n", False),
]


@pytest.mark.parametrize(("name", "before", "after", "same"), VERIFIED)
def test_verify_reads_build_files(name: str, before: str, after: str, same: bool) -> None:
    verdict = Verdict("build")
    assert is_build_file(name)
    listed = {name: after, "meson.build": "m = files('main.c')" if name != "meson.build" else after}
    compare_build_files({name: before}.get, listed.get, FileChanges({name}, {"main.c"}), verdict)
    assert bool(verdict.differences) is not same


# (files, source, the Makefile it is found in and the words beside which main's goes; or None)
FOUND = [
    ({"a/Makefile.in": "SRCS = $(srcdir)/x.c\nOBJS = x.o\n"}, "a/Makefile.in", ["x.o", "x.c"]),
    ({"Makefile.am": "include a/l.am\n", "a/l.am": "p_SOURCES = a/x.c\n"}, "a/l.am", ["x.c"]),
    ({"a/Makefile": "x: x.c p.c\n\tcc -o x x.c p.c\n"}, "a/Makefile", ["x.c", "x.c"]),
    (
        {"Makefile.am": "include a/l.am\n", "a/l.am": "if X\np_SOURCES += %reldir%/x.c\nendif\n"},
        "a/l.am",
        ["x.c"],
    ),
    ({"b/Makefile": "O = x.o\n", "a/GNUmakefile": "O := x.o\n"}, "a/GNUmakefile", ["x.o"]),
    ({"a/Makefile.am": "EXTRA_DIST = x.c\nCLEANFILES = x.o\n"}, None, []),
    ({"a/Makefile.in": "", "a/Makefile": "OBJS = x.o\n"}, None, []),
    ({"a/Makefile": ".SECONDARY: x.o\nclean:\n\trm -f x.o\n"}, None, []),
]


@pytest.mark.parametrize(("files", "makefile", "words"), FOUND)
def test_finds_lists(files: dict[str, str], makefile: str | None, words: list[str]) -> None:
    found = find_object(files.get, "a/x.c")
    if makefile is None:
        assert isinstance(found, Problem)
        assert found.code == "VT061"
        return
    assert isinstance(found, Membership)
    assert found.makefile == makefile
    named = sorted(place.word.text.rpartition("/")[2] for place in found.places)
    assert named == sorted(words)
    after = add_member(files[makefile], found, "a/main.c")
    assert after.count("main.") == len(words)


MESON = [
    ("a = ['x.c', 'y.c']\n", "a = ['x.c', 'main.c', 'y.c']\n"),
    ("a += [\n  'x.c'\n]\n", "a += [\n  'x.c',\n  'main.c'\n]\n"),
    ("a = '''\n\tx.c\n'''.split()\n", "a = '''\n\tx.c\n\tmain.c\n'''.split()\n"),
    ("library('l', sources: ['x.c'])\n", "library('l', sources: ['x.c', 'main.c'])\n"),
    ("a = ['y.c']\na += 'x.c'\n", "a = ['y.c']\na += ['x.c', 'main.c']\n"),
    ("a = 'x.c'  # alone\n", "a = ['x.c', 'main.c']  # alone\n"),
    ("a = 'x.c' + b\n", None),
    ("# 'x.c'\n", None),
    ("run_command('x.c')\n", None),
    ("custom_target('t', input: 'x.c')\n", None),
    ("a = files('b/x.c')\n", None),
    ("a = ['x.c', 'main.c']\n", None),
]


@pytest.mark.parametrize(("before", "after"), MESON)
def test_meson(before: str, after: str | None) -> None:
    listed = find_listed(before, "d/meson.build", "d/x.c")
    assert list_beside(before, listed, "d/x.c", "d/main.c") == (before if after is None else after)


TESTED = "add_library(foo foo.c)\nfile({} {}foo.c TEXT)\ntry_compile(HAS b t.c)\n"


@pytest.mark.parametrize(
    ("path", "text", "is_read"),
    [
        ("CMakeLists.txt", TESTED.format("READ", "${CMAKE_CURRENT_SOURCE_DIR}/"), True),
        ("CMakeLists.txt", TESTED.format("STRINGS", ""), True),
        ("CMakeLists.txt", TESTED.format("READ", "other/"), False),
        ("configure.ac", 'AC_LINK_IFELSE([$(cat "$srcdir/foo.c")])\n', True),
        ("configure.ac", "AC_LINK_IFELSE([$(cat $srcdir/other/foo.c)])\n", False),
        ("configure.ac", "dnl $(cat foo.c)\nAC_CONFIG_SRCDIR([foo.c])\n", False),
    ],
)
def test_a_build_that_reads_the_text_of_the_source(
    path: str, text: str, is_read: bool, tmp_path: Path
) -> None:
    """A test of configure that links this text alone would fail, and say nothing."""
    root = tree(tmp_path, "prog: prog.o foo.o\n\t$(CC) -o $@ $^\n")
    (root / path).write_text(text)
    write_spec(root)
    code, said = split(root)
    assert code == (2 if is_read else 0), said
    assert ("the text of 'foo.c' is read here" in said) is is_read


@pytest.mark.parametrize(
    "macro", ["AC_INIT(foo.c)", "AC_CONFIG_SRCDIR([foo.c])", "AC_CHECK_FILE(foo.c)"]
)
def test_a_file_that_shows_configure_where_it_is(macro: str, tmp_path: Path) -> None:
    root = tree(tmp_path, "prog: prog.o foo.o\n\t$(CC) -o $@ $^\n")
    (root / "configure.in").write_text(f"{macro}\nAC_OUTPUT\n")
    write_spec(root)
    code, said = split(root)
    assert code == 0, said
    assert ("foo.c is named here" in said) is macro.startswith("AC_CHECK")


def test_a_recipe_that_reads_the_source_is_refused_once(tmp_path: Path) -> None:
    """The rule is what cannot take main; that its recipe runs `cat` is no second reason."""
    root = tree(tmp_path, "prog: prog.o foo.o\n\t$(CC) -o $@ $^\n")
    (root / "more").mkdir()
    (root / "more/Makefile").write_text("all.txt:\n\tcat ../foo.c > $@\n")
    code, said = split(root)
    assert (code, said.count("error[")) == (2, 1), said
    assert "a rule uses '../foo.c'" in said
