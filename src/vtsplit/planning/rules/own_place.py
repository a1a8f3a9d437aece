"""Tables whose place says something: `__LINE__` in an entry, their turn in a section of their own.

What `__LINE__` is in an entry is another number in main. In a section that the program walks, from
`__start_foo` to `__stop_foo`, each object's entries stand where that object is linked.
"""

import re
from collections.abc import Iterable

from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.nodes import Declaration, Item
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.find import SpecTable
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.cfile.own_place import place_words


def warn_of_place(tables: Iterable[SpecTable], source: CFile, main: str, ledger: Ledger) -> None:
    """Warn of entries whose value a move changes, and that no compiler has to complain of."""
    for table in tables:
        for definition in table.definitions:
            words = place_words(token.text for token in definition.item.tokens)
            if words:
                ledger.warn(
                    f"{' and '.join(words)} in '{table.old}' will have another value in {main}",
                    source.site(definition.index),
                    "write a constant instead if something depends on it",
                )


# The linker makes `__start_foo` of such a name alone (GNU ld manual, 3.5.6), not of `.init.data`.
_WALKED = re.compile(r'''(?:\b|__)section(?:__)?\s*\(\s*"([A-Za-z_]\w*)"''')


def warn_of_order(
    tables: Iterable[SpecTable], source: CFile, main: str, macros_of: MacrosOf, ledger: Ledger
) -> None:
    """Warn of tables in a section that a program walks: main may come at another turn there."""
    for table in tables:
        for definition in table.definitions:
            section = _walked_section(definition.item, macros_of)
            if section:
                ledger.warn(
                    f"'{table.old}' stands in section '{section}', and has another place there if "
                    f"{main} is not linked right behind {source.path}",
                    source.site(definition.index),
                    "check that the order of this section's entries does not matter",
                )


def _walked_section(item: Item, macros_of: MacrosOf) -> str:
    """Return the section of an object if its name is an identifier; attributes may be macros."""
    if not isinstance(item, Declaration):
        return ""
    head = item.text[: item.head.initializer]
    texts = [head]
    for token in lex(head):
        if token.kind is Kind.IDENT:
            texts += (" ".join(one.text for one in macro.body) for macro in macros_of(token.text))
    found = (_WALKED.search(text) for text in texts)
    return next((match[1] for match in found if match), "")
