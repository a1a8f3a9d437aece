"""Macro calls carried out on tokens (C11 6.10.3), where each token keeps the place it is from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from vtsplit.cst.directives import Macro
from vtsplit.cst.lexer import Kind, Token, lex_line
from vtsplit.cst.spans import closing, outside

MacrosOf = Callable[[str], tuple[Macro, ...]]

_MOST_VARIANTS = 16
# How many words macros may make, and how many more for each word that they are given.
_MOST_WORDS = 5000
_MOST_EACH = 100


@dataclass(frozen=True)
class ExpandedToken:
    """A token behind all macros.

    `place` is the offset where it is written, -1 if a macro's body has it, which `macro` names.
    `anchor` is the offset of what brought it. `hidden` are macros that it no longer expands.
    """

    token: Token
    place: int
    anchor: int
    macro: str = ""
    hidden: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """The token's text."""
        return self.token.text


@dataclass(frozen=True)
class Expansion:
    """What some tokens become. `lost` says of places what a macro does there but use the token."""

    words: tuple[ExpandedToken, ...]
    lost: dict[int, str] = field(default_factory=dict)


class ExpansionError(Exception):
    """Tokens that cannot be expanded for sure; the message says why."""


class _UndecidedError(Exception):
    def __init__(self, name: str, macros: Iterable[Macro]) -> None:
        self.name, self.macros = name, tuple(macros)


def written(tokens: Iterable[tuple[Token, int]]) -> list[ExpandedToken]:
    """Return tokens and their offsets as words that nothing has expanded yet."""
    return [ExpandedToken(token, place, place) for token, place in tokens]


def expansions(words: Sequence[ExpandedToken], macros_of: MacrosOf) -> tuple[Expansion, ...]:
    """Return what words become, once for each choice among macros that are defined differently.

    >>> from vtsplit.cst.directives import read_macro
    >>> from vtsplit.cst.lexer import lex
    >>> macro = read_macro("#define OPS(r, n) .get = r, .name = #n, .put = n ## _put")
    >>> call = written((t, at) for at, t in enumerate(lex("OPS(f,g)")))
    >>> (one,) = expansions(call, lambda name: (macro,) if name == "OPS" else ())
    >>> " ".join(word.text for word in one.words)
    '. get = f , . name = "g" , . put = g_put'
    >>> [word.place for word in one.words if word.text in {"f", "g_put"}], one.lost
    ([2, -1], {4: 'macro OPS pastes it'})

    Raises ExpansionError.
    """
    pending: list[dict[str, Macro]] = [{}]
    found: list[Expansion] = []
    while pending:
        chosen = pending.pop(0)
        run = _Expander(macros_of, chosen, _MOST_WORDS + _MOST_EACH * len(words))
        try:
            expanded = tuple(run.expand(words))
            found.append(Expansion(expanded, {p: why for p, why in run.lost.items() if p >= 0}))
        except _UndecidedError as choice:
            pending += [{**chosen, choice.name: macro} for macro in choice.macros]
            if len(pending) + len(found) > _MOST_VARIANTS:
                message = f"macro {choice.name} and others have too many definitions"
                raise ExpansionError(message) from None
    return tuple(found)


