"""Adding an object to a list: what comes out, and what must not change."""

import difflib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vtsplit.codemods.build.member import add_member, add_object, lists_object, word_for
from vtsplit.survey.make.kbuild import Membership, find_object
from vtsplit.survey.make.makefile import ObjectList, Word, read_lists


def locate(text: str, name: str) -> tuple[ObjectList, Word]:
    """The first list that holds the word, and the word."""
    return next((one, word) for one in read_lists(text) for word in one.words if word.text == name)


def add(text: str, after: str, new: str, width: int = 80) -> str:
    one, word = locate(text, after)
    return add_object(text, one, word, new, width)


# (what it shows, before, the object that is there, the new one, after)
CHANGED = [
    ("at the end", "foo-y := b.o a.o\n", "b.o", "m.o", "foo-y := b.o a.o m.o\n"),
    ("no last newline", "foo-y := b.o a.o", "b.o", "m.o", "foo-y := b.o a.o m.o"),
    ("two may be in order by chance", "foo-y := a.o z.o\n", "a.o", "m.o", "foo-y := a.o z.o m.o\n"),
    ("in order", "foo-y := a.o l.o z.o\n", "a.o", "m.o", "foo-y := a.o l.o m.o z.o\n"),
    ("first in order", "foo-y := b.o l.o z.o\n", "b.o", "a.o", "foo-y := a.o b.o l.o z.o\n"),
    ("last in order", "foo-y := b.o l.o z.o\n", "b.o", "zz.o", "foo-y := b.o l.o z.o zz.o\n"),
    (
        "in order but for case",
        "foo-y := a.o L.o z.o\n",
        "a.o",
        "m.o",
        "foo-y := a.o L.o m.o z.o\n",
    ),
    (
        "in order without the suffix",
        "foo-y := foo.o foo-a.o foo-z.o\n",
        "foo.o",
        "foo-m.o",
        "foo-y := foo.o foo-a.o foo-m.o foo-z.o\n",
    ),
    (
        "among objects only",
        "foo-y := b.o a.o $(bar-y) sub/\n",
        "b.o",
        "m.o",
        "foo-y := b.o a.o m.o $(bar-y) sub/\n",
    ),
    ("sources", "SRCS += b.c a.c x.s\n", "b.c", "m.c", "SRCS += b.c a.c m.c x.s\n"),
    ("a comment", "foo-y := b.o # a.o\n", "b.o", "m.o", "foo-y := b.o m.o # a.o\n"),
    ("spaces at the end", "foo-y := b.o  \n", "b.o", "m.o", "foo-y := b.o m.o  \n"),
    ("CRLF", "foo-y := b.o\r\nx := 1\r\n", "b.o", "m.o", "foo-y := b.o m.o\r\nx := 1\r\n"),
    (
        "the last line has room",
        "hv-vx-y\t\t+= vx/vx.o vx/enter.o vx/pmu_one.o vx/nested_state.o \\\n"
        "\t\t\t   vx/posted.o vx/evmcs.o\n",
        "vx/vx.o",
        "vx/main.o",
        "hv-vx-y\t\t+= vx/vx.o vx/enter.o vx/pmu_one.o vx/nested_state.o \\\n"
        "\t\t\t   vx/posted.o vx/evmcs.o vx/main.o\n",
    ),
    (
        "one a line",
        "foo-y := \\\n\tb.o \\\n\ta.o\n",
        "b.o",
        "m.o",
        "foo-y := \\\n\tb.o \\\n\ta.o \\\n\tm.o\n",
    ),
    (
        "one a line, from the name on",
        "foo-y := b.o \\\n\t a.o\n",
        "b.o",
        "m.o",
        "foo-y := b.o \\\n\t a.o \\\n\t m.o\n",
    ),
    (
        "one a line, first in order",
        "foo-y := b.o \\\n\t c.o \\\n\t d.o\n",
        "c.o",
        "a.o",
        "foo-y := a.o \\\n\t b.o \\\n\t c.o \\\n\t d.o\n",
    ),
    (
        "one a line, a comment at the last",
        "foo-y := \\\n\tb.o \\\n\ta.o # why\n",
        "b.o",
        "m.o",
        "foo-y := \\\n\tb.o \\\n\tm.o \\\n\ta.o # why\n",
    ),
    (
        "one a line, a comment between",
        "foo-y := \\\n\tb.o \\\n#\ta.o \\\n\n",
        "b.o",
        "m.o",
        "foo-y := \\\n\tb.o \\\n\tm.o \\\n#\ta.o \\\n\n",
    ),
    (
        "one a line, CRLF",
        "foo-y := \\\r\n\tb.o \\\r\n\ta.o\r\n",
        "b.o",
        "m.o",
        "foo-y := \\\r\n\tb.o \\\r\n\ta.o \\\r\n\tm.o\r\n",
    ),
    (
        "one a line, backslash at the end",
        "foo-y := \\\n\tb.o \\\n\ta.o \\\n\nx := 1\n",
        "b.o",
        "m.o",
        "foo-y := \\\n\tb.o \\\n\ta.o \\\n\tm.o \\\n\nx := 1\n",
    ),
    (
        "backslash at the end",
        "foo-y := b.o a.o \\\n\t d.o c.o \\\n\nx := 1\n",
        "b.o",
        "m.o",
        "foo-y := b.o a.o \\\n\t d.o c.o m.o \\\n\nx := 1\n",
    ),
    (
        "backslash right after the word",
        "foo-y := \\\n\tb.o\\\n\ta.o\n",
        "b.o",
        "m.o",
        "foo-y := \\\n\tb.o\\\n\ta.o\\\n\tm.o\n",
    ),
    (
        "aligned backslashes, a line of its own",
        "foo-y := \t\t\\\n\tbb.o\t\t\\\n\taaaaaaaa.o\t\\\n\tc.o\n",
        "bb.o",
        "m.o",
        "foo-y := \t\t\\\n\tbb.o\t\t\\\n\taaaaaaaa.o\t\\\n\tc.o\t\t\\\n\tm.o\n",
    ),
    (
        "aligned backslashes, in a line",
        "foo-y := a.o c.o\t\\\n\t d.o e.o\t\\\n\t x.o\n",
        "c.o",
        "b.o",
        "foo-y := a.o b.o c.o\t\\\n\t d.o e.o\t\\\n\t x.o\n",
    ),
    (
        "aligned backslashes, in a full line",
        "foo-y := aaa.o ccc.o\t\\\n\t d.o e.o\t\\\n\t x.o\n",
        "d.o",
        "bbb.o",
        "foo-y := aaa.o bbb.o\t\\\n\t ccc.o d.o e.o\t\\\n\t x.o\n",
    ),
    (
        "aligned backslashes, with spaces",
        "foo-y := a.o   \\\n         bb.o  \\\n         c.o\n",
        "a.o",
        "d.o",
        "foo-y := a.o   \\\n         bb.o  \\\n         c.o   \\\n         d.o\n",
    ),
    (
        "backslashes below each other by chance",
        "foo-y := \\\n\tb.o \\\n\ta.o \\\n\tcccc.o\n",
        "b.o",
        "m.o",
        "foo-y := \\\n\tb.o \\\n\ta.o \\\n\tcccc.o \\\n\tm.o\n",
    ),
    (
        "a tab before each backslash",
        "foo-y :=\t\\\n\tb.o\t\\\n\taaaaaaaa.o\t\\\n\tc.o\n",
        "b.o",
        "mmmmmmmm.o",
        "foo-y :=\t\\\n\tb.o\t\\\n\taaaaaaaa.o\t\\\n\tc.o\t\\\n\tmmmmmmmm.o\n",
    ),
    (
        "a line out of the alignment stays out",
        "foo-y := b.o a.o\t\\\n\t e.o d.o\t\\\n\t d.o c.o\t\\\n\t c.o \\\n\t $(x)\n",
        "b.o",
        "m.o",
        "foo-y := b.o a.o\t\\\n\t e.o d.o\t\\\n\t d.o c.o\t\\\n\t c.o m.o \\\n\t $(x)\n",
    ),
    (
        "addprefix",
        "foo-y := z.o $(addprefix lib/, b.o a.o) y.o\n",
        "b.o",
        "m.o",
        "foo-y := z.o $(addprefix lib/, b.o a.o m.o) y.o\n",
    ),
    (
        "addprefix, one a line",
        "foo-y += $(addprefix lib/, \\\n\t b.o \\\n\t a.o \\\n\t )\n",
        "b.o",
        "m.o",
        "foo-y += $(addprefix lib/, \\\n\t b.o \\\n\t a.o \\\n\t m.o \\\n\t )\n",
    ),
    (
        "addprefix, closed at the last",
        "foo-y += $(addprefix lib/, \\\n\t b.o \\\n\t a.o)\n",
        "b.o",
        "m.o",
        "foo-y += $(addprefix lib/, \\\n\t b.o \\\n\t a.o \\\n\t m.o)\n",
    ),
    (
        "one assignment a line",
        "x := 1\nfoo-y += b.o\nfoo-y += a.o # why\nfoo-$(CONFIG_A) += c.o\n",
        "b.o",
        "m.o",
        "x := 1\nfoo-y += b.o\nfoo-y += a.o # why\nfoo-y += m.o\nfoo-$(CONFIG_A) += c.o\n",
    ),
    (
        "one assignment a line, in order",
        "foo-y\t+= a.o\nfoo-y\t+= b.o\nfoo-y\t+= n.o",
        "n.o",
        "m.o",
        "foo-y\t+= a.o\nfoo-y\t+= b.o\nfoo-y\t+= m.o\nfoo-y\t+= n.o",
    ),
    (
        "one assignment a line, := stays the first",
        "foo-y := b.o\nfoo-y += c.o\nfoo-y += d.o\n",
        "b.o",
        "a.o",
        "foo-y := b.o\nfoo-y += a.o\nfoo-y += c.o\nfoo-y += d.o\n",
    ),
    (
        "one assignment a line, CRLF, no last newline",
        "foo-y += b.o\r\nfoo-y += a.o",
        "b.o",
        "m.o",
        "foo-y += b.o\r\nfoo-y += a.o\r\nfoo-y += m.o",
    ),
    (
        "assignments apart are no run",
        "foo-y += b.o\n\nfoo-y += a.o\n",
        "b.o",
        "m.o",
        "foo-y += b.o m.o\n\nfoo-y += a.o\n",
    ),
    (
        "the other branch has it",
        "ifdef A\nfoo-y += m.o\nelse\nfoo-y += b.o\nendif\n",
        "b.o",
        "m.o",
        "ifdef A\nfoo-y += m.o\nelse\nfoo-y += b.o m.o\nendif\n",
    ),
    (
        "another module has it",
        "foo-y := b.o\nbar-y := m.o\n",
        "b.o",
        "m.o",
        "foo-y := b.o m.o\nbar-y := m.o\n",
    ),
    (
        "another folder's",
        "foo-y := b.o x/m.o m.obj\n",
        "b.o",
        "m.o",
        "foo-y := b.o x/m.o m.o m.obj\n",
    ),
]

