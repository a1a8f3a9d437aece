"""Objects whose value a moved table uses: it is a constant only in their own file.

GCC takes the value of a `static const int` for a constant expression where it sees the
initializer (C11 6.6p10 allows that); of an object declared `extern` it cannot.
"""

from collections.abc import Callable, Iterable, Sequence

from vtsplit.cst.lexer import TRIVIA, Kind
from vtsplit.cst.meaning.macro_arguments import enclosing_call
from vtsplit.cst.nodes import Declaration
from vtsplit.example_trees import ENTRY, TABLE, edited
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.exposure import Exposure
from vtsplit.planning.tables.find import SpecTable
from vtsplit.rule import Example, Rule

CONSTANT_VALUE = Rule(
    "VT026",
    "constant-value",
    "the table uses the value of an object",
    "Only in the file that defines a `static const` object does the compiler know its value. "
    "Main would not compile.",
    "Write the value itself, or make it an enumerator or a macro.",
    Example(
        edited(
            "lamp.c",
            (TABLE, "static const int lamp_count = 2;\n\n" + TABLE),
            (ENTRY, ENTRY + "\t.count = lamp_count,\n"),
        ),
        fixed=edited(
            "lamp.c",
            (TABLE, "#define LAMP_COUNT 2\n\n" + TABLE),
            (ENTRY, ENTRY + "\t.count = LAMP_COUNT,\n"),
        ),
    ),
)


def refuse_values(
    tables: Iterable[SpecTable],
    exposures: Iterable[Exposure],
    is_scalar: Callable[[Declaration], bool],
    ledger: Ledger,
) -> None:
    """Refuse tables that take the value of a scalar object (VT026)."""
    scalars = {e.name: e for e in exposures if e.is_object and _declares(e, is_scalar)}
    for table in tables if scalars else ():
        for definition in table.definitions:
            for name, offset in _values(definition.item, frozenset(scalars)):
                ledger.refuse(
                    CONSTANT_VALUE,
                    f"'{table.old}' uses the value of '{name}' here, which is a constant only in "
                    f"{table.file.path}",
                    table.file.site(definition.index, offset, len(name)),
                    "write the value itself, or make it an enumerator or a macro",
                )


def _declares(exposure: Exposure, is_scalar: Callable[[Declaration], bool]) -> bool:
    items = [definition.item for definition in exposure.definitions]
    return all(isinstance(item, Declaration) and is_scalar(item) for item in items)


def _values(item: object, names: frozenset[str]) -> Iterable[tuple[str, int]]:
    """Yield the names that stand for their value in an initializer, with their offsets."""
    if not isinstance(item, Declaration):
        return
    words: list[str] = []
    places: list[int] = []
    offset = 0
    for token in item.tokens:
        if token.kind not in TRIVIA and token.kind is not Kind.DIRECTIVE:
            words.append(token.text)
            places.append(offset)
        offset += len(token.text)
    start = item.initializer[0] if item.initializer else offset
    for at, word in enumerate(words):
        if word not in names or places[at] < start:
            continue
        if words[_outside(words, at)] in {"&", ".", "->", "sizeof"}:
            continue
        callee, _ = enclosing_call(words, at) if words[at - 1] in {"(", ","} else ("", 0)
        # What a macro makes of it cannot be told here: it may take the address.
        if not callee.isidentifier():
            yield word, places[at]


def _outside(words: Sequence[str], at: int) -> int:
    """Return the index of the word in front of a name and of the parentheses around it alone.

    >>> _outside(["&", "(", "(", "a", ")", ")"], 3), _outside(["f", "(", "a", ",", "b", ")"], 2)
    (0, 1)
    """
    before, behind = at - 1, at + 1
    while before > 0 and words[before] == "(" and words[behind : behind + 1] == [")"]:
        before, behind = before - 1, behind + 1
    return before