class _Expander:
    """One expansion, with the macros that are chosen for it among several definitions.

    `most` is how many words it may make: macros that double one another would never end.
    """

    def __init__(self, macros_of: MacrosOf, chosen: dict[str, Macro], most: int) -> None:
        self.macros_of = macros_of
        self.chosen = chosen
        self.lost: dict[int, str] = {}
        self.left = most

    def expand(self, words: Sequence[ExpandedToken]) -> list[ExpandedToken]:
        """Expand words from left to right, what comes of a macro together with what follows."""
        out: list[ExpandedToken] = []
        rest = list(words)
        at = 0
        while at < len(rest):
            word = rest[at]
            at += 1
            macro = self._macro(word, rest[at] if at < len(rest) else None)
            if macro is None:
                out.append(word)
                continue
            call: list[list[ExpandedToken]] = []
            end = at
            if macro.parameters is not None:
                end = closing(rest, at, "(") + 1
                if end > len(rest):
                    out.append(word)
                    continue
                call = _arguments(rest[at + 1 : end - 1])
            body = self._substitute(macro, word, call)
            self.left -= len(body)
            if self.left < 0:
                raise ExpansionError(f"macro {macro.name} expands to too much")
            rest[at:end] = body
        return out

    def _macro(self, word: ExpandedToken, following: ExpandedToken | None) -> Macro | None:
        name = word.text
        if word.token.kind is not Kind.IDENT or name in word.hidden:
            return None
        macro = self.chosen.get(name)
        if macro is None:
            different = {
                (one.parameters, one.is_variadic, tuple(t.text for t in one.body)): one
                for one in self.macros_of(name)
            }
            if len(different) > 1:
                raise _UndecidedError(name, different.values())
            macro = next(iter(different.values()), None)
        is_called = following is not None and following.text == "("
        return macro if macro and (macro.parameters is None or is_called) else None

    def _substitute(
        self, macro: Macro, call: ExpandedToken, arguments: list[list[ExpandedToken]]
    ) -> list[ExpandedToken]:
        """Return a macro's body with its arguments, `#` and `##` carried out (C11 6.10.3.1-3)."""
        if any(token.text == "__VA_OPT__" for token in macro.body):
            raise ExpansionError(f"macro {macro.name} has __VA_OPT__")
        values = _values(macro, arguments)
        hidden = call.hidden | {macro.name}
        out: list[ExpandedToken] = []
        body = macro.body
        joining = skip = False
        for at, token in enumerate(body):
            following = body[at + 1].text if at + 1 < len(body) else ""
            if skip:
                skip = False
                continue
            if token.text == "##":
                joining = not macro.takes_comma(at + 1)
                continue
            if token.text == "," and macro.takes_comma(at + 2) and not values[body[at + 2].text]:
                continue
            if token.text == "#" and macro.parameters is not None and following in values:
                pieces = [self._string(macro, call, values[following])]
                skip = True
            elif token.text in values and (joining or following == "##"):
                pieces = values[token.text]
            elif token.text in values:
                pieces = self.expand(values[token.text])
            else:
                pieces = [ExpandedToken(token, -1, call.anchor, macro.name)]
            if joining and out and pieces:
                out[-1:] = self._join(macro, call, out[-1], pieces[0])
                pieces = pieces[1:]
            joining = False
            out += pieces
        return [replace(word, hidden=word.hidden | hidden) for word in out]

    def _string(
        self, macro: Macro, call: ExpandedToken, words: list[ExpandedToken]
    ) -> ExpandedToken:
        for word in words:
            self.lost[word.place] = f"macro {macro.name} makes a string of it"
        text = " ".join(word.text for word in words).replace("\\", "\\\\").replace('"', '\\"')
        return ExpandedToken(Token(Kind.STRING, f'"{text}"'), -1, call.anchor, macro.name)

    def _join(
        self, macro: Macro, call: ExpandedToken, left: ExpandedToken, right: ExpandedToken
    ) -> list[ExpandedToken]:
        for word in (left, right):
            self.lost[word.place] = f"macro {macro.name} pastes it"
        tokens = lex_line(left.text + right.text)
        return [ExpandedToken(token, -1, call.anchor, macro.name) for token in tokens]


def _arguments(words: Sequence[ExpandedToken]) -> list[list[ExpandedToken]]:
    """Split a call's words at commas outside of parentheses: braces do not count (6.10.3p11).

    All but the first begin with their comma, which a variable list keeps.
    """
    starts = [0, *outside(words, {","}, "("), len(words)]
    return [list(words[start:end]) for start, end in pairwise(starts)]


def _values(macro: Macro, arguments: list[list[ExpandedToken]]) -> dict[str, list[ExpandedToken]]:
    """Return what each parameter stands for; that of a variable list has its commas."""
    values: dict[str, list[ExpandedToken]] = {name: [] for name in macro.parameters or ()}
    last = (macro.parameters or ("",))[-1]
    for index, argument in enumerate(arguments):
        at = macro.parameter_of(index)
        if macro.parameters is None or at is None:
            continue
        name = macro.parameters[at]
        is_more = macro.is_variadic and name == last and index > at
        values[name] += argument if is_more or not index else argument[1:]
    return values
