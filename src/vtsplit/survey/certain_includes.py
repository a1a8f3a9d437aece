"""What a header has, and brings, whatever the configuration.

An include under `#if` may be skipped. So what only such includes bring may be missing, though the
graph of includes has it. Told line by line, as there are a thousand headers to look at.
"""

import re

from vtsplit.cst.directives import BRANCHES, OPENERS
from vtsplit.survey.includes import IncludeGraph

_CONDITIONAL = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b(.*)\n?", re.MULTILINE)
_NAME = re.compile(r"\b(?!defined\b)[A-Za-z_]\w*")


def certain_text(text: str) -> str:
    r"""Return what no configuration takes out of a header.

    Include guards do not count as conditions, nor do reserved names, which tell by whom and for
    what a header is read: `__KERNEL__`, `__ASSEMBLY__` (C11 7.1.3p1).

    >>> certain_text("#ifndef A\n#define A\nint a;\n#ifdef B\nint b;\n#endif\nint c;\n#endif\n")
    '#define A\nint a;\nint c;\n'
    """
    directives = list(_CONDITIONAL.finditer(text))
    starts = [*(one.start() for one in directives), len(text)]
    kept = [text[: starts[0]]]
    conditions: list[bool] = []
    for one, end in zip(directives, starts[1:], strict=True):
        directive, condition = one.groups()
        if directive in OPENERS:
            conditions.append(_is_chosen(condition, text))
        elif conditions and directive in BRANCHES:
            conditions[-1] |= directive == "elif" and _is_chosen(condition, text)
        elif conditions:
            conditions.pop()
        if not any(conditions):
            kept.append(text[one.end() : end])
    return "".join(kept)


def _is_chosen(condition: str, text: str) -> bool:
    """Tell whether a configuration decides on a condition."""
    names = _NAME.findall(re.sub(r"/[*/].*", "", condition))
    if len(names) == 1 and re.search(
        rf"^[ \t]*#[ \t]*define[ \t]+{names[0]}\b", text, re.MULTILINE
    ):
        return False  # an include guard
    return not names or not all(name.startswith("_") for name in names)


def reach_for_certain(graph: IncludeGraph, path: str) -> frozenset[str]:
    """Return the headers that come with one whatever the configuration, itself included."""
    return graph.known.recall(("certain with", path), lambda: _reach(graph, path))


def _reach(graph: IncludeGraph, path: str) -> frozenset[str]:
    found, pending = {path}, [path]
    while pending:
        fresh = [target for target in _included_by(graph, pending.pop()) if target not in found]
        found.update(fresh)
        pending += fresh
    return frozenset(found)


def _included_by(graph: IncludeGraph, path: str) -> tuple[str, ...]:
    return graph.known.recall(
        ("certain in", path), lambda: graph.resolve_all(certain_text(graph.text(path)), path)
    )
