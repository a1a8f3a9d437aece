"""Which tables move, which have moved already, and what their entries refer to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from vtsplit.codemods.expose import spelled_out
from vtsplit.cst.directives import Macro
from vtsplit.cst.lexer import code_words, lex
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import Declaration, Item
from vtsplit.diagnostics import Site
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.planning.tables.hidden_static import hidden_static, is_always_static
from vtsplit.planning.tables.macros import refuse_namesake
from vtsplit.planning.tables.rules import (
    CUT,
    LOCAL_TABLE,
    NEEDS_TABLE,
    NO_TABLE,
    NOT_A_TABLE,
    OWN_TYPE,
    SHARED,
    STATIC_TABLE,
    TABLE_TWICE,
)
from vtsplit.planning.tables.thinning import may_thin
from vtsplit.spec.document import Spec, did_you_mean
from vtsplit.survey.cfile.definitions import Definition, Definitions, Sort, with_tentative
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.cfile.local_tables import local_tables
from vtsplit.survey.cfile.references import Reference, find_references, says_more


@dataclass(frozen=True)
class SpecTable:
    """A table the spec names: where it is now, under which names, and its definitions there.

    `hidden` are macros that say `static`, with what else they say: the definitions have that.
    """

    old: str
    new: str
    file: CFile
    definitions: tuple[Definition, ...]
    moves: bool
    hidden: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def symbol(self) -> Symbol:
        """Its identity."""
        return Symbol(self.old, self.new, Role.TABLE)

    @property
    def is_static(self) -> bool:
        """Whether its definition is static now."""
        return any(definition.is_static for definition in self.definitions)


@dataclass(frozen=True)
class TableReference:
    """A name that an entry of a table refers to."""

    name: str
    table: SpecTable
    reference: Reference
    site: Site

    @property
    def optional(self) -> bool:
        """Whether the name stands in an `#if` condition only."""
        return self.reference.optional

    @property
    def is_written(self) -> bool:
        """Whether the entry has the name itself, not through a macro."""
        return not self.reference.through

    @property
    def because(self) -> Reason:
        """Why the name concerns the split."""
        entry, through = self.reference.entry, self.reference.through
        why = Why.ENTRY if entry else Why.USED_BY_TABLE
        return Reason(why, entry, of=self.table.old, through=through, site=self.site)

    @property
    def reason(self) -> str:
        """Why the name concerns the split, in words."""
        return self.because.clause()


def find_tables(spec: Spec, source: CFile, main: CFile | None, ledger: Ledger) -> list[SpecTable]:
    """Find each table of the spec in the source file, or in main where it has moved already."""
    tables = []
    for old, new in spec.tables.items():
        here = source.definitions.of(old, Sort.OBJECT)
        renamed = source.definitions.of(new, Sort.OBJECT) if not here else ()
        there = main.definitions.of(new, Sort.OBJECT) if main else ()
        if here and there and main:
            ledger.refuse(
                TABLE_TWICE,
                f"'{old}' is defined in {source.path}, and also in {main.path} as '{new}'",
                source.site(here[0].index),
                "remove one of them",
            )
        elif here:
            every = with_tentative(here, source.definitions.of(old, Sort.TENTATIVE))
            tables.append(SpecTable(old, new, source, every, moves=True))
        elif renamed and not there:
            tables.append(SpecTable(new, new, source, renamed, moves=True))
        elif there and main:
            tables.append(SpecTable(old, new, main, there, moves=False))
            ledger.note(f"{old} has already moved to {main.path}", main.site(there[0].index))
        else:
            _refuse_missing(spec, old, source, ledger)
    for table in tables:
        _check_shape(table, ledger)
    return tables


def _refuse_missing(spec: Spec, old: str, source: CFile, ledger: Ledger) -> None:
    known = table_names(source.definitions)
    # `#ifdef` halves of a definition leave the name in an item that cannot be read.
    straddling = source.definitions.straddling(old)
    declared = source.definitions.of(old)
    if straddling is not None:
        site = source.site(source.module.items.index(straddling))
        ledger.refuse(
            CUT,
            f"an #if cuts through the declaration of '{old}'",
            site,
            "put whole declarations into each branch of the #if",
        )
    elif declared and getattr(getattr(declared[0].item, "head", None), "more", False):
        _refuse_shared(old, source.site(declared[0].index), ledger)
    elif declared:
        ledger.refuse(
            NOT_A_TABLE,
            f"'{old}' is not an initialized object in {source.path}: it is "
            f"{_with_article(declared[0].sort.value)}",
            source.site(declared[0].index),
            "name an initialized object",
        )
    elif local := next(local_tables(source, old), None):
        ledger.refuse(
            LOCAL_TABLE,
            f"'{old}' is local to the function '{local.function}'",
            local.site,
            "first move it out of the function, in front of it",
        )
    else:
        shown = ", ".join(known[:4]) if known else "none"
        ledger.refuse(
            NO_TABLE,
            f"{source.path} has no table '{old}'",
            spec.site("tables", old),
            did_you_mean(old, known) or f"the tables there: {shown}",
        )


def _refuse_shared(name: str, site: Site, ledger: Ledger) -> None:
    ledger.refuse(
        SHARED,
        f"'{name}' is declared together with other names",
        site,
        "give it a declaration of its own",
    )


def _with_article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def table_names(definitions: Definitions) -> list[str]:
    """Return the names of what a module initializes with braces, the likeliest tables first.

    The type may be a typedef or a macro, so the initializer tells, as in a scan. What is named
    like a table comes first, then what names functions of the module.
    """
    functions = {
        name
        for name, found in definitions.by_name.items()
        if any(definition.sort is Sort.FUNCTION for definition in found)
    }
    ranks: dict[str, tuple[bool, bool]] = {}
    for name, found in definitions.by_name.items():
        for definition in found:
            item = definition.item
            if definition.sort is Sort.OBJECT and isinstance(item, Declaration):
                value = _words_in_braces(item)
                if value is not None:
                    ranks.setdefault(name, ("ops" not in name, functions.isdisjoint(value)))
    return sorted(ranks, key=lambda name: ranks[name])


def _words_in_braces(item: Declaration) -> frozenset[str] | None:
    """Return the words of an initializer; None if it is not in braces, as of a plain object."""
    place = item.initializer
    value = code_words(lex(item.text[slice(*place)])) if place else []
    return frozenset(value) if value[:1] == ["{"] else None


def _check_shape(table: SpecTable, ledger: Ledger) -> None:
    """Refuse tables whose declaration cannot be taken apart safely."""
    # A tentative definition goes when its table does.
    tentative = table.file.definitions.of(table.old, Sort.TENTATIVE)
    for definition in (*table.definitions, *tentative):
        item = definition.item
        if not isinstance(item, Declaration):
            continue
        site = table.file.site(definition.index)
        if item.head.more and not (definition in tentative and may_thin(item)):
            _refuse_shared(definition.name, site, ledger)
        if item.head.defines_tag:
            ledger.refuse(
                OWN_TYPE,
                f"'{definition.name}' is declared together with its type",
                site,
                "give the type a name, or declare it on its own, where main can see it",
            )
        before_value = item.head.tokens[: max(item.head.name_index, 0)]
        if any(token.kind.value == "directive" for token in before_value):
            ledger.refuse(
                CUT,
                f"an #if stands inside the declaration of '{definition.name}'",
                site,
                "put whole declarations into each branch of the #if",
            )


def spell_static_out(
    tables: Iterable[SpecTable], macros_of: MacrosOf, ledger: Ledger
) -> list[SpecTable]:
    """Return the tables with `static` in place of macros that say it.

    Refuses (VT029) macros that may say more than is known.
    """
    found = []
    for table in tables:
        hidden = hidden_static(table.definitions, macros_of)
        told = {
            name: rest
            for name, rest in hidden.items()
            if rest is not None and table.moves and is_always_static(name, macros_of)
        }
        for name in sorted(hidden.keys() - told.keys()):
            if hidden[name] is None:
                why = "and may say more than that"
            elif table.moves:
                why = "but not by each of its definitions"
            else:
                why = "where it has moved to already"
            ledger.refuse(
                STATIC_TABLE,
                f"macro '{name}' makes '{table.old}' static, {why}",
                table.file.site(table.definitions[0].index),
                f"write the words of {name} in its place",
            )
        definitions = tuple(
            replace(one, item=spelled_out(one.item, told))
            if told and isinstance(one.item, Declaration)
            else one
            for one in table.definitions
        )
        found.append(replace(table, definitions=definitions, hidden=told))
    return found


def refer(tables: list[SpecTable], macro_of: MacroOf) -> list[TableReference]:
    """Return what the tables refer to, in the order of their entries, each name once.

    A table that has moved already may use macros of its own file.
    """
    found: dict[str, TableReference] = {}
    for table in tables:
        for definition in table.definitions:
            for reference in refer_item(definition.item, table.file.definitions, macro_of):
                known = found.get(reference.name)
                if known is None or says_more(reference, known.reference):
                    site = table.file.site(definition.index, reference.offset)
                    found[reference.name] = TableReference(reference.name, table, reference, site)
    return list(found.values())


def refer_item(item: Item, definitions: Definitions, macro_of: MacroOf) -> Iterator[Reference]:
    """Yield what an item refers to, by every definition that an `#if` chooses of a macro."""
    seen = list(find_references(item, _own_macros(definitions, macro_of)))
    yield from seen
    branch, most = 0, 2
    while branch < most:
        for reference in find_references(item, _branch_of_macros(definitions, macro_of, branch)):
            # What is written is told above.
            if reference.through:
                yield reference
                seen.append(reference)
        most = max((len(definitions.macros(one.name)) for one in seen), default=0)
        branch += 1


def _branch_of_macros(definitions: Definitions, macro_of: MacroOf, branch: int) -> MacroOf:
    """Return a look-up that takes, of a file's macros of one name, the one of that branch."""

    def look_up(name: str) -> Macro | None:
        macros = definitions.macros(name)
        return macros[min(branch, len(macros) - 1)] if macros else macro_of(name)

    return look_up


