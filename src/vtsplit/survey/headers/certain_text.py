"""What a header has, and includes, whatever the configuration.

An include under `#if` may be skipped. So what only such includes bring may be missing, though the
graph of includes has it. Told line by line, as there are a thousand headers to look at.
"""

import re

from vtsplit.cst.directives import BRANCHES, OPENERS

_CONDITIONAL = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b(.*)\n?", re.MULTILINE)
_DEFINED = re.compile(r"^[ \t]*#[ \t]*define[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
_NAME = re.compile(r"\b(?!defined\b)[A-Za-z_]\w*")


def certain_text(text: str) -> str:
    r"""Return what no configuration takes out of a header, the rest as blanks.

    Include guards do not count as conditions, nor do reserved names, which tell by whom and for
    what a header is read: `__KERNEL__`, `__ASSEMBLY__` (C11 7.1.3p1).

    >>> certain_text("#ifndef A\n#define A\n#ifdef B\nint b;\n#endif\nint c;\n#endif\n").split()
    ['#define', 'A', 'int', 'c;']
    """
    directives = list(_CONDITIONAL.finditer(text))
    own = frozenset(_DEFINED.findall(text)) if directives else frozenset()
    starts = [*(one.start() for one in directives), len(text)]
    kept = [text[: starts[0]]]
    conditions: list[bool] = []
    for one, end in zip(directives, starts[1:], strict=True):
        directive, condition = one.groups()
        if directive in OPENERS:
            conditions.append(is_chosen(condition, own))
        elif conditions and directive in BRANCHES:
            conditions[-1] |= directive == "elif" and is_chosen(condition, own)
        elif conditions:
            conditions.pop()
        kept.append("\n" * len(one[0]))
        rest = text[one.end() : end]
        kept.append("\n" * len(rest) if any(conditions) else rest)
    return "".join(kept)


def is_chosen(condition: str, own: frozenset[str]) -> bool:
    """Tell whether a configuration decides on a condition; `own` are macros of the same text."""
    names = _NAME.findall(re.sub(r"/[*/].*", "", condition))
    if len(names) == 1 and names[0] in own:
        return False  # an include guard
    return not names or not all(name.startswith("_") for name in names)
