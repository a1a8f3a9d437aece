"""The judges of the kernel tests, on made-up input: each accepts what is right and sees a fault."""

import subprocess
from pathlib import Path

import pytest

from kernel import judges
from kernel.ctext import find_table, functions, names_in, rename_words, table_entries
from kernel.patches import Span, apply, diff_lines, line_at, parse_patch

BEFORE = """\
#include "foo.h"

static struct ops foo_ops;
static int plain(struct dev *dev);

/* Starts plain() on a device. */
static int plain(struct dev *dev)
{
\treturn foo_ops.flags;
}

#ifdef CONFIG_LONG
static __init long long foo_long(struct dev *dev,
\t\t\t\t unsigned long flags)
{
\treturn ops->plain(dev);
}
#endif

static DEFINE_MUTEX(lock);

static struct ops foo_ops __initdata = {
\t.name = "foo, {",
\t/* comment */
\t.plain = plain,
#ifdef CONFIG_LONG
\t.longer = foo_long,
#endif
\t.size = sizeof(struct foo),
};

module_init(foo_init);
"""

AFTER = """\
#include "foo.h"
#include "x86_ops.h"


/* Starts foo_plain() on a device. */
int foo_plain(struct dev *dev)
{
\treturn bar_ops.flags;
}

#ifdef CONFIG_LONG
__init long long foo_long(struct dev *dev,
\t\t\t  unsigned long flags)
{
\treturn ops->plain(dev);
}
#endif

static DEFINE_MUTEX(lock);


module_init(foo_init);
"""

MAIN = """\
#include "x86_ops.h"

struct ops bar_ops __initdata = {
\t.name = "foo, {",
\t/* comment */
\t.plain = foo_plain,
#ifdef CONFIG_LONG
\t.longer = foo_long,
#endif
\t.size = sizeof(struct foo),
};
"""

HEADER = """\
#ifndef X86_OPS_H
#define X86_OPS_H

extern struct ops bar_ops __initdata;

int foo_plain(struct dev *dev);
#ifdef CONFIG_LONG
__init long long foo_long(struct dev *dev, unsigned long flags);
#endif

#endif
"""

RENAMES = {"foo_ops": "bar_ops", "plain": "foo_plain"}


def table(text: str, name: str) -> str:
    found = find_table(text, name)
    assert found is not None
    return found


def test_functions_are_found_with_their_guards() -> None:
    found = {(item.name, item.defined, item.static, item.guards) for item in functions(BEFORE)}
    assert found == {
        ("plain", False, True, ()),
        ("plain", True, True, ()),
        ("foo_long", True, True, ("ifdef CONFIG_LONG",)),
    }


def test_brace_opened_in_both_branches_counts_once() -> None:
    text = "#if A\nint f(int a)\n{\n#else\nint f(long a)\n{\n#endif\n}\nstatic int\ng(void)\n{ }\n"
    found = [(item.name, item.line, item.static, item.guards) for item in functions(text)]
    assert found == [
        ("f", 2, False, ("if A",)),
        ("f", 5, False, ("else if A",)),
        ("g", 9, True, ()),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "struct a b = { .c = d(1) };",
        "typedef int (*call)(void);",
        "module_param(x, int, 0444);",
        "static DEFINE_PER_CPU(struct list_head, list);",
        "int (*pointer)(void);",
        "/* int f(void); */",
        'char *s = "int f(void);";',
        "#define F \\\n\tint f(void);\n",
    ],
)
def test_what_is_no_function_is_not_found(text: str) -> None:
    assert list(functions(text)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("static __printf(1, 2) void say(const char *format, ...) { }", "say"),
        ("__init int __attribute__((cold)) setup(void) { }", "setup"),
        ("void lose(void) __releases(lock) { }", "lose"),
        ("struct foo *make(int (*call)(void), int b) { }", "make"),
        ("static const struct a *\nmake(void)\n{ }", "make"),
    ],
)
def test_name_of_function_is_found(text: str, name: str) -> None:
    assert [item.name for item in functions(text)] == [name]


def test_table_is_read() -> None:
    text = table(BEFORE, "foo_ops")
    assert text.startswith("static struct ops foo_ops __initdata = {\n")
    assert text.endswith("\n};")
    assert table_entries(text)[1:] == [
        ("plain", "plain"),
        ("longer", "foo_long"),
        ("size", "sizeof(struct foo)"),
    ]
    assert {"plain", "foo_long"} <= names_in(text)
    assert find_table(BEFORE, "ops") is None


def test_names_pair_up() -> None:
    pairs = judges.pair_names(table(BEFORE, "foo_ops"), table(MAIN, "bar_ops"))
    assert pairs == {"plain": "foo_plain"}
    with pytest.raises(AssertionError):
        judges.pair_names(table(BEFORE, "foo_ops"), "bar = { .plain = foo_plain }")


