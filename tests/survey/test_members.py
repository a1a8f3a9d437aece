"""Members of structures: names, guards, function types, and where a structure is defined."""

from pathlib import Path

import pytest

from vtsplit.cst.nodes import Declaration
from vtsplit.cst.parser import parse_module
from vtsplit.survey.cfile.files import CFiles
from vtsplit.survey.headers.includes import IncludeGraph
from vtsplit.survey.types.members import StructMember, find_structures, prototype, read_members
from vtsplit.tree.source_tree import SourceTree


def members_of(body: str) -> dict[str, StructMember]:
    item = parse_module(f"struct foo_ops {{\n{body}\n}} __randomize_layout;\n").items[0]
    assert isinstance(item, Declaration)
    found = read_members(item)
    for member in found:
        assert item.text[member.offset :].startswith(member.text)
    return {member.name: member for member in found}


PROTOTYPES = [
    ("int (*f)(void);", "int g(void)"),
    ("int (*f)(struct a *a, void __user *argp);", "int g(struct a *a, void __user *argp)"),
    ("void (*f)(struct a *a,\n\t\t int b /* unit */);", "void g(struct a *a, int b)"),
    ("const char *(*f)(int, ...) __printf(1, 2);", "const char *g(int, ...)"),
    ("int __must_check (*f)(u8 a[4], void (*done)(int));",
     "int __must_check g(u8 a[4], void (*done)(int))"),
    ("int (* const f)(int);", "int g(int)"),
    ("int (*f) (int a);", "int g (int a)"),
    ("int (*(*f)(int a))(long);", "int (*g(int a))(long)"),
    ("fastpath_t (*f)(struct a *a, bool force);", "fastpath_t g(struct a *a, bool force)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PROTOTYPES)
def test_prototype_has_the_members_type(text: str, expected: str) -> None:
    member = members_of(text)["f"]
    assert member.is_function
    assert member.signature is not None
    assert prototype(member, "g") == expected


@pytest.mark.parametrize(
    "text", ["int f;", "int f[4];", "int (*f[2])(int);", "foo_fn *f;", "int (**f)(int);", "u8 f:3;"]
)
def test_no_function_member(text: str) -> None:
    member = members_of(text)["f"]
    assert not member.is_function
    assert member.signature is None
    with pytest.raises(ValueError, match="does not point"):
        prototype(member, "g")


def test_guards_inside_the_structure_count() -> None:
    found = members_of(
        "\tint (*a)(void);\n#ifdef A\n\tint (*b)(void);\n#else\n\tlong (*c)(void);\n#endif\n"
        "\t/* of d */\n\tint (*d)(int);\n"
    )
    shown = {name: [c.expression for c in member.guard] for name, member in found.items()}
    assert shown == {"a": [], "b": ["defined(A)"], "c": ["!defined(A)"], "d": []}
    assert found["d"].text == "int (*d)(int)"


def test_what_has_no_type_of_its_own_is_passed_over() -> None:
    found = members_of(
        "\tint a, b;\n\tstruct { int (*c)(void); } n;\n\tunion {\n\t\tint (*d)(void);\n\t};\n"
        "\tDECLARE_BITMAP(e, 4);\n\tKABI_RESERVE(1)\n\tint (*f)(int\n#ifdef X\n\tx\n#endif\n\t);\n"
        "\tint (*g)(void);\n"
    )
    assert found.keys() - {"f"} == {"g"}


@pytest.mark.parametrize("text", ["struct foo_ops *a;", "enum e { A, B };", "int a;"])
def test_declarations_without_members(text: str) -> None:
    item = parse_module(text).items[0]
    assert isinstance(item, Declaration)
    assert read_members(item) == ()


def test_parameters_may_be_unnamed() -> None:
    assert members_of("int (*f)(struct a *, int b);")["f"].parameters == ("", "b")
    assert members_of("int (*f)(void);")["f"].parameters == ()


def find(root: Path, tag: str, files: dict[str, str]) -> tuple[str, int] | None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    tree = SourceTree(root)
    graph = IncludeGraph(tree.find, tree.exists, tree.listdir, "drv/foo.c")
    found = next(find_structures(tag, graph, CFiles(tree)), None)
    return (found[0].path, found[1]) if found else None


def test_structure_is_found_through_includes(tmp_path: Path) -> None:
    files = {
        "drv/foo.c": '#include "foo.h"\n',
        "drv/foo.h": '#include "deep.h"\nstruct foo_ops;\n',
        "drv/deep.h": "struct other { int a; };\nstruct foo_ops {\n\tint a;\n};\n",
    }
    assert find(tmp_path, "struct foo_ops", files) == ("drv/deep.h", 1)
    assert find(tmp_path, "struct none", files) is None


def test_structure_of_the_source_itself(tmp_path: Path) -> None:
    assert find(tmp_path, "struct a", {"drv/foo.c": "struct a { int b; };\n"}) == ("drv/foo.c", 0)


def test_structure_behind_a_typedef(tmp_path: Path) -> None:
    files = {
        "drv/foo.c": '#include "foo.h"\n',
        "drv/foo.h": "struct foo { int a; };\ntypedef struct foo foo_t;\n"
        "typedef struct { int b; } bar_t;\n",
    }
    assert find(tmp_path, "foo_t", files) == ("drv/foo.h", 0)
    assert find(tmp_path, "bar_t", files) == ("drv/foo.h", 2)
