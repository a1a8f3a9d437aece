"""Run again: nothing to do, or just what is missing; what people wrote is kept."""

import difflib
import re
from pathlib import Path

import pytest

from dispatch_trees import (
    MEMBERS,
    SECOND,
    SPEC,
    UNDER_OPTION,
    both_ways,
    compile_all,
    dispatch_files,
    dispatch_tree,
    function,
    main_of,
    one_op,
    table_of,
    wrapper_of,
)
from trees import snapshot, split, write

pytestmark = pytest.mark.slow

STUBS = UNDER_OPTION.replace('prefix = "bar_"', 'prefix = "bar_"\nstyle = "stubs"').replace(
    "flag =", 'skeleton = "-EIO"\nflag ='
)
STYLES = {"always": SPEC, "macros": UNDER_OPTION, "stubs": STUBS}
styles = pytest.mark.parametrize(
    "base",
    [
        pytest.param(base, id=style, marks=[] if style == "macros" else [pytest.mark.slow])
        for style, base in STYLES.items()
    ],
)
CLOSE = function("void qux_close(struct unit *unit, int how)", "\tunit->id = how;\n")
RESET = function("int qux_reset(void)")
ALL = f"{SECOND}\n{CLOSE}\n{RESET}"


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines that are gone and those that are new."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [li[2:] for li in lines if li[0] == "-"], [li[2:] for li in lines if li[0] == "+"]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["", "CRLF"])
@styles
def test_a_second_run_is_empty(base: str, newline: bytes, tmp_path: Path) -> None:
    policy = '[op.close]\nonly = "second"\n'
    files = dispatch_files(second=ALL, base=base, spec=policy)
    root = dispatch_tree(tmp_path)
    for path, text in files.items():
        (root / path).write_bytes(text.encode().replace(b"\n", newline))
    write(root)
    for path in ("drv/main.c", "drv/foo_ops.h", "drv/qux.c", "drv/foo.c"):
        content = (root / path).read_bytes()
        assert content.count(b"\r") == (content.count(b"\n") if newline == b"\r\n" else 0), path
    before = snapshot(root)
    for option in ("--check", "--force"):
        result = split(root, option)
        assert (result.exit_code, result.stdout) == (0, "")
    assert snapshot(root) == before


@styles
def test_ops_one_by_one_or_all_at_once(base: str, tmp_path: Path) -> None:
    """Whatever comes first, main and header are the same in the end."""
    once = write(dispatch_tree(tmp_path / "once", second=ALL, base=base))
    pieces = (SECOND, CLOSE, RESET)
    for at, order in enumerate(((2, 1, 0), (1, 2, 0))):
        root = dispatch_tree(tmp_path / str(at), second="", base=base)
        for piece in order:
            path = root / "drv/qux.c"
            path.write_text(f"{path.read_text()}\n{pieces[piece]}")
            write(root)
        assert main_of(root) == main_of(once)
        for name in ("foo_ops.h", "foo.c", "Makefile"):
            assert (root / "drv" / name).read_text() == (once / "drv" / name).read_text()


def test_a_new_op_changes_its_lines_only(tmp_path: Path) -> None:
    root = write(dispatch_tree(tmp_path, second=f"{SECOND}\n{RESET}", base=UNDER_OPTION))
    before = snapshot(root)
    path = root / "drv/qux.c"
    path.write_text(f"{path.read_text()}\n{CLOSE}")
    main = main_of(root)
    header = (root / "drv/foo_ops.h").read_text()
    write(root)
    wrapper = wrapper_of(root, "bar_close")
    gone, new = changed(main, main_of(root))
    assert gone == ["\t.close = foo_close,"]
    assert sorted(new) == sorted([*wrapper.splitlines(), "", "\t.close = bar_op(close),"])
    assert main_of(root).index("bar_open(") < main_of(root).index("bar_close(")
    assert main_of(root).index("bar_close(") < main_of(root).index("bar_reset(")
    assert changed(header, (root / "drv/foo_ops.h").read_text()) == (
        [],
        ["void qux_close(struct unit *unit, int how);"],
    )
    other = [p for p, found in snapshot(root).items() if found != before[p]]
    assert sorted(other) == ["drv/foo_ops.h", "drv/main.c", "drv/qux.c"]


