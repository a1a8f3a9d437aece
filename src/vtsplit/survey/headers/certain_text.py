"""What a header has, and includes, whatever the configuration.

An include under `#if` may be skipped. So what only such includes bring may be missing, though the
graph of includes has it. Told line by line, as there are a thousand headers to look at.
"""

import re

from vtsplit.cst.directives import BRANCHES, CONDITIONALS, OPENERS

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
    chosen = Chosen(own)
    for one, end in zip(directives, starts[1:], strict=True):
        directive, condition = one.groups()
        chosen.follow(directive, condition)
        kept.append("\n" * len(one[0]))
        rest = text[one.end() : end]
        kept.append("\n" * len(rest) if chosen.hides else rest)
    return "".join(kept)


class Chosen:
    """The `#if`s that are open while one goes through a text: does a configuration decide on one?

    `own` are the macros that the same text defines.

    >>> chosen = Chosen(frozenset())
    >>> chosen.follow("ifdef", "CONFIG_A"), chosen.hides
    (True, True)
    >>> chosen.follow("endif", ""), chosen.hides, chosen.follow("define", "A")
    (True, False, False)
    """

    def __init__(self, own: frozenset[str]) -> None:
        self.own = own
        self.opened: list[bool] = []

    @property
    def hides(self) -> bool:
        """Whether a configuration may take out what stands here."""
        return any(self.opened)

    def follow(self, directive: str, condition: str) -> bool:
        """Take one more directive; return whether it is one of an `#if`."""
        if directive in OPENERS:
            self.opened.append(_is_chosen(condition, self.own))
        elif directive in BRANCHES and self.opened:
            self.opened[-1] |= directive == "elif" and _is_chosen(condition, self.own)
        elif directive == "endif" and self.opened:
            self.opened.pop()
        return directive in CONDITIONALS


def _is_chosen(condition: str, own: frozenset[str]) -> bool:
    """Tell whether a configuration decides on a condition; `own` are macros of the same text."""
    names = _NAME.findall(re.sub(r"/[*/].*", "", condition))
    if len(names) == 1 and names[0] in own:
        return False  # an include guard
    return not names or not all(name.startswith("_") for name in names)