def test_members_keep_their_names() -> None:
    text = ".plain = plain, a.plain, b->plain, plain_too, plain()"
    expected = ".plain = foo_plain, a.plain, b->plain, plain_too, foo_plain()"
    assert rename_words(text, RENAMES) == expected
    assert rename_words(r'plain("plain \" plain") /* plain */', RENAMES) == (
        r'foo_plain("plain \" plain") /* foo_plain */'
    )


def test_moved_table() -> None:
    before, after = table(BEFORE, "foo_ops"), table(MAIN, "bar_ops")
    assert judges.judge_table(before, after, RENAMES) == []
    assert judges.judge_table(before, f"static {after}", RENAMES) == []
    assert judges.judge_table(before, after.replace("/* comment */", "/* other */"), RENAMES)
    assert judges.judge_table(before, after.replace("\t/* comment */\n", ""), RENAMES)


def test_statics_left() -> None:
    assert judges.judge_statics([table(MAIN, "bar_ops")], AFTER) == []
    assert judges.judge_statics([table(BEFORE, "foo_ops")], BEFORE) == [
        "foo_long is still static",
        "plain is still static",
    ]


def test_declared_once() -> None:
    names = {"foo_plain", "foo_long"}
    texts = {"x86_ops.h": HEADER, "foo.c": AFTER}
    assert judges.judge_declared_once(names, texts) == []
    # A static function of another file is another function.
    other = {"other.c": "static int foo_plain(void);\n"}
    assert judges.judge_declared_once(names, texts | other) == []
    assert len(judges.judge_declared_once(names, {"foo.c": AFTER})) == 2
    twice = {"other.h": "extern int foo_plain(struct dev *dev);\n"}
    assert judges.judge_declared_once(names, texts | twice) == [
        "foo_plain is declared 2 times: x86_ops.h:6 other.h:1"
    ]


def test_declared_is_defined() -> None:
    assert judges.judge_header(HEADER, {"foo.c": AFTER, "main.c": MAIN}) == []
    assert judges.judge_header(HEADER, {"foo.c": AFTER, "main.c": "static " + MAIN[22:]})
    assert judges.judge_header(HEADER, {"main.c": MAIN}) == [
        "foo_plain is declared (line 6) but nowhere defined",
        "foo_long is declared (line 8) but nowhere defined",
    ]
    assert judges.judge_header(HEADER, {"foo.c": BEFORE, "main.c": MAIN})


@pytest.mark.parametrize(
    "text",
    [
        "int f(int);",
        "int f(struct dev *);",
        "int f(struct dev *dev, unsigned long);",
        "extern int f(void);",
        f"int f(int {'a' * 80});",
        "int f(int a,\n\t\t\t\t\t\t\t\t\tint b, int c);",
    ],
)
def test_prototypes_in_poor_style(text: str) -> None:
    assert len(judges.judge_prototypes(f"{text}\n")) == 1


def test_prototypes_in_good_style() -> None:
    assert judges.judge_prototypes(HEADER) == []
    assert judges.judge_prototypes("void f(void (*call)(int a), const unsigned b);\n") == []


def test_guards() -> None:
    assert judges.judge_guards(HEADER, AFTER) == []
    bare = HEADER.replace("#ifdef CONFIG_LONG\n", "").replace("#endif\n", "", 1)
    assert judges.judge_guards(bare, AFTER) == [
        "foo_long is under (), should be ('ifdef CONFIG_LONG',)"
    ]
    both = AFTER.replace("#endif", "#else\nlong long foo_long(void) { }\n#endif")
    assert judges.judge_guards(bare, both) == []
    assert len(judges.judge_guards(HEADER, both)) == 1


def changes(tmp_path: Path, after: str) -> list[str]:
    (tmp_path / "before.c").write_text(BEFORE)
    (tmp_path / "after.c").write_text(after)
    hunks = diff_lines(tmp_path / "before.c", tmp_path / "after.c")
    return judges.judge_changes(hunks, "x86_ops.h", MAIN, RENAMES)


def test_changes_that_a_split_calls_for(tmp_path: Path) -> None:
    assert changes(tmp_path, BEFORE) == []
    assert changes(tmp_path, AFTER) == []


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("return ops->plain(dev);", "return  ops->plain(dev);"),
        ("return ops->plain(dev);", "return ops->foo_plain(dev);"),
        ("return ops->plain(dev);", ""),
        ("static DEFINE_MUTEX", "DEFINE_SPINLOCK"),
        ("/* Starts", "/* Begins"),
        ("int foo_plain", "long foo_plain"),
        ('#include "x86_ops.h"\n', '#include "x86_ops.h"\n#include "more.h"\n'),
        ("module_init(foo_init);\n", ""),
        ("flags)\n{", "flags) {"),
    ],
)
def test_changes_that_nothing_calls_for(tmp_path: Path, was: str, now: str) -> None:
    assert was in AFTER
    assert len(changes(tmp_path, AFTER.replace(was, now))) == 1


