"""Sizes of arrays that are taken from another file, where the declaration has to tell them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from vtsplit.cst.annotations import QUALIFIERS, TYPE_WORDS
from vtsplit.cst.initializer import Entry, read_entries
from vtsplit.cst.lexer import TRIVIA, Kind
from vtsplit.cst.macro_arguments import MacroOf
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.occurrences import word_pattern
from vtsplit.cst.typed import TypeReadError, read_signature
from vtsplit.diagnostics import Site
from vtsplit.planning.exposure import Exposure
from vtsplit.planning.measured import measured_in_macros, takes_size
from vtsplit.planning.steps import Declared, Ledger
from vtsplit.planning.tables import Table
from vtsplit.planning.uses import find_uses
from vtsplit.survey.definitions import Definition
from vtsplit.survey.files import CFile
from vtsplit.survey.typedefs import Typedefs

Sized = tuple[str, tuple[Definition, ...], Site]  # an array, and where its size is taken
IsScalar = Callable[[Declaration], bool]


def is_unsized(definition: Definition) -> bool:
    """Tell whether an object is an array that only its initializer gives a length."""
    item = definition.item
    return isinstance(item, Declaration) and _behind_name(item)[:2] == ["[", "]"]


def _behind_name(item: Declaration) -> list[str]:
    """Return what follows the name, from the first bracket on: `(a)[]` is an array as well."""
    words = [t.text for t in item.head.tokens[item.head.name_index + 1 :] if t.kind not in TRIVIA]
    while words[:1] == [")"]:
        words = words[1:]
    return words


def entry_count(item: Declaration, macro_of: MacroOf, has_scalars: IsScalar) -> int | None:
    r"""Return how many elements an initializer has, None when that cannot be told for sure.

    It can when each entry stands in braces, or is made of words, and none has a designator
    (C11 6.7.9p17, p22).

    >>> from vtsplit.cst.parser import parse_module
    >>> items = parse_module("int a[] = { 1, B + 2, };\nint b[] = { [3] = 1 };\n").items
    >>> [entry_count(item, lambda _: None, lambda _: True) for item in items]
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
    plain = kinds == {"plain"} and has_scalars(item) and not _is_text(item, entries, macro_of)
    return len(entries) if plain or kinds == {"braced"} else None


def _is_text(item: Declaration, entries: Sequence[Entry], macro_of: MacroOf) -> bool:
    """Tell characters from pointers to them: `{ "abc" }` makes four of the former (6.7.9p14)."""
    if len(entries) > 1 or any(token.text == "*" for token in item.head.tokens):
        return False
    texts = [token.text for token in entries[0].value]
    texts += [t.text for text in texts if (macro := macro_of(text)) for t in macro.body]
    return any(text.endswith('"') for text in texts)


def _kind(entry: Entry, macro_of: MacroOf) -> str:
    """Return whether an entry is one in braces, a plain value, or cannot be counted."""
    if entry.designator or entry.value[0].text == "[":
        return "designated"  # GNU C allows it without `=`
    if entry.value[0].text == "{":
        return "braced"
    for at, token in enumerate(entry.value):
        macro = macro_of(token.text) if token.kind is Kind.IDENT else None
        body = [t.text for t in macro.body] if macro else []
        if macro and not body:
            return "several"  # or none
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


def is_scalar(item: Declaration, typedefs: Typedefs, element: bool = False) -> bool:
    """Tell whether an object, or an array's element, is certainly no structure and no array."""
    try:
        key = read_signature(item.head).key
    except TypeReadError:
        return False
    if element and key[:1] != ("array",):
        return False
    return all(map(_is_scalar_kind, typedefs.alternatives(key[-1] if element else key)))


def _is_scalar_kind(key: tuple[object, ...]) -> bool:
    kind = [part for part in key if part not in QUALIFIERS]
    if kind[:1] == ["names"]:
        return all(word in TYPE_WORDS for word in kind[1:])
    return kind[:1] in (["pointer"], ["Enum"])


def find_lengths(
    source: CFile,
    tables: Sequence[Table],
    exposures: Sequence[Exposure],
    gone: frozenset[int],
    macro_of: MacroOf,
    typedefs: Typedefs,
    ledger: Ledger,
) -> dict[str, int]:
    """Return the lengths, by old name, of arrays whose size main or the source file takes."""
    sized = sizes_in_tables(exposures, tables, macro_of)
    sized += sizes_of_tables(source, tables, gone, macro_of)
    return lengths_of(sized, macro_of, partial(is_scalar, typedefs=typedefs, element=True), ledger)


def lengths_of(
    sized: Iterable[Sized], macro_of: MacroOf, has_scalars: IsScalar, ledger: Ledger
) -> dict[str, int]:
    """Return the lengths that declarations must tell; VT028 for one that cannot be counted.

    `sized` are arrays whose size is taken from outside, and where. The compiler takes a length in
    the declaration for the definition's as well, so that it must be the one that had been counted.
    """
    lengths: dict[str, int] = {}
    for name, definitions, site in sized:
        item = definitions[0].item
        count = entry_count(item, macro_of, has_scalars) if isinstance(item, Declaration) else None
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
            text, names = definition.item.text, frozenset(unsized)
            places = [(match[0], match.start()) for match in word_pattern(names).finditer(text)]
            places = [place for place in places if takes_size(text, place[1], macro_of)]
            for name, offset in (*places, *measured_in_macros(text, names, macro_of)):
                site = table.file.site(definition.index, offset, len(name))
                found.append((name, unsized[name].definitions, site))
    return found


def sizes_of_tables(
    source: CFile, tables: Iterable[Table], gone: frozenset[int], macro_of: MacroOf
) -> list[Sized]:
    """Return the moved tables of unstated length whose size the source file takes, and where."""
    unsized = {t.old: t for t in tables if any(is_unsized(d) for d in t.definitions)}
    found: list[Sized] = []
    for use in find_uses(source, frozenset(unsized), macro_of) if unsized else ():
        offset, code = use.occurrence.offset, use.item.code
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
