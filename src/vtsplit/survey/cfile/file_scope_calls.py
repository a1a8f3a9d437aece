"""Expand a macro call at file scope, so that its declarations can be read."""

from collections.abc import Iterable

from vtsplit.cst.directives import Macro
from vtsplit.cst.lexer import Kind, Token, plain_code
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.spans import matching
from vtsplit.survey.cfile.references import arguments_of, substitute

_MOST = 20_000  # tokens: a list of lists grows fast, and what is longer declares no function


def expanded_items(item: Item, macro: Macro, macro_of: MacroOf) -> tuple[Item, ...]:
    """Return what the call of a macro that an item is stands for (C11 6.10.3).

    >>> from vtsplit.cst.directives import read_macro
    >>> macro = read_macro("#define PROTO(name, list) static int name list")
    >>> call = parse_module("PROTO(f, (int a));").items[0]
    >>> [one.text for one in expanded_items(call, macro, lambda _: None)]
    ['static int f ( int a ) ;']
    """

    def look_up(name: str) -> Macro | None:
        return macro if name == macro.name else macro_of(name)

    code = plain_code(item.tokens)
    found = _expanded(code, look_up, frozenset())
    text = " ".join(token.text for token in found)
    module: Module = parse_module(text if text.endswith((";", "}")) else f"{text} ;")
    return tuple(one for one in module.items if one.text != ";")


def expanded_words(call: Iterable[Token], macro_of: MacroOf) -> tuple[str, ...]:
    """Return the tokens that a macro's call stands for."""
    return tuple(token.text for token in _expanded(list(call), macro_of, frozenset()))


def _expanded(tokens: list[Token], macro_of: MacroOf, active: frozenset[str]) -> list[Token]:
    out: list[Token] = []
    at = 0
    while at < len(tokens) and len(out) < _MOST:
        token = tokens[at]
        at += 1
        is_free = token.kind is Kind.IDENT and token.text not in active
        macro = macro_of(token.text) if is_free else None
        if macro is None:
            out.append(token)
        elif macro.parameters is None:
            out += _expanded(list(macro.body), macro_of, active | {token.text})
        elif at < len(tokens) and tokens[at].text == "(":
            places = arguments_of(tuple(tokens), list(range(len(tokens))), at)
            given = [[tokens[place] for place in argument] for argument in places]
            body = substitute(macro, given, macro_of)
            out += _expanded(body, macro_of, active | {token.text})
            at = matching(tokens, at) + 1
        else:
            out.append(token)
    return out
