"""Compare the wrappers that main already has with those that the spec makes.

A wrapper that does the same is left as it is, whatever comments and names somebody gave it. One
that does something else is kept and reported: which of the two was edited cannot be told.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vtsplit.codemods.dispatch.specifiers import return_type
from vtsplit.cst.heads.annotations import INLINE, STORAGE, is_annotation
from vtsplit.cst.heads.declarator import read_head
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.meaning.same_function import same_function
from vtsplit.cst.nodes import FunctionDef, Item
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers.wrapper import Wrapper
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Drift
from vtsplit.survey.cfile.definitions import Definition
from vtsplit.survey.order.seen_macros import SeenMacros


@dataclass(frozen=True)
class Rewritten:
    """The text that a function is to have, and why."""

    text: str
    reason: Reason


class Comparison:
    """Compares wrappers one by one, and collects what is found in `drift`.

    With `force` wrappers that differ are written anew. A comment that the spec states and the
    wrapper lacks is no drift, as it does nothing; `force` writes it too.
    """

    def __init__(self, around: Surroundings, force: bool) -> None:
        self.around = around
        self.force = force
        self.drift: list[Drift] = []
        self.macros = SeenMacros(around.main, around.files, around.graph, around.seen)

    def compare(self, wrapper: Wrapper, there: Sequence[Definition]) -> Rewritten | None:
        """Return what to write in place of a wrapper that is there; None if it stays."""
        item = there[0].item
        if all(self.is_same(one.item, wrapper) for one in there):
            return self._with_comments(item, wrapper) if self.force and len(there) == 1 else None
        if len(there) > 1:
            self._keep(
                wrapper,
                there[-1],
                "is defined more than once (the spec makes one)",
                "leave one definition",
            )
        elif self.force:
            has_heading = _comments(wrapper.heading) <= _comments(item.leading)
            text = wrapper.function if has_heading else wrapper.text
            return Rewritten(text, Reason(Why.FORCED))
        else:
            self._keep(wrapper, there[0], "differs from the spec", "--force replaces it")
        return None

    def is_same(self, item: Item, wrapper: Wrapper) -> bool:
        """Tell whether an item does what a wrapper of the spec does."""
        if same_function(item.text, wrapper.function, self.macros.of):
            return True
        mine, yours = _plain(wrapper.function), _plain(item.text)
        if mine is None or yours is None or not self._are_of_one_type(item, wrapper):
            return False
        return same_function(yours, mine, self.macros.of)

    def _are_of_one_type(self, item: Item, wrapper: Wrapper) -> bool:
        """Tell whether the types are the same where one of them is spelled by a typedef."""
        if not isinstance(item, FunctionDef):
            return False
        try:
            theirs, ours = read_signature(item.head), read_signature(wrapper.head)
        except TypeReadError:
            return False
        return self.around.typedefs.are_same(theirs.key, ours.key)

    def _with_comments(self, item: Item, wrapper: Wrapper) -> Rewritten | None:
        """Return a wrapper with the comments of the spec that it lacks."""
        why = Reason(Why.LACKS_COMMENT)
        if not _comments(wrapper.function) <= _comments(item.text):
            has_heading = _comments(wrapper.heading) <= _comments(item.leading)
            return Rewritten(wrapper.function if has_heading else wrapper.text, why)
        if not _comments(wrapper.heading) <= _comments(item.leading):
            code = item.text.replace("\r\n", "\n")  # all that is made is written so
            return Rewritten(f"{wrapper.heading}{code}", why)
        return None

    def _keep(self, wrapper: Wrapper, there: Definition, message: str, advice: str) -> None:
        site = self.around.main.site(there.index)
        self.drift.append(Drift(wrapper.name, site, f"{wrapper.name} {message.rstrip(',')}"))
        self.around.ledger.warn(f"{wrapper.name} {message} and is kept", site, advice)


def _plain(text: str) -> str | None:
    r"""Return a function with each of its types in the simplest form; None if it cannot be read.

    What is no type of its head stays: storage, annotations, the names.

    >>> _plain("static noinstr u64 f(enum how how, foo_t *foo)\n{\n}")
    'noinstr static int f(int how, int foo)\n{\n}'
    """
    opening = text.find("{")
    head = read_head(text[:opening])
    try:
        names = read_signature(head).parameters
    except TypeReadError:
        return None
    if opening < 0 or not all(names):
        return None
    specifiers = [token.text for token in head.tokens[: head.name_index]]
    kept = sorted(w for w in specifiers if w in STORAGE | INLINE or is_annotation(w))
    returned = "void" if return_type(head) == "void" else "int"
    parameters = ", ".join(f"int {name}" for name in names) or "void"
    return f"{' '.join((*kept, returned))} {head.name}({parameters})\n{text[opening:]}"


def _comments(text: str) -> set[str]:
    """Return the comments of a text as words: where a line is broken says nothing."""
    found: Iterable[str] = (token.text for token in lex(text) if token.kind is Kind.COMMENT)
    return {re.sub(r"[\s*/]+", " ", comment).strip() for comment in found}
