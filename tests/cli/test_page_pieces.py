"""A page's diff has every line of a change once, in its order, however the change is cut."""

import re

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from vtsplit.change.changes import ChangeSet, FileChange
from vtsplit.cli.page.diff.colors import color_lines
from vtsplit.cli.page.diff.file_diffs import CONTEXT, file_diffs
from vtsplit.cli.page.diff.moves import find_moves
from vtsplit.diagnostics import visible

LINES = st.sampled_from(
    [
        "#include <a.h>",
        "#define N 3",
        "static int f(void)",
        "{",
        "}",
        "\treturn 1; /* x",
        " */",
        "",
        "struct o t = { .f = f };",
        "int g(void);",
        "#if 1",
        "#endif",
        'MODULE_LICENSE("GPL");',
        "\r",
        "\x0c",
        'char *s = "<b>&',
    ]
)
TEXTS = st.lists(LINES, max_size=30).map("\n".join)


@given(TEXTS, TEXTS, st.sampled_from(["a.c", "a.h", "Makefile", "README"]))
def test_every_line_is_there_once_in_its_order(before: str, after: str, path: str) -> None:
    change = FileChange(path, before.encode(), after.encode())
    wanted = [
        (line.origin, max(line.old_lineno, 0), max(line.new_lineno, 0))
        for hunk in change.compare(CONTEXT).hunks
        for line in hunk.lines
        if line.origin in "+- "
    ]
    diffs = file_diffs(ChangeSet([change]))
    pieces = [piece for diff in diffs for piece in diff.pieces]
    assert [(row.sign, row.old, row.new) for piece in pieces for row in piece.rows] == wanted
    assert all(piece.kinds for piece in pieces)
    assert len({piece.ident for piece in pieces}) == len(pieces)


@given(TEXTS, st.sampled_from(["a.c", "Makefile", "README"]))
def test_colours_lose_no_line_and_no_word(text: str, path: str) -> None:
    lines = color_lines(text, path)
    assert len(lines) == text.count("\n") + 1
    for line, coloured in zip(text.replace("\r\n", "\n").split("\n"), lines, strict=True):
        plain = Markup(re.sub(r"<[^>]*>", "", coloured)).unescape()
        assert plain == visible(line, "\t")


BLOCK = b"static int lamp_open(struct lamp *lamp)\n{\n\treturn 0;\n}\n"


def test_a_block_that_goes_to_another_file_has_moved() -> None:
    changes = ChangeSet(
        [
            FileChange("a.c", b"int a;\n" + BLOCK + b"int z;\n", b"int a;\nint z;\n"),
            FileChange("b.c", None, b"/* new */\n" + BLOCK),
        ]
    )
    moves = find_moves(changes)
    assert moves["-", "a.c", 2] == "b.c:2"
    assert moves["+", "b.c", 5] == "a.c:5"
    assert len(moves) == 8


def test_a_line_that_is_alike_by_chance_has_not_moved() -> None:
    changes = ChangeSet(
        [FileChange("a.c", b"}\nint a;\n", b"int a;\n"), FileChange("b.c", b"", b"}\n")]
    )
    assert not find_moves(changes)


def test_many_lines_alike_move_in_little_time() -> None:
    lines = b"\t.probe = lamp_probe_with_a_long_name,\n" * 3000
    changes = ChangeSet([FileChange("a.c", lines, b""), FileChange("b.c", b"", lines)])
    assert not find_moves(changes)