def test_an_edited_wrapper_is_kept(tmp_path: Path) -> None:
    root = write(dispatch_tree(tmp_path))
    made = main_of(root)
    edited = made.replace("qux_open(unit);", "qux_open(unit) + 1;")
    (root / "drv/main.c").write_text(edited)
    warning = (
        "warning: drv/main.c:8:1: bar_open differs from the spec and is kept; --force replaces it\n"
    )
    result = split(root, "--check")
    told = "vtsplit: nothing to do, but 1 wrapper differs from the spec and is kept\n"
    assert (result.exit_code, result.stderr) == (1, warning + told)
    quiet = split(root, "--check", "-q")
    assert (quiet.exit_code, quiet.stderr) == (1, warning)
    assert split(root).exit_code == 0
    write(root)
    assert main_of(root) == edited
    write(root, "--force")
    assert main_of(root) == made


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["", "CRLF"])
def test_force_changes_nothing_else(newline: str, tmp_path: Path) -> None:
    root = write(dispatch_tree(tmp_path, second=ALL))
    made = main_of(root).replace("\n", newline)
    more = f"/* mine */{newline}int mine;{newline}"
    edited = made.replace("qux_open(unit);", "qux_open(unit) + 1;") + more
    (root / "drv/main.c").write_bytes(edited.encode())
    write(root, "--force")
    assert main_of(root) == made + more


@styles
@pytest.mark.parametrize("op", ["open", "close", "reset"])
def test_an_op_taken_back(op: str, base: str, tmp_path: Path) -> None:
    """The wrapper goes with its entry; the function of the backend is there still, and declared."""
    root = write(dispatch_tree(tmp_path, second=ALL, base=base))
    main, header = main_of(root), (root / "drv/foo_ops.h").read_text()
    spec = root / "vtsplit.toml"
    spec.write_text(f"{spec.read_text()}[op.{op}]\nwrap = false\n")
    write(root)
    assert f"\t.{op} = foo_{op}," in table_of(root)
    assert not wrapper_of(root, f"bar_{op}")
    assert (root / "drv/foo_ops.h").read_text() == header
    compile_all(root, "-DCONFIG_QUX")
    spec.write_text(spec.read_text().replace(f"[op.{op}]\nwrap = false\n", ""))
    write(root)
    assert main_of(root) == main


def test_an_entry_taken_back(tmp_path: Path) -> None:
    """An op that only the second backend serves has no entry without its section."""
    members = f"{MEMBERS}\tint (*more)(struct unit *unit);\n"
    second = f"{SECOND}\n{function('int qux_more(struct unit *unit)')}"
    section = '[op.more]\nonly = "second"\notherwise = "return 0"\n'
    root = write(dispatch_tree(tmp_path, members=members, second=second, spec=section))
    assert "\t.more = bar_more," in table_of(root)
    spec = root / "vtsplit.toml"
    spec.write_text(spec.read_text().replace(section, ""))
    write(root)
    assert "more" not in main_of(root)
    assert split(root, "--check").exit_code == 0


HAND = """\
// SPDX-License-Identifier: GPL-2.0
#include "foo.h"
#include "foo_ops.h"
#include "qux.h"

/* Checked twice. */
static int bar_open(struct unit *unit)
{
	return is_qux(unit) ? qux_open(unit) : foo_open(unit);
}

static int bar_reset(void)
{
	return foo_reset();	/* qux has none */
}

struct ops bar_ops = {
	.open = bar_open,
	.close = foo_close,
	.reset = bar_reset,
};
"""


