"""List a second source file beside the first one, in a build file that is not a Makefile.

foo_sources = files(            foo_sources = files(
  'foo.c',               ->       'foo.c',
)                                 'foo_main.c',
                                )
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from posixpath import basename, dirname, join, normpath, relpath

from vtsplit.codemods.build.member import sorted_place
from vtsplit.cst.edits import Edit, apply_edits
from vtsplit.survey.build.listed import Listed, ListedPath

_REST = re.compile(r"[ \t]*(?:#.*)?$")
_JOINT = re.compile(r"([ \t]*\\)\r?\n")  # the end of a line that a backslash carries on
_VARIABLE = re.compile(r"^(?:.*[}>]/)?")


def list_beside(text: str, listed: Sequence[Listed], source: str, path: str) -> str:
    """Add `path` beside `source` wherever that is listed as a source and `path` is not.

    A sorted list stays sorted; in any other the new path stands behind the old one.

    >>> from vtsplit.survey.build.meson import find_listed
    >>> text = "lib = static_library('foo', 'a/foo.c')\\n"
    >>> list_beside(text, find_listed(text, "meson.build", "a/foo.c"), "a/foo.c", "a/main.c")
    "lib = static_library('foo', 'a/foo.c', 'a/main.c')\\n"
    """
    edits: list[Edit] = []
    for one in listed:
        new = spelled(one.entry.text, source, path)
        if one.bare:
            start, end, quote = one.entry.start - 1, one.entry.end + 1, one.entry.quote
            edits += [Edit(start, start, "["), Edit(end, end, f", {quote}{new}{quote}]")]
        elif one.is_source and new not in (entry.text for entry in one.entries):
            edits += _Adding(text, one, new).edits()
    return apply_edits(text, edits)


def spelled(written: str, source: str, path: str) -> str:
    """Spell a path as another one is spelled that stands for `source`.

    >>> spelled("${SRC}/a/x.c", "lib/a/x.c", "lib/a/main.c"), spelled("a/x.c", "a/x.c", "b/main.c")
    ('${SRC}/a/main.c', 'b/main.c')
    >>> spelled("$<$<BOOL:${X}>:x.c>", "x.c", "main.c")
    '$<$<BOOL:${X}>:main.c>'
    """
    at = written.rindex(basename(source))
    before, rest = written[:at], written[at + len(basename(source)) :]
    folder = relpath(dirname(path) or ".", dirname(source) or ".")
    if folder == ".":
        return before + basename(path) + rest
    fixed = _VARIABLE.match(before)
    cut = max(fixed.end() if fixed else 0, before.rfind(":") + 1)
    return before[:cut] + normpath(join(before[cut:], folder, basename(path))) + rest


class _Adding:
    """The edits that put one path into a list."""

    def __init__(self, text: str, listed: Listed, new: str) -> None:
        self.text = text
        self.listed = listed
        self.entries = listed.entries
        self.quoted = f"{listed.entry.quote}{new}{listed.entry.quote}"
        self.new = new

    def edits(self) -> list[Edit]:
        place = sorted_place([entry.text for entry in self.entries], self.new)
        if place is None:
            place = self.entries.index(self.listed.entry) + 1
        return self._in_front(self.entries[0]) if place == 0 else self._behind(place - 1)

    def _in_front(self, entry: ListedPath) -> list[Edit]:
        start = entry.start - len(entry.quote)
        comma = self.listed.separator
        indent = self._indent(entry)
        gap = " " if comma != ";" else ""
        if indent is not None and self._ends_line(entry):
            gap = self._newline(entry) + indent
        return [Edit(start, start, f"{self.quoted}{comma}{gap}")]

    def _behind(self, at: int) -> list[Edit]:
        entry = self.entries[at]
        end = entry.end + len(entry.quote)
        comma = self.listed.separator
        indent = self._indent_for(at)
        if comma == ";" or indent is None:
            return [Edit(end, end, f"{comma}{'' if comma == ';' else ' '}{self.quoted}")]
        joint = self._joint(at)
        line = f"{joint}{self._newline(entry)}{indent}{self.quoted}"
        stop = self.text.find("\n", end)
        stop = len(self.text) if stop < 0 else stop - self.text.endswith("\r", end, stop)
        has_comma = bool(comma) and self.text[end : end + 1] == comma
        rest = self.text[end + has_comma : stop]
        if not _REST.match(rest):
            return [Edit(end, end, comma + line)]
        # A comment behind the path is about that one.
        if not comma or has_comma:
            return [Edit(stop, stop, line + comma)]
        if end == stop:
            return [Edit(end, end, comma + line)]
        return [Edit(end, end, comma), Edit(stop, stop, line)]

    def _indent_for(self, at: int) -> str | None:
        """Return what a new line behind an entry starts with; None if the line goes on."""
        entry = self.entries[at]
        following = self.entries[at + 1] if at + 1 < len(self.entries) else None
        if following and "\n" not in self.text[entry.end : following.start]:
            return None
        if self._indent(entry) is not None:
            return self._indent(entry)
        # The first one stands behind the opening bracket, the others below it.
        return self._indent(following) if following and self._is_one_a_line() else None

    def _joint(self, at: int) -> str:
        """Return what joins the line of an entry to the next one: a backslash, or nothing."""
        if self.listed.separator:
            return ""
        for one in self.entries[max(0, at - 1) : at + 1]:
            found = _JOINT.match(self.text, one.end)
            if found:
                return found[1]
        return ""

    def _is_one_a_line(self) -> bool:
        return all("\n" in self.text[a.end : b.start] for a, b in pairwise(self.entries))

    def _indent(self, entry: ListedPath) -> str | None:
        start = entry.start - len(entry.quote)
        before = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        return None if before.strip() else before

    def _ends_line(self, entry: ListedPath) -> bool:
        rest = self.text[entry.end + len(entry.quote) :].split("\n", 1)[0]
        return bool(_REST.match(rest.lstrip(" \t,").rstrip("\r)]")))

    def _newline(self, entry: ListedPath) -> str:
        stop = self.text.find("\n", entry.end)
        near = self.text[: stop + 1] if stop >= 0 else self.text
        return "\r\n" if near.endswith("\r\n") or (stop < 0 and "\r\n" in near) else "\n"
