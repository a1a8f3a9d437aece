"""Which file-scope names an item uses: what a table needs to compile at another place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vtsplit.cst.conditions import OFF
from vtsplit.cst.directives import Macro, directive_name
from vtsplit.cst.guards import token_guards
from vtsplit.cst.heads.annotations import AGGREGATES, ATTRIBUTES, KEYWORDS
from vtsplit.cst.heads.declarator import standard_attributes
from vtsplit.cst.lexer import TRIVIA, Kind, Token, lex, lex_line
from vtsplit.cst.meaning.macro_arguments import (
    MEMBER_ARGUMENT,
    ArgumentUse,
    MacroOf,
    argument_uses,
)
from vtsplit.cst.nodes import Item
from vtsplit.cst.spans import matching, nested

_COMMA = lex(",")[0]


@dataclass(frozen=True)
class Reference:
    """A name an item uses, tags with their keyword; `offset` into the item's text.

    `through` names the macro that builds or brings it, empty where the name itself is written;
    `entry` is the designator it stands behind. `optional` is set for names in `#if` conditions,
    `is_dead` for those under `#if 0`, which need not be anywhere.
    """

    name: str
    offset: int
    through: str = ""
    entry: str = ""
    optional: bool = False
    is_dead: bool = False


def find_references(item: Item, macro_of: MacroOf = lambda _: None) -> tuple[Reference, ...]:
    """Return the names an item uses, in order, each once; macros of the file are looked into.

    >>> from vtsplit.cst.parser import parse_module
    >>> item = parse_module("struct o t = { .f = g, .h = P(x) };").items[0]
    >>> from vtsplit.cst.directives import read_macro
    >>> paste = read_macro("#define P(a) foo_##a")
    >>> [(r.name, r.through) for r in find_references(item, {"P": paste}.get)]
    [('struct o', ''), ('t', ''), ('g', ''), ('P', ''), ('foo_x', 'P')]

    An argument that is pasted or made a string is no name of its own.
    """
    found: dict[str, Reference] = {}
    for reference in _walk(item, macro_of):
        known = found.get(reference.name)
        if known is None or says_more(reference, known):
            found[reference.name] = reference
    return tuple(found.values())


def says_more(one: Reference, other: Reference) -> bool:
    """Tell whether a name is used in earnest by one reference, and is not by another."""
    return (one.optional, one.is_dead) < (other.optional, other.is_dead)


def _walk(item: Item, macro_of: MacroOf) -> Iterator[Reference]:
    tokens = item.tokens
    offsets, offset = [], 0
    for token in tokens:
        offsets.append(offset)
        offset += len(token.text)
    code = [at for at, t in enumerate(tokens) if t.kind not in TRIVIA and t.kind != Kind.DIRECTIVE]
    yield from _in_directives(tokens, offsets)
    dead = _dead_tokens(item) if any(t.kind is Kind.DIRECTIVE for t in tokens) else frozenset()
    entry = ""
    # `[[gnu::cold]]` names nothing of the program, a macro for an attribute apart.
    standard = standard_attributes(tokens)
    pasted = {at for at in standard if not tokens[at].text.isupper()}
    for place, (token, depth) in enumerate(nested([tokens[at] for at in code])):
        at = code[place]
        before = tokens[code[place - 1]].text if place else ""
        after = tokens[code[place + 1]].text if place + 1 < len(code) else ""
        if depth == 1 and before in {"{", ","}:
            # A new entry; a macro that makes entries gives them its name.
            entry = f"{token.text}()" if after == "(" and token.kind is Kind.IDENT else ""
        if token.kind is not Kind.IDENT or at in pasted:
            continue
        if token.text in ATTRIBUTES and after == "(":
            pasted.update(range(at, matching(tokens, code[place + 1]) + 1))
            continue
        if before in {".", "->"}:
            entry = f".{token.text}" if after == "=" else entry
            continue
        if token.text in KEYWORDS:
            continue
        name = f"{before} {token.text}" if before in AGGREGATES else token.text
        is_dead = at in dead
        yield Reference(name, offsets[at], entry=entry, is_dead=is_dead)
        macro = macro_of(name)
        if macro is None and name in MEMBER_ARGUMENT:
            # A header that the tree does not have defines it.
            places = arguments_of(tokens, code, place + 1)
            pasted |= _member_places(tokens, places[MEMBER_ARGUMENT[name] :])
        if macro is not None:
            places = arguments_of(tokens, code, place + 1) if macro.parameters is not None else []
            pasted |= _unused_places(macro.name, places, macro_of)
            arguments = [[tokens[at] for at in argument] for argument in places]
            for built in expand(macro, arguments, macro_of):
                yield Reference(built, offsets[at], name, entry, is_dead=is_dead)


def _dead_tokens(item: Item) -> frozenset[int]:
    guards = enumerate(token_guards(item))
    return frozenset(at for at, guard in guards if OFF in guard)


def _in_directives(tokens: tuple[Token, ...], offsets: list[int]) -> Iterator[Reference]:
    for at, token in enumerate(tokens):
        if token.kind is not Kind.DIRECTIVE or directive_name(token.text) in {"include", "error"}:
            continue
        words = [t.text for t in lex_line(token.text) if t.kind is Kind.IDENT]
        for word in words[1:]:
            if word != "defined":
                yield Reference(word, offsets[at], optional=True)


def arguments_of(tokens: tuple[Token, ...], code: list[int], place: int) -> list[list[int]]:
    """Return the arguments of the call that opens at `place`; none when nothing is called."""
    if place >= len(code) or tokens[code[place]].text != "(":
        return []
    arguments: list[list[int]] = [[]]
    called = code[place:]
    # One by one, as what stands behind the call may be long.
    words = nested(tokens[at] for at in called)
    for at, (token, depth) in zip(called, words, strict=True):
        if not depth:
            break
        if token.text == "," and depth == 1:
            arguments.append([])
        elif depth > 1 or token.text != "(":
            arguments[-1].append(at)
    return arguments


def _unused_places(callee: str, arguments: list[list[int]], macro_of: MacroOf) -> set[int]:
    """Return the places of arguments that name nothing: they are pasted, strings, or members."""
    places: set[int] = set()
    for index, argument in enumerate(arguments):
        uses = argument_uses(callee, index, macro_of)
        if uses and ArgumentUse.VALUE not in uses:
            places.update(argument)
    return places


def _member_places(tokens: Sequence[Token], arguments: list[list[int]]) -> set[int]:
    """Return the places of a member's name, `a` and `b` of `a.b[N]` (C11 7.19p3)."""
    places: set[int] = set()
    for at in [one for one in arguments[0] if tokens[one].text.strip()] if arguments else ():
        if tokens[at].text in {"[", "("}:
            break
        places.add(at)
    return places


