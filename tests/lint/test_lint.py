"""Each code of lint: a small split tree with one fault, beside what is no fault."""

from pathlib import Path

import pytest

from vtsplit.lint.facts import Facts, SecondBackend
from vtsplit.lint.findings import Finding
from vtsplit.lint.linter import CHECKS, lint
from vtsplit.spec.document import load
from vtsplit.tree.source_tree import SourceTree

SPEC = """\
[split]
source = "drv/foo.c"
header = "drv/foo_ops.h"
main = "drv/main.c"
[tables]
foo_ops = "bar_ops"
"""

OPS = """\
#ifndef OPS_H
#define OPS_H
typedef unsigned int u32;
typedef u32 unit_t;
enum kind { ONE, TWO };
struct foo;
struct ops {
	int (*open)(struct foo *foo, u32 unit);
	void (*close)(struct foo *foo);
	enum kind (*kind)(struct foo *foo);
#ifdef CONFIG_SMM
	int (*smm)(struct foo *foo);
#endif
	int number;
};
#endif
"""

HEADER = """\
#ifndef FOO_OPS_H
#define FOO_OPS_H

#include "ops.h"

extern struct ops bar_ops;

int foo_open(struct foo *foo, unit_t unit);
void foo_close(struct foo *foo);
enum kind foo_kind(struct foo *foo);
#ifdef CONFIG_SMM
int foo_smm(struct foo *foo);
#endif

#endif
"""

SOURCE = """\
#include "foo_ops.h"

static int helper(struct foo *foo)
{
	return 0;
}

int foo_open(struct foo *foo, u32 unit)
{
	return helper(foo) + unit;
}

void foo_close(struct foo *foo)
{
}

enum kind foo_kind(struct foo *foo)
{
	return ONE;
}

#ifdef CONFIG_SMM
int foo_smm(struct foo *foo)
{
	return 1;
}
#endif
"""

MAIN = """\
#include "foo_ops.h"

static void vt_close(struct foo *foo)
{
	foo_close(foo);
}

struct ops bar_ops = {
	.open = foo_open,
	.close = vt_close,
	.kind = foo_kind,
#ifdef CONFIG_SMM
	.smm = foo_smm,
#endif
	.number = 1,
};
"""

OTHER = """\
#include "foo_ops.h"
struct ops *the_ops = &bar_ops;
"""

MAKEFILE = "obj-m += drv.o\ndrv-y := foo.o main.o other.o\n"

TREE = {
    "drv/ops.h": OPS,
    "drv/foo_ops.h": HEADER,
    "drv/foo.c": SOURCE,
    "drv/main.c": MAIN,
    "drv/other.c": OTHER,
    "drv/other.h": "extern struct ops *the_ops;\n",
    "drv/Makefile": MAKEFILE,
}

Edit = tuple[str, str, str]  # file, what stands there, what does instead


def make(root: Path, *edits: Edit, second: dict[str, str] | None = None) -> Path:
    """Write the clean tree with some edits; an empty old text appends to the file, old or new."""
    texts = {**TREE, **(second or {})}
    for path, old, new in edits:
        assert old in texts.setdefault(path, ""), old
        texts[path] = texts[path].replace(old, new, 1) if old else texts[path] + new
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def run(root: Path, spec: str = SPEC, second: SecondBackend | None = None) -> list[Finding]:
    return lint(Facts(load(spec, "vtsplit.toml"), SourceTree(root), second))


def found(root: Path, *edits: Edit) -> list[str]:
    return [f"{finding.site} {finding.code} {finding.name}" for finding in run(make(root, *edits))]


def test_clean_tree_has_no_finding(tmp_path: Path) -> None:
    assert found(tmp_path) == []


DECLARE_X = ("drv/foo_ops.h", "\n\n#endif\n", "\nint foo_x(void);\n\n#endif\n")
DEFINE_X = ("drv/foo.c", "", "\nint foo_x(void)\n{\n\treturn 1;\n}\n")
USE_X = ("drv/other.c", "", "int y(void) { return foo_x(); }\nint z = 1;\n")
DECLARE_YZ = ("drv/other.h", "", "int y(void);\nextern int z;\n")

