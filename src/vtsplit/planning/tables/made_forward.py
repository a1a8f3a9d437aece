"""Static forward declarations that a macro's call makes: `PROTO(static int foo_open, (int))`."""

from vtsplit.cst.directives import Macro
from vtsplit.cst.heads.annotations import KEYWORDS
from vtsplit.cst.lexer import Kind
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.nodes import Declaration, Item, MacroCall
from vtsplit.example_trees import edited
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.file_scope_calls import expanded_items
from vtsplit.survey.cfile.files import CFile

DECLARED_ALONG = Rule(
    "VT044",
    "declared-along",
    "a macro declares several names static",
    "One macro call declares the function static, and also other names. Without the call "
    "nothing would declare them.",
    "Write the declarations without the macro.",
    Example(
        edited(
            "lamp.c",
            (
                "static int lamp_on",
                "#define DECLARE(x) static int x##_on(struct light *); static int x##_go(void)\n"
                "DECLARE(lamp);\n\nstatic int lamp_on",
            ),
        )
    ),
)


class MadeForward:
    """Finds the calls at file scope that declare a name static."""

    def __init__(self, source: CFile, macros_of: MacrosOf) -> None:
        self.source = source
        self.macros_of = macros_of
        self.calls = [
            (index, item)
            for index, item in enumerate(source.module.items)
            if isinstance(item, MacroCall) and "{" not in item.text
        ]
        self._bodies: dict[str, frozenset[str]] = {}
        self._words: dict[int, frozenset[str]] = {}
        self._made: dict[int, list[tuple[Item, ...]]] = {}

    def of(self, name: str, reason: str, ledger: Ledger) -> tuple[Definition, ...]:
        """Return the calls that declare a name static and nothing else.

        Refuses calls that declare more (VT044): without them something else would be lost.
        """
        found = []
        for index, item in self.calls:
            if not self._may_declare(index, item, name):
                continue
            made = self._expansions(index, item)
            if not any(_declares(one, name) for items in made for one in items):
                continue
            if all(len(items) == 1 and _names(items[0], name) for items in made):
                guard = self.source.guards[index]
                found.append(Definition(name, Sort.MACRO_CALL, index, item, guard))
                continue
            ledger.refuse(
                DECLARED_ALONG,
                f"'{name}' ({reason}) is declared static by a macro here, along with other names",
                self.source.site(index),
                "write its declaration without the macro",
            )
        return tuple(found)

    def _expansions(self, index: int, item: MacroCall) -> list[tuple[Item, ...]]:
        """Return what a call stands for, by each definition of its macro."""
        if index not in self._made:
            self._made[index] = [
                expanded_items(item, macro, self._first_of) for macro in self.macros_of(item.name)
            ]
        return self._made[index]

    def _first_of(self, name: str) -> Macro | None:
        return next(iter(self.macros_of(name)), None)

    def _may_declare(self, index: int, item: MacroCall, name: str) -> bool:
        """Tell whether a call has the words for it; to expand what has not would take time."""
        if index not in self._words:
            words = self._reachable(item)
            parts = words - KEYWORDS
            self._words[index] = frozenset(parts if "static" in words else ())
        words = self._words[index]
        return name in words or any(len(word) > 1 and word in name for word in words)

    def _reachable(self, item: MacroCall) -> frozenset[str]:
        """Return the words of a call, and of the macros that it can lead to."""
        pending = {token.text for token in item.tokens if token.kind is Kind.IDENT}
        found: set[str] = set()
        while pending:
            word = pending.pop()
            found.add(word)
            pending |= self._body_words(word) - found
        return frozenset(found)

    def _body_words(self, name: str) -> frozenset[str]:
        if name not in self._bodies:
            self._bodies[name] = frozenset(
                token.text
                for macro in self.macros_of(name)
                for token in macro.body
                if token.kind is Kind.IDENT and token.text not in (macro.parameters or ())
            )
        return self._bodies[name]


def _names(item: Item, name: str) -> bool:
    return isinstance(item, Declaration) and item.only_declares(name) and not item.head.more


def _declares(item: Item, name: str) -> bool:
    return isinstance(item, Declaration) and _names(item, name) and item.head.is_static
