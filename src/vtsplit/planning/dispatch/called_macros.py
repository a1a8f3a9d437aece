"""Macros of main that wrappers call a function by: they have to stand above the wrappers."""

from collections.abc import Iterator, Sequence

from vtsplit.codemods.dispatch import find_block
from vtsplit.codemods.drop import split_leading
from vtsplit.cst.directives import BRANCHES
from vtsplit.cst.guards import Condition
from vtsplit.cst.nodes import Directive, Item
from vtsplit.planning.dispatch.steps import Raised
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers import Wrapper
from vtsplit.survey.definitions import Sort


class CalledMacros:
    """The macros in main that stand for functions which wrappers call, chains of them as well."""

    def __init__(self, around: Surroundings, wrappers: Sequence[Wrapper]) -> None:
        self.around = around
        called = {wrapper.first for wrapper in wrappers if wrapper.first in wrapper.uses}
        self.indices = sorted({at for name in called for at in self._found(name, 0)})

    def _found(self, name: str, depth: int) -> Iterator[int]:
        for definition in self.around.main.definitions.of(name, Sort.MACRO):
            macro = definition.item.macro if isinstance(definition.item, Directive) else None
            if macro is None or macro.parameters is not None or depth > 8:
                continue
            yield definition.index
            for token in macro.body:
                yield from self._found(token.text, depth + 1)

    def home(self, home: int) -> int:
        """Return the place at `home`, or behind these macros, for the first wrappers of main."""
        items, guards = self.around.main.module.items, self.around.main.guards
        at = max([home, *(index + 1 for index in self.indices)])
        while at < len(items) and (guards[at] or _is_branch(items[at])):
            at += 1
        return at

    def raised(self, names: Sequence[str]) -> Raised:
        """Return the macros that stand below the first of main's wrappers and have to go above it.

        One under an `#if` cannot (VT054).
        """
        main = self.around.main
        there = [d.index for name in names for d in main.definitions.of(name, Sort.FUNCTION)]
        config = self.around.dispatch.backend.config
        block = find_block(main.module, Condition(f"defined({config})")) if config else None
        before = min([*there, *(block or ())[:1]], default=len(main.module.items))
        while before < len(main.guards) and main.guards[before]:
            before -= 1
        low = [at for at in self.indices if at > before]
        for at in low:
            self._raise(at)
        return Raised(frozenset(low), before)

    def _raise(self, at: int) -> None:
        main, ledger = self.around.main, self.around.ledger
        item = main.module.items[at]
        name = item.macro.name if isinstance(item, Directive) and item.macro else ""
        if main.guards[at]:
            ledger.refuse(
                "VT054",
                f"the wrappers in {main.path} stand above macro '{name}', and one of them is to "
                "call a function by it",
                main.site(at),
                "move the macro with its #if above them",
            )
        first, last = main.lines(at)
        first -= split_leading(item.leading)[1].count("\n")
        why = "above the wrapper that calls a function by it"
        ledger.step("raise", name, main.site(at), why, (first, last))


def _is_branch(item: Item) -> bool:
    return isinstance(item, Directive) and item.name in BRANCHES | {"endif"}
