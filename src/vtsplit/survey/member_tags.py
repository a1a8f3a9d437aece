"""Structures, unions and enumerations of which a header has members, and those it defines.

A member has to be of a complete type (C11 6.7.2.1p3), so that its definition stands in front. Told
by the shape of lines, as there are a thousand headers to look at; those of macros do not count.
"""

import re
from collections.abc import Iterator

from vtsplit.survey.certain_text import certain_text
from vtsplit.survey.includes import INCLUDE, Include, IncludeGraph, is_absent

_Tags = tuple[frozenset[str], frozenset[str]]
_KIND = r"(struct|union|enum)"
_MEMBER = re.compile(
    rf"^[ \t]+(?:const[ \t]+)?{_KIND}\s+(\w+)\s+\w+[ \t]*(?:\[[^;\]]*\][ \t]*)*(?::[^;]*)?;"
    r"(?![ \t]*\\)",
    re.MULTILINE,
)
_DEFINED = re.compile(rf"\b{_KIND}\s+(\w+)(?:\s+__\w+(?:\([^)]*\))?)*\s*\{{")


def members_and_definitions(text: str) -> _Tags:
    r"""Return the tags of members, and of locals, and the tags that are defined.

    >>> text = "struct a {\n\tstruct b one;\n\tenum c\n\t\ttwo[3];\n\tstruct d *three;\n};\n"
    >>> [sorted(found) for found in members_and_definitions(text)]
    [['enum c', 'struct b'], ['struct a']]
    """
    used, defined = (
        frozenset(f"{kind} {tag}" for kind, tag in pattern.findall(text))
        for pattern in (_MEMBER, _DEFINED)
    )
    return used, defined


def missing_tags(graph: IncludeGraph, include: Include) -> frozenset[str]:
    """Return the tags that members of an include's headers have and none defines, or too late."""
    used: set[str] = set()
    defined: set[str] = set()
    for path in include.files:
        if not is_absent(path):
            members, definitions = _tags_of(graph, path)
            used |= members
            defined |= definitions
    return frozenset(used - defined | _early(graph, next(iter(include.files)), defined))


def _early(graph: IncludeGraph, path: str, defined: set[str]) -> set[str]:
    """Return those of the tags that a member has before a header that is surely there defines it.

    Headers are walked through as the preprocessor does, but for what a configuration takes out.
    """
    early: set[str] = set()
    so_far: set[str] = set()
    seen = {path}
    pending = [iter(_pieces(graph, path))]
    while pending:
        piece = next(pending[-1], None)
        if piece is None:
            pending.pop()
            continue
        (members, definitions), target = piece
        so_far |= definitions
        early |= (members & defined) - so_far
        if target is not None and target not in seen:
            seen.add(target)
            pending.append(iter(_pieces(graph, target)))
    return early


def _pieces(graph: IncludeGraph, path: str) -> tuple[tuple[_Tags, str | None], ...]:
    """Return what stands between a header's includes, members that are always there, and these."""
    return graph.known.recall(("pieces of", path), lambda: tuple(_cut(graph, path)))


def _cut(graph: IncludeGraph, path: str) -> Iterator[tuple[_Tags, str | None]]:
    text = graph.text(path)
    certain = certain_text(text)
    at = 0
    for match in INCLUDE.finditer(certain):
        quote, name = match.groups()
        yield _tags_within(text, certain, at, match.start()), graph.resolve(quote, name, path)
        at = match.end()
    yield _tags_within(text, certain, at, len(text)), None


def _tags_within(text: str, certain: str, start: int, end: int) -> _Tags:
    members, _ = members_and_definitions(certain[start:end])
    return members, members_and_definitions(text[start:end])[1]


def _tags_of(graph: IncludeGraph, path: str) -> _Tags:
    return graph.known.recall(("tags of", path), lambda: members_and_definitions(graph.text(path)))
