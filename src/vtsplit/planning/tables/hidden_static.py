"""`static` that stands in a macro, as in `#define STATIC static noinline`, and what is left of it.

Such a macro is for all functions of a file, or of many: it stays as it is. Where a definition
becomes global, the words that the macro has beside `static` are written in its place.
"""

from collections.abc import Iterable

from vtsplit.cst.directives import Macro
from vtsplit.cst.heads.annotations import INLINE, QUALIFIERS, is_annotation
from vtsplit.cst.lexer import Kind
from vtsplit.cst.lone_words import stands_alone
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.survey.cfile.definitions import Definition

_DEEPEST = 4  # macros in macros; a macro may also have its own name in it


def hidden_static(definitions: Iterable[Definition], macros_of: MacrosOf) -> dict[str, str | None]:
    """Return the macros in front of a name that say `static`, each with the other words it says.

    In front of what is static otherwise, those that say `inline`.

    None stands for words that cannot be told: the macro's definitions differ in them, or they are
    no specifiers or annotations.
    """
    found: dict[str, str | None] = {}
    for definition in definitions:
        item = definition.item
        if not isinstance(item, FunctionDef | Declaration):
            continue
        for token in item.head.tokens[: max(item.head.name_index, 0)]:
            macros = macros_of(token.text) if token.kind is Kind.IDENT else ()
            if any(stands_alone(macro) for macro in macros):
                continue  # a statement, which only looks like a word of the declaration
            bodies = [_spelled_out(macro, macros_of, _DEEPEST) for macro in macros]
            says_inline = definition.is_static and _names_inline(token.text, bodies)
            if says_inline or any("static" in body for body in bodies):
                plain = all(macro.parameters is None for macro in macros)
                found[token.text] = _rest(bodies) if plain else None
    return found


def is_always_static(word: str, macros_of: MacrosOf) -> bool:
    """Tell whether each definition of a macro says `static`: a build may choose another one."""
    return all("static" in _spelled_out(one, macros_of, _DEEPEST) for one in macros_of(word))


def _spelled_out(macro: Macro, macros_of: MacrosOf, deepest: int) -> list[str]:
    """Return the words of a macro, with those of a macro in it that says `static` in its place."""
    words: list[str] = []
    for token in macro.body:
        inner = macros_of(token.text) if deepest and token.kind is Kind.IDENT else ()
        bodies = (_spelled_out(one, macros_of, deepest - 1) for one in inner)
        words += next((body for body in bodies if "static" in body), [token.text])
    return words


def inline_words(
    definitions: Iterable[Definition], macros_of: MacrosOf = lambda _: ()
) -> frozenset[str]:
    """Return the words in front of names that say `inline`: itself, or macros with it."""
    heads = [d.item.head for d in definitions if isinstance(d.item, FunctionDef)]
    words = {
        token.text
        for head in heads
        for token in head.tokens[: max(head.name_index, 0)]
        if token.kind is Kind.IDENT
    }
    return frozenset(
        word
        for word in words
        if word in INLINE
        or any(not INLINE.isdisjoint(t.text for t in macro.body) for macro in macros_of(word))
    )


def _names_inline(word: str, bodies: list[list[str]]) -> bool:
    """Tell a macro for `inline`, which goes with `static`: `inline` itself is one in Linux."""
    is_known = word in INLINE or is_annotation(word)
    return not is_known and any(not INLINE.isdisjoint(body) for body in bodies)


def _rest(bodies: list[list[str]]) -> str | None:
    r"""Return what all bodies have beside `static` and `inline`, None where that differs.

    >>> _rest([["static", "noinline"], ["noinline"]]), _rest([["static"], ["__init"]])
    ('noinline', None)
    """
    rests = [[word for word in body if word not in INLINE | {"static"}] for body in bodies]
    known = all(word in QUALIFIERS or is_annotation(word) for word in rests[0])
    return " ".join(rests[0]) if known and all(rest == rests[0] for rest in rests) else None
