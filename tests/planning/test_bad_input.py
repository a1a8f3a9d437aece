"""Sources that cannot be split safely: a clear message with its place, and an untouched tree."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import trees
from how_many import examples, mostly_slow
from trees import HEADER, SOURCE, SPEC, Bad, check_refused, refused, small_tree, split, with_rename

pytestmark = pytest.mark.slow

OTHERWISE = "#ifndef A\nstatic inline int foo_open(int unit) { return 0; }\n#endif\n"
DECLARED = HEADER.replace("int foo_init", "static int foo_open(int unit);\nint foo_init")

TABLE = "static struct ops foo_ops = {\n"
OPEN = "static int foo_open(int unit)\n{\n\treturn unit;\n}\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00"


def with_source(*replaced: tuple[str, str]) -> dict[str, str]:
    text = SOURCE
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    return {"drv/foo.c": text}


def before_table(text: str, *replaced: tuple[str, str]) -> dict[str, str]:
    return with_source((TABLE, f"{text}\n{TABLE}"), *replaced)


def entry(text: str) -> tuple[str, str]:
    """Add an entry to the table."""
    return ("\t.free", f"\t{text},\n\t.free")


SOURCES = [
    Bad("png", {"drv/foo.c": PNG}, "VT012", "drv/foo.c", "binary|byte 9 is NUL"),
    Bad(
        "png without NUL",
        {"drv/foo.c": b"\x89PNG{(\xff"},
        "VT016",
        "drv/foo.c:1:1",
        "is C and complete",
    ),
    Bad("NUL", {"drv/foo.c": SOURCE + "\0"}, "VT012", "drv/foo.c", "binary|byte 293 is NUL"),
    Bad(
        "prose",
        {"drv/foo.c": "There was once (so they say)\na driver: all it had was {\n"},
        "VT016",
        "drv/foo.c:1:1",
        "check that the file is C and complete",
    ),
    Bad(
        "python",
        {"drv/foo.c": "import os\n\nfoo_ops = {'open': os.open}\n"},
        "VT016",
        "drv/foo.c:1:1",
        "check that the file is C and complete",
    ),
    Bad("empty", {"drv/foo.c": ""}, "VT020", "vtsplit.toml:7:1", "no table 'foo_ops'|none"),
    Bad(
        "brace missing",
        with_source(("\treturn unit;\n}", "\treturn unit;\n")),
        "VT016",
        "drv/foo.c:4:1",
        "a bracket or semicolon is missing",
    ),
    Bad(
        "parenthesis missing",
        with_source(("foo_open(int unit)", "foo_open(int unit")),
        "VT016",
        "drv/foo.c:4:1",
        "a bracket or semicolon is missing",
    ),
    Bad(
        "missing",
        {"drv/foo.c": None, "drv/foo.o": "", "drv/fooo.c": ""},
        "VT010",
        "drv/foo.c",
        "did you mean 'drv/fooo.c'?",
    ),
    Bad("missing, and no other", {"drv/foo.c": None}, "VT010", "drv/foo.c", "correct the path"),
    Bad("directory", {"drv/foo.c": None, "drv/foo.c/x": ""}, "VT011", "drv/foo.c", "a directory"),
    Bad(
        "table with another name",
        with_source(("\t.free = foo_free_unit,\n}", "\t.free = foo_free_unit,\n}, /* */ more_ops")),
        "VT024",
        "drv/foo.c:14:1",
        "'foo_ops' is declared together with other names",
    ),
    Bad(
        "table with its type",
        with_source((TABLE, "static struct { int (*open)(int), (*free)(); } LOCAL foo_ops = {\n")),
        "VT024",
        "drv/foo.c:14:1",
        "'foo_ops' is declared together with its type",
    ),
    Bad(
        "table cut by #if",
        with_source(
            (TABLE, f"#ifdef A\n{TABLE}#else\n{TABLE.replace('struct', 'const struct')}#endif\n")
        ),
        "VT023",
        "drv/foo.c:15:1",
        "an #if cuts through the declaration of 'foo_ops'",
    ),
    Bad(
        "table with #if before its name",
        with_source((TABLE, "static\n#ifdef A\nconst\n#endif\nstruct ops foo_ops = {\n")),
        "VT023",
        "drv/foo.c:14:1",
        "an #if stands inside the declaration of 'foo_ops'",
    ),
    Bad(
        "two types under #ifs that may both hold",
        with_source(
            (OPEN, f"#ifdef A\n{OPEN}#endif\n#ifdef B\n{OPEN.replace('(int', '(long')}#endif\n")
        ),
        "VT048",
        "drv/foo.c:11:1",
        "'foo_open' is defined with different types",
    ),
    Bad(
        "function and object of one name",
        with_source((OPEN, f"static int foo_open = 1;\n{OPEN}")),
        "VT048",
        "drv/foo.c:4:1",
        "'foo_open' is defined twice, with different types|give one of them another name",
    ),
    Bad(
        "function and object of one name under #if",
        with_source((OPEN, f"#ifdef A\n{OPEN}#else\nstatic int foo_open = 1;\n#endif\n")),
        "VT048",
        "drv/foo.c:10:1",
        "'foo_open' is defined with different types under different #if conditions",
    ),
    Bad(
        "table needs a type that is declared with an object",
        before_table(
            "struct own {\n\tint x;\n} own, more;\n", entry(".number = sizeof(struct own)")
        ),
        "VT045",
        "drv/foo.c:14:1",
        "'struct own' (entry .number of foo_ops (drv/foo.c:20))|declare the type on its own",
    ),
    Bad(
        "object made by a macro",
        before_table("static DEFINE_MUTEX(foo_lock);\n", entry(".data = &foo_lock")),
        "VT044",
        "drv/foo.c:14:1",
        "'foo_lock' (entry .data of foo_ops|is made by a macro|without the macro",
    ),
    Bad(
        "table of nowhere's function",
        with_source(entry(".data = foo_nowhere")),
        "VT044",
        "drv/foo.c:16:10",
        "cannot tell where 'foo_nowhere' comes from",
    ),
    Bad(
        "MODULE_DEVICE_TABLE",
        with_source(("int foo_init", "MODULE_DEVICE_TABLE(x, foo_ops);\n\nint foo_init")),
        "VT025",
        "drv/foo.c:19:1",
        "MODULE_DEVICE_TABLE needs the definition of 'foo_ops'",
    ),
    Bad(
        "renamed name is pasted together",
        before_table("#define OP(x) foo_##x\n", ("= foo_open", "= OP(open)"))
        | with_rename('foo_open = "foo_unit_open"'),
        "VT033",
        "drv/foo.c:17:10",
        "macro OP builds 'foo_open' (## at drv/foo.c:14:1)",
    ),
    Bad(
        "renamed name is pasted into another",
        before_table(
            "#define COPY(x) x##_copy\n", ("return foo_ops.open(1)", "return COPY(foo_ops)")
        ),
        "VT033",
        "drv/foo.c:23:14",
        "a macro pastes 'foo_ops' into another name",
    ),
    Bad(
        "tentative definition of two tables, and what one of them is for",
        before_table("static struct ops foo_ops, /* spare */ foo_more;\n"),
        "VT024",
        "drv/foo.c:14:1",
        "'foo_ops' is declared together with other names",
    ),
    Bad(
        "source included as text",
        {"drv/other.c": '\n#include "foo.c"\n'},
        "VT046",
        "drv/other.c:2",
        "drv/foo.c is included there as text",
    ),
    Bad(
        "exposed name is another's",
        {"drv/other.c": "int foo_open(int x)\n{\n\treturn x;\n}\n"},
        "VT041",
        "drv/foo.c:4:12",
        "'foo_open' would become global, but the name is taken at drv/other.c:1:1",
    ),
    Bad(
        "main's header holds a variable",
        {"drv/foo.h": HEADER.replace("int foo_init", "static int foo_state;\nint foo_init")},
        "VT049",
        "drv/foo.h:12:1",
        "drv/main.c has to include drv/foo.h, which holds the variable 'foo_state'",
    ),
    Bad(
        "main's header has a module parameter",
        {"drv/foo.h": HEADER.replace("int foo_init", "module_param(x, int, 0);\nint foo_init")},
        "VT049",
        "drv/foo.h:12:1",
        "which has module_param(): there would be two",
    ),
    Bad(
        "main's header defines a function",
        {"drv/foo.h": HEADER.replace("int foo_init(void);", "int f(void) { return 1; }\n")},
        "VT049",
        "drv/foo.h:12:1",
        "which defines the function 'f': there would be two",
    ),
    Bad(
        "main's header declares a static function",
        {"drv/foo.h": HEADER.replace("int foo_init", "static int foo_more(void);\nint foo_init")},
        "VT049",
        "drv/foo.h:12:1",
        "which declares 'foo_more' static, but main does not define it",
    ),
    Bad(
        "a header has one for another configuration, and it is renamed",
        with_source(
            ("static int foo_open", "#ifdef A\nstatic int foo_open"),
            ("unit;\n}\n\nstatic", "unit;\n}\n#endif\n\nstatic"),
        )
        | {
            "drv/foo.h": HEADER.replace("int foo_init", f"{OTHERWISE}int foo_init"),
            "vtsplit.toml": SPEC + '[rename]\nfoo_open = "foo_unit_open"\n',
        },
        "VT041",
        "drv/foo.c:5:12",
        "drv/foo.h:13:1 defines it for another configuration",
    ),
    Bad(
        "a header says that it is static",
        {"drv/foo.h": DECLARED},
        "VT042",
        "drv/foo.c:4:12",
        "'foo_open' would become global, but drv/foo.h:12:1 declares it static",
    ),
    Bad(
        "a header says so, and it is renamed",
        {
            "drv/foo.h": DECLARED,
            "vtsplit.toml": SPEC + '[rename]\nfoo_open = "foo_unit_open"\n',
        },
        "VT042",
        "drv/foo.c:4:12",
        "drv/foo.h:12:1 declares it static",
    ),
]


@pytest.mark.parametrize("bad", SOURCES, ids=[bad.name for bad in SOURCES])
def test_source(bad: Bad, tmp_path: Path) -> None:
    check_refused(bad, tmp_path)


def test_the_small_tree_is_fine_as_it_is(tmp_path: Path) -> None:
    """Else the tests above could be refused for anything."""
    result = split(small_tree(tmp_path))
    assert (result.exit_code, result.stdout[:10]) == (0, "diff --git")


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own refusal is acted out: root may read everything."""
    small_tree(tmp_path)
    allowed = Path.open

    def closed(path: Path, *how: Any, **more: Any) -> Any:
        if path.name == unreadable:
            raise PermissionError(13, "Permission denied")
        return allowed(path, *how, **more)

    monkeypatch.setattr(Path, "open", closed)
    for unreadable, code in [("foo.c", "VT011"), ("Makefile", "VT011"), ("vtsplit.toml", "VT006")]:
        result = split(tmp_path, "--write")
        assert result.exit_code == 2
        assert f"error[{code}]: cannot read" in result.stderr
        assert "ermission denied\n" in result.stderr
        assert unreadable in result.stderr
    assert not (tmp_path / "drv/main.c").exists()


