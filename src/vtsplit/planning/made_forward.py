"""Static forward declarations that a macro's call makes: `PROTO(static int foo_open, (int))`."""

from collections.abc import Iterator

from vtsplit.cst.directives import Macro
from vtsplit.cst.nodes import Declaration, Item, MacroCall
from vtsplit.planning.hidden_static import MacrosOf
from vtsplit.planning.steps import Ledger
from vtsplit.survey.definitions import Definition, Sort
from vtsplit.survey.expansion import expanded_items
from vtsplit.survey.files import CFile


class MadeForward:
    """The names that calls at file scope declare static, found when first asked for."""

    def __init__(self, source: CFile, macros_of: MacrosOf) -> None:
        self.source = source
        self.macros_of = macros_of
        self._found: dict[str, list[tuple[Definition, bool]]] | None = None

    def of(self, name: str, reason: str, ledger: Ledger) -> tuple[Definition, ...]:
        """Return the calls that declare a name static and nothing else.

        Refuses calls that declare more (VT044): without them something else would be lost.
        """
        if self._found is None:
            self._found = {}
            for made, definition, alone in self._declared():
                self._found.setdefault(made, []).append((definition, alone))
        calls = []
        for definition, alone in self._found.get(name, ()):
            if alone:
                calls.append(definition)
                continue
            ledger.refuse(
                "VT044",
                f"'{name}' ({reason}) is declared static by a macro here, along with other names",
                self.source.site(definition.index),
                "write its declaration out",
            )
        return tuple(calls)

    def _declared(self) -> Iterator[tuple[str, Definition, bool]]:
        for index, item in enumerate(self.source.module.items):
            if not isinstance(item, MacroCall) or "{" in item.text:
                continue
            for name, alone in self._names(item).items():
                guard = self.source.guards[index]
                yield name, Definition(name, Sort.MACRO_CALL, index, item, guard), alone

    def _names(self, item: MacroCall) -> dict[str, bool]:
        """Return what a call declares static, and whether that is all, by any of its macros."""
        names: dict[str, bool] = {}
        for macro in self.macros_of(item.name):
            items = expanded_items(item, macro, self._first_of)
            for name in filter(None, map(_static_name, items)):
                names[name] = names.get(name, True) and len(items) == 1
        return names

    def _first_of(self, name: str) -> Macro | None:
        return next(iter(self.macros_of(name)), None)


def _static_name(item: Item) -> str:
    if not isinstance(item, Declaration) or not item.head.is_static or item.head.more:
        return ""
    return item.name if item.initializer is None else ""
