"""TOML with places: reading that says where it fails, and where each key and value stands.

`tomllib` gives no places, so the text is scanned once more. It is one that `tomllib` accepts, so
the scan validates nothing. Any other text gives a poorer answer, but an answer: a message about a
bad file must not fail on the same bad file.
"""

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.rule import Example, Rule

ENCODING = Rule(
    "VT001",
    "encoding",
    "the spec is not UTF-8 text",
    "TOML is UTF-8 text. The file has bytes that no UTF-8 text has.",
    "Save the file as UTF-8 text.",
    Example(spec='[split]\nsource = "l\0mp.c"\n'),
)

SYNTAX = Rule(
    "VT001",
    "syntax",
    "the spec is not TOML",
    "The TOML reader stops at this line and column.",
    "Correct the line. Most often a quote, a bracket or a `=` is missing.",
    Example(spec='[split]\nsource = "lamp.c\nheader = "lamp_ops.h"\n'),
)


TOO_LARGE = Rule(
    "VT001",
    "too-large",
    "the spec is too large",
    "A spec has some hundred lines. A file of many megabytes, or a key of many parts, is something "
    "else, and would take memory and time without end.",
    "Name the right file. A spec has at most a million characters, and a key at most 16 parts.",
    Example(spec="[split]\n" + ".".join("a" * 40) + " = 1\n"),
)


LARGEST = 1_000_000  # characters of a spec
KeyPath = tuple[str | int, ...]
Part = Literal["key", "value"]

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
# Long strings first, as `""` opens one. Two quotes more may stand in front of the closing three.
_STRING = re.compile(
    r'''"""(?:[^\\]|\\.)*?"""(?:"{0,2})'''
    r"""|'''.*?'''(?:'{0,2})"""
    r"""|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""",
    re.DOTALL,
)
# A number, a boolean, or a date, which may hold one space: 1979-05-27 07:32:00.
_PLAIN = re.compile(r"[^\s,\[\]{}#=]+(?: [0-9][^\s,\[\]{}#=]*)?")
# A key of more parts than any spec has. Each part is gone over once: what it has taken, it keeps.
_DEEP_KEY = re.compile(
    r"""(?<![\w.-])(?:(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){16}"""
)
_TOML_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


def parse(text: str, file: str) -> dict[str, Any]:
    """Read TOML as `tomllib` does; raise RefusedError (VT001) if it is not TOML.

    >>> parse("a = [1]", "a.toml")
    {'a': [1]}
    >>> try:
    ...     parse("a = 1\\nb 2", "a.toml")
    ... except RefusedError as refused:
    ...     print(refused.problems[0].site, refused)
    a.toml:2:3 not TOML: Expected '=' after a key in a key/value pair
    """
    if "\0" in text:
        # No line of it is worth showing.
        raise RefusedError(
            Problem(ENCODING, "not TOML: a binary file", Site(file), "save it as UTF-8 text")
        )
    if len(text) > LARGEST:
        message = f"not a spec: it has more than {LARGEST:,} characters"
        raise RefusedError(Problem(TOO_LARGE, message, Site(file)))
    if deep := _DEEP_KEY.search(text):
        site = site_at(text, deep.start(), file)
        raise RefusedError(Problem(TOO_LARGE, "not a spec: a key has more than 16 parts", site))
    if stray := re.search("[\ud800-\udfff]", text):
        message = f"not TOML: byte 0x{ord(stray[0]) & 0xFF:02x} is not UTF-8"
        site = site_at(text, stray.start(), file)
        raise RefusedError(Problem(ENCODING, message, site, "save it as UTF-8 text"))
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        problem = Problem(SYNTAX, "not TOML that can be read: it is nested too deeply", Site(file))
        raise RefusedError(problem) from error
    except ValueError as error:  # TOMLDecodeError is one; an endless number raises a plain one
        message, site = str(error), Site(file)
        if place := _TOML_PLACE.fullmatch(message):
            message = place[1]
            site = site_at(text, len(text.rstrip()), file)
            if place[2]:
                site = Site(file, int(place[2]), int(place[3]))
        raise RefusedError(Problem(SYNTAX, f"not TOML: {message}", site)) from error


def locate(text: str, path: KeyPath, file: str, of: Part = "key") -> Site:
    r"""Find a key of a TOML text, or its value: its line, column and width, all within one line.

    An index stands for an element of an array. Quotes are not part of the place, so that a marker
    stands below the name itself. What is not in the text falls back to what encloses it, at last to
    the table's header and the first line.

    >>> text = '[split]\nprefix = "foo_" # short\n'
    >>> locate(text, ("split", "prefix"), "a.toml")
    Site(path='a.toml', line=2, column=1, width=6)
    >>> locate(text, ("split", "prefix"), "a.toml", of="value")
    Site(path='a.toml', line=2, column=11, width=4)
    >>> str(locate(text, ("split", "header"), "a.toml")), str(locate(text, ("x",), "a.toml"))
    ('a.toml:1:2', 'a.toml:1:1')
    """
    keys, values = _scan(text)
    for length in range(len(path), 0, -1):
        span = values.get(path[:length]) if of == "value" else None
        span = span or keys.get(path[:length])
        if span is not None:
            return site_at(text, span[0], file, end=span[1])
    return Site(file, 1, 1)