FAULTS: list[tuple[str, list[Edit], list[str]]] = [
    ("L001", [("drv/foo_ops.h", "void foo_close", "int gone(void);\nvoid foo_close")],
     ["drv/foo_ops.h:9:5 L001 gone"]),
    ("L001 used", [("drv/foo_ops.h", "void foo_close", "int foo_x(void);\nvoid foo_close"), USE_X],
     ["drv/foo_ops.h:9:5 L001 foo_x"]),
    ("L001 static", [("drv/foo_ops.h", "void foo_close", "int gone(void);\nvoid foo_close"),
                     ("drv/other.c", "", "static int gone(void) { return 1; }\n")],
     ["drv/foo_ops.h:9:5 L001 gone"]),
    ("L001 object", [("drv/foo_ops.h", "extern", "extern int gone;\nextern")],
     ["drv/foo_ops.h:6:12 L001 gone"]),
    ("L002", [("drv/foo_ops.h", "void foo_close(struct foo *foo);\n", "")],
     ["drv/foo.c:13:6 L002 foo_close"]),
    ("L002 elsewhere", [DEFINE_X, USE_X, DECLARE_YZ], ["drv/foo.c:29:5 L002 foo_x"]),
    ("L003 same header", [("drv/foo_ops.h", "enum kind foo", "void foo_close(struct foo *foo);\n"
                           "enum kind foo")],
     ["drv/foo_ops.h:10:6 L003 foo_close"]),
    ("L003 other header", [("drv/ops.h", "\tint number;\n};\n",
                            "\tint number;\n};\nvoid foo_close(struct foo *foo);\n")],
     ["drv/foo_ops.h:9:6 L003 foo_close"]),
    ("L003 in source",
     [("drv/foo.c", "static int", "void foo_close(struct foo *foo);\nstatic int")],
     ["drv/foo.c:3:6 L003 foo_close"]),
    ("L004", [("drv/foo_ops.h", "unit_t unit", "unsigned long unit")],
     ["drv/foo_ops.h:8:5 L004 foo_open"]),
    ("L004 object", [("drv/foo_ops.h", "extern struct ops", "extern const int")],
     ["drv/foo_ops.h:6:18 L004 bar_ops"]),
    ("L005", [("drv/main.c", ".open = foo_open", ".open = foo_kind")],
     ["drv/main.c:9:2 L005 foo_kind", "drv/foo_ops.h:8:5 L006 foo_open"]),
    ("L005 wrapper", [("drv/main.c", "static void vt_close", "static int vt_close")],
     ["drv/main.c:10:2 L005 vt_close"]),
    ("L006", [DECLARE_X, DEFINE_X], ["drv/foo_ops.h:14:5 L006 foo_x"]),
    ("L006 undeclared", [DEFINE_X], ["drv/foo.c:29:5 L006 foo_x"]),
    ("L006 member only", [DECLARE_X, DEFINE_X,
                          ("drv/other.c", "", "int y(struct p *p) { return p->foo_x; }\n"),
                          ("drv/other.h", "", "int y(struct p *p);\n")],
     ["drv/foo_ops.h:14:5 L006 foo_x"]),
    ("L007 declared under", [("drv/foo.c", "#ifdef CONFIG_SMM\n", ""),
                             ("drv/foo.c", "#endif\n", "")],
     ["drv/foo_ops.h:12:5 L007 foo_smm"]),
    ("L007 defined under", [("drv/foo_ops.h", "#ifdef CONFIG_SMM\n", ""),
                            ("drv/foo_ops.h", "#endif\n", "")],
     ["drv/foo_ops.h:11:5 L007 foo_smm"]),
    ("L008", [("drv/main.c", ".close = vt_close", ".close = foo_close")],
     ["drv/main.c:3:13 L008 vt_close"]),
    ("L008 chain", [("drv/main.c", ".close = vt_close", ".close = foo_close"),
                    ("drv/main.c", "struct ops bar_ops = {",
                     "static void vt_b(struct foo *foo)\n{\n\tvt_close(foo);\n"
                     "\tfoo_close(foo);\n}\nstruct ops bar_ops = {")],
     ["drv/main.c:3:13 L008 vt_close", "drv/main.c:8:13 L008 vt_b"]),
    ("L009", [("drv/foo_ops.h", "foo, unit_t unit", "foo,\n\tunit_t unit")],
     ["drv/foo_ops.h:9:2 L009 foo_open"]),
]  # fmt: skip


