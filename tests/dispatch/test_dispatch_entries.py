"""Which entries come to name a wrapper, where new ones go, and what stays as it is."""

from pathlib import Path

import pytest

from dispatch_trees import (
    HEADER,
    MEMBERS,
    UNDER_OPTION,
    both_ways,
    compile_all,
    dispatch_tree,
    function,
    main_of,
    table_of,
    wrapper_of,
)
from trees import refused, split, write

pytestmark = pytest.mark.slow

OPEN = function("static int foo_open(struct unit *unit)")

ENTRIES = {
    "plain": ("\t.open = foo_open,", "\t.open = bar_open,"),
    "comments": (
        "\t/* a */ .open /* b */ = /* c */ foo_open /* d */, /* e */",
        "\t/* a */ .open /* b */ = /* c */ bar_open /* d */, /* e */",
    ),
    "address": ("\t.open = &foo_open,", "\t.open = &bar_open,"),
    "cast": ("\t.open = (void *)foo_open,", "\t.open = (void *)bar_open,"),
    "choice": ("\t.open = 1 ? foo_open : NULL,", "\t.open = 1 ? bar_open : NULL,"),
    "macro": ("\tSET(open, foo_open),", "\tSET(open, bar_open),"),
    "old style": ("\topen: foo_open,", "\topen: bar_open,"),
    "two in a line": (
        "\t.open = foo_open, .number = 3, .data = foo_open",
        "\t.open = bar_open, .number = 3, .data = bar_open",
    ),
}


@pytest.mark.parametrize(("before", "after"), ENTRIES.values(), ids=ENTRIES)
def test_entry(before: str, after: str, tmp_path: Path) -> None:
    functions = f"#define SET(x, f) .x = f\n\n{OPEN}"
    root = write(dispatch_tree(tmp_path, functions=functions, entries=f"{before}\n"))
    assert table_of(root) == [after]
    assert wrapper_of(root, "bar_open")
    assert split(root, "--check").exit_code == 0


KEPT = {
    "nobody's": "\t.open = NULL,",
    "data": "\t.data = &one,",
}


@pytest.mark.parametrize("line", KEPT.values(), ids=KEPT)
def test_an_entry_that_stays(line: str, tmp_path: Path) -> None:
    functions = f"static int one;\n\n{OPEN}"
    root = dispatch_tree(tmp_path, functions=functions, entries=f"{line}\n")
    said = split(root, "--write", "-v").stderr
    assert table_of(root) == [line.replace("&one", "&foo_one")]
    assert "bar_open" not in main_of(root)
    assert "warning: drv/qux.c:6:1: qux_open serves no op: " in said


def test_what_has_no_second_function_or_no_wish_stays(tmp_path: Path) -> None:
    root = write(dispatch_tree(tmp_path, spec="[op.open]\nwrap = false\n"))
    assert table_of(root) == [
        "\t.open = foo_open,",
        "\t.close = foo_close,",
        "\t.reset = foo_reset,",
    ]
    assert "static" not in main_of(root)


ONLY_SECOND = '[op.open]\nonly = "second"\notherwise = "return 0"\n'
PLACES = {
    "behind the member before": (
        "\t.number = 1,\n",
        "\tint (*open)(struct unit *unit);\n",
        "{\n\t.open = bar_open,\n\t.number = 1,\n}",
    ),
    "behind a comment": (
        "\t.first = 1, /* one\n\t\t       and only */\n\t.number = 1,\n",
        "\tint first;\n\tint (*open)(struct unit *unit);\n",
        "{\n\t.first = 1, /* one\n\t\t       and only */\n\t.open = bar_open,\n\t.number = 1,\n}",
    ),
    "behind a line comment": (
        "\t.first = 1, // one\n\t.number = 1,\n",
        "\tint first;\n\tint (*open)(struct unit *unit);\n",
        "{\n\t.first = 1, // one\n\t.open = bar_open,\n\t.number = 1,\n}",
    ),
    "behind one under a condition": (
        "#ifdef X\n\t.first = 1,\n#endif\n",
        "\tint first;\n\tint (*open)(struct unit *unit);\n",
        "{\n#ifdef X\n\t.first = 1,\n#endif\n\n\t.open = bar_open,\n}",
    ),
    "in front of one without a comma": (
        "\t.first = 1\n",
        "\tint first;\n\tint (*open)(struct unit *unit);\n",
        "{\n\t.open = bar_open,\n\t.first = 1\n}",
    ),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["", "CRLF"])
