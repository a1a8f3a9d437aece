"""Macros that stand inside of a table: they go to main, and must not be missed behind it."""

from vtsplit.example_trees import ENTRY, edited
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.macros import users_of
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.cfile.inner_macros import decided_inside

INSIDE_TABLE = Rule(
    "VT043",
    "inside-table",
    "a table has a `#define` or an `#undef` inside, and the source file uses the macro behind it",
    "The lines between the braces go to main with the table. Behind it the name would no longer "
    "mean the macro, or would still mean it.",
    "Move the line in front of the table or behind it.",
    Example(
        edited(
            "lamp.c",
            (
                ENTRY + "};\n",
                ENTRY + "#define LAMPS 1\n};\n\nint lamp_count(void)\n{\n\treturn LAMPS;\n}\n",
            ),
        )
    ),
)


def refuse_inner_macros(items: frozenset[int], source: CFile, ledger: Ledger) -> None:
    """Refuse (VT043) to move items that decide on a macro which what stays behind them uses."""
    inside = {index: dict(decided_inside(source.module.items[index])) for index in sorted(items)}
    users = users_of(source, frozenset(name for names in inside.values() for name in names))
    for index, names in inside.items():
        for name, (offset, word) in names.items():
            behind = [at for at in users[name] - items if at > index]
            if behind:
                ledger.refuse(
                    INSIDE_TABLE,
                    f"this {word} stands inside of a table and would "
                    f"move with it, but {source.path} uses '{name}' behind it, in line "
                    f"{source.site(min(behind)).line}",
                    source.site(index, offset),
                    "move this line in front of the braces, or behind them",
                )
