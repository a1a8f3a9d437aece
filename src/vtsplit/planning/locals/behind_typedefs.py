"""Structures that a header only names, by a typedef, and the source file defines.

`typedef struct lamp lamp_t;` is enough for pointers. Where a size is taken or an object declared,
the definition is needed too (C11 6.2.5p22), and no header has it.
"""

from collections.abc import Iterable, Iterator, Sequence

from vtsplit.cst.heads.annotations import QUALIFIERS
from vtsplit.cst.heads.typed import TypeReadError
from vtsplit.cst.lexer import Kind, Token, code_tokens
from vtsplit.planning.context import Context
from vtsplit.planning.locals.wants import Want, is_addressed
from vtsplit.planning.tables.exposure import Exposure, signature_of
from vtsplit.planning.tables.find import SpecTable
from vtsplit.survey.cfile.definitions import Sort


def wanted_behind_typedefs(
    context: Context,
    tables: Sequence[SpecTable],
    exposures: Iterable[Exposure],
    used: frozenset[str],
) -> list[Want]:
    """Return the definitions that tables and the declarations of objects need so.

    `used` are the tables that other files use: the header declares them.
    """
    wants: list[Want] = []
    if not any(" " in name for name in context.source.definitions.by_name):
        return wants  # it has no tags
    for table in tables:
        reason = f"table {table.old}"
        for name in sorted({n for one in table.definitions for n in _sized(one.item.tokens)}):
            wants += [Want(t, reason, table.old in used) for t in tags_behind(context, name)]
    for exposure in exposures:
        reason = f"the declaration of {exposure.name}"
        for name in sorted(set(_by_value(exposure, tables))):
            wants += [Want(tag, reason, in_header=True) for tag in tags_behind(context, name)]
    return wants


def tags_behind(context: Context, name: str) -> Iterator[str]:
    """Yield the tags of the source file that a typedef of a header may stand for."""
    definitions = context.source.definitions
    if definitions.of(name):
        return
    for key in sorted(context.typedefs.alternatives(("names", name)), key=str):
        kind, tag = key[-2:] if len(key) > 1 else ("", "")
        if kind in {"Struct", "Union"} and isinstance(tag, str):
            whole = f"{kind.lower()} {tag}"
            if definitions.of(whole, Sort.TYPE):
                yield whole


def _sized(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield names that are alone in parentheses, or first there: `sizeof(x)`, `offsetof(x, y)`."""
    code = code_tokens(tokens)
    for at, token in enumerate(code[:-1]):
        start = at
        while start and code[start - 1].text in QUALIFIERS:
            start -= 1
        is_first = start and code[start - 1].text == "("
        if token.kind is Kind.IDENT and is_first and code[at + 1].text in {")", ",", "["}:
            yield token.text


def _by_value(exposure: Exposure, tables: Sequence[SpecTable]) -> Iterator[str]:
    """Yield the typedefs that objects are made of; the address of one needs no definition."""
    texts = [definition.item for table in tables for definition in table.definitions]
    for definition in exposure.definitions:
        try:
            key = signature_of(definition).key
        except TypeReadError:
            continue
        is_array = False
        while key and (key[0] == "array" or key[0] in QUALIFIERS):
            is_array |= key[0] == "array"
            key = key[-1] if key[0] == "array" else key[1:]
        direct = exposure.reference.is_written
        if not is_array and direct and all(is_addressed(item, exposure.name) for item in texts):
            continue
        if len(key) == 2 and key[0] == "names":
            yield key[1]
