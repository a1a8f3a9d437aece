"""Structures, unions and enumerations of which a header has members, and those it defines.

A member has to be of a complete type (C11 6.7.2.1p3), so that its definition stands in front. Told
by the shape of lines, as there are a thousand headers to look at.
"""

import re

from vtsplit.survey.includes import IncludeGraph, is_absent

_KIND = r"(struct|union|enum)"
_MEMBER = re.compile(
    rf"^[ \t]+(?:const[ \t]+)?{_KIND}\s+(\w+)\s+\w+[ \t]*(?:\[[^;\]]*\][ \t]*)*(?::[^;]*)?;",
    re.MULTILINE,
)
_DEFINED = re.compile(rf"\b{_KIND}\s+(\w+)(?:\s+__\w+(?:\([^)]*\))?)*\s*\{{")


def members_and_definitions(text: str) -> tuple[frozenset[str], frozenset[str]]:
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


def missing_tags(graph: IncludeGraph, paths: list[str]) -> frozenset[str]:
    """Return the tags that members of these headers have and none of them defines."""
    used: set[str] = set()
    defined: set[str] = set()
    for path in paths:
        if not is_absent(path):
            members, definitions = _tags_of(graph, path)
            used |= members
            defined |= definitions
    return frozenset(used - defined)


def _tags_of(graph: IncludeGraph, path: str) -> tuple[frozenset[str], frozenset[str]]:
    return graph.known.recall(("tags of", path), lambda: members_and_definitions(graph.text(path)))
