"""Sizes of arrays that are taken from another file, where the declaration has to tell them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from vtsplit.cst.initializer import Entry, read_entries
from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.occurrences import word_pattern
from vtsplit.diagnostics import Site
from vtsplit.planning.exposure import Exposure
from vtsplit.planning.steps import Declared, Ledger
from vtsplit.planning.tables import Table
from vtsplit.planning.uses import find_uses
from vtsplit.survey.definitions import Definition
from vtsplit.survey.files import CFile
from vtsplit.survey.references import MacroOf

_UNSIZED = re.compile(r"\[\s*\](?:\s*\[[^\]]*\])*\s*(?:__\w+\s*(?:\([^()]*\)\s*)?)*=?\Z")
Sized = tuple[str, tuple[Definition, ...], Site]  # an array, and where its size is taken

_SIZED = re.compile(r"\b(\w+)\s*\(?\s*\Z")


def is_unsized(definition: Definition) -> bool:
    """Tell whether an object is an array that only its initializer gives a length."""
    item = definition.item
    if not isinstance(item, Declaration):
        return False
    return bool(_UNSIZED.search(item.text[: item.head.initializer].rstrip()))


def takes_size(text: str, offset: int, macro_of: MacroOf) -> bool:
    """Tell whether what stands at an offset is the argument of `sizeof` or of such a macro."""
    match = _SIZED.search(text[max(offset - 60, 0) : offset])
    if match is None:
        return False
    macro = macro_of(match[1])
    return match[1] in {"sizeof", "ARRAY_SIZE"} or (
        macro is not None and any(token.text in {"sizeof", "ARRAY_SIZE"} for token in macro.body)
    )


def entry_count(item: Declaration, macro_of: MacroOf) -> int | None:
    r"""Return how many elements an initializer has, None when that cannot be told for sure.

    It can when each entry stands in braces, or is made of words, and none has a designator
    (C11 6.7.9p17, p22).

    >>> from vtsplit.cst.parser import parse_module
    >>> items = parse_module("int a[] = { 1, B + 2, };\nint b[] = { [3] = 1 };\n").items
    >>> [entry_count(item, lambda _: None) for item in items]
    [2, None]
    """
    entries = read_entries(item)
    start, end = item.initializer or (0, 0)
    if not entries or any(t.kind is Kind.DIRECTIVE for t in item.tokens):
        return None
    if not item.text[start:end].lstrip().startswith("{"):
        return None
    kinds = {_kind(entry, macro_of) for entry in entries}
    # Without braces, members of several elements can stand in one row (6.7.9p20).
    if kinds == {"braced"} or (kinds == {"plain"} and _is_scalar(item)):
        return len(entries)
    return None


def _kind(entry: Entry, macro_of: MacroOf) -> str:
    """Return whether an entry is one in braces, a plain value, or cannot be counted."""
    if entry.designator:
        return "designated"
    if entry.value[0].text == "{":
        return "braced"
    for at, token in enumerate(entry.value):
        macro = macro_of(token.text) if token.kind is Kind.IDENT else None
        body = [t.text for t in macro.body] if macro else []
        if not _is_one_value(body):
            return "several"
        if body[:1] == ["{"]:
            return "braced" if not at else "several"
    return "plain"


def _is_one_value(body: list[str]) -> bool:
    """Tell whether a macro's body has no comma outside of brackets."""
    depth = 0
    for text in body:
        depth += (text in {"(", "[", "{"}) - (text in {")", "]", "}"})
        if text == "," and not depth:
            return False
    return True


def _is_scalar(item: Declaration) -> bool:
    """Tell whether an array's elements are no structures, as far as its words tell."""
    tag = item.head.tag.partition(" ")[0]
    stars = [t.text for t in item.head.tokens[: item.head.name_index]].count("*")
    return bool(stars) or tag not in {"struct", "union"}


def lengths_of(sized: Iterable[Sized], macro_of: MacroOf, ledger: Ledger) -> dict[str, int]:
    """Return the lengths that declarations must tell; VT028 for one that cannot be counted.

    `sized` are arrays whose size is taken from outside, and where. The compiler holds the length
    in the declaration against the definition (C11 6.7p4), so that they cannot part silently.
    """
    lengths: dict[str, int] = {}
    for name, definitions, site in sized:
        item = definitions[0].item
        count = entry_count(item, macro_of) if isinstance(item, Declaration) else None
        if count is None or len(definitions) > 1:
            ledger.refuse(
                "VT028",
                f"the size of '{name}' is taken here, but a declaration cannot tell it: "
                "its entries cannot be counted for sure",
                site,
                "give the array its length in brackets",
            )
        else:
            lengths[name] = count
    return lengths


def sizes_in_tables(
    exposures: Iterable[Exposure], tables: Iterable[Table], macro_of: MacroOf
) -> list[Sized]:
    """Return the arrays of unstated length whose size moved tables take, and where."""
    unsized = {e.name: e for e in exposures if any(is_unsized(d) for d in e.definitions)}
    found: list[Sized] = []
    for table in tables if unsized else ():
        for definition in table.definitions:
            for match in word_pattern(frozenset(unsized)).finditer(definition.item.text):
                if takes_size(definition.item.text, match.start(), macro_of):
                    site = table.file.site(definition.index, match.start(), len(match[0]))
                    found.append((match[0], unsized[match[0]].definitions, site))
    return found


def sizes_of_tables(
    source: CFile, tables: Iterable[Table], gone: frozenset[int], macro_of: MacroOf
) -> list[Sized]:
    """Return the moved tables of unstated length whose size the source file takes, and where."""
    unsized = {t.old: t for t in tables if any(is_unsized(d) for d in t.definitions)}
    found: list[Sized] = []
    for use in find_uses(source, frozenset(unsized), macro_of) if unsized else ():
        offset, code = use.occurrence.offset, source.module.items[use.index].code
        if use.index not in gone and takes_size(code, offset, macro_of):
            table = unsized[use.occurrence.name]
            found.append((table.old, table.definitions, use.site))
    return found


def with_lengths(
    declared: Iterable[Declared], lengths: Mapping[str, int], ledger: Ledger
) -> list[Declared]:
    """Return declarations with the lengths they must tell, by new name.

    An array that another header declares without its length is refused (VT028).
    """
    found = [replace(one, length=lengths.get(one.name)) for one in declared]
    for name in sorted(lengths.keys() - {one.name for one in found}):
        ledger.refuse(
            "VT028",
            f"the size of '{name}' is taken from another file, but the header that declares it "
            "does not tell it",
            None,
            "give the array its length in brackets there",
        )
    return found