def _own_macros(definitions: Definitions, macro_of: MacroOf) -> MacroOf:
    """Return a look-up that tries a file's macros first, also those that an `#if` chooses.

    Of several it takes the last that pastes: what else it does, its argument is no name.
    """

    def look_up(name: str) -> Macro | None:
        pasting = [one for one in definitions.macros(name) if one.pastes()]
        found = definitions.macro(name) or (pasting[-1] if pasting else None)
        return found or macro_of(name)

    return look_up


def following_calls(table: SpecTable) -> tuple[list[int], list[tuple[int, str]]]:
    """Return the file-scope macro calls that must go with a table, and those that must not.

    `EXPORT_SYMBOL(table)` stands behind the definition of what it exports (checkpatch.pl
    EXPORT_SYMBOL). A macro that defines an alias of the table, as MODULE_DEVICE_TABLE does,
    needs the definition in its own translation unit.
    """
    along, against = [], []
    for index, item in table.file.calls_with(table.old):
        if item.name.startswith("EXPORT_"):
            along.append(index)
        elif item.name.endswith("_DEVICE_TABLE"):
            against.append((index, item.name))
    return along, against


def moved_items(moving: list[SpecTable], ledger: Ledger) -> frozenset[int]:
    """Return the tables' definitions and what goes with them, or refuse (VT025, VT034)."""
    moved: set[int] = set()
    for table in moving:
        moved.update(definition.index for definition in table.definitions)
        refuse_namesake(table.old, "a table that moves", table.definitions, table.file, ledger)
        along, against = following_calls(table)
        moved.update(along)
        for index, name in against:
            ledger.refuse(
                NEEDS_TABLE,
                f"{name} needs the definition of '{table.old}' in the same file",
                table.file.site(index),
                "leave the table out of the split",
            )
    return frozenset(moved)


def tentative_definitions(
    moving: list[SpecTable], moved: frozenset[int], source: CFile
) -> tuple[Definition, ...]:
    """Return the tentative definitions of tables that move (C11 6.9.2p2)."""
    return tuple(
        definition
        for table in moving
        for definition in source.definitions.of(table.old, Sort.TENTATIVE)
        if definition.index not in moved
    )