def expand(macro: Macro, arguments: list[list[Token]], macro_of: MacroOf) -> tuple[str, ...]:
    """Return the names that a macro call brings: those of its body, with `##` carried out.

    Macros that the body calls are followed to their end; none is expanded inside of itself (C11
    6.10.3.4p2). Names of the arguments themselves are not repeated, unless they are pasted.

    >>> from vtsplit.cst.directives import read_macro
    >>> macro = read_macro("#define OPS(a) .get = get_##a, .put = drop")
    >>> expand(macro, [list(lex("dev"))], lambda _: None)
    ('get_dev', 'drop')
    """
    found: dict[str, None] = {}
    done = {_call_key(macro, arguments)}
    names = {macro.name}  # of those that are active: no more than one of each is
    # On a list of our own, as a chain of macros may be longer than Python's stack.
    active = [(macro.name, _brought(macro, arguments, macro_of))]
    while active:
        brought = next(active[-1][1], None)
        if brought is None:
            names.remove(active.pop()[0])
        elif isinstance(brought, str):
            found[brought] = None
        elif brought[0].name not in names:
            key = _call_key(*brought)
            if key not in done:
                done.add(key)
                names.add(brought[0].name)
                active.append((brought[0].name, _brought(*brought, macro_of)))
    return tuple(found)