PATCH = """\
diff --git a/foo.c b/foo.c
index 1..2 100644
--- a/foo.c
+++ b/foo.c
@@ -1,3 +1,3 @@ int x
 one
--- two
++two
 three
@@ -9 +9,2 @@
 nine
+ten
diff --git a/new.h b/new.h
new file mode 100644
--- /dev/null
+++ b/new.h
@@ -0,0 +1 @@
+-- two
"""


def test_patch_is_read() -> None:
    hunks = parse_patch(PATCH)
    assert [hunk.span for hunk in hunks] == [
        Span("foo.c", 1, 3, 1, 3),
        Span("foo.c", 9, 1, 9, 2),
        Span("new.h", 0, 0, 1, 1),
    ]
    assert hunks[0].marked("-") == ["-- two"]
    assert hunks[0].marked("+") == ["+two"]
    assert line_at(hunks, 7) == "--- two"
    assert line_at(hunks, 12) == "+ten"
    assert line_at(hunks, 10) is None


@pytest.mark.parametrize("command", [["git", "apply"], ["patch", "-p1"]])
def test_patch_is_applied(tmp_path: Path, command: list[str]) -> None:
    # A repository above would make git apply pass over everything.
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    folder = tmp_path / "inner"
    folder.mkdir()
    (folder / "foo.c").write_text("one\n-- two\nthree\n4\n5\n6\n7\n8\nnine\n")
    apply(command, PATCH.encode(), folder)
    assert (folder / "foo.c").read_text() == "one\n+two\nthree\n4\n5\n6\n7\n8\nnine\nten\n"
    assert (folder / "new.h").read_text() == "-- two\n"
    with pytest.raises(AssertionError, match="failed"):
        apply(command, PATCH.replace("-- two", "-- other").encode(), folder)


def test_accounts() -> None:
    hunks = parse_patch(PATCH)
    told = {hunk.span: ["expose x"] for hunk in hunks}
    assert judges.judge_accounts(hunks, told) == []
    assert judges.judge_accounts(hunks, told | {hunks[0].span: []}) == [
        f"no step for {hunks[0].span}"
    ]
    assert judges.judge_accounts(hunks[1:], told) == [f"not in the patch: {hunks[0].span}"]
    del told[hunks[2].span]
    assert judges.judge_accounts(hunks, told) == [f"not in the report: {hunks[2].span}"]


def test_style() -> None:
    hunks = parse_patch(PATCH)
    total = "total: 0 errors, 1 warnings, 1 checks, 4 lines checked\n"
    # Line 18 of the patch is one that it also takes away.
    good = f"p:14: WARNING:FILE_PATH_CHANGES: added\np:18: CHECK:SPACING: x\n{total}"
    assert judges.judge_style(good, hunks, {"FILE_PATH_CHANGES"}, {}) == []
    assert judges.judge_style("p:12: CHECK:SPACING: x\n" + total, hunks, set(), {}) == [
        "p:12: CHECK:SPACING: x\n    +ten"
    ]
    assert judges.judge_style("p:14: WARNING:FILE_PATH_CHANGES: x\n" + total, hunks, set(), {})
    assert judges.judge_style("Global symbol error\n", hunks, set(), {}) == ["Global symbol error"]
    # The line that comes is one that goes under another name.
    renamed = "p:12: CHECK:SPACING: x\n"
    assert judges.judge_style(renamed, hunks, set(), {"two": "ten"})
    hunks[0].lines.append("-two")
    assert judges.judge_style(renamed, hunks, set(), {"two": "ten"}) == []


def test_warnings() -> None:
    before = "foo.c: In function 'plain':\nfoo.c:10:3: warning: unused variable 'x' [-Wunused]\n"
    after = before.replace("10:3", "12:5").replace("plain", "foo_plain")
    assert judges.judge_warnings(before, after, RENAMES) == []
    assert judges.judge_warnings(before, after + after, RENAMES) == [
        "foo.c: warning: unused variable 'x' [-Wunused]"
    ]
    assert judges.judge_warnings("", "a.o: warning: objtool: f+0x1a: bad\n", {}) == [
        "a.o: warning: objtool: f: bad"
    ]
    assert judges.judge_warnings("", "ld: a.o: undefined reference to `f'\n", {})
