"""Preprocessed text cut into what stands at file scope, fast: five megabytes in half a second.

There are no comments, no conditionals and no macros left, so that a coarse scan by brackets finds
every declaration and definition. What a chunk is, is read only where two programs differ.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from vtsplit.cst.lexer import NUMBER, STANDARD_ATTRIBUTE, code_words, lex, may_separate_digits
from vtsplit.cst.pragmas import Pragmas, decides, named_by, pragma_of
from vtsplit.verify.inputs.preprocess import MARKER, files_at

_TEXT = r'"(?<!\\")(?:[^"\\\n]|\\.)*"|\'(?<!\\\')(?:[^\'\\\n]|\\.)*\''
# The slower way, for the few texts in which a quote may stand in a number (C23 6.4.4.1).
_TEXT_OR_NUMBER = rf"{_TEXT}|(?<![\w$]){NUMBER}"


def _marks(quoted: str, marks: str) -> re.Pattern[str]:
    return re.compile(rf"{quoted}|(?P<line>^#[^\n]*\n?)|(?P<mark>[{marks}])", re.MULTILINE)


_MARK, _INSIDE = _marks(_TEXT, r"(){}\[\];"), _marks(_TEXT, "{}")
_MARK_NUMBERS = _marks(_TEXT_OR_NUMBER, r"(){}\[\];")
_INSIDE_NUMBERS = _marks(_TEXT_OR_NUMBER, "{}")
_QUOTED = re.compile(_TEXT)
_LINE = re.compile(r"^#[^\n]*\n?", re.MULTILINE)
_PRAGMA = re.compile(r"^# *pragma\b[^\n]*", re.MULTILINE)
_ATTRIBUTE = re.compile(
    r"\b__(?:attribute|asm)(?:__)?\s*\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*\)"
    r"|\basm\s*\([^()]*\)"
)
_NAME = re.compile(r"[\w$]+")
_BOUNDS = re.compile(r"(?:\s*\[[^\[\]]*\])+\s*\Z")
# C11 6.9.1p5: a head that names its parameters, and the first of their declarations.
_OLD_HEAD = re.compile(
    r"(?:[\w$](?<!typeof)(?<!typeof__)|\))\s*\(\s*[\w$]+(?:\s*,\s*[\w$]+)*\s*\)"
    r"\s*(?!__attribute|__asm|asm\b)[A-Za-z_$]"
)
_MOST_PARAMETERS = 128  # C11 5.2.4.1 asks for 127
_AGGREGATE = re.compile(r"\b(?:struct|union|enum)(?:\s+\w+)*\s*\Z")


@dataclass(frozen=True)
class SourceLine:
    """Where a text comes from: a file as the compiler names it, and a line."""

    path: str
    line: int


@dataclass(frozen=True)
class Chunk:
    """One thing at file scope: `text` without line markers, and the pragmas in force there.

    `start` and `end` are offsets in the preprocessed text. In a text as it is written the first
    `conditions` of the pragmas are those of `#if`.
    """

    text: str
    pragmas: tuple[str, ...]
    start: int
    end: int
    conditions: int = 0

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What is equal for equal chunks."""
        return self.text, self.pragmas


