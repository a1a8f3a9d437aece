"""Where a meson.build lists a source file, as it is written (Meson's manual, Syntax)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from posixpath import dirname, join, normpath, relpath, splitext

from vtsplit.survey.build.listed import Listed, ListedPath, ListRole
from vtsplit.tree.folders import folders_up

# Functions whose positional arguments are sources (Meson's reference manual, Functions).
_TAKES_SOURCES = frozenset(
    "files executable library static_library shared_library both_libraries shared_module "
    "build_target".split()
)
_TOKEN = re.compile(r"#[^\n]*|'''(?P<long>.*?)'''|'(?P<short>(?:\\.|[^'\\\n])*)'|[()\[\]{}]", re.S)
_KEYWORD = re.compile(r"(\w+)[ \t]*:\s*$")
_ASSIGNED = re.compile(r"^[ \t]*\w+[ \t]*\+?=\s*$", re.MULTILINE)
_CALLED = re.compile(r"(\w+)\s*$")
_LINE_END = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_SPLIT = re.compile(r"\s*\.split\(\s*\)")


@dataclass
class _OpenBracket:
    """A bracket that is open: whether sources stand in it, and the strings seen so far."""

    opener: str
    is_list: bool
    strings: list[ListedPath]


def find_listed(text: str, path: str, source: str) -> tuple[Listed, ...]:
    """Find where the meson.build `path` names a source file of the tree.

    >>> text = "a = files('x.c', 'y.c')\\nb = '''\\n  x.c\\n'''.split()\\nc = run(input : 'x.c')\\n"
    >>> found = find_listed(text, "d/meson.build", "d/x.c")
    >>> [(one.line, one.entry.quote, one.role.value) for one in found]
    [(1, "'", 'source'), (3, '', 'source'), (5, "'", 'other')]
    """
    wanted = relpath(source, dirname(path) or ".")
    found: list[tuple[ListedPath, list[ListedPath], bool]] = []
    bare: set[ListedPath] = set()
    stack = [_OpenBracket("", False, [])]
    for token in _TOKEN.finditer(text):
        before = text[: token.start()]
        if token[0].startswith("#"):
            continue
        if token[0] in "([{":
            stack.append(_OpenBracket(token[0], _holds_sources(before, token[0], stack[-1]), []))
        elif token[0] in ")]}":
            stack = stack[:-1] or [_OpenBracket("", False, [])]
        elif token["long"] is not None:
            at = token.start("long")
            words = re.finditer(r"\S+", token["long"])
            entries = [ListedPath(at + word.start(), at + word.end(), word[0]) for word in words]
            is_source = bool(_SPLIT.match(text, token.end()))
            found += [(e, entries, is_source) for e in entries if normpath(e.text) == wanted]
        else:
            here = stack[-1]
            is_keyword = here.opener == "(" and bool(_KEYWORD.search(before[-200:]))
            entry = ListedPath(*token.span("short"), token["short"], "'")
            # The name by which a function calls its target is not a file's name.
            if not is_keyword and splitext(entry.text)[1]:
                here.strings.append(entry)
            if normpath(entry.text) == wanted:
                is_bare = _is_bare(text, token, here)
                bare |= {entry} if is_bare else set()
                strings = [entry] if is_bare else here.strings
                found.append((entry, strings, is_bare or (here.is_list and not is_keyword)))
    return tuple(
        Listed(
            entry,
            text.count("\n", 0, entry.start) + 1,
            tuple(entries),
            ListRole.SOURCE if is_source else ListRole.OTHER,
            "," if entry.quote else "",
            entry in bare,
        )
        for entry, entries, is_source in found
    )


def _is_bare(text: str, token: re.Match[str], here: _OpenBracket) -> bool:
    """Tell a string that is assigned, or added to a list, by itself: `sources += 'x.c'`."""
    line = text[text.rfind("\n", 0, token.start()) + 1 : token.start()]
    alone = _LINE_END.match(text, token.end()) is not None
    return not here.opener and alone and _ASSIGNED.search(line) is not None


def is_listed(read: Callable[[str], str | None], source: str) -> bool:
    """Tell whether a meson.build, from the source's folder up to the root, lists it as a source.

    >>> is_listed({"meson.build": "a = ['d/x.c']"}.get, "d/x.c")
    True
    """
    paths = (join(folder, "meson.build") for folder in folders_up(dirname(source)))
    return any(
        one.is_source for path in paths for one in find_listed(read(path) or "", path, source)
    )


def _holds_sources(before: str, opener: str, outer: _OpenBracket) -> bool:
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