# The same, in lines of 28 columns.
FULL = [
    (
        "the last line is full",
        "foo-y := core.o bb.o \\\n\t  dd.o ccccccc.o # why\n",
        "bb.o",
        "mm.o",
        "foo-y := core.o bb.o \\\n\t  dd.o ccccccc.o \\\n\t  mm.o # why\n",
    ),
    (
        "the only line is full: aligned to its first word",
        "foo-y\t:= core.o bb.o aa.o\n",
        "bb.o",
        "mm.o",
        "foo-y\t:= core.o bb.o aa.o \\\n\t   mm.o\n",
    ),
    (
        "the only line is full: as the other lists have it",
        "bar-y := x.o \\\n\ty.o\nfoo-y := core.o bb.o aa.o\n",
        "bb.o",
        "mm.o",
        "bar-y := x.o \\\n\ty.o\nfoo-y := core.o bb.o aa.o \\\n\tmm.o\n",
    ),
    (
        "a line that was too long stays",
        "foo-y := core.o bbbbbbbbbbbbbbbbbbbbb.o aa.o\n",
        "aa.o",
        "mm.o",
        "foo-y := core.o bbbbbbbbbbbbbbbbbbbbb.o aa.o \\\n\t mm.o\n",
    ),
    (
        "in order, the last of a full line moves to the next",
        "foo-y := aa.o cc.o dd.o \\\n\t ee.o\n",
        "aa.o",
        "bb.o",
        "foo-y := aa.o bb.o cc.o \\\n\t dd.o ee.o\n",
    ),
    (
        "in order, the last of a full line gets a line",
        "foo-y := aa.o cc.o dd.o \\\n\t ee.o ff.o gg.o hh.o\n",
        "aa.o",
        "bb.o",
        "foo-y := aa.o bb.o cc.o \\\n\t dd.o \\\n\t ee.o ff.o gg.o hh.o\n",
    ),
]