class Chunks:
    """The chunks of one preprocessed text, and where each stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.chunks = _joined(_cut(text), text)

    @cached_property
    def _markers(self) -> tuple[list[int], list[tuple[str, int]]]:
        ends, places = [], []
        for match in MARKER.finditer(self.text):
            ends.append(match.end() + 1)
            places.append((match[2], int(match[1])))
        return ends, places

    def path(self, offset: int) -> str:
        """Return the file that an offset comes from, by the line markers in front of it."""
        at = bisect_right(self._markers[0], offset) - 1
        return self._files[at] if at >= 0 else ""

    @cached_property
    def _files(self) -> list[str]:
        return list(files_at(MARKER.finditer(self.text)))

    def place(self, offset: int) -> SourceLine:
        """Return the file and line of an offset, as a `#line` may have them."""
        ends, places = self._markers
        at = bisect_right(ends, offset) - 1
        if at < 0:
            return SourceLine("", 0)
        path, line = places[at]
        return SourceLine(path, line + self.text.count("\n", ends[at], offset))


def _cut(text: str) -> Iterator[Chunk]:
    pragmas = Pragmas()
    of_names = _of_names(text)
    start = at = 0
    depth = 0
    body = False
    lines: list[str] = []
    shortened = False
    outside, inside = _MARK, _INSIDE
    if may_separate_digits(text):
        outside, inside = _MARK_NUMBERS, _INSIDE_NUMBERS
    while True:
        # Inside of a body only braces matter: that is where most of the text is.
        match = (inside if body and depth else outside).search(text, at)
        if match is None:
            break
        at = match.end()
        kind = match.lastgroup
        if kind == "line":
            shortened = True
            pragma = pragma_of(match[0])
            if pragma and not named_by(pragma):
                pragmas.follow(pragma)
                above = text[start : match.start()]
                if decides(pragma) and (depth or _LINE.sub("", above).strip()):
                    lines.append(f"{pragma} behind {_tokens_inside(above)} tokens")
            continue
        if kind is None:
            continue
        mark = match["mark"]
        if mark in "([{":
            if mark == "{" and not depth:
                head = text[start : match.start()]
                body = _is_body(head) or not _LINE.sub("", head).strip()
            depth += 1
            continue
        if mark != ";":
            depth = max(depth - 1, 0)
            if depth or mark != "}" or not body:
                continue
        elif depth:
            continue
        yield _chunk(text, start, at, shortened, (*pragmas.in_force, *lines), of_names)
        start = at
        body = False
        shortened = False
        lines = []
    if text[start:].strip() and _LINE.sub("", text[start:]).strip():
        yield _chunk(text, start, len(text), True, (*pragmas.in_force, *lines), of_names)


def _tokens_inside(text: str) -> int:
    """Count the tokens behind the first brace of a text: a head may lose its `static`."""
    _, _, inside = text.partition("{")
    return len(code_words(lex(_LINE.sub("", inside))))


def _joined(chunks: Iterable[Chunk], text: str) -> tuple[Chunk, ...]:
    """Return chunks; a body without head gets the one above, with its old-style declarations.

    >>> [one.text for one in Chunks("int f(a, b) int a; char b; { return a; } int z;").chunks]
    ['int f(a, b) int a; char b; { return a; }', 'int z;']
    """
    done: list[Chunk] = []
    for chunk in chunks:
        if chunk.text.startswith("{"):
            near = done[-_MOST_PARAMETERS:]
            heads = [at for at, one in enumerate(near) if _OLD_HEAD.search(one.text)]
            parts = [*near[heads[-1] if heads else -1 :], chunk]
            del done[len(done) - len(parts) + 1 :]
            start, end = parts[0].start, chunk.end
            pragmas = dict.fromkeys(pragma for one in parts for pragma in one.pragmas)
            raw = _LINE.sub("", text[start:end])
            chunk = Chunk(raw.strip(), tuple(pragmas), start, end)
        done.append(chunk)
    return tuple(done)


def _chunk(
    text: str,
    start: int,
    end: int,
    shortened: bool,
    pragmas: tuple[str, ...],
    of_names: Mapping[str, str],
) -> Chunk:
    raw = text[start:end]
    if shortened:
        raw = _LINE.sub("", raw)
    # The offset of the first token: what stands in front of it is blank lines and markers.
    at = start
    while (found := _BLANK.match(text, at)) is not None and found.end() > at:
        at = found.end()
    if of_names:
        words = frozenset(_NAME.findall(raw))
        pragmas = (*pragmas, *(of_names[name] for name in sorted(of_names.keys() & words)))
    return Chunk(raw.strip(), pragmas, at, end)


_BLANK = re.compile(r"(?:[ \t\r\n\f\v]+|^#[^\n]*\n?)", re.MULTILINE)


def _of_names(text: str) -> dict[str, str]:
    """Return the pragmas that are about names, wherever they stand, by name."""
    said = (pragma_of(line) for line in _PRAGMA.findall(text))
    return {name: one for one in said for name in named_by(one)}


def _is_body(head: str) -> bool:
    """Tell whether the brace behind `head` opens a function's body.

    >>> _is_body("int f(void) __attribute__((cold)) "), _is_body("struct __attribute__((x)) s ")
    (True, False)
    >>> _is_body("int a[sizeof(int)] = ")
    False
    """
    if "#" in head:
        head = _LINE.sub("", head)
    head = head.rstrip()
    if head.endswith("="):
        return False
    bare = _ATTRIBUTE.sub(" ", _QUOTED.sub('""', head)).rstrip()
    bare = STANDARD_ATTRIBUTE.sub(" ", bare).rstrip() if "[" in bare else bare
    bare = _BOUNDS.sub("", bare)  # `int (*f(void))[2]`
    if not bare.endswith(")") or _AGGREGATE.search(bare):
        return False
    depth = 0
    for char in bare:
        depth += (char in "([{") - (char in ")]}")
        if char == "=" and not depth:
            return False
    return True
