"""The words of `__attribute__` and `[[...]]` in a head, which belong to the compiler."""

from vtsplit.cst.heads.declarator import Head, standard_attributes
from vtsplit.cst.lexer import Kind

_SPOKEN_TO = frozenset({"format", "mode", "access"})  # their arguments are the compiler's as well


def attribute_words(head: Head) -> frozenset[int]:
    """Return the places of the compiler's own words.

    What stands in the brackets of other attributes may be the program's: `aligned(SIZE)`.
    """
    found: set[int] = set()
    standard = standard_attributes(head.tokens)
    depth, inside, own = 0, False, False
    for at, token in enumerate(head.tokens):
        in_standard = at in standard
        if in_standard and at - 1 not in standard:
            depth = 2  # `[[` is what `((` is
        if token.text in {"__attribute__", "__attribute"} and not in_standard:
            inside, depth = True, 0
        elif (inside or in_standard) and token.kind is Kind.PUNCT:
            depth += (token.text == "(") - (token.text == ")")
            inside = inside and depth > 0
        elif (inside or in_standard) and token.kind is Kind.IDENT and depth <= 2:
            # A word in capitals in `[[...]]` is a macro for an attribute.
            found |= set() if in_standard and token.text.isupper() else {at}
            own = token.text.strip("_") in _SPOKEN_TO
        elif (inside or in_standard) and own:
            found.add(at)
    return frozenset(found)
