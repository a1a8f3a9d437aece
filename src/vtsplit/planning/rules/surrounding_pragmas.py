"""Refuse code that cannot move: a pragma is in force there, or a macro in front belongs to it."""

import re
from collections.abc import Collection, Iterable

from vtsplit.cst.lone_words import stands_alone
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.nodes import Directive, MacroCall
from vtsplit.example_trees import ENTRY, TABLE, above_table, edited
from vtsplit.planning.edits import IncludeLine
from vtsplit.planning.locals.closure import MovedLocals, local_name
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.exposure import Exposure
from vtsplit.planning.tables.find import SpecTable
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.includes import IncludeGraph
from vtsplit.survey.order.pragmas_in_force import first_word, pragmas_behind, pragmas_in_force

TABLE_PRAGMA = Rule(
    "VT025",
    "pragma",
    "a pragma is in force at the table",
    "A `#pragma`, a macro that says `_Pragma`, or the `#pragma` of an included header changes "
    "types, code, symbols or warnings of the table. It would not be in force in main. A warning "
    "that a pragma ignores is no reason: main ignores it as well.",
    "End the pragma above the table, or move the table above the pragma.",
    Example(above_table("#pragma pack(1)\n")),
)

NEEDED_PRAGMA = Rule(
    "VT045",
    "pragma",
    "a pragma is in force at what the table needs",
    "A definition that only the source file has moves with the table, and a `#pragma` changes "
    "it where it stands now.",
    "End the pragma above the definition, or move the definition to a header by hand.",
    Example(
        edited(
            "lamp.c",
            (
                TABLE,
                "#pragma GCC visibility push(hidden)\nstruct pair { char a; int b; };\n"
                "#pragma GCC visibility pop\n\n" + TABLE,
            ),
            (ENTRY, ENTRY + "\t.count = sizeof(struct pair),\n"),
        )
    ),
)

_QUIET = '#define QUIET _Pragma("GCC diagnostic push")\n'

TABLE_LEADING = Rule(
    "VT025",
    "leading-macro",
    "a macro in front of the table is a statement of its own",
    "The macro stands right in front of the table and seems to belong to it. It has a pragma or a "
    "statement, which must stay.",
    "Put a blank line after the macro.",
    Example(
        {
            **above_table("QUIET\n"),
            **edited("lamp.h", ("\nstruct light {", _QUIET + "\nstruct light {")),
        }
    ),
)

NEEDED_LEADING = Rule(
    "VT045",
    "leading-macro",
    "a macro in front of what the table needs is a statement of its own",
    "The macro stands right in front of a definition that moves, and seems to belong to it. It has "
    "a pragma or a statement, which must stay.",
    "Put a blank line after the macro.",
    Example(
        {
            **edited(
                "lamp.c",
                (TABLE, "QUIET\ntypedef char level_t;\n\n" + TABLE),
                (ENTRY, ENTRY + "\t.count = sizeof(level_t),\n"),
            ),
            **edited("lamp.h", ("\nstruct light {", _QUIET + "\nstruct light {")),
        }
    ),
)

ANNOTATED = Rule(
    "VT025",
    "annotated",
    "a macro on the line above annotates the table",
    "The macro stands alone on its line, like a statement. It belongs to the code below, but "
    "would stay where it is.",
    "Write it on the line of the code that it annotates.",
    Example(above_table("#define ALIGNED(n) __attribute__((aligned(n)))\n\nALIGNED(16)\n")),
)


# Warnings about statements, parameters and functions: an initializer has none of these.
_OF_CODE = re.compile(
    r"unused-(?!const-variable)|maybe-uninit|uninit|implicit-fallthrough|return-|switch|format|"
    r"frame-larger|stack-usage|stringop|array-bounds|strict-(?:aliasing|prototypes)|parentheses|"
    r"declaration-after|missing-(?:prototypes|declarations|noreturn)|nested-externs|inline|vla|"
    r"(?:unknown-)?pragmas|clobbered|null-dereference|infinite|suggest-attribute|empty-body|"
    r"misleading|dangling|old-style-def|implicit-function|sign-compare|type-limits|shadow"
)
_IGNORED = re.compile(r'ignored "-W(?P<name>[^"]*)"')


