"""Makefiles that put names into folders, make them of others, or take files by a pattern.

GNU make is the judge: what it would run on the object of the source, it runs on main's as well.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import trees
from trees import small_tree, with_spec
from vtsplit.codemods.build.member import add_member
from vtsplit.diagnostics import Problem
from vtsplit.survey.make.kbuild import Membership, find_object

needs_make = pytest.mark.skipif(not shutil.which("make"), reason="needs make")
LINK = "all: $(O)\n\tcc -o app $(O)\n"
TO_OUT = "out/%.o: src/%.c\n\tcc -c -o $@ $<\n"

# (what it shows, folder of the source, Makefile, the words that main's goes beside)
FOLLOWED = [
    ("patsubst", "src", f"N = foo.o p.o\nO = $(patsubst %,out/%,$(N))\n{LINK}{TO_OUT}", ["foo.o"]),
    ("by a suffix", "src", f"N = foo p\nO = $(N:%=out/%.o)\n{LINK}{TO_OUT}", ["foo"]),
    ("addsuffix", "", f"N = foo p\nO = $(addsuffix .o,$(N))\n{LINK}", ["foo"]),
    ("foreach", "src", f"N = p foo\nO = $(foreach n,$(N),out/$(n).o)\n{LINK}{TO_OUT}", ["foo"]),
    (
        "notdir",
        "src",
        f"S = src/foo.c src/p.c\nO = $(addprefix out/,$(notdir $(S:.c=.o)))\n{LINK}"
        "vpath %.c src\nout/%.o: %.c\n\tcc -c -o $@ $<\n",
        ["src/foo.c"],
    ),
    ("VPATH", "lib", f"VPATH = x:lib\nO = foo.o p.o\n{LINK}", ["foo.o"]),
    ("vpath", "lib", f"D = lib\nvpath %.c x $(D)\nO = foo.o p.o\n{LINK}", ["foo.o"]),
    (
        "static pattern",
        "src",
        f"O = out/foo.o out/p.o\n{LINK}$(O): out/%.o: src/%.c\n\tcc -c -o $@ $<\n",
        ["out/foo.o"],
    ),
    (
        "a variable folder",
        "",
        f"B ?= out\nO = $(B)/foo.o $(B)/p.o\n{LINK}$(B)/%.o: %.c\n\tcc -c -o $@ $<\n",
        ["$(B)/foo.o"],
    ),
    (
        "a folder that the caller gives",
        "src",
        f"O = $(B)foo.o $(B)p.o\n{LINK}$(B)%.o: src/%.c\n\tcc -c -o $@ $<\n",
        ["$(B)foo.o"],
    ),
    ("the suffix is a variable", "", f"X = o\nO = foo.$(X) p.$(X)\n{LINK}", ["foo.$(X)"]),
    ("libtool's", "", f"N = foo.o p.o\nO = $(N:.o=.lo)\n{LINK}%.lo: %.c\n\tcc $<\n", ["foo.o"]),
    (
        "two lists",
        "src",
        f"S = foo.c p.c\nN = foo.o p.o\nO = $(addprefix out/,$(N))\n{LINK}{TO_OUT}"
        "lint: $(addprefix src/,$(S))\n\tlint $^\n",
        ["foo.c", "foo.o"],
    ),
]


def make(root: Path) -> str:
    done = subprocess.run(["make", "-n"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_make
@pytest.mark.parametrize(
    ("folder", "makefile", "words"), [row[1:] for row in FOLLOWED], ids=[row[0] for row in FOLLOWED]
)
def test_make_does_to_main_what_it_does_to_the_source(
    tmp_path: Path, folder: str, makefile: str, words: list[str]
) -> None:
    source, main = (f"{folder}/{name}".lstrip("/") for name in ("foo.c", "main.c"))
    for name in (source, main, f"{folder}/p.c".lstrip("/"), "x/y"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "Makefile").write_text(makefile)
    found = find_object({"Makefile": makefile}.get, source)
    assert isinstance(found, Membership)
    assert sorted(place.word.text for place in found.places) == words
    assert not found.unclear
    (tmp_path / "Makefile").write_text(add_member(makefile, found, main))
    told = make(tmp_path)
    ours, theirs = (re.findall(rf"\S*\b{stem}\.l?[oc]\b", told) for stem in ("foo", "main"))
    assert ours
    assert sorted(word.replace("foo", "main") for word in ours) == sorted(theirs)
    again = add_member((tmp_path / "Makefile").read_text(), found, main)
    once_more = find_object({"Makefile": again}.get, source)
    assert isinstance(once_more, Membership)
    assert add_member(again, once_more, main) == again


# The same, where nothing there is of the source; the names are those of another.
APART = [
    ("another folder", f"O = out/foo.o\n{LINK}out/%.o: lib/%.c\n\tcc $<\n"),
    ("another search path", f"VPATH = lib\nO = foo.o\n{LINK}"),
    ("files that go with it", "N = foo\nD = $(N:%=out/%.d)\n-include $(D)\n"),
    ("to remove", f"N = foo.o\nCLEANFILES = $(N:%=out/%)\n{TO_OUT}"),
    ("of no known value", "O = $(shell cat list)\nall: $(O)\n\tcc $(O)\n"),
    ("a variable of itself", f"O = $(O)\nP = $(O) foo\n{LINK}"),
]


@pytest.mark.parametrize("makefile", [row[1] for row in APART], ids=[row[0] for row in APART])
def test_what_is_not_of_the_source_is_left_alone(makefile: str) -> None:
    found = find_object({"Makefile": makefile}.get, "src/foo.c")
    assert isinstance(found, Problem)
    assert found.code == "VT061"


# (what it shows, Makefile, the code if it is refused, what is said)
GLOBS = [
    (
        "wildcard",
        "S := $(wildcard drv/*.c)\nO = $(S:.c=.o)\nall: $(O)\n\tcc $(O)\n",
        "",
        "also takes main.c",
    ),
    ("the compiler's", "all:\n\t$(CC) -o app drv/*.c\n", "", "also takes main.c"),
    ("what a rule needs", "app: drv/*.c\n\tcc -o app $^\n", "", "also takes main.c"),
    ("find", "S = $(shell find drv -name '*.c')\nall: $(S)\n\tcc $(S)\n", "", "also takes main.c"),
    (
        "others are taken out",
        "S = $(filter-out %_test.c,$(wildcard drv/*.c))\nall: $(S)\n\tcc $(S)\n",
        "",
        "also takes main.c",
    ),
    (
        "main is taken out",
        "S = $(filter-out %/main.c,$(wildcard drv/*.c))\nall: $(S)\n\tcc $(S)\n",
        "VT060",
        "takes drv/main.c out of the files of",
    ),
    (
        "each is a program",
        "all: $(patsubst drv/%.c,bin/%,$(wildcard drv/*.c))\nbin/%: drv/%.c\n\tcc -o $@ $<\n",
        "VT060",
        "is linked alone",
    ),
    (
        "a rule of its own",
        "all: out/foo.o\n\tcc $^\nout/foo.o: drv/foo.c\n\tcc -c -o $@ $<\n",
        "VT060",
        "a rule of its own makes 'out/foo.o'",
    ),
    (
        "inside of a call",
        "O = $(patsubst %,out/%,foo.o p.o)\nall: $(O)\nout/%.o: drv/%.c\n\tcc $<\n",
        "VT060",
        "has a variable or a call in it",
    ),
    (
        "named by a variable",
        "B = foo\nO = drv/$(B).o drv/other.o\nall: $(O)\n\tcc $^\n",
        "VT060",
        "'drv/$(B).o' has a variable",
    ),
    (
        "an object of another name",
        "O = drv/foo.o\nall: $(O)\n\tcc $^\ndrv/t_foo.o: drv/foo.c\n\tcc -DT -c -o $@ $<\n",
        "VT060",
        "a rule uses 'drv/foo.c'",
    ),
    ("to be packed", "D = drv/*.c\npack: $(D)\n\ttar cf x $(D)\n", "VT061", "no object list"),
    ("to be looked at", "lint: drv/*.c\n\tlint $^\n", "VT061", "no object list"),
    ("headers", "H = $(wildcard drv/*.h)\nall: $(H)\n", "VT061", "no object list holds 'foo.o'"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("makefile", "code", "says"), [row[1:] for row in GLOBS], ids=[row[0] for row in GLOBS]
)
def test_files_that_are_taken_by_a_pattern(
    tmp_path: Path, makefile: str, code: str, says: str
) -> None:
    root = small_tree(tmp_path, {"Makefile": makefile, "drv/Makefile": None})
    result = trees.split(root, "--explain")
    assert result.exit_code == (2 if code else 0), result.stderr
    assert says in result.stderr + result.stdout
    assert code in result.stderr
    if not code:
        patch = trees.split(root).stdout
        assert "Makefile" not in patch
        assert "+++ b/drv/main.c" in patch


def test_a_main_elsewhere_that_the_pattern_does_not_take(tmp_path: Path) -> None:
    spec = with_spec(('main = "drv/main.c"', 'main = "core/main.c"'))
    makefile = "S = $(wildcard drv/*.c)\nall: $(S)\n\tcc $(S)\n"
    root = small_tree(tmp_path, {"Makefile": makefile, "drv/Makefile": None, **spec})
    said = trees.refused(root)
    assert "'drv/*.c' does not take core/main.c as it takes drv/foo.c" in said


def test_words_of_a_fragment_and_patterns_of_the_makefile(tmp_path: Path) -> None:
    """What a fragment lists is put into folders by the Makefile that includes it."""
    makefile = "include l.mk\nO = $(N:%=out/%)\nall: $(O)\n\tcc $^\nout/%.o: drv/%.c\n\tcc $<\n"
    changed = {"Makefile": makefile, "l.mk": "N = foo.o other.o\n", "drv/Makefile": None}
    root = trees.write(small_tree(tmp_path, changed))
    assert (root / "l.mk").read_text() == "N = foo.o other.o main.o\n"
    assert (root / "Makefile").read_text() == makefile
    fragment = "P = $(patsubst drv/%.c,bin/%,$(wildcard drv/*.c))\n"
    made = {"Makefile": "include l.mk\nall: $(P)\n", "l.mk": fragment, "drv/Makefile": None}
    said = trees.refused(small_tree(tmp_path / "b", made))
    assert "--> l.mk:1:5" in said
    assert "is linked alone" in said


@pytest.mark.parametrize("name", ["Kbuild", "Build", "GNUmakefile", "Makefile.am", "x.c"])
def test_a_folder_called_like_a_file_is_none(tmp_path: Path, name: str) -> None:
    root = small_tree(tmp_path, {f"drv/{name}/file": ""})
    result = trees.split(root)
    assert result.exit_code == 0, result.stderr
    assert "foo-drv-y := foo.o main.o other.o" in result.stdout.replace("+", "") or (
        "foo-drv-y := foo.o other.o main.o" in result.stdout.replace("+", "")
    )


def test_an_included_name_that_a_folder_has_too_means_the_file(tmp_path: Path) -> None:
    source = trees.SOURCE.replace('"foo.h"', '"foo/part.c"')
    part = '#include "foo.h"\n'
    changed = {"drv/foo.c": source, "drv/foo/part.c/x": "", "foo/part.c": part}
    makefile = f"ccflags-y := -I$(srctree)\n{trees.MAKEFILE}"
    root = small_tree(tmp_path, {**changed, "drv/Makefile": makefile})
    result = trees.split(root)
    assert "directory" not in result.stderr
    assert result.exit_code == 0, result.stderr


def test_a_list_in_a_fragment_that_is_no_c(tmp_path: Path) -> None:
    """`Makefile.inc` has the ending of something that holds C, and the names of functions."""
    fragment = "# foo_open and static int x;\r\nSRCS = \\\r\n  drv/other.c \\\r\n  drv/foo.c\r\n"
    makefile = "include Makefile.inc\nall: $(SRCS)\n\tcc $(SRCS)\n"
    changed = {"Makefile": makefile, "Makefile.inc": fragment, "drv/Makefile": None}
    root = trees.write(small_tree(tmp_path, changed))
    after = fragment.replace("drv/foo.c", "drv/foo.c \\\r\n  drv/main.c")
    assert (root / "Makefile.inc").read_bytes() == after.encode()
