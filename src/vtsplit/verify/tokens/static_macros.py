"""Heads whose `static` is a macro, `#define STATIC static`, in a text as it is written."""

from vtsplit.cst.lexer import Kind, lex
from vtsplit.verify.tokens.entities import Entity, read_entity
from vtsplit.verify.tokens.program import Thing


def static_spelled_out(thing: Thing) -> Entity:
    """Return what a thing is with the words of such macros, in front of its name, in their place.

    Where there are none, as in a preprocessed text, it is what it was.
    """
    parts: list[str] = []
    spelled = False
    for token in lex(thing.text):
        if token.text == thing.entity.name:
            break
        macro = thing.unit.macro_of(token.text) if token.kind is Kind.IDENT else None
        words = [one.text for one in macro.body] if macro and macro.parameters is None else []
        spelled |= "static" in words
        parts.append(" ".join(words) if "static" in words else token.text)
    if not spelled:
        return thing.entity
    written = sum(len(token.text) for token in lex(thing.text)[: len(parts)])
    return read_entity("".join(parts) + thing.text[written:])