@pytest.mark.parametrize("path", ["drv/foo.c", "drv/foo_ops.h", "drv/main.c"])
def test_a_link_leaves_the_tree(tmp_path: Path, path: str) -> None:
    root = small_tree(tmp_path / "tree", {path: None})
    outside = tmp_path / "outside"
    outside.write_text(SOURCE)
    (root / path).symlink_to(outside)
    said = refused(root)
    assert said.startswith(f"error[VT013]: '{path}' is outside the tree")
    assert f"  --> {path}\n" in said
    assert outside.read_text() == SOURCE


DEEP = 3_000  # more than Python's own stack has
HUGE = {
    "expression": f"return {'(' * DEEP}unit{')' * DEEP};",
    "blocks": "{" * DEEP + "}" * DEEP,
    "brackets": f"return {'a[' * DEEP}0{']' * DEEP};",
    "1 MB line": f"return unit; /* {'#' * 1_000_000} */",
}


@pytest.mark.parametrize("body", HUGE.values(), ids=HUGE)
def test_a_huge_body_is_carried_along(tmp_path: Path, body: str) -> None:
    root = trees.write(small_tree(tmp_path, with_source(("return unit;", body))))
    text = (root / "drv/foo.c").read_text()
    assert f"\nint foo_open(int unit)\n{{\n\t{body}\n}}\n" in text


