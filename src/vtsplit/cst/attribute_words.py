"""The words in a head that are the compiler's own: those of `__attribute__((format(printf)))`."""

from vtsplit.cst.declarator import Head
from vtsplit.cst.lexer import Kind


def attribute_words(head: Head) -> frozenset[int]:
    """Return the places of the compiler's own words: those of `__attribute__((format(printf)))`.

    What stands in the brackets of other attributes may be the program's: `aligned(SIZE)`.
    """
    found: set[int] = set()
    depth, inside, own = 0, False, False
    for at, token in enumerate(head.tokens):
        if token.text in {"__attribute__", "__attribute"}:
            inside, depth = True, 0
        elif inside and token.kind is Kind.PUNCT:
            depth += (token.text == "(") - (token.text == ")")
            inside = depth > 0
        elif inside and token.kind is Kind.IDENT and depth <= 2:
            found.add(at)
            own = token.text.strip("_") in {"format", "mode", "access"}
        elif inside and own:
            found.add(at)
    return frozenset(found)
