"""Names in strings that the assembler or the linker reads: a rename cannot follow there."""

import re
from collections.abc import Iterator, Mapping

from vtsplit.cst.lexer import Kind
from vtsplit.cst.meaning.occurrences import word_pattern
from vtsplit.cst.nodes import Item
from vtsplit.example_trees import RENAMED, above_table
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.files import CFile

ASSEMBLED = Rule(
    "VT033",
    "assembled",
    "a string for the assembler has the old name",
    '`asm("call name")` and `alias("name")` have a name in a string, and a rename cannot follow '
    "there.",
    "Keep the name, or give the assembler another one by hand.",
    Example(
        above_table('void lamp_off(struct light *light) __attribute__((alias("lamp_on")));\n\n'),
        spec=RENAMED,
    ),
)


# GCC: Extended Asm, Common Function Attributes.
_READERS = frozenset(
    {"asm", "__asm", "__asm__", "alias", "__alias__", "weakref", "__weakref__"}
    | {"ifunc", "__ifunc__"}
)
_QUALIFIERS = frozenset({"volatile", "__volatile__", "__volatile", "inline", "goto"})
_READS = re.compile(rf"\b(?:{'|'.join(sorted(_READERS))})\b")


def refuse_assembled(source: CFile, names: Mapping[str, str], ledger: Ledger) -> None:
    """Refuse to rename what `asm("call name")` or `alias("name")` names (VT033)."""
    renamed = frozenset(name for name, new in names.items() if name != new)
    if not renamed:
        return
    pattern = word_pattern(renamed)
    for index, item in enumerate(source.module.items):
        if not _READS.search(item.text) or not pattern.search(item.text):
            continue
        for text, offset in _strings_read(item):
            for match in pattern.finditer(text):
                ledger.refuse(
                    ASSEMBLED,
                    f"'{match[0]}' is named in a string that the assembler reads, where a rename "
                    "cannot follow",
                    source.site(index, offset + match.start(), len(match[0])),
                    "keep this name, or give the assembler another one by hand",
                )


def _strings_read(item: Item) -> Iterator[tuple[str, int]]:
    """Yield the strings in the brackets of `asm` and of such attributes, with their offsets."""
    offset, depth = 0, 0
    is_read = False
    for token in item.tokens:
        if token.kind is Kind.IDENT and not (is_read and depth):
            is_read = token.text in _READERS or (is_read and token.text in _QUALIFIERS)
        elif token.kind is Kind.PUNCT and is_read:
            depth += (token.text == "(") - (token.text == ")")
            is_read = depth > 0
        elif token.kind is Kind.STRING and is_read:
            yield token.text, offset
        offset += len(token.text)