# Main builds names; `x`, which foo_x() ends with, is a word of its code.
BUILD = (
    "drv/main.c",
    "struct ops bar_ops",
    "#ifdef CONFIG_B\n#define op(n) vt_##n\n#else\n#define op(n) foo_##n\n#endif\n"
    "static int x;\n\nstruct ops bar_ops",
)
BUILT = ("drv/main.c", ".close = vt_close", ".close = op(close)")
WORD = ("drv/other.c", "", "/* nothing */\n")
BUILDING: list[tuple[str, list[Edit], list[str]]] = [
    ("not by calls that are known", [BUILD, BUILT], ["x"]),
    ("not by a macro of two words", [
        BUILD, BUILT, ("drv/main.c", "#define op(n) vt_##n", "#define op(n) vt_##n##_op")], ["x"]),
    ("not by a macro that takes nothing", [
        ("drv/main.c", "foo_open", "op"), ("drv/main.c", "struct ops b",
                                           "#define op foo_##open\nstatic int x;\nstruct ops b")],
     ["x"]),
    ("by a call", [BUILD, BUILT, ("drv/main.c", ".number = 1", ".number = op(x)()")], []),
    ("by a call in a call", [
        BUILD, BUILT, ("drv/main.c", ".number = 1", ".number = id(op(x)())"),
        ("drv/main.c", "static", "#define id(n) n\nstatic")], []),
    ("by a call that another configuration has", [
        BUILD, BUILT, ("drv/main.c", ".number = 1", "#ifdef A\n.number = op(x)(),\n#endif")], []),
    ("perhaps by another macro", [
        BUILD, BUILT, ("drv/main.c", "static", "#define any(n) op(n)\nstatic")], []),
    ("perhaps by a macro that takes its name", [
        BUILD, BUILT, ("drv/main.c", ".number = 1", ".number = each(op, x)"),
        ("drv/main.c", "static", "#define each(m, n) m(n)()\nstatic")], []),
    ("perhaps by a file that main includes", [
        BUILD, BUILT, ("drv/main.c", ".number", '#include "list.inc"\n.number'),
        ("drv/list.inc", "", "op(x),\n")], []),
    ("perhaps by a file that includes main", [
        BUILD, BUILT, ("drv/all.c", "", '#include "main.c"\n')], []),
    ("perhaps of a word that a macro makes", [
        BUILD, BUILT, ("drv/main.c", "op(close)", "op(close##d)")], []),
    ("perhaps by a name that is built itself", [
        ("drv/main.c", "struct ops b", "#define vt_op(n) foo_##n\n#define by(n) vt_##n\n"
         "static int x;\nstruct ops b"),
        ("drv/main.c", ".number = 1", ".number = by(op)(x)()")], []),
    ("not of a word in a comment", [
        ("drv/foo_ops.h", "int foo_x(void)", "int foo_nothing(void)"), WORD,
        ("drv/ops.h", "struct foo;", "struct foo;\n#define CALL(n) foo_##n()"),
        ("drv/other.c", "", "int y = CALL(kind);\n"), ("drv/other.h", "", "extern int y;\n")],
     ["nothing"]),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "left"), [b[1:] for b in BUILDING], ids=[b[0] for b in BUILDING])
def test_names_that_macros_build(edits: list[Edit], left: list[str], tmp_path: Path) -> None:
    """A declared function that nothing defines is found unless a macro could build its name."""
    make(tmp_path, DECLARE_X, *edits)
    undefined = [finding.name for finding in run(tmp_path) if finding.code == "L001"]
    assert undefined == [f"foo_{name}" for name in left]