@pytest.mark.parametrize(("entries", "members", "after"), PLACES.values(), ids=PLACES)
def test_a_new_entry(entries: str, members: str, after: str, newline: str, tmp_path: Path) -> None:
    root = dispatch_tree(tmp_path, members=members, functions="", entries=entries, spec=ONLY_SECOND)
    for name in ("foo.c", "foo.h", "qux.c"):
        path = root / "drv" / name
        path.write_bytes(path.read_bytes().replace(b"\n", newline.encode()))
    write(root)
    assert main_of(root).endswith(f"struct ops bar_ops = {after};\n".replace("\n", newline))
    assert split(root, "--check").exit_code == 0


def test_a_new_entry_does_not_shift_others(tmp_path: Path) -> None:
    members = "\tint first : 3;\n\tint (*open)(struct unit *unit);\n\tint last;\n"
    tree = dispatch_tree(
        tmp_path, members=members, functions="", entries="\t1,\n\tNULL,\n\t3,\n", spec=ONLY_SECOND
    )
    assert "'open'" in refused(tree)


SHARED = {
    "first under a condition": "#ifdef X\n\t.open = foo_open,\n#endif\n\t.again = foo_open,\n",
    "second under a condition": "\t.open = foo_open,\n#ifdef X\n\t.again = foo_open,\n#endif\n",
}


@both_ways
@pytest.mark.parametrize("entries", SHARED.values(), ids=SHARED)
def test_two_entries_share_a_wrapper(entries: str, base: str, tmp_path: Path) -> None:
    members = f"{MEMBERS}\tint (*again)(struct unit *unit);\n"
    root = write(
        dispatch_tree(tmp_path, members=members, functions=OPEN, entries=entries, base=base)
    )
    assert main_of(root).count("static int bar_open(") == 1
    compile_all(root, "-DCONFIG_QUX")
    assert split(root, "--check").exit_code == 0


def test_two_wrappers_share_a_function(tmp_path: Path) -> None:
    """The declaration is there when either of them is."""
    entries = "\t.open = foo_open,\n#ifdef X\n\t.again = foo_again,\n#endif\n"
    root = write(
        dispatch_tree(
            tmp_path,
            members=f"{MEMBERS}\tint (*again)(struct unit *unit);\n",
            functions=f"{OPEN}\n{OPEN.replace('foo_open', 'foo_again')}",
            entries=entries,
            spec='[op.again]\nsecond = "qux_open"\n',
        )
    )
    compile_all(root)
    compile_all(root, "-DX")


def test_two_entries_that_disagree(tmp_path: Path) -> None:
    said = refused(
        dispatch_tree(
            tmp_path,
            members=f"{MEMBERS}\tint (*again)(struct unit *unit);\n",
            functions=OPEN,
            entries="\t.open = foo_open,\n\t.again = foo_open,\n",
            spec='[op.again]\notherwise = "return 7"\n',
        )
    )
    assert said.startswith("error[VT052]: ops 'open' and 'again' would share the wrapper")
    assert "  --> drv/foo.c:11:11\n" in said


TAKEN = {
    "macro": "#define bar_open 3\n",
    "function": "int bar_open(struct unit *unit);\n",
    "inline function": "static inline int bar_open(struct unit *unit) { return 0; }\n",
    "variable": "extern int bar_open;\n",
}


@pytest.mark.parametrize("line", TAKEN.values(), ids=TAKEN)
def test_a_wrapper_s_name_is_taken(line: str, tmp_path: Path) -> None:
    header = HEADER.replace("MEMBERS", MEMBERS).replace("#endif", f"{line}\n#endif")
    said = refused(dispatch_tree(tmp_path, {"drv/foo.h": header}))
    assert said.startswith("error[VT052]: the wrapper 'bar_open' would collide with"), said
    assert "  --> drv/foo.h:31:1\n" in said


@pytest.mark.parametrize("where", ["drv/foo.h", "drv/main.c"])
def test_a_macro_s_name_is_taken(where: str, tmp_path: Path) -> None:
    header = HEADER.replace("MEMBERS", MEMBERS)
    macro = "#define bar_op(x) (x)\n"
    text = header.replace("#endif", f"{macro}\n#endif") if where.endswith("h") else macro
    said = refused(dispatch_tree(tmp_path, {where: text}, base=UNDER_OPTION))
    assert said.startswith("error[VT052]: the macro 'bar_op' "), said
    assert f"  --> {where}:" in said