UNCHANGED = [
    ("in the list", "foo-y := a.o m.o\n"),
    ("in the list, before", "foo-y := m.o a.o\n"),
    ("spelled differently", "foo-y := a.o $(obj)/m.o\n"),
    ("in another line of it", "foo-y := a.o\nx := 1\nfoo-y += m.o\n"),
    ("in foo-objs", "foo-y := a.o\nfoo-objs := m.o\n"),
    ("in foo-$(CONFIG)", "foo-y := a.o\nfoo-$(CONFIG_M) += m.o\n"),
    ("under a condition", "foo-y := a.o\nifdef M\nfoo-y += m.o\nendif\n"),
    ("in one that is conditional", "foo-$(CONFIG_A) := a.o\nfoo-y := m.o\n"),
    ("after a prefix", "foo-y := a.o $(addprefix ./,m.o)\n"),
]


@pytest.mark.parametrize(
    ("before", "after", "new", "result"),
    [row[1:] for row in CHANGED],
    ids=[row[0] for row in CHANGED],
)
def test_adds(before: str, after: str, new: str, result: str) -> None:
    assert add(before, after, new) == result


@pytest.mark.parametrize(
    ("before", "after", "new", "result"), [row[1:] for row in FULL], ids=[row[0] for row in FULL]
)
def test_wraps(before: str, after: str, new: str, result: str) -> None:
    assert add(before, after, new, width=28) == result


