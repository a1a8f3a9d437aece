"""Names that headers define in one way or another, depending on a macro in front of them.

`#ifdef FORCE` chooses what `#define PTR(x)` stands for; `enum { LEVEL = BASE + 1 }` takes the value
that a macro has where the header is included.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from vtsplit.cst.directives import OPENERS, Macro, directive_name
from vtsplit.cst.guards import item_guards
from vtsplit.cst.heads.annotations import AGGREGATES, KEYWORDS
from vtsplit.cst.lexer import Kind, Token, code_tokens, lex_line
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.survey.cfile.definitions import Definitions
from vtsplit.survey.headers.includes import IncludeGraph

_NO_NAMES = KEYWORDS | OPENERS | {"defined", "elif"}


@dataclass(frozen=True)
class HeaderItem:
    """An item of a header: what it defines, the words of its `#if`, and those it is made of.

    `written` tells how each name is written where it is used in another item: a macro with
    parameters as `PTR(`, and that of a function not at all, as a member may be called so.
    A macro's body is read where the macro is used: `late` it means what holds there.
    """

    written: Mapping[str, str]
    conditions: frozenset[str]
    words: frozenset[str]
    late: bool


def decided_names(
    graph: IncludeGraph, paths: Iterable[str], macros: Mapping[str, str]
) -> dict[str, str]:
    """Return the names, tags with keyword, for which one of the macros decides in these headers.

    Each with that macro. `macros` are those in front, each with how it is written in its use.
    """
    by_name = {name: name for name in macros}
    by_word = {word: name for name, word in macros.items()}
    late: dict[str, str] = {}
    texts = {path: graph.text(path) for path in paths}
    fresh = set(macros)
    while fresh:
        fresh = set()
        bare = {name.rpartition(" ")[2] for name in by_name}
        for path, text in texts.items():
            if not any(name in text for name in bare):
                continue
            for piece in graph.known.recall(("pieces", path), partial(pieces, text)):
                new = piece.written.keys() - by_name.keys()
                words = late if piece.late else by_word
                found = [by_name[word] for word in piece.conditions if word in by_name]
                found += [words[word] for word in piece.words if word in words]
                if not new or not found:
                    continue
                fresh |= new
                by_name |= dict.fromkeys(new, min(found))
                added = {piece.written[name]: min(found) for name in new if piece.written[name]}
                by_word |= added
                late |= added
    return {name: by for name, by in by_name.items() if name not in macros}


def pieces(text: str) -> tuple[HeaderItem, ...]:
    r"""Return what a header defines, item by item.

    >>> text = "#ifdef A\n#define P(x) x\n#endif\nstruct s { int n[N]; struct t *t; };"
    >>> for one in pieces(text):
    ...     print(sorted(one.written.values()), sorted(one.conditions), sorted(one.words))
    ['P('] ['A'] ['x']
    ['struct s'] [] ['N', 'n', 's', 'struct s', 't']
    """
    module = parse_module(text)
    found = []
    for item, guard in zip(module.items, item_guards(module), strict=True):
        names = _defined(item)
        if not names:
            continue
        conditions = {word for one in guard for word in _words(lex_line(one.expression))}
        words: set[str] = set()
        if isinstance(item, Directive):
            words = _words(item.macro.body if item.macro else ())
        elif item.is_type:
            words = _words(item.tokens)
        is_used = isinstance(item, Directive) or item.is_type
        found.append(
            HeaderItem(
                names if is_used else dict.fromkeys(names, ""),
                frozenset(conditions),
                frozenset(words),
                late=isinstance(item, Directive),
            )
        )
    return tuple(found)


def written(macro: Macro) -> str:
    """Return how a macro's name is written where it is expanded (C11 6.10.3p10)."""
    return macro.name if macro.parameters is None else f"{macro.name}("


def _defined(item: Item) -> dict[str, str]:
    if isinstance(item, Directive):
        return {item.macro.name: written(item.macro)} if item.macro else {}
    if isinstance(item, Declaration | FunctionDef):
        return {name: name for name in Definitions(Module((item,))).by_name}
    return {}


def _words(tokens: Iterable[Token]) -> set[str]:
    """Return the names in code as they are written: `f(` too, tags that are no pointer's."""
    code = code_tokens(tokens)
    found: set[str] = set()
    for at, token in enumerate(code):
        if token.kind is Kind.DIRECTIVE and directive_name(token.text) in {*OPENERS, "elif"}:
            hashed = token.text.find("#") + 1
            found |= _words(lex_line(token.text[hashed:]))
        if token.kind is not Kind.IDENT or token.text in _NO_NAMES:
            continue
        before = code[at - 1].text if at else ""
        after = code[at + 1].text if at + 1 < len(code) else ""
        found.add(token.text)
        if after == "(":
            found.add(f"{token.text}(")
        if before in AGGREGATES and after != "*":
            found.add(f"{before} {token.text}")
    return found