def test_a_deep_entry_is_moved(tmp_path: Path) -> None:
    deep = f".number = {'(' * 1000}1{')' * 1000}"
    root = trees.write(small_tree(tmp_path, with_source(entry(deep))))
    assert f"\t{deep},\n" in (root / "drv/main.c").read_text()


# What a rename and the loss of `static` make of a line; white space may be aligned anew.
RENAMED = {"vmx_x86_ops": "vt_x86_ops", "vmx_init_ops": "vt_init_ops"}
RENAMED |= {f"vmx_{verb}_vcpu": f"vmx_vcpu_{verb}" for verb in ("create", "free", "reset")}
RENAMED |= {
    name: f"vmx_{name}"
    for name in ("hardware_setup", "hardware_unsetup", "cpu_has_kvm_support", "inject_irq")
}


def essence(line: str) -> str:
    plain = re.sub(r"\b(static|inline|extern)\b", "", line)
    return re.sub(r"\s", "", re.sub(r"\w+", lambda word: RENAMED.get(word[0], word[0]), plain))


def check_lines_survive(patch: str, dropped: frozenset[int]) -> None:
    """Check that the source's lines are there still, in their file or another."""
    removed: list[str] = []
    added: set[str] = set()
    number = 0
    for line in patch.split("\n"):
        if line.startswith("@@"):
            number = int(line.split()[1].partition(",")[0][1:])
        elif line.startswith("-") and not line.startswith("---"):
            removed += [essence(line[1:])] * (number not in dropped)
            number += 1
        elif line.startswith("+"):
            added.add(essence(line[1:]))
    # The line of the Makefile gains a word.
    lost = [line for line in removed if line and line not in added and ":=" not in line]
    assert lost == ["mini-kvm-y+=vmx/vmx.ovmx/nested.o"]


