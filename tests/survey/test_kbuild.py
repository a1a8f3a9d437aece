"""Reading object lists, and finding the lists that hold an object."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vtsplit.diagnostics import Problem, Site
from vtsplit.survey.make.kbuild import MAKEFILES, ListKind, Membership, find_object
from vtsplit.survey.make.makefile import read_lists

NOTHING_READ = [
    "",
    "\n",
    "# foo-y := a.o\n",
    "# foo-y := \\\n\ta.o\n",
    "\t# foo-y := a.o\n",
    "all: a.o b.o\n",
    "all: a.o\n\tfoo-y := a.o\n",
    "all: a.o\n\n# comment\n\tfoo-y := a.o\n",
    "all: a.o\nifdef X\n\tfoo-y := a.o\nendif\n",
    "all: a.o ; foo-y := a.o\n",
    "all: foo-y := a.o\n",
    "all: private foo-y := a.o\n",
    "define cmd\nfoo-y := a.o\nendef\n",
    "define outer =\ndefine inner\nendef\nfoo-y := a.o\nendef\n",
    "include foo-y\n",
    "export foo-y\n",
    "$(call foo-y, a.o)\n",
    "ifeq ($(foo-y),a.o)\nendif\n",
]

READ = [
    ("foo-y := a.o b.o\n", "foo-y", ":=", ["a.o", "b.o"]),
    ("foo-y:=a.o", "foo-y", ":=", ["a.o"]),
    ("foo-y\t\t+= a.o\n", "foo-y", "+=", ["a.o"]),
    ("foo-objs = a.o\n", "foo-objs", "=", ["a.o"]),
    ("foo-y ?= a.o\n", "foo-y", "?=", ["a.o"]),
    ("foo-y ::= a.o\n", "foo-y", "::=", ["a.o"]),
    ("  foo-y := a.o\n", "foo-y", ":=", ["a.o"]),
    ("\tfoo-y := a.o\n", "foo-y", ":=", ["a.o"]),
    ("all: b.o\n\techo\nx := 1\n\tfoo-y := a.o\n", "foo-y", ":=", ["a.o"]),
    ("all: x := 1\n\tfoo-y := a.o\n", "foo-y", ":=", ["a.o"]),
    ("define cmd\nendef\nfoo-y := a.o\n", "foo-y", ":=", ["a.o"]),
    ("export override foo-y := a.o\n", "foo-y", ":=", ["a.o"]),
    ("foo-y := a.o # b.o\n", "foo-y", ":=", ["a.o"]),
    ("foo-y := a.o# b.o \\\n\tc.o\n", "foo-y", ":=", ["a.o"]),
    ("foo-y := a.o \\\n#\tb.o \\\n\tc.o\n", "foo-y", ":=", ["a.o"]),
    ("foo-y := a\\#.o b.o\n", "foo-y", ":=", ["a\\#.o", "b.o"]),
    ("foo-y := a.o \\\n\tb.o\\\nc.o\n", "foo-y", ":=", ["a.o", "b.o", "c.o"]),
    ("foo-y := \\\n\ta.o \\\n\n# bar\n", "foo-y", ":=", ["a.o"]),
    ("foo-y := a.o \\\r\n\tb.o\r\n", "foo-y", ":=", ["a.o", "b.o"]),
    ("foo-y := a.o \\", "foo-y", ":=", ["a.o", "\\"]),
    ("foo-y := a.o\\\\\n# b.o\n", "foo-y", ":=", ["a.o\\\\"]),
    ("foo-$(CONFIG_X) += a.o\n", "foo-$(CONFIG_X)", "+=", ["a.o"]),
    ("obj-$(subst m,y,$(CONFIG_X)) += a.o\n", "obj-$(subst m,y,$(CONFIG_X))", "+=", ["a.o"]),
    ("obj-${CONFIG_X} += a.o\n", "obj-${CONFIG_X}", "+=", ["a.o"]),
    ("OBJS := $(obj)/a.o $(if $(X), b.o) c.o\n", "OBJS", ":=", "$(obj)/a.o|$(if $(X), b.o)|c.o"),
    ("foo-y := $(addprefix x/,a.o b.o) c.o\n", "foo-y", ":=", ["a.o", "b.o", "c.o"]),
    ("foo-y := $(X:.c=.o) # $(\n", "foo-y", ":=", ["$(X:.c=.o)"]),
    ("foo-y := $(X # a.o\n", "foo-y", ":=", ["$(X"]),
    ("foo-y := caf\udce9.o\n", "foo-y", ":=", ["caf\udce9.o"]),
]


@pytest.mark.parametrize("text", NOTHING_READ)
def test_reads_no_list(text: str) -> None:
    assert [one for one in read_lists(text) if one.name == "foo-y"] == []


@pytest.mark.parametrize(("text", "name", "operator", "words"), READ)
def test_reads_a_list(text: str, name: str, operator: str, words: list[str] | str) -> None:
    found = read_lists(text)[-1]
    shown = [word.text for word in found.words]
    expected = words.split("|") if isinstance(words, str) else words
    assert (found.name, found.operator, shown) == (name, operator, expected)
    for word in found.words:
        assert text[word.start : word.end] == word.text


def test_words_have_line_and_column() -> None:
    [one] = read_lists("# 1\n\nfoo-y\t:= a.o \\\n\t\t  b.o\n")
    assert [(word.line, word.column) for word in one.words] == [(3, 10), (4, 5)]
    assert one.line == 3


def test_layout_is_kept() -> None:
    text = "x := 1\nfoo-y := a.o\t\\\n\tb.o # why \\\n more\n"
    one = read_lists(text)[-1]
    assert text[one.start : one.end] == "foo-y := a.o\t\\\n\tb.o # why \\\n more"
    assert [text[at] for at in one.backslashes] == ["\\"]
    assert one.comment == text.index("#")


def test_words_of_addprefix_know_their_prefix_and_group() -> None:
    text = "foo-y := a.o $(addprefix x/, b.o \\\n $(addprefix y/,c.o)) $(addprefix $(Z),$(W))\n"
    [one] = read_lists(text)
    assert [(word.text, word.path, word.group) for word in one.words] == [
        ("a.o", "a.o", 0),
        ("b.o", "x/b.o", 1),
        ("c.o", "x/y/c.o", 2),
        ("$(W)", "$(Z)$(W)", 3),
    ]


def test_conditions_in_force() -> None:
    text = """\