def _call_key(macro: Macro, arguments: list[list[Token]]) -> tuple[str, ...]:
    return (macro.name, *(",".join(token.text for token in argument) for argument in arguments))


def _brought(
    macro: Macro, arguments: list[list[Token]], macro_of: MacroOf
) -> Iterator[str | tuple[Macro, list[list[Token]]]]:
    """Yield the names that a macro's body has, and behind each the macro call that it begins."""
    built = _paste(macro, _values(macro, arguments), macro_of)
    stream = tuple(token for token, _ in built)
    every = list(range(len(stream)))
    for place, (token, own) in enumerate(built):
        before = built[place - 1][0].text if place else ""
        called = built[place + 1][0].text == "(" if place + 1 < len(built) else False
        # A macro that is given to another one, X(a) X(b), has its own arguments here.
        if token.kind is not Kind.IDENT or not (own or called) or token.text in KEYWORDS:
            continue
        if before in {".", "->"}:
            continue
        if own:
            yield f"{before} {token.text}" if before in AGGREGATES else token.text
        inner = macro_of(token.text)
        if inner is not None:
            places = arguments_of(stream, every, place + 1)
            yield inner, [[stream[at] for at in argument] for argument in places]


def substitute(macro: Macro, arguments: list[list[Token]], macro_of: MacroOf) -> list[Token]:
    """Return a macro's body with its arguments in it and `##` carried out (C11 6.10.3.1, .3)."""
    return [token for token, _ in _paste(macro, _values(macro, arguments), macro_of)]


def _values(macro: Macro, arguments: list[list[Token]]) -> dict[str, list[Token]]:
    """Return what each parameter stands for; that of a variable list has its commas."""
    values: dict[str, list[Token]] = {}
    for index, argument in enumerate(arguments):
        place = macro.parameter_of(index)
        if macro.parameters and place is not None:
            known = values.get(macro.parameters[place])
            values[macro.parameters[place]] = (
                argument if known is None else [*known, _COMMA, *argument]
            )
    return values


def _replaced(tokens: list[Token], macro_of: MacroOf) -> list[Token]:
    """Replace macros that stand for another word in an argument (C11 6.10.3.1)."""
    out = []
    for token in tokens:
        seen: set[str] = set()
        while token.kind is Kind.IDENT and token.text not in seen:
            seen.add(token.text)
            macro = macro_of(token.text)
            if macro is None or macro.parameters is not None or len(macro.body) != 1:
                break
            token = macro.body[0]
        out.append(token)
    return out


def _paste(
    macro: Macro, values: dict[str, list[Token]], macro_of: MacroOf
) -> list[tuple[Token, bool]]:
    """Substitute parameters and join around `##`; each token with whether the body made it."""
    out: list[tuple[Token, bool]] = []
    joining = False
    body = macro.body
    for at, token in enumerate(body):
        if token.text == "##":
            joining = not macro.takes_comma(at + 1)
            continue
        stringized = at > 0 and body[at - 1].text == "#" and macro.parameters is not None
        if token.text in values and stringized:
            continue
        pieces = [(token, True)]
        if token.text in values:
            is_joined = joining or (at + 1 < len(body) and body[at + 1].text == "##")
            value = values[token.text]
            pieces = [(t, False) for t in (value if is_joined else _replaced(value, macro_of))]
        if joining and out and pieces:
            joined = out[-1][0].text + pieces[0][0].text
            fresh = lex(joined)
            out[-1:] = [(fresh[0], True)] if len(fresh) == 1 else [(t, True) for t in fresh]
            pieces = pieces[1:]
        joining = False
        out += pieces
    return out