@pytest.fixture(scope="module")
def mutable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trees.copy_sample(tmp_path_factory.mktemp("mutable") / "tree")


MUTATIONS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),  # where
        st.integers(0, 80),  # how many characters go
        st.integers(0, 2),  # how often they come back
        st.text("\"'(){}[];,#\n/*\\ =x0\xe9", max_size=3),
    ),
    min_size=1,
    max_size=3,
)


# Derandomized: the fast tests give the same answer each time. Shrinking would take a minute.
@settings(
    max_examples=examples(24),
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
)
@given(MUTATIONS)
def test_a_spoilt_source(mutable: Path, mutations: list[tuple[float, int, int, str]]) -> None:
    text = (trees.SAMPLE / "vmx/vmx.c").read_text()
    for where, length, times, more in mutations:
        at = int(where * len(text))
        text = text[:at] + text[at : at + length] * times + more + text[at + length :]
    (mutable / "vmx/vmx.c").write_text(text, newline="")
    result = split(mutable, "-U0")
    if result.exit_code == 2:
        assert "error[VT" in result.stderr
        assert "VT09" not in result.stderr, "a defect of vtsplit's own"
        assert result.stdout == ""
        return
    assert result.exit_code == 0
    first = text[: text.find("#define restart_vcpu")].count("\n") + 1
    # A forward declaration goes as it is, spoilt or not.
    check_lines_survive(result.stdout, frozenset(range(first - 6, first)))


UNREADABLE = [
    Bad(
        "brace too many",
        with_source(("\treturn unit;\n}", "\treturn unit;\n}}")),
        "VT016",
        "drv/foo.c:7:2",
        "check that the file is C and complete",
    ),
    Bad(
        "parenthesis too many",
        with_source(("int foo_init", ")\nint foo_init")),
        "VT016",
        "drv/foo.c:19:1",
        "check that the file is C and complete",
    ),
    Bad(
        "comment without end",
        with_source(("return unit;", "return /* unit;")),
        "VT016",
        "drv/foo.c:6",
        "end it with */",
    ),
    Bad(
        "table behind another name",
        with_source((TABLE, "static OPS more_ops, foo_ops = {\n")),
        "VT024",
        "drv/foo.c:14:1",
        "'foo_ops' is declared together with other names",
    ),
    Bad(
        "deep declarator",
        with_source(("foo_open(int unit)", f"foo_open(int {'(' * DEEP}unit{')' * DEEP})")),
        "VT047",
        "drv/foo.c:4:1",
        "'foo_open' (entry .open of foo_ops",
    ),
]


@pytest.mark.parametrize("bad", UNREADABLE, ids=lambda bad: bad.name)
def test_unreadable_c(bad: Bad, tmp_path: Path) -> None:
    check_refused(bad, tmp_path)


NESTING = {
    "arrays": ("int foo_open(int unit)", f"int foo_open(int unit{'[1]' * 2500})"),
    "stars": ("int foo_open(int unit)", f"int foo_open(int {'*' * 1200}unit)"),
    "functions": ("int foo_open(int unit)", f"int foo_open(int {'(' * 900}unit{')(int)' * 900})"),
}


@pytest.mark.parametrize("what", mostly_slow(NESTING, 1))
def test_type_that_nests_without_end_is_refused(tmp_path: Path, what: str) -> None:
    root = small_tree(tmp_path, with_source(NESTING[what]))
    result = split(root)
    assert result.exit_code == 2, result.stderr
    assert "its type is nested too deeply" in result.stderr


def test_what_nests_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deeper(*arguments: object) -> None:
        deeper(*arguments)

    monkeypatch.setattr("vtsplit.apply.finished.transform", lambda *given, **named: deeper())
    result = split(small_tree(tmp_path))
    assert result.exit_code == 2
    assert "error[VT017]: something in the tree or the spec is nested too deeply" in result.stderr


def test_neighbour_with_a_nul_byte_is_none_of_ours(tmp_path: Path) -> None:
    root = small_tree(tmp_path)
    before = split(root).stdout
    (root / "drv/firmware.c").write_bytes(b"\0\1\2 nothing of ours\n")
    (root / "drv/firmware.h").write_bytes(b"#ifndef X\0\n")
    result = split(root)
    assert (result.exit_code, result.stdout) == (0, before), result.stderr
