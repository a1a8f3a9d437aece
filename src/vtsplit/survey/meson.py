"""Where a meson.build lists a source file, as it is written (Meson's manual, Syntax)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from posixpath import dirname, join, normpath, relpath

# Functions whose positional arguments are sources (Meson's reference manual, Functions).
_TAKES_SOURCES = frozenset(
    "files executable library static_library shared_library both_libraries shared_module "
    "build_target".split()
)
_TOKEN = re.compile(r"#[^\n]*|'''(?P<long>.*?)'''|'(?P<short>(?:\\.|[^'\\\n])*)'|[()\[\]{}]", re.S)
_KEYWORD = re.compile(r"(\w+)[ \t]*:\s*$")
_ASSIGNED = re.compile(r"^[ \t]*\w+[ \t]*\+?=\s*$", re.MULTILINE)
_CALLED = re.compile(r"(\w+)\s*$")
_SPLIT = re.compile(r"\s*\.split\(\s*\)")


@dataclass(frozen=True)
class Listed:
    """The offsets of a path, without quotes, and its line; `is_word` tells one of a long string.

    `siblings` are the other paths of the same list. Where `is_source` is false it is not known
    what the list is for.
    """

    start: int
    end: int
    line: int
    is_word: bool
    siblings: tuple[str, ...]
    is_source: bool


@dataclass
class _Open:
    """A bracket that is open: whether sources stand in it, and the strings seen so far."""

    opener: str
    is_list: bool
    strings: list[str]


def find_listed(text: str, path: str, source: str) -> tuple[Listed, ...]:
    """Find where the meson.build `path` names a source file of the tree.

    >>> text = "a = files('x.c', 'y.c')\\nb = '''\\n  x.c\\n'''.split()\\nc = run(input : 'x.c')\\n"
    >>> found = find_listed(text, "d/meson.build", "d/x.c")
    >>> [(one.line, one.is_word, one.is_source) for one in found]
    [(1, False, True), (3, True, True), (5, False, False)]
    """
    wanted = relpath(source, dirname(path) or ".")
    found: list[tuple[int, int, bool, list[str], bool]] = []
    stack = [_Open("", False, [])]
    for token in _TOKEN.finditer(text):
        before = text[: token.start()]
        if token[0].startswith("#"):
            continue
        if token[0] in "([{":
            stack.append(_Open(token[0], _holds_sources(before, token[0], stack[-1]), []))
        elif token[0] in ")]}":
            stack = stack[:-1] or [_Open("", False, [])]
        elif token["long"] is not None:
            words = list(re.finditer(r"\S+", token["long"]))
            is_source = bool(_SPLIT.match(text, token.end()))
            for word in words:
                if normpath(word[0]) == wanted:
                    start = token.start("long") + word.start()
                    strings = [one[0] for one in words]
                    found.append((start, start + len(word[0]), True, strings, is_source))
        else:
            here = stack[-1]
            here.strings.append(token["short"])
            if normpath(token["short"]) == wanted:
                is_source = here.is_list and (
                    here.opener != "(" or not _KEYWORD.search(before[-200:])
                )
                found.append((*token.span("short"), False, here.strings, is_source))
    return tuple(
        Listed(start, end, text.count("\n", 0, start) + 1, is_word, tuple(strings), is_source)
        for start, end, is_word, strings, is_source in found
    )


def is_listed(read: Callable[[str], str | None], source: str) -> bool:
    """Tell whether a meson.build, from the source's folder up to the root, lists it as a source.

    >>> is_listed({"meson.build": "a = ['d/x.c']"}.get, "d/x.c")
    True
    """
    folder = dirname(source)
    while True:
        path = join(folder, "meson.build")
        if any(one.is_source for one in find_listed(read(path) or "", path, source)):
            return True
        if not folder:
            return False
        folder = dirname(folder)


def _holds_sources(before: str, opener: str, outer: _Open) -> bool:
    if opener == "(":
        called = _CALLED.search(before[-100:])
        return called is not None and called[1] in _TAKES_SOURCES
    if opener != "[":
        return False
    keyword = _KEYWORD.search(before[-100:])
    if keyword:
        return keyword[1] in ("sources", "objects")
    line = before[before.rfind("\n") + 1 :]
    return (outer.is_list and outer.opener == "(") or bool(_ASSIGNED.search(line))