@pytest.mark.parametrize("text", [row[1] for row in UNCHANGED], ids=[row[0] for row in UNCHANGED])
def test_leaves_alone(text: str) -> None:
    assert add(text, "a.o", "m.o") == text


def test_a_parallel_list_needs_its_own() -> None:
    text = "foo-$(CONFIG_A) += b.o m.o\nfoo-$(CONFIG_B) += b.o\n"
    first, second = read_lists(text)
    assert lists_object(text, first, first.words[0], "m.o")
    assert not lists_object(text, second, second.words[0], "m.o")
    expected = text.replace("B) += b.o", "B) += b.o m.o")
    assert add_object(text, second, second.words[0], "m.o") == expected


def find(makefile: str, source: str = "d/foo.c") -> Membership:
    found = find_object({"d/Makefile": makefile}.get, source)
    assert isinstance(found, Membership)
    return found


def test_adds_wherever_the_source_is_listed() -> None:
    text = """\
obj-m += a.o b.o
a-y := x.o foo.o
ifdef X
b-y := foo.o
else
b-y := y.o foo.o
endif
"""
    expected = text.replace("x.o foo.o", "x.o foo.o main.o")
    expected = expected.replace(":= foo.o", ":= foo.o main.o")
    expected = expected.replace("y.o foo.o", "y.o foo.o main.o")
    changed = add_member(text, find(text), "d/main.c")
    assert changed == expected
    assert add_member(expected, find(expected), "d/main.c") == expected


def test_finishes_what_was_begun() -> None:
    text = "obj-m += a.o b.o\na-y := foo.o main.o\nb-y := foo.o\n"
    changed = add_member(text, find(text), "d/main.c")
    assert changed == "obj-m += a.o b.o\na-y := foo.o main.o\nb-y := foo.o main.o\n"


def test_each_condition_of_a_lone_object_gets_the_new_one() -> None:
    """The new line of the one condition is no place for the other."""
    text = "".join(f"obj-$(CONFIG_{c}) += bar.o\nobj-$(CONFIG_{c}) += foo.o\n" for c in "AB")
    changed = add_member(text, find(text), "d/main.c")
    assert changed == "".join(
        f"obj-$(CONFIG_{c}) += {name}.o\n" for c in "AB" for name in ("bar", "foo", "main")
    )
    assert add_member(changed, find(changed), "d/main.c") == changed


def test_objects_that_are_linked_alone_stand_side_by_side() -> None:
    text = "x := 1\nobj-$(CONFIG_FOO) += bar.o foo.o\n"
    changed = add_member(text, find(text), "d/main.c")
    assert changed == "x := 1\nobj-$(CONFIG_FOO) += bar.o foo.o main.o\n"


