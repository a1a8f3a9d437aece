"""Heads whose `static` is a macro, `#define STATIC static`, in a text as it is written."""

from vtsplit.cst.lexer import Kind, Token, lex
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.verify.tokens.entities import Entity, read_entity
from vtsplit.verify.tokens.program import Thing

_DEEPEST = 4  # macros in macros


def static_spelled_out(thing: Thing) -> Entity:
    """Return what a thing is with the words of such macros, in front of its name, in their place.

    Where there are none, as in a preprocessed text, it is what it was.
    """
    parts: list[str] = []
    spelled = False
    for token in lex(thing.text):
        if token.text == thing.entity.name:
            break
        words = _spelled(token, thing.unit.macro_of, _DEEPEST)
        spelled |= words != token.text
        parts.append(words)
    if not spelled:
        return thing.entity
    written = sum(len(token.text) for token in lex(thing.text)[: len(parts)])
    return read_entity("".join(parts) + thing.text[written:])


def _spelled(token: Token, macro_of: MacroOf, deepest: int) -> str:
    """Return the words of a macro that says `static`, perhaps by another one; else the token."""
    macro = macro_of(token.text) if deepest and token.kind is Kind.IDENT else None
    if macro is None or macro.parameters is not None:
        return token.text
    words = " ".join(_spelled(one, macro_of, deepest - 1) for one in macro.body)
    return words if "static" in words.split() else token.text
