"""Which pragmas are in force at each item of a file: its own, those of macros and of headers."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vtsplit.cst.directives import Macro
from vtsplit.cst.heads.annotations import KEYWORDS
from vtsplit.cst.lexer import IDENT, Kind, Token, plain_code
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, MacroCall, Module
from vtsplit.cst.pragmas import Pragmas, named_by, pragma_of
from vtsplit.cst.spans import closing, split_at

MacrosOf = Callable[[str], tuple[Macro, ...]]
_MOST = 12  # macros within macros
_OPERATORS = frozenset({"_Pragma", "__pragma"})
_STRING = re.compile(r'[LuU8]*"(.*)"\Z', re.DOTALL)
_FIRST_WORD = re.compile(rf"({IDENT})[ \t]*(?:;|\r?\n)")  # alone on its line
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*pragma\b[^\n]*", re.MULTILINE)


@dataclass(frozen=True)
class InForce:
    """What is in force at an item; `own` are pragmas of a macro that is the item's first word."""

    pragmas: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


def pragmas_in_force(
    module: Module, macros_of: MacrosOf, headers: Mapping[int, str] | None = None
) -> tuple[InForce, ...]:
    r"""Return what is in force at each item; `headers` are the texts of includes, by index.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("#pragma pack(1)\nint a;\n#pragma pack()\nint b;\n")
    >>> [one.pragmas for one in pragmas_in_force(module, lambda _: ())]
    [('pack 1',), ('pack 1',), (), ()]
    """
    pragmas = Pragmas()
    of_names: dict[str, str] = {}
    found: list[InForce] = []
    for index, item in enumerate(module.items):
        own: tuple[str, ...] = ()
        if isinstance(item, Directive):
            said = [pragma_of(item.text)] if item.name == "pragma" else []
            said += [pragma_of(one) for one in _DIRECTIVE.findall((headers or {}).get(index, ""))]
        else:
            said = list(_said_by_item(item, macros_of))
            own = () if isinstance(item, MacroCall) else tuple(said)
        for one in said:
            pragmas.follow(one)
            of_names |= dict.fromkeys(named_by(one), one)
        found.append(InForce(pragmas.in_force, pragmas.warnings, own))
    return _with_names(module, found, of_names) if of_names else tuple(found)


def pragmas_behind(texts: Iterable[str]) -> InForce:
    r"""Return what is in force behind the text of some headers.

    >>> pragmas_behind(["#pragma pack(push, 1)\n", "#pragma GCC optimize 2\n"]).pragmas
    ('pack 1', 'optimize 2')
    """
    pragmas = Pragmas()
    for text in texts:
        for one in _DIRECTIVE.findall(text):
            pragmas.follow(pragma_of(one))
    return InForce(pragmas.in_force, pragmas.warnings)


def _with_names(
    module: Module, found: Sequence[InForce], of_names: Mapping[str, str]
) -> tuple[InForce, ...]:
    """Add the pragmas that are about a name to the items that have it."""
    made = []
    for item, one in zip(module.items, found, strict=True):
        words = {t.text for t in item.tokens if t.kind is Kind.IDENT}
        about = tuple(of_names[name] for name in sorted(of_names.keys() & words))
        made.append(InForce((*one.pragmas, *about), one.warnings, one.own))
    return tuple(made)


def _said_by_item(item: Item, macros_of: MacrosOf) -> Iterator[str]:
    """Yield the pragmas of a macro that is an item, or an item's first word."""
    if isinstance(item, MacroCall) and "{" not in item.text:
        yield from said_by(item.tokens, macros_of)
    elif isinstance(item, Declaration | FunctionDef) and first_word(item):
        yield from said_by(item.tokens[:1], macros_of)


def first_word(item: Item) -> str:
    """Return the word alone on the first line of an item, if it may be a macro; else ""."""
    found = _FIRST_WORD.match(item.text)
    return found[1] if found and found[1] not in KEYWORDS else ""


def said_by(tokens: Sequence[Token], macros_of: MacrosOf) -> Iterator[str]:
    r"""Yield the pragmas that `_Pragma` makes of some tokens (C11 6.10.9).

    >>> from vtsplit.cst.directives import read_macro
    >>> from vtsplit.cst.lexer import lex
    >>> say = read_macro("#define SAY(x) _Pragma(#x)")
    >>> off = read_macro("#define OFF(w) SAY(GCC diagnostic ignored w)")
    >>> macros = {"SAY": (say,), "OFF": (off,)}
    >>> list(said_by(lex('OFF("-Wx")'), lambda name: macros.get(name, ())))
    ['GCC diagnostic ignored "-Wx"']
    """
    words = [t.text for t in plain_code(tokens)]
    yield from _said(words, macros_of, frozenset())


def _said(words: list[str], macros_of: MacrosOf, active: frozenset[str]) -> Iterator[str]:
    at = 0
    while at < len(words):
        word, arguments, end = words[at], *_arguments(words, at + 1)
        if word in _OPERATORS and arguments:
            yield _text_of([w for part in arguments for w in (",", *part)][1:])
            at = end
        elif word not in active and len(active) < _MOST:
            # Of several definitions an #if chooses one: what any of them says may be in force.
            said = (
                list(_said(_substituted(macro, arguments), macros_of, active | {word}))
                for macro in macros_of(word)
            )
            yield from next((one for one in said if one), ())
        at += 1


def _arguments(words: list[str], opening: int) -> tuple[list[Sequence[str]], int]:
    """Return the arguments of a call, and the place of its last parenthesis."""
    if opening >= len(words) or words[opening] != "(":
        return [], opening
    end = closing(words, opening, "(")
    return split_at(words[opening + 1 : end], ",", "("), min(end, len(words) - 1)


def _substituted(macro: Macro, arguments: list[Sequence[str]]) -> list[str]:
    """Return a macro's body with arguments in it; `#x` is a string, `a ## b` one word."""
    given = dict(zip(macro.parameters or (), arguments, strict=False))
    made: list[str] = []
    body = [token.text for token in macro.body]
    for at, word in enumerate(body):
        before = body[at - 1] if at else ""
        if word in {"#", "##"}:
            continue
        piece = given.get(word, [word])
        if before == "#":
            escaped = " ".join(piece).replace("\\", "\\\\").replace('"', '\\"')
            made.append(f'"{escaped}"')
        elif before == "##" and made:
            made[-1:] = [made[-1] + "".join(piece[:1]), *piece[1:]]
        else:
            made += piece
    return made


def _text_of(words: list[str]) -> str:
    """Return what the operand of `_Pragma` says: strings put together, or what becomes one."""
    strings = [_STRING.match(word) for word in words]
    if words and all(strings):
        joined = "".join(one[1] for one in strings if one)
        return re.sub(r'\\(["\\])', r"\1", joined)
    # `_Pragma(STRING(GCC diagnostic push))`, where the macro makes a string of its argument.
    inner = words[2:-1] if len(words) > 2 and words[1] == "(" else words
    return _text_of(inner) if inner != words else " ".join(words)
