"""Keep continuation lines aligned to their open parenthesis when text in front of it changes.

Kernel style indents with tabs of eight and aligns a continuation line to the column behind the open
parenthesis (Documentation/process/coding-style.rst, 2; checkpatch.pl PARENTHESIS_ALIGNMENT).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from vtsplit.cst.style.indentation import KERNEL, TAB, Indentation

_SPLICED = re.compile(r"([ \t]+)\\[ \t]*(?=\r?\n)")


def width(text: str, column: int = 0) -> int:
    r"""Return the column, from 0, at which `text` ends when it starts at `column`.

    >>> width("\tab"), width("ab\t", 4)
    (10, 8)
    """
    for char in text[text.rfind("\n") + 1 :] if "\n" in text else text:
        column = (column // TAB + 1) * TAB if char == "\t" else column + 1
    return column


@dataclass(frozen=True)
class ChangedToken:
    """A token before and after a change; `force` aligns lines behind it that were not aligned."""

    before: str
    after: str
    force: bool = False


@dataclass
class _Bracket:
    before: int  # columns behind the bracket
    after: int
    force: bool


def realign(pieces: Iterable[ChangedToken], limit: int = 80, style: Indentation = KERNEL) -> str:
    r"""Join the pieces' new texts; continuation lines move with the parenthesis they align to.

    A line that was not aligned stays, unless its bracket's piece says `force` and the aligned line
    keeps to `limit` columns. `style` is how the file indents.

    >>> texts = ["f", "(", "a,", "\n", "         ", "b)"]
    >>> realign([ChangedToken("static ", ""), *(ChangedToken(one, one) for one in texts)])
    'f(a,\n  b)'
    """
    out: list[str] = []
    stack: list[_Bracket] = []
    before = after = 0
    pending = list(pieces)
    for at, piece in enumerate(pending):
        text = piece.after
        new_line = before == 0 and _starts_line(pending, at) and stack
        if new_line and piece.before.strip(" \t") == "" and "\n" not in piece.before:
            rest = _rest_of_line(pending, at + 1)
            text = _indentation(piece, stack[-1], rest, limit, style)
        elif new_line and "\n" not in piece.before and not text.lstrip().startswith("#"):
            # A line that starts in the first column has no white space of its own to replace.
            rest = _rest_of_line(pending, at)
            text = _indentation(ChangedToken("", ""), stack[-1], rest, limit, style) + text
        before = _advance(piece.before, before)
        after = _advance(text, after)
        if piece.before in {"(", "["}:
            # Behind a bracket that ends its line there is no column to align to.
            hangs = _ends_line(pending, at + 1)
            # Nor is there a reason to touch lines below one that does not change.
            force = piece.force and not hangs and before != after
            stack.append(_Bracket(before, after, force))
        elif piece.before in {")", "]"} and stack:
            stack.pop()
        out.append(text)
    return "".join(out)


def _starts_line(pieces: list[ChangedToken], at: int) -> bool:
    return at > 0 and pieces[at - 1].before.endswith("\n")


def _rest_of_line(pieces: list[ChangedToken], at: int) -> str:
    rest = ""
    for number in range(at, len(pieces)):
        piece = pieces[number]
        rest += piece.after
        if "\n" in piece.after:
            break
    return rest.split("\n")[0].rstrip("\r")


def _ends_line(pieces: list[ChangedToken], at: int) -> bool:
    """Tell whether nothing but blanks and a backslash is left of a line."""
    for number in range(at, len(pieces)):
        line, newline, _ = pieces[number].after.partition("\n")
        if line.strip(" \t\r\\"):
            return False
        if newline:
            break
    return True


def _advance(text: str, column: int) -> int:
    return width(text) if "\n" in text else width(text, column)


def _indentation(
    piece: ChangedToken, bracket: _Bracket, rest: str, limit: int, style: Indentation
) -> str:
    if width(piece.before) == bracket.before:
        return style.columns(bracket.after) if bracket.after != bracket.before else piece.after
    if bracket.force and rest and width(rest, bracket.after) <= limit:
        return style.columns(bracket.after)
    return piece.after


def keep_backslashes(before: str, after: str) -> str:
    r"""Give the continuation backslashes of a changed macro the columns they had.

    >>> keep_backslashes("#define M\t\\\n\tabc\t\t\\\n\td", "#define M\t\\\n\tabcdefgh\t\t\\\n\td")
    '#define M\t\\\n\tabcdefgh\t\\\n\td'
    """
    old, new = before.split("\n"), after.split("\n")
    if len(old) != len(new):
        return after
    return "\n".join(
        _keep_backslash(was, now) if was != now else now for was, now in zip(old, new, strict=True)
    )


def _keep_backslash(was: str, now: str) -> str:
    old, new = (_SPLICED.search(f"{line}\n") for line in (was, now))
    # A backslash behind one blank follows its text; only one behind a tab stands in a column.
    if not old or not new or "\t" not in old[1]:
        return now
    column, end = width(was[: old.end(1)]), width(now[: new.start(1)])
    if end >= column:
        return now
    tabs = "\t" * (column // TAB - end // TAB)
    blank = tabs if column % TAB == 0 else " " * (column - end)
    return now[: new.start(1)] + blank + now[new.end(1) :]