@pytest.mark.parametrize(("edits", "expected"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_fault_is_found(edits: list[Edit], expected: list[str], tmp_path: Path) -> None:
    assert sorted(found(tmp_path, *edits)) == sorted(expected)


CLEAN: list[tuple[str, list[Edit]]] = [
    ("defined by assembler", [DECLARE_X, ("drv/x.S", "", "SYM_FUNC_START(foo_x)\n")]),
    ("defined in another file", [DECLARE_X, ("drv/other.c", "", "int foo_x(void) { return 1; }\n"),
                                 ("drv/main.c", "foo_close(foo);", "foo_x();\n\tfoo_close(foo);")]),
    ("defined by a macro", [DECLARE_X, ("drv/foo.c", "static int",
                                        "#define MAKE(n) int foo_##n(void) { return 1; }\n"
                                        "MAKE(x);\nstatic int")]),
    ("stub in the other branch", [
        ("drv/foo_ops.h", "int foo_smm(struct foo *foo);\n", "int foo_smm(struct foo *foo);\n"
         "#else\nstatic inline int foo_smm(struct foo *foo) { return 0; }\n")]),
    ("two branches", [
        ("drv/foo_ops.h", "int foo_smm(struct foo *foo);\n", "int foo_smm(struct foo *foo);\n"
         "void foo_b(int a);\n#else\nvoid foo_b(int a);\n"),
        ("drv/foo.c", "", "void foo_b(int a)\n{\n}\n"),
        ("drv/main.c", "foo_close(foo);", "foo_b(1);\n\tfoo_close(foo);")]),
    ("guard in another spelling",
     [("drv/foo.c", "#ifdef CONFIG_SMM", "#if IS_ENABLED(CONFIG_SMM)")]),
    ("guard that Kbuild has", [
        ("drv/foo.c", "#ifdef CONFIG_SMM\n", ""), ("drv/foo.c", "#endif\n", ""),
        ("drv/Makefile", "foo.o main.o", "main.o\ndrv-$(CONFIG_SMM) += foo.o\ndrv-y +=")]),
    ("exported", [DECLARE_X, DEFINE_X, ("drv/foo.c", "", "EXPORT_SYMBOL_GPL(foo_x);\n")]),
    ("called from asm", [DECLARE_X, DEFINE_X,
                         ("drv/foo.c", "return helper", 'asm("call foo_x");\n\treturn helper')]),
    ("static by a macro", [("drv/foo.c", "static int", "#define STATIC static\n\n"
                            "STATIC int foo_y(void)\n{\n\treturn 1;\n}\n\nstatic int")]),
    ("taken out by #if 0", [
        ("drv/foo.c", "", "#if 0\nint foo_y(void)\n{\n\treturn 1;\n}\n#endif\n")]),
    ("built by a macro elsewhere", [
        DECLARE_X, DEFINE_X,
        ("drv/ops.h", "struct foo;",
         "struct foo;\n#define CALL(n) foo_##n()\n#define DO(n) CALL(n)"),
        ("drv/other.c", "", "int y = DO(x);\n"), ("drv/other.h", "", "extern int y;\n")]),
    ("structure in two forms", [
        ("drv/ops.h", "struct ops {", "#if OLD\nstruct ops {\n\tint (*open)(void);\n};\n"
         "#else\nstruct ops {"),
        ("drv/ops.h", "\tint number;\n};\n", "\tint number;\n};\n#endif\n")]),
    ("branches of one #if", [
        ("drv/foo_ops.h", "void foo_close(struct foo *foo);\n",
         "#if A == 1\nvoid foo_close(struct foo *foo);\n#elif A == 2\n"
         "void foo_close(struct foo *foo);\n#else\nvoid foo_close(struct foo *foo);\n#endif\n")]),
    ("entry through a macro", [
        ("drv/main.c", "struct ops bar", "#ifdef CONFIG_B\n#define op(n) vt_##n\n#else\n"
         "#define op(n) foo_##n\n#endif\nstruct ops bar"),
        ("drv/main.c", ".close = vt_close", ".close = op(close)")]),
    ("wrapper for init", [
        ("drv/main.c", ".close = vt_close", ".close = foo_close"),
        ("drv/main.c", "", "module_exit(vt_close);\n")]),
    ("enum for int", [("drv/foo_ops.h", "enum kind foo", "unsigned int foo")]),
    ("unknown type", [("drv/foo_ops.h", "unit_t unit", "unknown_t unit")]),
    ("array of unknown size", [
        ("drv/foo_ops.h", "extern", "extern int foo_a[];\nextern"),
        ("drv/foo.c", "", "int foo_a[2] = { 1, 2 };\n"),
        ("drv/main.c", ".number = 1", ".number = foo_a[0]")]),
    ("hanging parenthesis", [("drv/foo_ops.h", "foo_open(struct foo *foo, unit_t",
                              "foo_open(\n\tstruct foo *foo, unit_t")]),
    ("aligned", [("drv/foo_ops.h", "foo, unit_t", "foo,\n\t     unit_t")]),
]  # fmt: skip


@pytest.mark.parametrize("edits", [c[1] for c in CLEAN], ids=[c[0] for c in CLEAN])
def test_no_fault(edits: list[Edit], tmp_path: Path) -> None:
    assert found(tmp_path, *edits) == []


BACKEND = SecondBackend("bar_", "drv/bar.c", "drv/bar.h")
SECOND = {
    "drv/bar.h": '#include "ops.h"\nvoid bar_close(struct foo *foo);\nint bar_probe(void);\n',
    "drv/bar.c": '#include "bar.h"\nvoid bar_close(struct foo *foo)\n{\n}\n'
    "int bar_probe(void)\n{\n\treturn 0;\n}\n"
    "static int bar_open(void)\n{\n\treturn bar_probe();\n}\n"
    "int bar_kind(void)\n{\n\treturn bar_open();\n}\n",
}


def test_function_of_the_second_backend_without_wrapper(tmp_path: Path) -> None:
    make(tmp_path, ("drv/main.c", "\tfoo_close(foo);", "\tbar_close(foo);\n\tfoo_close(foo);"),
         ("drv/Makefile", "foo.o", "foo.o bar.o"), second=SECOND)  # fmt: skip
    lines = [str(f) for f in run(tmp_path, second=BACKEND) if f.name == "bar_kind"]
    message = "'bar_kind' serves op kind, but nothing in drv/main.c calls it"
    assert lines == [f"drv/bar.c:13:5: L010 {message}"]


def test_second_backend_that_is_not_there_yet(tmp_path: Path) -> None:
    make(tmp_path)
    assert run(tmp_path, second=BACKEND) == []


def test_use_is_named_by_its_line(tmp_path: Path) -> None:
    make(tmp_path, ("drv/foo_ops.h", "void foo_close(struct foo *foo);\n", ""))
    (finding,) = run(tmp_path)
    assert finding.message == "'foo_close' is used at drv/main.c:5, but no header declares it"


def test_spec_suppresses_codes_and_names(tmp_path: Path) -> None:
    edits = [DECLARE_X, DEFINE_X, ("drv/foo_ops.h", "extern", "extern int gone;\nextern")]
    make(tmp_path, *edits)
    assert [f.code for f in run(tmp_path)] == ["L001", "L006"]
    assert [f.code for f in run(tmp_path, SPEC + '[lint]\nignore = ["L006"]\n')] == ["L001"]
    named = SPEC + '[lint.ignore-name]\ngone = ["L001", "L003"]\n'
    assert [f.code for f in run(tmp_path, named)] == ["L006"]
    other = SPEC + '[lint.ignore-name]\ngone = ["L006"]\n'
    assert [f.code for f in run(tmp_path, other)] == ["L001", "L006"]


def test_every_code_is_documented_with_an_example() -> None:
    text = (Path(__file__).parents[2] / "docs/lint.md").read_text()
    for code, title in [(rule.code, rule.title) for rule, _ in CHECKS]:
        section = text.partition(f"## {code}")[2].partition("\n## ")[0]
        assert section.startswith(f": {title}\n"), code
        assert "```" in section, code
        assert f" {code} " in section.partition("\n")[2], f"{code}: an example of the output"
