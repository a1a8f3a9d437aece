"""How a folder writes its files: licence line, include guards."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count
from posixpath import basename, splitext

from vtsplit.cst.guards import include_guard
from vtsplit.cst.lexer import BLANKS
from vtsplit.cst.parser import parse_module

_SPDX = re.compile(r"SPDX-License-Identifier:[ \t]*(.+?)[ \t]*(?:\*/)?[ \t]*\r?$", re.MULTILINE)
# Parts and operators of an expression (SPDX specification, annex D).
_EXPRESSION = re.compile(r"\(*[\w.+-]+\)*(?: (?:AND|OR|WITH) \(*[\w.+-]+\)*)*")
_COMMENTS = re.compile(BLANKS)
_CLOSING = re.compile(r"#[ \t]*endif[ \t]*(.*?)\s*\Z")


def spdx_license(text: str) -> str | None:
    r"""Return the licence expression of a file's SPDX line: in its first lines or first comments.

    Linux has it in the first line, or in the second behind `#!`; others end a comment with it.

    >>> spdx_license("// SPDX-License-Identifier: GPL-2.0-only")
    'GPL-2.0-only'
    >>> spdx_license("/*\n * Lamps\n *\n * Of all kinds\n * SPDX-License-Identifier: MIT\n */")
    'MIT'
    """
    lines = "\n".join(text.split("\n", 3)[:3])
    comments = _COMMENTS.match(text)
    match = _SPDX.search(lines) or _SPDX.search(comments[0] if comments else "")
    return match[1] if match else None


def most_common_license(texts: Iterable[str]) -> str | None:
    """Return the licence expression that most of these files state; None if most state none.

    >>> most_common_license(["// SPDX-License-Identifier: MIT"])
    'MIT'
    >>> most_common_license(["// SPDX-License-Identifier: MIT", "int a;"])  # half are not most
    >>> most_common_license(["// SPDX-License-Identifier: GPL-2.0 only"])  # no expression of SPDX
    """
    counts = Counter(map(spdx_license, texts))
    for found, number in counts.most_common(1):
        if found and _EXPRESSION.fullmatch(found) and 2 * number > counts.total():
            return found
    return None


class GuardStyle:
    """The include guards of a folder's headers.

    >>> style = GuardStyle([("a/foo.h", "#ifndef _A_FOO_H\\n#define _A_FOO_H\\n#endif /* x */\\n")])
    >>> style.name("a/new.h"), style.closing("_A_NEW_H")
    ('_A_NEW_H', '#endif /* _A_NEW_H */')
    """

    def __init__(self, headers: Iterable[tuple[str, str]]) -> None:
        self.affixes: Counter[tuple[str, str, bool]] = Counter()
        self.commented: Counter[bool] = Counter()
        self.pragma: Counter[bool] = Counter()
        for path, text in headers:
            self._learn(path, text)

    def _learn(self, path: str, text: str) -> None:
        self.pragma[bool(re.search(r"^[ \t]*#[ \t]*pragma[ \t]+once", text, re.MULTILINE))] += 1
        guard = include_guard(parse_module(text))
        if guard is None:
            return
        closing = _CLOSING.search(text.rstrip())
        self.commented[bool(closing and closing[1])] += 1
        stem = _macro_stem(path)
        for word, upper in ((stem.upper(), True), (stem, False)):
            at = guard[0].rfind(word)
            if at >= 0:
                self.affixes[(guard[0][:at], guard[0][at + len(word) :], upper)] += 1
                break

    @property
    def is_pragma(self) -> bool:
        """Whether the folder's headers use `#pragma once` for the most part."""
        return self.pragma[True] > self.pragma[False]

    def name(self, path: str, is_taken: Callable[[str], bool] = lambda _: False) -> str:
        """Return the guard macro for a new header, in the form most headers of the folder have.

        A macro that is there already (`is_taken`) would empty the header: `foo-ops.h` and
        `foo_ops.h` have one in common by any folder's form.
        """
        whole = re.sub(r"\W", "_", splitext(path)[0]).upper()
        longer = (f"__{whole}_H{'_' * extra}" for extra in count())
        return next(name for name in chain(self._formed(path), longer) if not is_taken(name))

    def _formed(self, path: str) -> Iterator[str]:
        if not self.affixes:
            return
        stem = _macro_stem(path)
        most = max(self.affixes.values())
        # Of equally common forms the longer prefix says more about the folder.
        before, after, upper = max(
            (form for form, times in self.affixes.items() if times == most),
            key=lambda form: (len(form[0]), form),
        )
        yield f"{before}{stem.upper() if upper else stem}{after}"

    def closing(self, guard: str) -> str:
        """Return the last line of a header with that guard."""
        if self.commented and self.commented[False] > self.commented[True]:
            return "#endif"
        return f"#endif /* {guard} */"


def _macro_stem(path: str) -> str:
    return re.sub(r"\W", "_", splitext(basename(path))[0])