ifdef CONFIG_A # why
a-y := a.o
 ifeq ($(X), \\
       y)
b-y := b.o
 else ifeq ($(X),m)
c-y := c.o
 else
d-y := d.o
 endif
else
e-y := e.o
endif
endif
f-y := f.o
"""
    shown = {one.name: [each.text for each in one.conditions] for one in read_lists(text)}
    assert shown == {
        "a-y": ["ifdef CONFIG_A # why"],
        "b-y": ["ifdef CONFIG_A # why", "ifeq ($(X), y)"],
        "c-y": ["ifdef CONFIG_A # why", "else ifeq ($(X),m)"],
        "d-y": ["ifdef CONFIG_A # why", "else"],
        "e-y": ["else"],
        "f-y": [],
    }
    first, last = read_lists(text)[0].conditions[0], read_lists(text)[4].conditions[0]
    assert (first.chain, first.branch, last.chain, last.branch) == (0, 0, 0, 1)


@pytest.mark.skipif(shutil.which("make") is None, reason="no make")
@pytest.mark.parametrize(
    "text",
    [row[0] for row in READ if row[1] == "foo-y" and not re.search(r"\$|\udce9|\\$", row[0])],
)
def test_make_reads_the_same(text: str, tmp_path: Path) -> None:
    path = tmp_path / "Makefile"
    path.write_bytes(text.encode() + b"\n$(info <$(strip $(foo-y))>)\nnothing-at-all: ;\n")
    run = subprocess.run(
        ["make", "-n", "-f", path, "nothing-at-all"], capture_output=True, text=True, check=True
    )
    words = [word.text.replace("\\#", "#") for word in read_lists(text)[-1].words]
    assert f"<{' '.join(words)}>" in run.stdout


WORDS = st.sampled_from(
    ["a.o", "x/b.o", "$(foo-y)", "$(obj)/c.o", "$(if $(A),b.o c.o)", "\\#", "d/"]
)
GAPS = st.sampled_from([" ", "\t", "  ", " \\\n\t", "\\\n", "\t\t\\\n\t  ", " \\\r\n "])
NAMES = st.sampled_from(["foo-y", "foo-$(CONFIG_A)", "obj-$(subst m,y,$(B))", "OBJS"])
LINES = st.sampled_from(
    ["", "# a.o \\\n b.o", "all: a.o\n\tcc a.o", "ifdef A", "else", "endif", "define x\na.o\nendef"]
)


@st.composite
def makefiles(draw: st.DrawFn) -> tuple[str, list[tuple[str, str, list[str]]]]:
    """A Makefile, and the name, operator and words of each of its lists."""
    parts, lists = [], []
    for _ in range(draw(st.integers(0, 4))):
        parts.append(draw(LINES))
        name, operator = draw(NAMES), draw(st.sampled_from([":=", "+=", "=", "?="]))
        words = draw(st.lists(WORDS, max_size=5))
        gaps = [draw(GAPS) for _ in words]
        tail = draw(st.sampled_from(["", " # c.o", " \\\n"]))
        shown = "".join(gap + word for gap, word in zip(gaps, words, strict=True))
        parts.append(f"{name} {operator}{shown}{tail}")
        lists.append((name, operator, words))
    return "\n".join(parts), lists


@given(makefiles())
def test_finds_every_word_at_its_place(made: tuple[str, list[tuple[str, str, list[str]]]]) -> None:
    text, lists = made
    found = read_lists(text)
    shown = [(one.name, one.operator, [word.text for word in one.words]) for one in found]
    assert shown == lists
    lines = text.split("\n")
    for one in found:
        for word in one.words:
            assert text[word.start : word.end] == word.text
            assert lines[word.line - 1].startswith(word.text, word.column - 1)


@given(st.text(alphabet="ao.:=+? \t\\\n\r#$(){},-dei fn", max_size=80))
def test_any_text_is_read(text: str) -> None:
    for one in read_lists(text):
        assert 0 <= one.start <= one.end <= len(text)
        for word in one.words:
            assert one.start <= word.start < word.end <= one.end
            assert text[word.start : word.end] == word.text


def find(makefile: str, source: str = "d/foo.c") -> Membership | Problem:
    return find_object({"d/Makefile": makefile}.get, source)


FOUND = [
    ("foo.o in obj-y", "obj-y += foo.o", "builtin", None),
    ("a library", "lib-y += foo.o", "builtin", None),
    ("a library, conditional", "lib-$(CONFIG_A) += foo.o", "builtin", None),
    ("never m", "obj-$(subst m,y,$(CONFIG_A)) += foo.o", "builtin", None),
    ("a module", "obj-m += foo.o", "single", None),
    ("a module by config", "obj-$(CONFIG_A) += foo.o", "single", None),
    ("braces", "obj-${CONFIG_A} += foo.o", "single", None),
    ("foo-y", "obj-m += bar.o\nbar-y := foo.o", "composite", "bar"),
    ("foo-objs", "bar-objs := foo.o\nobj-$(CONFIG_A) += bar.o", "composite", "bar"),
    ("foo-$(CONFIG)", "obj-y += bar.o\nbar-$(CONFIG_B) += foo.o", "composite", "bar"),
    ("two configs", "obj-y += bar.o\nbar-$(CONFIG_B)$(CONFIG_C) += foo.o", "composite", "bar"),
    ("by reference", "obj-m += bar.o\nbar-y := $(all)\nall := foo.o", "composite", "bar"),
    ("by config", "obj-m += bar.o\nbar-y := $(x-y)\nx-$(CONFIG_B) := foo.o", "composite", "bar"),
    ("twice", "obj-m += bar.o\nbar-y := $(p)\np := $(q)\nq := foo.o", "composite", "bar"),
    ("substituted", "obj-m += bar.o\nbar-y := $(q:.c=.o)\nq := foo.c", "composite", "bar"),
    ("in obj-y by reference", "obj-y += $(all)\nall := foo.o", "builtin", None),
    ("in a circle", "p := $(q)\nq := $(p) foo.o", "plain", None),
    ("a plain name", "OBJS := foo.o", "plain", None),
    ("sources", "SRCS += bar.c foo.c", "plain", None),
    ("a host program", "hostprogs := foo\nfoo-objs := foo.o", "plain", None),
    ("$(obj)", "obj-y += $(obj)/foo.o", "builtin", None),
    ("./", "obj-y += ./foo.o", "builtin", None),
    ("from the root", "obj-y += d/foo.o", "builtin", None),
    ("the root spelled out", "obj-y += $(srctree)/$(src)/foo.o", "builtin", None),
    ("some folder", "obj-y += $(TOP)/foo.o", "builtin", None),
    (
        "a prefix by reference",
        "obj-y += $(addprefix $(TOP)/d/,$(all))\nall := foo.o",
        "builtin",
        None,
    ),
]

NOT_FOUND = [
    ("nothing", ""),
    ("another object", "obj-y += barfoo.o foo.obj foo"),
    ("below", "obj-y += x/foo.o"),
    ("a comment", "# obj-y += foo.o"),
    ("not linked", "targets += foo.o\nclean-files := foo.o\nextra-y += foo.o\nalways-y := foo.o"),
    ("the composite itself", "obj-m += foo.o\nfoo-y := bar.o"),
    ("the composite, by config", "obj-m += foo.o\nfoo-$(CONFIG_A) += bar.o"),
    ("a setting", "CFLAGS_foo.o := -O2"),
    ("a rule", "$(obj)/foo.o: foo.h"),
    ("a pattern", "obj-y += f$(O)o.o"),
]


@pytest.mark.parametrize(
    ("makefile", "kind", "module"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND]
)
def test_finds_an_object(makefile: str, kind: str, module: str | None) -> None:
    found = find(makefile)
    assert isinstance(found, Membership)
    assert [(place.kind.value, place.module) for place in found.places] == [(kind, module)]
    word = found.places[0].word
    assert makefile[word.start : word.end] == word.text


@pytest.mark.parametrize(
    "makefile", [row[1] for row in NOT_FOUND], ids=[row[0] for row in NOT_FOUND]
)
def test_finds_no_object(makefile: str) -> None:
    found = find(makefile)
    assert isinstance(found, Problem)
    assert found.code == "VT061"
    assert found.message == "no object list holds 'foo.o' (looked in d/Makefile)"
    assert found.site == Site("d/foo.c")
    assert "object-list = false" in found.help


def test_looks_from_the_folder_of_the_source_up_to_the_root() -> None:
    asked: list[str] = []

    def read(path: str) -> None:
        asked.append(path)

    found = find_object(read, "a/b/foo.c")
    assert isinstance(found, Problem)
    assert "found no Makefile" in found.message
    folders = ["a/b/", "a/", ""]
    assert asked == [folder + name for folder in folders for name in MAKEFILES]


@pytest.mark.parametrize(
    ("tree", "makefile"),
    [
        ({"a/b/Kbuild": "obj-y := foo.o", "a/b/Makefile": "obj-y := foo.o"}, "a/b/Kbuild"),
        ({"a/b/Kbuild": "", "a/b/Makefile": "obj-y := foo.o"}, "a/b/Makefile"),
        ({"a/b/Build": "tool-y := foo.o"}, "a/b/Build"),
        ({"a/b/Makefile": "targets += foo.o", "a/Makefile": "obj-y := b/foo.o"}, "a/Makefile"),
        ({"a/Makefile": "obj-y := foo.o", "Makefile": "core-y := a/b/foo.o"}, "Makefile"),
        ({"a/Makefile": "obj-y := $(addprefix b/, bar.o foo.o)"}, "a/Makefile"),
        # A fragment that another Makefile includes: its words are below that one's folder.
        ({"a/b/Kbuild": "all-y := b/foo.o"}, "a/b/Kbuild"),
    ],
)
def test_finds_the_makefile(tree: dict[str, str], makefile: str) -> None:
    found = find_object(tree.get, "a/b/foo.c")
    assert isinstance(found, Membership)
    assert found.makefile == makefile


def test_no_fragment_of_a_folder_of_the_same_name() -> None:
    assert isinstance(find_object({"a/Makefile": "obj-y := b/foo.o"}.get, "a/x/b/foo.c"), Problem)


def test_finds_every_list_that_holds_it() -> None:
    found = find(
        "obj-m += a.o b.o\na-y := foo.o x.o\nifdef X\nb-y := foo.o\nelse\nb-y := y.o foo.o\nendif\n"
    )
    assert isinstance(found, Membership)
    shown = [(place.object_list.line, place.module) for place in found.places]
    assert shown == [(2, "a"), (4, "b"), (6, "b")]


def test_one_place_as_a_module_of_its_own_is_what_counts() -> None:
    found = find("obj-m += bar.o\nbar-y := foo.o\nobj-$(CONFIG_A) += foo.o\n")
    assert isinstance(found, Membership)
    assert [place.kind for place in found.places] == [ListKind.COMPOSITE, ListKind.SINGLE]
    assert found.kind is ListKind.SINGLE


def test_reports_what_is_set_for_the_object() -> None:
    makefile = """\
