"""Static objects of tables that macro calls make: `BEGIN_INFO(x)`, entries, `END_INFO()`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from vtsplit.cst.lexer import plain_code
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.nodes import Declaration, Item, MacroCall
from vtsplit.cst.parser import parse_module
from vtsplit.example_trees import ENTRY, TABLE, edited
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.find import TableReference, refer_item
from vtsplit.planning.tables.macros import users_of
from vtsplit.planning.tables.made_functions import first_of
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.file_scope_calls import expanded_words
from vtsplit.survey.cfile.files import CFile

MADE_OBJECT = Rule(
    "VT044",
    "made-object",
    "a macro makes the object, and something else uses it",
    "A macro call makes a static object. It could move with the table, but code that stays in "
    "the source file also uses the object.",
    "Write the definition of the object without the macro.",
    Example(
        edited(
            "lamp.c",
            (
                TABLE,
                "#define INFO(x) static const int x[2] = { 1, 2 }\nINFO(lamp_info);\n\n"
                "int lamp_first(void)\n{\n\treturn lamp_info[0];\n}\n\n" + TABLE,
            ),
            (ENTRY, ENTRY + "\t.data = lamp_info,\n"),
        )
    ),
)


_MOST = 200  # calls that make one object


@dataclass(frozen=True)
class MadeAlong:
    """Calls that move with the tables, as they make what only these use: the object's, by index."""

    names: dict[int, str] = field(default_factory=dict)
    references: tuple[TableReference, ...] = ()


def find_made_along(
    references: Sequence[TableReference],
    source: CFile,
    tables: frozenset[int],
    macros_of: MacrosOf,
    ledger: Ledger,
) -> MadeAlong:
    """Return the calls that make static objects which tables name, as `BEGIN_INFO(x) ... END()`.

    Refuses those that something else uses too (VT044). `tables` are the items that move.
    """
    names: dict[int, str] = {}
    found: list[TableReference] = []
    for reference in references:
        group = _making(reference.name, source, macros_of) if reference.table.moves else ()
        if not group:
            continue
        users = users_of(source, frozenset({reference.name}))[reference.name]
        others = sorted(users - tables - set(group))
        if others:
            ledger.refuse(
                MADE_OBJECT,
                f"a macro makes '{reference.name}' ({reference.reason}) static, and code that "
                "stays uses it here",
                source.site(others[0]),
                "write its definition without the macro",
            )
        names |= dict.fromkeys(group, reference.name)
        for index in group:
            made = refer_item(source.module.items[index], source.definitions, first_of(macros_of))
            site = source.site(index)
            found += [TableReference(one.name, reference.table, one, site) for one in made]
    return MadeAlong(names, tuple(one for one in found if one.name not in names.values()))


def _making(name: str, source: CFile, macros_of: MacrosOf) -> tuple[int, ...]:
    """Return the calls, one behind the other, that make one static object of that name."""
    every = source.definitions.of(name)
    if not every or any(one.sort is not Sort.MACRO_CALL for one in every):
        return ()
    items = source.module.items
    first = every[0].index
    words: list[str] = []
    for index in range(first, min(first + _MOST, len(items))):
        item = items[index]
        if not isinstance(item, MacroCall) or source.guards[index] != source.guards[first]:
            return ()
        code = plain_code(item.tokens)
        words += expanded_words(code, first_of(macros_of))
        if words.count("{") == words.count("}"):
            made = [one for one in parse_module(" ".join(words)).items if one.text != ";"]
            is_it = len(made) == 1 and _is_static_object(made[0], name)
            return tuple(range(first, index + 1)) if is_it and len(every) == 1 else ()
    return ()


def _is_static_object(item: Item, name: str) -> bool:
    return (
        isinstance(item, Declaration)
        and item.name == name
        and item.is_definition
        and item.head.is_static
        and not item.head.more
    )
