"""Macros that lines between the braces of an initializer define or undefine."""

from collections.abc import Iterator

from vtsplit.cst.directives import Macro, decided_macro, directive_name, read_macro
from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Declaration, Item
from vtsplit.survey.cfile.files import CFile


def inner_macros(source: CFile) -> dict[str, list[Macro]]:
    """Return the macros that lines inside of initializers define, by name."""
    found: dict[str, list[Macro]] = {}
    for item in source.module.items:
        if not isinstance(item, Declaration) or "define" not in item.text:
            continue
        for token in item.tokens:
            macro = read_macro(token.text) if token.kind is Kind.DIRECTIVE else None
            if macro:
                found.setdefault(macro.name, []).append(macro)
    return found


def decided_inside(item: Item) -> Iterator[tuple[str, tuple[int, str]]]:
    """Yield the macros that lines inside of a declaration define or undefine, with the place."""
    offset = 0
    for token in item.tokens if isinstance(item, Declaration) else ():
        if token.kind is Kind.DIRECTIVE and (name := decided_macro(token.text)):
            yield name, (offset, f"#{directive_name(token.text)}")
        offset += len(token.text)
