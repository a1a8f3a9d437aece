"""Tables in function bodies: objects that are initialized with braces."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.meaning.scopes import shadowed_ranges
from vtsplit.cst.nodes import FunctionDef
from vtsplit.cst.spans import last_of
from vtsplit.diagnostics import Site
from vtsplit.survey.cfile.files import CFile


@dataclass(frozen=True)
class LocalTable:
    """A table in the body of a function."""

    name: str
    function: str
    site: Site


def local_tables(file: CFile, name: str = "") -> Iterator[LocalTable]:
    r"""Yield the tables of a name, or all, that stand in functions of a file, in order.

    >>> from vtsplit.cst.parser import parse_module
    >>> text = "int f(void)\n{\n\tstatic struct ops a[] __ro = { { g } }, *b = a;\n\tx.c = 1;\n}\n"
    >>> file = CFile("a.c", parse_module(text))
    >>> [(one.name, one.function, str(one.site)) for one in local_tables(file)]
    [('a', 'f', 'a.c:3:20')]
    """
    for index, item in enumerate(file.module.items):
        if not isinstance(item, FunctionDef) or name not in item.text:
            continue
        starts = [0, *accumulate(len(token.text) for token in item.tokens)]
        body = next(at for at, start in enumerate(starts) if start >= item.body)
        for at in _declared(item.tokens, body, name):
            if _has_braces(item.tokens, at + 1):
                word = item.tokens[at].text
                yield LocalTable(word, item.name, file.site(index, starts[at], len(word)))


def _declared(tokens: tuple[Token, ...], body: int, name: str) -> list[int]:
    """Return where local declarations in a body begin to hide a name: at the name itself."""
    words = {token.text for token in tokens[body:] if token.kind is Kind.IDENT}
    hidden = shadowed_ranges(tokens, frozenset({name} if name else words), body)
    return sorted(start for ranges in hidden.values() for start, _ in ranges if start > body)


def _has_braces(tokens: tuple[Token, ...], at: int) -> bool:
    """Tell whether the rest of a declarator has an initializer in braces."""
    while at < len(tokens) and tokens[at].text not in {",", ";", "=", "{"}:
        at = last_of(tokens, at) + 1
    if at == len(tokens) or tokens[at].text != "=":
        return False
    value = next((one for one in tokens[at + 1 :] if one.kind not in TRIVIA), None)
    return value is not None and value.text == "{"