obj-y += foo.o barfoo.o
CFLAGS_foo.o := -O2
CFLAGS_REMOVE_foo.o = -pg
  OBJECT_FILES_NON_STANDARD_foo.o := y
CFLAGS_bar_foo.o := -O2
CFLAGS_barfoo.o := -O2
$(obj)/bar.o $(obj)/foo.o: $(obj)/foo.h
$(obj)/bar.o: $(obj)/foo.o
USER := bar.o foo.o
targets += foo.o
"""
    found = find(makefile)
    assert isinstance(found, Membership)
    assert [place.kind for place in found.places] == [ListKind.BUILTIN]
    shown = [(note.message.split("'")[1], str(note.site)) for note in found.settings]
    assert shown == [
        ("CFLAGS_foo.o", "d/Makefile:2:1"),
        ("CFLAGS_REMOVE_foo.o", "d/Makefile:3:1"),
        ("OBJECT_FILES_NON_STANDARD_foo.o", "d/Makefile:4:1"),
        ("$(obj)/foo.o", "d/Makefile:7:14"),
        ("foo.o", "d/Makefile:9:15"),
    ]


def test_settings_of_an_object_below_the_makefile() -> None:
    found = find_object(
        {"Makefile": "obj-y += d/foo.o\nCFLAGS_d/foo.o := -O2\nKCOV_foo.o := n"}.get, "d/foo.c"
    )
    assert isinstance(found, Membership)
    assert [note.site.line for note in found.settings if note.site] == [2, 3]
