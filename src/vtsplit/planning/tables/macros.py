"""Macros of the source file: what their bodies use, and whether one may move."""

from collections.abc import Iterable, Mapping

from vtsplit.cst.conditions import exclude
from vtsplit.cst.directives import OPENERS
from vtsplit.cst.heads.annotations import AGGREGATES, KEYWORDS
from vtsplit.cst.lexer import Kind, unfolded
from vtsplit.cst.meaning.occurrences import word_pattern
from vtsplit.cst.nodes import Directive, Item
from vtsplit.example_trees import ENTRY, TABLE, above_table, edited
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.files import CFile

CHANGING = Rule(
    "VT043",
    "changing",
    "a macro changes its meaning within the file",
    "The table uses a macro that has several definitions, is used above its definition, or is "
    "undefined again while the rest of the file uses it. In main it would have only one of its "
    "meanings.",
    "Give the macro that the table uses a name of its own.",
    Example(
        edited(
            "lamp.c",
            (
                TABLE,
                "#define COUNT 1\nint lamp_spare = COUNT;\n#undef COUNT\n#define COUNT 2\n\n"
                + TABLE,
            ),
            (ENTRY, ENTRY + "\t.count = COUNT,\n"),
        )
    ),
)

UNDEFINED = Rule(
    "VT043",
    "undefined",
    "the source undefines a header's macro",
    "The source file has an `#undef` of a macro that a header defines. Main would have the macro.",
    "Give the macro that the table uses a name of its own.",
    Example(
        {
            **edited(
                "lamp.c",
                ('#include "lamp.h"\n', '#include "lamp.h"\n#undef lamp_off\n'),
                (ENTRY, ENTRY + "\t.off = lamp_off,\n"),
            ),
            **edited(
                "lamp.h",
                (
                    "\n#endif",
                    "\nvoid lamp_off(struct light *light);\n#define lamp_off(x) lamp_off(x)\n\n"
                    "#endif",
                ),
            ),
        }
    ),
)

NAMESAKE = Rule(
    "VT034",
    "namesake",
    "a macro has the same name",
    "A macro of the same name is in force, so a use of the name can mean either of the two.",
    "First rename the macro by hand. A macro that replaces a function under an `#if` that "
    "removes it may stay.",
    Example(above_table("#define lamp_on(light) (lamp_on)(light)\n\n")),
)


def body_words(item: Item) -> list[str]:
    r"""Return the names in the body of a `#define`, tags with their keyword.

    >>> from vtsplit.cst.parser import parse_module
    >>> body_words(parse_module("#define SIZE(x) (x + sizeof(struct s) + N)\n").items[0])
    ['x', 'struct s', 'N']
    """
    macro = item.macro
    body = macro.body if macro else ()
    return [
        f"{body[at - 1].text} {token.text}"
        if at and body[at - 1].text in AGGREGATES
        else token.text
        for at, token in enumerate(body)
        if token.kind is Kind.IDENT and token.text not in KEYWORDS
    ]


def users_of(source: CFile, names: frozenset[str]) -> dict[str, set[int]]:
    """Return for each name the items that have it outside of comments and strings."""
    users: dict[str, set[int]] = {name: set() for name in names}
    if not names:
        return users
    pattern = word_pattern(names)
    for index, item in enumerate(source.module.items):
        if pattern.search(item.text):
            words = {token.text for token in unfolded(item.tokens) if token.kind is Kind.IDENT}
            for name in words & names:
                users[name].add(index)
    return users


def is_undef(item: Item) -> bool:
    """Tell an `#undef`."""
    return isinstance(item, Directive) and item.name == "undef"


def refuse_changing(
    name: str,
    reason: str,
    definitions: tuple[Definition, ...],
    users: set[int],
    source: CFile,
    ledger: Ledger,
) -> bool:
    """Refuse a macro that means different things at different places of the file.

    Returns whether it did.
    """
    items = source.module.items
    undefined = [index for index in users if is_undef(items[index])]
    unguarded = [d for d in definitions if not d.guard]
    # What another definition of the name, a function for which the macro stands in, is no use.
    own = {definition.index for definition in source.definitions.of(name)}
    earlier = [i for i in users - own if i < definitions[0].index]
    used = [i for i in earlier if not _opens_definition(items[i], name, definitions)]
    where = None
    if undefined:
        where = source.site(undefined[0])
    elif len(definitions) > 1 and (unguarded or len({d.guard for d in definitions}) < 2):
        where = source.site(definitions[1].index)
    elif used:
        where = source.site(min(used))
    if where is not None:
        ledger.refuse(
            CHANGING,
            f"macro '{name}' ({reason}) changes its meaning within {source.path}",
            where,
            "give the macro that the table uses a name of its own",
        )
    return where is not None


def refuse_namesake(
    name: str, reason: str, definitions: Iterable[Definition], source: CFile, ledger: Ledger
) -> None:
    """Refuse a macro that has the name of something main needs and can be in force with it (VT034).

    It may stand in where an `#if` takes the definitions out. One that stands for its own name
    changes nothing (C11 6.10.3.4p2).
    """
    guards = [definition.guard for definition in definitions]
    for definition in source.definitions.of(name, Sort.MACRO):
        macro = definition.item.macro
        is_idle = (
            macro is not None
            and macro.parameters is None
            and [token.text for token in macro.body] == [name]
        )
        if not is_idle and not all(exclude(definition.guard, guard) for guard in guards):
            ledger.refuse(
                NAMESAKE,
                f"'{name}' ({reason}) is also the name of a macro here",
                source.site(definition.index),
                "first rename the macro by hand",
            )
            return


def refuse_undefined(foreign: Mapping[str, str], source: CFile, ledger: Ledger) -> None:
    """Refuse macros of others that the source file undefines: elsewhere they would be back.

    `foreign` are names that move and that the source file does not define, with the reason.
    """
    for index, item in enumerate(source.module.items):
        name = item.argument if isinstance(item, Directive) and is_undef(item) else ""
        if name in foreign:
            ledger.refuse(
                UNDEFINED,
                f"#undef ends macro '{name}' ({foreign[name]}) here, but main would still have it "
                "if a header or the build defines it",
                source.site(index),
                "remove the #undef if nothing defines that macro, or give the macro that the table "
                "uses a name of its own",
            )


def _opens_definition(item: Item, name: str, definitions: tuple[Definition, ...]) -> bool:
    """Tell the `#ifndef` of a default, and macros whose bodies expand only where they are used."""
    if not isinstance(item, Directive):
        return False
    if item.name not in OPENERS:
        return item.macro is not None
    return all(any(name in c.expression for c in d.guard) for d in definitions)
