"""Names that a new file needs and that only the source file may define: who wants them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from vtsplit.cst.conditions import Guard
from vtsplit.cst.heads.annotations import AGGREGATES, QUALIFIERS, is_annotation
from vtsplit.cst.heads.typed import TypeReadError
from vtsplit.cst.lexer import code_tokens
from vtsplit.cst.nodes import Declaration, Item
from vtsplit.planning.tables.exposure import Exposure, signature_of
from vtsplit.planning.tables.find import SpecTable, TableReference
from vtsplit.survey.cfile.definitions import Sort


@dataclass(frozen=True)
class Want:
    """A name a new file needs, why, and whether the header does. `macro` wants nothing else."""

    name: str
    reason: str
    in_header: bool = False
    macro: bool = False


def wanted_by_tables(references: list[TableReference], used: frozenset[str]) -> list[Want]:
    """Return what moved tables need; types of tables that others use also go to the header.

    A tag that the table names behind a pointer only, in casts, may stay incomplete.
    """
    wants = []
    for reference in references:
        name, table = reference.name, reference.table
        text = [definition.item for definition in table.definitions]
        if name.partition(" ")[0] in AGGREGATES and all(_is_pointed(i, name) for i in text):
            continue
        # A macro that the table's initializer uses is no part of the table's declaration.
        is_macro = bool(table.file.definitions.of(name, Sort.MACRO))
        shared = table.old in used and (not is_macro or any(_is_in_head(i, name) for i in text))
        wants.append(Want(name, reference.reason, shared, macro=reference.reference.optional))
    return wants


def _is_pointed(item: Item, tag: str) -> bool:
    """Tell whether each `struct x` of an item stands in front of `*`, and nothing looks into it."""
    tokens = code_tokens(item.tokens)
    words = tag.split()
    if words[0] == "enum" or any(token.text == "->" for token in tokens):
        return False
    for at, token in enumerate(tokens[:-1]):
        if token.text == words[0] and tokens[at + 1].text == words[1]:
            behind = at + 2
            while behind < len(tokens) and (
                tokens[behind].text in QUALIFIERS or is_annotation(tokens[behind].text)
            ):
                behind += 1
            if behind >= len(tokens) or tokens[behind].text != "*":
                return False
    return True


def _is_in_head(item: Item, name: str) -> bool:
    """Tell whether a name stands in front of an item's initializer."""
    if not isinstance(item, Declaration):
        return False
    words = (token.text for token in code_tokens(item.head.tokens))
    return name in takewhile(lambda word: word != "=", words)


def is_addressed(item: Item, name: str) -> bool:
    """Tell whether an item takes the address of an object wherever it names that, and no more."""
    tokens = code_tokens(item.tokens)
    texts = ["", *(token.text for token in tokens), ""]
    return all(
        texts[at - 1] == "&" and texts[at + 1] in {",", "}", ")"}
        for at, text in enumerate(texts)
        if text == name
    )


def wanted_by_declarations(
    exposures: Iterable[Exposure], tables: Iterable[SpecTable]
) -> list[Want]:
    """Return what the header needs to declare these: complete types, and names in array bounds.

    A structure whose address alone the tables take may be incomplete there (C11 6.7p7).
    """
    wants: dict[str, Want] = {}
    texts = [definition.item for table in tables for definition in table.definitions]
    for exposure in exposures:
        for definition in exposure.definitions:
            try:
                signature = signature_of(definition)
            except TypeReadError:
                continue
            names = signature.complete | signature.constants | signature.annotations
            names |= signature.likely
            if len(signature.key) > 1 and signature.key[-2] in {"Struct", "Union"}:
                direct = exposure.reference.is_written
                if direct and all(is_addressed(item, exposure.name) for item in texts):
                    continue
            for name in sorted(names):
                reason = f"the declaration of {exposure.name}"
                wants.setdefault(name, Want(name, reason, in_header=True))
    return list(wants.values())


def wanted_by_guards(guards: Iterable[Guard], reason: str, in_header: bool) -> list[Want]:
    """Return the macros that conditions to be copied use."""
    return [
        Want(name, reason, in_header, macro=True)
        for guard in guards
        for condition in guard
        for name in condition.names
    ]
