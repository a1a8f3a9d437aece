"""Which pragmas are in force at each item of a file: its own, those of macros and of headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vtsplit.cst.directives import Macro
from vtsplit.cst.heads.annotations import KEYWORDS
from vtsplit.cst.lexer import IDENT, Kind, Token, plain_code
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, MacroCall, Module
from vtsplit.cst.pragmas import Pragmas, named_by, pragma_of
from vtsplit.cst.spans import closing, split_at

_CLANG = "clang diagnostic"
_MOST = 12  # macros within macros
_OPERATORS = frozenset({"_Pragma", "__pragma"})
_SPEAK = _OPERATORS | {"##"}
_STRING = re.compile(r'[LuU8]*"(.*)"\Z', re.DOTALL)
_FIRST_WORD = re.compile(rf"({IDENT})[ \t]*(?:;|\r?\n)")  # alone on its line
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*pragma\b[^\n]*", re.MULTILINE)


@dataclass(frozen=True)
class InForce:
    """What is in force at an item; `own` are pragmas of a macro that is the item's first word.

    `clang` is what that compiler alone ignores.
    """

    pragmas: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    clang: tuple[str, ...] = ()


def pragmas_in_force(
    module: Module, macros_of: MacrosOf, headers: Mapping[int, str] | None = None
) -> tuple[InForce, ...]:
    r"""Return what is in force at each item; `headers` are the texts of includes, by index.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("#pragma pack(1)\nint a;\n#pragma pack()\nint b;\n")
    >>> [one.pragmas for one in pragmas_in_force(module, lambda _: ())]
    [('pack 1',), ('pack 1',), (), ()]
    """
    pragmas, of_clang, macros = Pragmas(), Pragmas(), PragmaMacros(macros_of)
    of_names: dict[str, str] = {}
    found: list[InForce] = []
    for index, item in enumerate(module.items):
        own: tuple[str, ...] = ()
        if isinstance(item, Directive):
            said = [pragma_of(item.text)] if item.name == "pragma" else []
            said += [pragma_of(one) for one in _DIRECTIVE.findall((headers or {}).get(index, ""))]
        else:
            said = list(_said_by_item(item, macros))
            own = () if isinstance(item, MacroCall) else tuple(said)
        for one in said:
            (of_clang if one.startswith(_CLANG) else pragmas).follow(one)
            of_names |= dict.fromkeys(named_by(one), one)
        found.append(InForce(pragmas.in_force, pragmas.warnings, own, of_clang.warnings))
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
        made.append(replace(one, pragmas=(*one.pragmas, *about)))
    return tuple(made)


def _said_by_item(item: Item, macros: PragmaMacros) -> Iterator[str]:
    """Yield the pragmas of a macro that is an item, or an item's first word."""
    if isinstance(item, MacroCall) and "{" not in item.text:
        yield from macros.said_by(item.tokens)
    elif isinstance(item, Declaration | FunctionDef) and first_word(item):
        yield from macros.said_by(item.tokens[:1])


def first_word(item: Item) -> str:
    """Return the word alone on the first line of an item, if it may be a macro; else ""."""
    found = _FIRST_WORD.match(item.text)
    return found[1] if found and found[1] not in KEYWORDS else ""


class PragmaMacros:
    r"""The macros of a file that come to `_Pragma` (C11 6.10.9).

    >>> from vtsplit.cst.directives import read_macro
    >>> from vtsplit.cst.lexer import lex
    >>> say = read_macro("#define SAY(x) _Pragma(#x)")
    >>> off = read_macro("#define OFF(w) SAY(GCC diagnostic ignored w)")
    >>> macros = {"SAY": (say,), "OFF": (off,)}
    >>> list(PragmaMacros(lambda name: macros.get(name, ())).said_by(lex('OFF("-Wx")')))
    ['GCC diagnostic ignored "-Wx"']
    """

    def __init__(self, macros_of: MacrosOf) -> None:
        self.macros_of = macros_of
        self._known: dict[str, bool] = {}

    def said_by(self, tokens: Sequence[Token]) -> Iterator[str]:
        """Yield the pragmas that some tokens come to."""
        yield from self._said([t.text for t in plain_code(tokens)], frozenset())

    def _said(self, words: list[str], active: frozenset[str]) -> Iterator[str]:
        at = 0
        while at < len(words):
            word, arguments, end = words[at], *_arguments(words, at + 1)
            if word in _OPERATORS and arguments:
                yield _text_of([w for part in arguments for w in (",", *part)][1:])
                at = end
            elif word not in active and len(active) < _MOST:
                given = (one for part in arguments for one in part)
                if self._may_say(word) or any(map(self._may_say, given)):
                    yield from self._said_by_macro(word, arguments, active | {word})
            at += 1

    def _said_by_macro(
        self, name: str, arguments: list[Sequence[str]], active: frozenset[str]
    ) -> Sequence[str]:
        """Return what the first definition says that says anything: an `#if` may choose any."""
        macros = self.macros_of(name)
        said = (list(self._said(_substituted(macro, arguments), active)) for macro in macros)
        return next((one for one in said if one), [])

    def _may_say(self, name: str) -> bool:
        """Tell whether a macro, or one that it names in turn, has the operator or makes names.

        To expand all macros takes much longer than to find out that they cannot.
        """
        if name not in self._known:
            pending, seen, found = [name], {name}, False
            while pending and not found:
                for macro in self.macros_of(pending.pop()):
                    words = {token.text for token in macro.body}
                    found = found or not words.isdisjoint(_SPEAK)
                    pending += words - seen
                    seen |= words
            # Where a macro cannot, none that it names can.
            self._known |= dict.fromkeys({name} if found else seen, found)
        return self._known[name]


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
