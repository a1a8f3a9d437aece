"""Names of a table's entries that only a macro makes, so that no text defines them."""

from collections.abc import Iterable

from vtsplit.cst.heads.annotations import KEYWORDS
from vtsplit.cst.lexer import Kind
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import FunctionDef, Item, MacroCall
from vtsplit.diagnostics import Site
from vtsplit.example_trees import ENTRY, TABLE, edited
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.find import TableReference, refer_item
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.includes import IncludeGraph
from vtsplit.survey.order.providers import find_declaring

MADE_NAME = Rule(
    "VT044",
    "made-name",
    "a macro makes the function or object",
    "A call such as `GEN_OPS(lamp)` makes `static int lamp_off()`. vtsplit cannot remove the "
    "`static`, since it stands in the macro.",
    "Write the definition without the macro.",
    Example(
        edited(
            "lamp.c",
            (
                TABLE,
                "#define MAKE_OFF(x) static void x##_off(struct light *light) { }\n"
                "MAKE_OFF(lamp)\n\n" + TABLE,
            ),
            (ENTRY, ENTRY + "\t.off = lamp_off,\n"),
        )
    ),
)


_GIVEN = frozenset({Kind.IDENT, Kind.NUMBER})


def refuse_made_names(
    references: Iterable[TableReference],
    source: CFile,
    moved: frozenset[int],
    macro_of: MacroOf,
    graph: IncludeGraph,
    ledger: Ledger,
) -> None:
    """Refuse entries for functions whose name a macro of the source file pastes (VT044).

    `GEN_OPS(foo)` defines `static int foo_open()`, or `static int FN(open)(void)` does, and the
    table names it, perhaps also by a macro of a header: the function would stay static unnoticed.
    """
    wanted = {
        reference.name: reference
        for reference in references
        if reference.table.moves
        and not reference.reference.is_dead
        and not source.definitions.of(reference.name)
    }
    made = _made_names(source, moved, macro_of) if wanted else {}
    both = sorted(wanted.keys() & made.keys())
    headers = sorted({path for one in graph.direct(source.module) for path in one.files})
    declared = find_declaring(graph, headers, both) if both else {}
    for name in [name for name in both if name not in declared]:
        macro, site = made[name]
        ledger.refuse(
            MADE_NAME,
            f"macro {macro} makes '{name}' ({wanted[name].reason}) here",
            site,
            "vtsplit cannot remove a `static` that stands in a macro: write the definition "
            "without the macro",
        )


def _made_names(
    source: CFile, moved: frozenset[int], macro_of: MacroOf
) -> dict[str, tuple[str, Site]]:
    """Return the names that macros at file scope paste, with the macro and the place."""
    made: dict[str, tuple[str, Site]] = {}
    for index, item in enumerate(source.module.items):
        if index in moved or not _is_made(item, source, macro_of):
            continue
        found = [r for r in refer_item(item, source.definitions, macro_of) if r.through]
        # What stands in a body as it is, an attribute or a builtin, is not made there.
        written = {word for one in found for word in _body(one.through, source, macro_of)}
        written |= {word for one in found for word in _body(one.name, source, macro_of)}
        given = {t.text for t in item.tokens if t.kind in _GIVEN} - KEYWORDS - written
        given -= {one.through for one in found}
        for one in found:
            # A name is pasted of what is given; the rest is how IS_ENABLED() and its like work.
            is_pasted = not given or any(word in one.name for word in given)
            if one.name not in written and is_pasted:
                made.setdefault(one.name, (one.through, source.site(index, one.offset)))
    return made


def _body(name: str, source: CFile, macro_of: MacroOf) -> list[str]:
    """Return the words in the bodies of a macro's definitions."""
    macros = source.definitions.macros(name) or [macro_of(name)]
    return [token.text for macro in macros if macro for token in macro.body]


def _is_made(item: Item, source: CFile, macro_of: MacroOf) -> bool:
    """Tell whether a macro makes an item, or the name of a function."""
    if isinstance(item, FunctionDef):
        name = item.head.name
        macros = source.definitions.macros(name) or [macro_of(name)]
        return any(macro is not None and macro.parameters is not None for macro in macros)
    return isinstance(item, MacroCall)