def test_what_was_split_by_hand_is_kept(tmp_path: Path) -> None:
    root = write(dispatch_tree(tmp_path))
    (root / "drv/main.c").write_text(HAND)
    result = split(root, "--check", "-v")
    assert result.exit_code == 1
    assert "warning: drv/main.c:7:1: bar_open differs" in result.stderr
    said = "drv/main.c:12:1: bar_reset is kept, though the spec says nothing of op 'reset'"
    assert f"note: {said}\n" in result.stderr
    assert "but 1 wrapper differs from the spec and is kept" in result.stderr
    path = root / "drv/qux.c"
    path.write_text(f"{path.read_text()}\n{CLOSE}")
    write(root)
    gone, new = changed(HAND, main_of(root))
    assert gone == ["\t.close = foo_close,"]
    wrapper = wrapper_of(root, "bar_close").splitlines()
    assert sorted(new) == sorted([*wrapper, "", "\t.close = bar_close,"])
    compile_all(root)


EXISTING = """\
// SPDX-License-Identifier: GPL-2.0
#include "foo.h"

/* kept */
int kept(void)
{
	return 1;
}"""
MAINS = {
    "no newline at its end": EXISTING,
    "CRLF": f"{EXISTING}\n".replace("\n", "\r\n"),
    "byte order mark": f"\ufeff{EXISTING}\n",
    "empty": "",
    "a block of the option": f"{EXISTING}\n\n#ifdef CONFIG_QUX\nint a;\n#else\nint b;\n#endif\n",
}


@both_ways
@pytest.mark.parametrize("text", MAINS.values(), ids=MAINS)
def test_main_is_there(text: str, base: str, tmp_path: Path) -> None:
    root = write(dispatch_tree(tmp_path, {"drv/main.c": text}, base=base))
    gone, _ = changed(text, main_of(root))
    assert gone == []
    assert wrapper_of(root, "bar_open")
    assert split(root, "--check").exit_code == 0


# What somebody may write in place of a made wrapper: it does the same.
SAME = {
    "comments": ("\tif (is_qux(unit))", "\t/* Of its own kind. */\n\tif (is_qux(unit)) // or not"),
    "a parameter": ("unit", "u"),
    "braces": ("))\n\t\treturn qux_open(unit);", ")) {\n\t\treturn qux_open(unit);\n\t}"),
    "lines": ("bar_open(struct unit *unit)", "bar_open(\n\t\tstruct unit *unit)"),
}
OTHER = {
    "the other way round": ("is_qux(unit)", "!is_qux(unit)"),
    "a macro that sees names": ("is_qux(unit)", "IS_QUX(unit)"),
}


def with_open(root: Path, old: str, new: str, names: str = r"\bunit\b(?! \*)") -> None:
    """Change the wrapper of op open."""
    wrapper = wrapper_of(root, "bar_open")
    changed = re.sub(names, new, wrapper) if old == "unit" else wrapper.replace(old, new)
    assert changed != wrapper
    (root / "drv/main.c").write_text(main_of(root).replace(wrapper, changed))


@pytest.mark.parametrize("edit", SAME.values(), ids=SAME)
def test_a_wrapper_that_does_the_same_is_as_it_should_be(
    edit: tuple[str, str], tmp_path: Path
) -> None:
    root = write(dispatch_tree(tmp_path))
    with_open(root, *edit)
    before = snapshot(root)
    for option in ("--check", "--force"):
        result = split(root, option)
        assert (result.exit_code, result.stdout) == (0, ""), option
        assert result.stderr == "vtsplit: nothing to do\n"
    assert snapshot(root) == before


@pytest.mark.parametrize("edit", OTHER.values(), ids=OTHER)
def test_a_wrapper_that_may_do_something_else_differs(
    edit: tuple[str, str], tmp_path: Path
) -> None:
    root = write(dispatch_tree(tmp_path))
    with_open(root, *edit)
    assert split(root, "--check").exit_code == 1


def test_a_macro_that_makes_a_string_of_a_name(tmp_path: Path) -> None:
    """It stands in a header, and so does not the name of a parameter count as nothing."""
    spec = '[op.open]\nbefore = "TRACE({})"\n'
    for at, body in enumerate(("do_trace(x)", "do_trace(#x)")):
        root = dispatch_tree(tmp_path / str(at), spec=spec)
        header = root / "drv/foo.h"
        text = f"#define TRACE(x) {body}\n\n#endif /* FOO_H */"
        header.write_text(header.read_text().replace("#endif /* FOO_H */", text))
        write(root)
        with_open(root, "unit", "u")
        assert split(root, "--check").exit_code == at


