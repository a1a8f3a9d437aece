"""Functions that a macro's call at file scope defines: `FUNCTION(open) { ... }`."""

import re
from collections.abc import Iterator

from vtsplit.cst.directives import Macro
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import FunctionDef, MacroCall
from vtsplit.cst.parser import parse_module
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.file_scope_calls import expanded_items
from vtsplit.survey.cfile.files import CFile


def made_functions(
    names: frozenset[str], source: CFile, macros_of: MacrosOf
) -> dict[str, tuple[Definition, ...]]:
    """Return the functions of these names that macros define, not static by any definition."""
    found: dict[str, list[Definition]] = {}
    static: set[str] = set()
    for index, item in enumerate(source.module.items if names else ()):
        if not isinstance(item, MacroCall) or "{" not in item.text:
            continue
        for made in _functions(item, macros_of):
            if made.name in names:
                definition = Definition(made.name, Sort.FUNCTION, index, made, source.guards[index])
                found.setdefault(made.name, []).append(definition)
                static |= {made.name} if made.head.is_static else set()
    return {name: tuple(every) for name, every in found.items() if name not in static}


def _functions(item: MacroCall, macros_of: MacrosOf) -> Iterator[FunctionDef]:
    """Yield what the head of a call with a body is, by each definition of its macro."""
    head = parse_module(f"{item.text[: item.text.index('{')]}{{ }}\n").items[0]
    for macro in macros_of(item.name):
        made = expanded_items(head, macro, first_of(macros_of))
        if len(made) == 1 and isinstance(made[0], FunctionDef):
            tidy = parse_module(_tidy(made[0].text)).items[0]
            if isinstance(tidy, FunctionDef):
                yield tidy


def first_of(macros_of: MacrosOf) -> MacroOf:
    """Return a look-up of the first definition that each macro has."""

    def look_up(name: str) -> Macro | None:
        return next(iter(macros_of(name)), None)

    return look_up


def _tidy(text: str) -> str:
    """Return an expansion as a person writes it.

    >>> _tidy("void f ( int * a , int b ) { }")
    'void f(int *a, int b) { }'
    """
    text = re.sub(r"(?<=\w) (?=[(\[])|(?<=[(\[]) | (?=[)\],;])", "", text)
    return re.sub(r"\* (?=[\w*])", "*", text)
