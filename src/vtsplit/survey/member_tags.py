"""Structures, unions and enumerations of which a header has members, and those it defines.

A member has to be of a complete type (C11 6.7.2.1p3), so that its definition stands in front. Told
by the shape of lines, as there are a thousand headers to look at.
"""

import re
from collections.abc import Callable, Iterable

from vtsplit.survey.certain_includes import certain_text, reach_for_certain
from vtsplit.survey.includes import Include, IncludeGraph, is_absent

_Tags = tuple[frozenset[str], frozenset[str]]
_KIND = r"(struct|union|enum)"
_MEMBER = re.compile(
    rf"^[ \t]+(?:const[ \t]+)?{_KIND}\s+(\w+)\s+\w+[ \t]*(?:\[[^;\]]*\][ \t]*)*(?::[^;]*)?;",
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
    """Return the tags that members of an include's headers have and none of them defines.

    Then those that members have whatever the configuration, and that may come by no other header
    than one that a configuration takes out.
    """
    path = next(iter(include.files))
    every = _missing_in(graph, include.files, _tags_of)
    return every | _missing_in(graph, reach_for_certain(graph, path), _certain_tags_of)


def _missing_in(
    graph: IncludeGraph, paths: Iterable[str], tags_of: Callable[[IncludeGraph, str], _Tags]
) -> frozenset[str]:
    used: set[str] = set()
    defined: set[str] = set()
    for path in paths:
        if not is_absent(path):
            members, definitions = tags_of(graph, path)
            used |= members
            defined |= definitions
    return frozenset(used - defined)


def _tags_of(graph: IncludeGraph, path: str) -> _Tags:
    return graph.known.recall(("tags of", path), lambda: members_and_definitions(graph.text(path)))


def _certain_tags_of(graph: IncludeGraph, path: str) -> _Tags:
    """Return the tags of members that are always there, and of all definitions."""

    def look() -> _Tags:
        members, _ = members_and_definitions(certain_text(graph.text(path)))
        return members, _tags_of(graph, path)[1]

    return graph.known.recall(("certain tags of", path), look)