COMMENTED = '[op.open]\nheading = "A static one."\ncomment = "It is its own."\n'


def test_a_comment_of_the_spec_is_no_drift_and_is_forced(tmp_path: Path) -> None:
    root = write(dispatch_tree(tmp_path, spec=COMMENTED))
    made = main_of(root)
    assert "/* A static one. */\nstatic int bar_open(" in made
    assert split(root, "--force").stdout == ""
    for comment in ("/* A static one. */\n", "\t/* It is its own. */\n"):
        (root / "drv/main.c").write_text(made.replace(comment, ""))
        result = split(root, "--check")
        assert (result.exit_code, result.stderr) == (0, "vtsplit: nothing to do\n")
        write(root, "--force")
        assert main_of(root) == made
    # A heading that is there is not written twice, and one alone leaves the function as it is.
    (root / "drv/main.c").write_text(made.replace("qux_open(unit);", "qux_open(unit) + 1;"))
    write(root, "--force")
    assert main_of(root) == made
    mine = made.replace("\treturn foo_open(unit);", "\treturn foo_open(unit);\t/* mine */")
    (root / "drv/main.c").write_text(mine.replace("/* A static one. */\n", ""))
    write(root, "--force")
    assert main_of(root) == mine


def test_a_wrapper_defined_twice(tmp_path: Path) -> None:
    root = write(dispatch_tree(tmp_path))
    wrapper = wrapper_of(root, "bar_open")
    for other, code in ((wrapper, 0), (wrapper.replace("is_qux", "!is_qux"), 1)):
        both = f"#ifdef A\n{wrapper}#else\n{other}#endif\n"
        text = main_of(root)
        (root / "drv/main.c").write_text(text.replace(wrapper, both))
        result = split(root, "--check")
        assert result.exit_code == code
        assert ("is defined more than once (the spec makes one) and is kept" in result.stderr) == (
            bool(code)
        )
        (root / "drv/main.c").write_text(text)


def test_a_wrapper_that_the_spec_does_not_want(tmp_path: Path) -> None:
    """Without its mark a file may have wrappers of which the spec says nothing."""
    root = write(dispatch_tree(tmp_path, second=ALL))
    path, spec = root / "drv/main.c", root / "vtsplit.toml"
    made, said = main_of(root), spec.read_text()
    mark = "/* Wrappers made by vtsplit: what they do is in its spec. */\n\n"
    path.write_text(made.replace(mark, ""))
    spec.write_text(f"{said}[op.open]\nwrap = false\n")
    result = split(root, "--check")
    assert result.exit_code == 1
    assert "warning: drv/main.c:6:1: bar_open is kept, though the spec has wrap = false" in (
        result.stderr
    )
    # With the mark, and edited so that it is no made one any more, somebody has to look.
    spec.write_text(said)
    for name, text in (("qux.c", RESET), ("foo_ops.h", "int qux_reset(void);\n")):
        file = root / "drv" / name
        file.write_text(file.read_text().replace(text, ""))
    path.write_text(made.replace("return qux_reset();", "for (;;)\n\t\t\tqux_reset();"))
    result = split(root, "--check")
    assert result.exit_code == 0
    assert "warning: " in result.stderr
    assert "bar_reset is kept, though the spec says nothing of op 'reset'; add" in result.stderr


@pytest.mark.parametrize(
    ("spelled", "code"),
    [("enum mode which", 0), ("mode_t_ which", 0), ("unsigned int which", 1)],
)
def test_a_type_spelled_by_its_tag_is_the_same(tmp_path: Path, spelled: str, code: int) -> None:
    """A person may write `enum mode` where the first backend's function says `mode_t_`."""
    root = write(dispatch_tree(tmp_path, **one_op("int OP(struct unit *unit, mode_t_ how)")))
    main = root / "drv/main.c"
    made = wrapper_of(root, "bar_op")
    by_hand = made.replace("mode_t_ how", spelled).replace(", how)", ", which)")
    assert by_hand != made
    main.write_text(main.read_text().replace(made, by_hand))
    assert split(root, "--check").exit_code == code
