"""A wrapper as the spec wants it: its text, whom it calls, and the names that it uses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from vtsplit.cst.conditions import Guard
from vtsplit.cst.heads.annotations import is_annotation
from vtsplit.cst.heads.declarator import Head
from vtsplit.cst.lexer import Kind, lex
from vtsplit.planning.dispatch.ops import Op

# The one variable that wrappers declare, for the result of a call.
_RESULT = re.compile(r"^[ \t]+(?:int|long|ssize_t|s32|s64) (\w+);$", re.MULTILINE)


@dataclass(frozen=True)
class Wrapper:
    """A wrapper as the spec wants it: `text` is the whole function, `base` its name less prefix.

    `first` is the first backend's function, empty where only the second serves the op; `seconds`
    are the functions of the second that it needs. `condition` chooses the second backend. `uses`
    are the names in its body.
    """

    op: Op
    base: str
    name: str
    text: str
    head: Head
    first: str
    guard: Guard
    seconds: tuple[str, ...] = ()
    condition: str = ""
    uses: frozenset[str] = frozenset()
    prototypes: Mapping[str, str] = field(default_factory=dict)  # of functions yet to be made

    @property
    def function(self) -> str:
        """The text without the comment above it."""
        return self.text[len(self.heading) :]

    @property
    def heading(self) -> str:
        """The comment above the function, with the end of its line; empty without one."""
        return self.text[: function_start(self.text)]


def function_start(text: str) -> int:
    """Return where the function begins: a heading may have the word `static` as well."""
    return text.index("\nstatic ") + 1 if text.startswith("/*") else 0


def names_in(text: str, only_calls: bool = False) -> set[str]:
    """Return the names that a function's body uses, but for members and annotations.

    With `only_calls` those that are called: what else stands in it may be a variable of its own.
    """
    found: set[str] = set()
    code = [token for token in lex(text) if token.text.strip()]
    for at, token in enumerate(code):
        before = code[at - 1].text if at else ""
        after = code[at + 1].text if at + 1 < len(code) else ""
        if token.kind is not Kind.IDENT or is_annotation(token.text):
            continue
        # A tag is declared with the op, whose prototype names it.
        if before not in {".", "->", "struct", "union", "enum"} and (
            after == "(" or not only_calls
        ):
            found.add(token.text)
    return found - set(_RESULT.findall(text))