@pytest.mark.parametrize(
    ("word", "path", "spelled"),
    [
        ("foo.o", "d/main.c", "main.o"),
        ("foo.c", "d/main.c", "main.c"),
        ("$(obj)/foo.o", "d/main.c", "$(obj)/main.o"),
        ("$(TOP)/foo.o", "d/main.c", "$(TOP)/main.o"),
        ("${TOP}/foo.o", "d/x/main.c", "${TOP}/x/main.o"),
        ("d/foo.o", "d/main.c", "d/main.o"),
        ("foo.o", "d/x/main.c", "x/main.o"),
        ("foo.o", "main.c", "../main.o"),
        ("d/foo.o", "main.c", "main.o"),
    ],
)
def test_spells_the_new_object_like_the_old(word: str, path: str, spelled: str) -> None:
    found = find(f"obj-y := {word}")
    assert word_for(found, found.places[0], path) == spelled


NAMES = st.lists(
    st.text(alphabet="abcm_/", min_size=1, max_size=9).map(lambda stem: f"x{stem}.o"),
    min_size=1,
    max_size=9,
    unique=True,
)
GAPS = st.sampled_from([" ", " ", "\t", "  ", " \\\n\t", " \\\n\t", "\t\t\\\n\t  ", "\\\n "])
ENDS = st.sampled_from(["", " ", " # why", "\t# why \\\n and how", " \\\n", " $(bar-y)", " sub/"])
OTHERS = st.sampled_from(
    ["", "x := 1\n", "foo-y := q.o\n", "foo-y += q.o\n", "# foo-y := xa.o\n", "all:\n\tcc\n"]
)


@st.composite
def makefiles(draw: st.DrawFn) -> tuple[str, int]:
    """A Makefile, and the offset at which its list starts."""
    names, before = draw(NAMES), draw(OTHERS)
    if draw(st.booleans()):
        names.sort()
    gaps = [draw(GAPS) for _ in names]
    words = "".join(gap + name for gap, name in zip(gaps, names, strict=True))
    operator = draw(st.sampled_from([":=", "+="]))
    end, last = draw(ENDS), draw(st.sampled_from(["\n", ""]))
    text = f"{before}foo-y {operator}{words}{end}\n{draw(OTHERS)}".removesuffix("\n") + last
    if draw(st.booleans()):
        return text.replace("\n", "\r\n"), len(before) + before.count("\n")
    return text, len(before)


@given(
    makefiles(), st.sampled_from(["a.o", "xbb.o", "xm.o", "z/main_of_it.o"]), st.integers(16, 80)
)
def test_only_the_new_word_is_new(made: tuple[str, int], new: str, width: int) -> None:
    text, start = made
    one = next(one for one in read_lists(text) if one.start == start)
    assume(not lists_object(text, one, one.words[0], new))
    changed = add_object(text, one, one.words[0], new, width)

    found = [word.text for each in read_lists(changed) for word in each.words]
    before = [word.text for each in read_lists(text) for word in each.words]
    at = found.index(new)
    assert found[:at] + found[at + 1 :] == before
    if "\r" in text:
        assert changed.count("\r\n") == changed.count("\n")
    else:
        assert "\r" not in changed

    # Outside the list nothing changes; inside, only what separates words.
    if len(read_lists(changed)) == len(read_lists(text)):
        assert changed.startswith(text[: one.start])
        assert changed.endswith(text[one.end :])
    old_parts, new_parts = text.replace("\\", " ").split(), changed.replace("\\", " ").split()
    edits = difflib.SequenceMatcher(None, old_parts, new_parts, autojunk=False).get_opcodes()
    added = [part for kind, _, _, i, j in edits if kind != "equal" for part in new_parts[i:j]]
    assert all(kind in ("equal", "insert") for kind, *_ in edits)
    assert added in ([new], ["foo-y", "+=", new], ["+=", new, "foo-y"], [new, "foo-y", "+="])

    again = next(each for each in read_lists(changed) if each.name == "foo-y")
    held = next(each for each in read_lists(changed) if new in [word.text for word in each.words])
    assert held.name == again.name
    assert add_object(changed, held, held.words[0], new, width) == changed