def site_at(text: str, start: int, file: str, end: int = 0) -> Site:
    r"""Turn offsets into a site; what runs on into further lines is marked on its first line only.

    >>> site_at("a = 1\nb = [\n]\n", 10, "a.toml", end=13)
    Site(path='a.toml', line=2, column=5, width=1)
    """
    starts = _line_starts(text)
    number = bisect_right(starts, start)
    line_start = starts[number - 1]
    line_end = starts[number] - 1 if number < len(starts) else len(text)
    line = text[line_start:line_end].removesuffix("\r")
    width = min(end, line_start + len(line)) - start
    return Site(file, number, start - line_start + 1, max(width, 1))


@lru_cache(maxsize=8)
def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


Spans = dict[KeyPath, tuple[int, int]]


@lru_cache(maxsize=8)
def _scan(text: str) -> tuple[Spans, Spans]:
    scan = _TomlScan(text)
    scan.run()
    return scan.keys, scan.values


@dataclass
class _OpenValue:
    """An array or inline table that has begun: where, what ends it, and its elements so far."""

    path: KeyPath
    start: int
    closer: str
    count: int = 0


class _TomlScan:
    """One pass over a text, recording the first place of every key and value.

    Open arrays and inline tables are kept on a list, not on Python's stack: a deeply nested text
    is to be located, not to end in a RecursionError.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.keys: Spans = {}
        self.values: Spans = {}
        self._elements: dict[KeyPath, int] = {}  # how many [[headers]] an array of tables has had

    def run(self) -> None:
        table: KeyPath = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                path = self._key(table)
                if path != table and self._take("="):
                    self._value(path)
                else:
                    self._skip_line()

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _skip_line(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end + 1

    def _take(self, char: str) -> bool:
        self._skip(_SPACE)
        found = self.text.startswith(char, self.at)
        self.at += len(char) if found else 0
        return found

    def _names(self) -> list[tuple[str, tuple[int, int]]]:
        """Read a key with its dots: each part's name and span."""
        names: list[tuple[str, tuple[int, int]]] = []
        while not names or self._take("."):
            self._skip(_SPACE)
            found = _KEY.match(self.text, self.at)
            if found is None:
                break
            self.at = found.end()
            names.append((_unquoted(found[0]), _inside(self.text, *found.span())))
        return names

    def _key(self, table: KeyPath) -> KeyPath:
        for name, span in self._names():
            table = (*table, name)
            self.keys.setdefault(table, span)
        return table

    def _header(self) -> KeyPath:
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        names = self._names()
        path: KeyPath = ()
        for number, (name, span) in enumerate(names, start=1):
            path = (*path, name)
            self.keys.setdefault(path, span)
            if is_array and number == len(names):
                self._elements[path] = self._elements.get(path, 0) + 1
            if path in self._elements:
                # A header [a.b] below [[a]] belongs to the last element of `a`.
                path = (*path, self._elements[path] - 1)
                self.keys.setdefault(path, span)
        self._skip_line()
        return path

    def _value(self, path: KeyPath) -> None:
        """Read a value with all that it holds, and record the place of each part."""
        opened: list[_OpenValue] = []
        following: KeyPath | None = path
        while following is not None:
            self._skip(_SPACE)
            start = self.at
            char = self.text[start : start + 1]
            if char in ("[", "{"):
                opened.append(_OpenValue(following, start, "]" if char == "[" else "}"))
                self.at += 1
            else:
                self._skip(_STRING if char in ('"', "'") else _PLAIN)
                self.values.setdefault(following, _inside(self.text, start, self.at))
                if self.at == start:
                    self.at += 1  # no value at all: go on behind what is not TOML
            following = self._next_value(opened)

    def _next_value(self, opened: list[_OpenValue]) -> KeyPath | None:
        """Go on to the next value within what is open, closing what ends; None when all is closed.

        What is not TOML is passed over one character at a time.
        """
        while opened:
            inner = opened[-1]
            self._skip(_BLANK)
            char = self.text[self.at : self.at + 1]
            if not char:
                return None
            if char == inner.closer:
                self.at += 1
                self.values.setdefault(inner.path, (inner.start, self.at))
                opened.pop()
            elif inner.closer == "]" and char not in ",=}":
                inner.count += 1
                return (*inner.path, inner.count - 1)
            elif inner.closer == "}" and (path := self._key(inner.path)) != inner.path:
                if self._take("="):
                    return path
            else:
                self.at += 1
        return None


def _unquoted(part: str) -> str:
    if part[0] not in "\"'":
        return part
    if part[0] == '"' and "\\" in part:
        try:
            return str(tomllib.loads(f"key = {part}")["key"])
        except tomllib.TOMLDecodeError:
            pass
    return part[1:-1]


def _inside(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the quotes of a string on one line; an empty string is its quotes."""
    is_quoted = text[start : start + 1] in ("'", '"') and not text.startswith(('"""', "'''"), start)
    return (start + 1, end - 1) if is_quoted and end - start > 2 else (start, end)
