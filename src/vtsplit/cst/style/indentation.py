"""How a file indents its C: by tabs or by spaces, and how far."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

TAB = 8
_LINE = re.compile(r"^([ \t]+)(?![ \t*\r\n])(?=[^\n])", re.MULTILINE)
# A line behind one that opens a brace.
_BELOW_BRACE = re.compile(r"^([ \t]*)[^\n]*\{[ \t]*\r?\n([ \t]+)(?=[\w}*&.(])", re.MULTILINE)
_STEPS = range(1, 2 * TAB + 1)


@dataclass(frozen=True)
class Indentation:
    """Columns of one level, and whether eight columns are a tab."""

    step: int = TAB
    tabs: bool = True

    def columns(self, count: int) -> str:
        r"""Return white space of a width.

        >>> Indentation().columns(19), Indentation(4, tabs=False).columns(9)
        ('\t\t   ', '         ')
        """
        return "\t" * (count // TAB) + " " * (count % TAB) if self.tabs else " " * count

    def level(self, count: int) -> str:
        r"""Return the white space in front of a line of a level.

        >>> Indentation().level(2), Indentation(2, tabs=False).level(2)
        ('\t\t', '    ')
        """
        return self.columns(count * self.step)


KERNEL = Indentation()


def indentation_of(*texts: str) -> Indentation:
    r"""Return how the first of these texts that tells it indents; by tabs of eight if none does.

    >>> indentation_of("int a;\n", "int f(void)\n{\n    return 1;\n}\n")
    Indentation(step=4, tabs=False)
    >>> indentation_of("int f(void)\n{\n  if (a)\n    {\n\treturn 1;\n    }\n}\n")
    Indentation(step=2, tabs=True)
    """
    return next((found for text in texts if (found := _told(text))), KERNEL)


@lru_cache(maxsize=32)
def _told(text: str) -> Indentation | None:
    leads = _LINE.findall(text)
    tabs = sum("\t" in lead for lead in leads)
    spaces = sum("\t" not in lead and len(lead) > 1 for lead in leads)
    if not tabs and not spaces:
        return None
    # Eight columns of spaces are what a file with tabs does not have.
    wide = sum("\t" not in lead and len(lead) >= TAB for lead in leads)
    steps = Counter(
        step
        for outer, inner in _BELOW_BRACE.findall(text)
        if (step := columns(inner) - columns(outer)) in _STEPS
    )
    by_tabs = tabs > 0 and tabs >= wide
    if steps:
        return Indentation(steps.most_common(1)[0][0], by_tabs)
    return KERNEL if by_tabs else Indentation(min(map(len, leads), default=4), tabs=False)


def columns(text: str) -> int:
    r"""Return how many columns a line takes, from the first one on.

    >>> columns("ab\t"), columns("\tab")
    (8, 10)
    """
    return len(text.expandtabs(TAB))
