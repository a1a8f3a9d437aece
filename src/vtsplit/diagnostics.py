"""Messages: problems, which refuse, and notes.

A `Problem` refuses: with one problem nothing is written. A `Note` informs. Both carry a `Site`, so
that every message can point to a file, a line and a column.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from vtsplit.rule import Rule

_ESCAPES = dict(zip("\a\b\t\n\v\f\r", "abtnvfr", strict=True))
_WIDEST = 120  # characters of a line that are shown


@dataclass(frozen=True, order=True)
class Site:
    """A place in a file: path as shown to the user, line and column from 1 (a tab is one column).

    Line 0 means the file as a whole. `width` is how many columns a marker underlines.
    """

    path: str
    line: int = 0
    column: int = 0
    width: int = 1

    def __str__(self) -> str:
        """Format as `path:line:column`, leaving out what is unknown.

        >>> str(Site("a.c", 3, 7)), str(Site("a.c", 3)), str(Site("a.c"))
        ('a.c:3:7', 'a.c:3', 'a.c')
        """
        shown = [visible(self.path)]
        if self.line:
            shown.append(str(self.line))
            if self.column:
                shown.append(str(self.column))
        return ":".join(shown)


@dataclass(frozen=True)
class Problem:
    """A reason to refuse: the rule that is broken, what is wrong, where, and what to do."""

    rule: Rule
    message: str
    site: Site | None = None
    help: str = ""

    @property
    def advice(self) -> str:
        """What to do here, in the words of a message; else what the rule says for all cases.

        >>> rule = Rule("VT014", "no-tree", "", "", "Correct the path.", "")
        >>> Problem(rule, "").advice, Problem(rule, "", help="name a folder").advice
        ('correct the path', 'name a folder')
        """
        if self.help:
            return self.help
        whole = self.rule.advice
        # Several sentences stay as they are.
        return whole if ". " in whole else whole[:1].lower() + whole[1:].removesuffix(".")

    @property
    def code(self) -> str:
        """Return the rule's stable code, as `VT031`."""
        return self.rule.code

    @property
    def slug(self) -> str:
        """Return what tells the rule from others of its code."""
        return self.rule.slug


class NoteKind(Enum):
    """How much a note matters: a warning asks somebody to look, the rest is for who wonders."""

    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Note:
    """Something seen and left alone, or done in a way worth knowing; `help` says what to do."""

    message: str
    site: Site | None = None
    kind: NoteKind = NoteKind.NOTE
    help: str = ""


class RefusedError(Exception):
    """Raised with every problem that was found; the command line prints them and exits with 2."""

    def __init__(self, *problems: Problem) -> None:
        assert problems, "a refusal without a reason"
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class HalfWrittenError(RefusedError):
    """Raised where writing has failed and not all could be restored; the command exits with 3."""


def unique(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Drop repeated problems, keeping the order in which they were found."""
    return tuple(dict.fromkeys(problems))


def visible(text: str, kept: str = "") -> str:
    r"""Escape, as git does in paths, what a terminal obeys or does not show.

    A name in a tree may have control characters, or ones that turn the direction of the text.

    >>> print(visible("a\x1b]0;\n.c"), visible("\u202eé\udce9"))
    a\033]0;\n.c \342\200\256é\351
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in kept else _escaped(one) for one in text)


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return f"\\{_ESCAPES[char]}"
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))


def number(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> number(1, "file"), number(2, "file")
    ('1 file', '2 files')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def render(problem: Problem, line_at: Callable[[Site], str | None], is_advised: bool = True) -> str:
    """Lay out a problem for a terminal: headline, place, the line with a marker, and the advice.

    `line_at` returns the text of a site's line, or None where there is no such text to show. The
    advice is left out unless `is_advised`.

    >>> site = Site("vtsplit.toml", 14, 5, 4)
    >>> rule = Rule("VT050", "no-op", "no such op", "", "", "")
    >>> problem = Problem(rule, "no such op", site, "did you mean 'x'?")
    >>> print(render(problem, lambda _: "a = 'y'"))
    error[VT050]: no such op
      --> vtsplit.toml:14:5
       14 | a = 'y'
          |     ^^^^ did you mean 'x'?
    """
    lines = [f"error[{problem.code}]: {visible(problem.message)}"]
    advice = visible(problem.advice) if is_advised else ""
    shown = None
    if problem.site is not None:
        lines.append(f"  --> {problem.site}")
        shown = line_at(problem.site) if problem.site.line else None
    if shown is not None and problem.site is not None:
        number = f"{problem.site.line:>5}"
        shown, column = _clip(shown.rstrip(), max(problem.site.column, 1))
        lead, shown = visible(shown[: column - 1], "\t"), visible(shown, "\t")
        # Keep the tabs of the line in front of the marker, so that it stands below what it marks.
        lead = "".join("\t" if char == "\t" else " " for char in lead)
        marker = "^" * min(max(problem.site.width, 1), _WIDEST)
        lines.append(f"{number} | {shown}")
        lines.append(f"{' ' * len(number)} | {lead}{marker} {advice}".rstrip())
    elif advice:
        lines.append(f"  help: {advice}")
    return "\n".join(lines)


def _clip(line: str, column: int) -> tuple[str, int]:
    """Cut a long line to what stands around a column; return it and where the column is then."""
    if len(line) <= _WIDEST:
        return line, column
    start = max(column - 1 - _WIDEST // 2, 0)
    end = start + _WIDEST
    before = "..." if start else ""
    after = "..." if end < len(line) else ""
    return f"{before}{line[start:end]}{after}", column - start + len(before)