class PragmaSurroundings:
    """What stands around the items of the source file and holds for them there.

    `shared` are the includes that main has as well: their pragmas hold there too. `quiet` are the
    warnings that main has to ignore at tables, by index.
    """

    def __init__(
        self,
        source: CFile,
        graph: IncludeGraph,
        macros_of: MacrosOf,
        shared: Collection[IncludeLine],
        ledger: Ledger,
    ) -> None:
        self.source = source
        self.macros_of = macros_of
        self.ledger = ledger
        self.quiet: dict[int, tuple[str, ...]] = {}
        includes = graph.direct(source.module)
        headers = {
            include.index: text
            for include in includes
            for path, depth in include.files.items()
            if not depth and "pragma" in (text := graph.text(path))
        }
        self.in_force = pragmas_in_force(source.module, macros_of, headers)
        same = [one for one in includes if IncludeLine(one.target, one.guard) in shared]
        self.in_main = pragmas_behind(headers[i.index] for i in same if i.index in headers)

    def refuse(
        self, tables: Iterable[SpecTable], exposures: Iterable[Exposure], found: MovedLocals
    ) -> None:
        """Refuse tables (VT025) and what they need (VT045) that cannot do without it."""
        for table in tables:
            for definition in table.definitions:
                self._refuse_held(definition.index, table.old, TABLE_PRAGMA, TABLE_LEADING)
                self._refuse_annotated(definition.index, table.old)
        for index in sorted(found.to_main | found.to_header):
            item = self.source.module.items[index]
            if not isinstance(item, Directive):
                self._refuse_held(index, local_name(item), NEEDED_PRAGMA, NEEDED_LEADING)
                self._refuse_annotated(index, local_name(item))
        for exposure in exposures:
            for definition in exposure.definitions:
                self._refuse_annotated(definition.index, exposure.name, by="static")

    def _refuse_held(self, index: int, name: str, rule: Rule, leading: Rule) -> None:
        here = self.in_force[index]
        pragmas = [one for one in here.pragmas if one not in self.in_main.pragmas]
        talk = [
            one
            for one in here.warnings
            if rule == TABLE_PRAGMA and _matters(one) and one not in self.in_main.warnings
        ]
        for one in here.clang if rule == TABLE_PRAGMA else ():
            said = f"'#pragma clang diagnostic {one}' holds here, and main does not have it"
            self.ledger.note(f"{said}: Clang may warn there", self.source.site(index))
        word = first_word(self.source.module.items[index])
        site = self.source.site(index)
        if here.own or any(stands_alone(macro) for macro in self.macros_of(word)):
            said = f"says '#pragma {here.own[0]}'" if here.own else "is a statement of its own"
            message = f"macro {word} in front of it {said}, which must stay here"
            rule, advice = (
                leading,
                f"put a blank line after {word}, to keep it apart from what moves",
            )
        elif talk and not pragmas and all(_IGNORED.match(one) for one in talk):
            self.quiet[index] = tuple(talk)
            shown = ", ".join(f"'#pragma GCC diagnostic {one}'" for one in talk)
            self.ledger.note(f"main says {shown} as well", site)
            return
        elif pragmas or talk:
            shown = pragmas[0] if pragmas else f"diagnostic {talk[0]}"
            message = f"'#pragma {shown}' is in force here, and would not be in another file"
            advice = "end the pragma above the definition, or move the definition above the pragma"
        else:
            return
        self.ledger.refuse(rule, f"'{name}' cannot move: {message}", site, advice)

    def _refuse_annotated(self, index: int, name: str, by: str = "") -> None:
        """Refuse an item below a line that looks like a statement, but annotates it (VT025).

        `ALIGNED(16)` alone on its line may be an attribute of the table below it. What does not
        move keeps all annotations; only `by`, where that is among them, must not be overlooked.
        """
        above = self.source.module.items[index - 1] if index else None
        if not isinstance(above, MacroCall) or above.text.endswith((";", "}")):
            return
        macros = [one for one in self.macros_of(above.name) if stands_alone(one) is False]
        if any(not by or by in [token.text for token in macro.body] for macro in macros):
            self.ledger.refuse(
                ANNOTATED,
                f"macro {above.name} belongs to '{name}' below it, but stands on a line of its "
                "own, like a statement",
                self.source.site(index - 1),
                f"write it on the same line as '{name}'",
            )


def _matters(warning: str) -> bool:
    """Tell whether an initializer may give a warning that a pragma is about."""
    found = _IGNORED.match(warning)
    return found is None or _OF_CODE.match(found["name"]) is None
