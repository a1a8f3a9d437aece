"""Macros of the source file that moved tables use: which move along, which the header gets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vtsplit.cst.lexer import Kind, lex_line
from vtsplit.cst.nodes import Directive, Item
from vtsplit.cst.occurrences import word_pattern
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables import TableReference
from vtsplit.survey.definitions import Definition, Sort
from vtsplit.survey.files import CFile


@dataclass(frozen=True)
class MovedMacros:
    """Indices of `#define`s in the source file that go to main, and those that go to the header."""

    to_main: frozenset[int] = frozenset()
    to_header: frozenset[int] = frozenset()


def find_moved_macros(
    references: list[TableReference],
    source: CFile,
    moved: frozenset[int],
    declared: Mapping[str, str],
    ledger: Ledger,
) -> MovedMacros:
    """Sort the macros that moved tables use, directly or through another macro.

    One that nothing else uses moves with them; one that the source file still uses goes to the
    header, which both include. `declared` are names that declarations in the header use, with
    the reason.
    """
    used: dict[str, str] = {}
    pending = [*declared.items()]
    pending += [(r.name, r.reason) for r in references if not r.reference.optional]
    while pending:
        name, reason = pending.pop()
        if name in used or not source.definitions.of(name, Sort.MACRO):
            continue
        used[name] = reason
        for definition in source.definitions.of(name, Sort.MACRO):
            pending += [(word, reason) for word in _body_words(definition)]
    if not used:
        return MovedMacros()
    users = _users(source, frozenset(used))
    shared = {name for name in used if users[name] - moved - _own(source, used)}
    # What a shared macro uses is shared too.
    grew = True
    while grew:
        more = {
            word
            for name in shared
            for definition in source.definitions.of(name, Sort.MACRO)
            for word in _body_words(definition)
            if word in used
        }
        grew = not more <= shared
        shared |= more
    to_main: set[int] = set()
    to_header: set[int] = set()
    for name, reason in used.items():
        definitions = source.definitions.of(name, Sort.MACRO)
        if not _is_movable(name, reason, definitions, users[name], source, ledger):
            continue
        (to_header if name in shared else to_main).update(d.index for d in definitions)
    return MovedMacros(frozenset(to_main), frozenset(to_header))


def _body_words(definition: Definition) -> list[str]:
    item = definition.item
    macro = item.macro if isinstance(item, Directive) else None
    return [token.text for token in macro.body if token.kind is Kind.IDENT] if macro else []


def _own(source: CFile, names: Iterable[str]) -> set[int]:
    """Return the indices of the definitions of these names, which are no uses.

    A function may have a macro for its stand-in: `#else`, `#define foo_suspend NULL`.
    """
    return {definition.index for name in names for definition in source.definitions.of(name)}


def _users(source: CFile, names: frozenset[str]) -> dict[str, set[int]]:
    """Return for each name the items that have it outside of comments and strings."""
    pattern = word_pattern(names)
    users: dict[str, set[int]] = {name: set() for name in names}
    for index, item in enumerate(source.module.items):
        if pattern.search(item.text):
            for name in _words(item) & names:
                users[name].add(index)
    return users


def _words(item: Item) -> set[str]:
    found = {token.text for token in item.tokens if token.kind is Kind.IDENT}
    for token in item.tokens:
        if token.kind is Kind.DIRECTIVE:
            found |= {inner.text for inner in lex_line(token.text) if inner.kind is Kind.IDENT}
    return found


def _is_movable(
    name: str,
    reason: str,
    definitions: tuple[Definition, ...],
    users: set[int],
    source: CFile,
    ledger: Ledger,
) -> bool:
    """Refuse a macro that means different things at different places of the file."""
    items = source.module.items
    undefined = [
        index
        for index in users
        if isinstance(item := items[index], Directive) and item.name == "undef"
    ]
    unguarded = [d for d in definitions if not d.guard]
    earlier = [i for i in users - _own(source, [name]) if i < definitions[0].index]
    where = None
    if undefined:
        where = source.site(undefined[0])
    elif len(definitions) > 1 and (unguarded or len({d.guard for d in definitions}) < 2):
        where = source.site(definitions[1].index)
    elif any(not isinstance(items[index], Directive) for index in earlier):
        where = source.site(min(earlier))
    if where is not None:
        ledger.refuse(
            "VT043",
            f"macro '{name}' ({reason}) changes its meaning within {source.path}",
            where,
            "give the macro that the table uses a name of its own",
        )
    return where is None
