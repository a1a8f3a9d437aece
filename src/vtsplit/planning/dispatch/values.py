"""The values of a table's initializer behind all macros, each with the member that it is for."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from vtsplit.cst.conditions import Guard
from vtsplit.cst.guards import token_guards
from vtsplit.cst.heads.annotations import KEYWORDS
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.meaning.expansion import (
    ExpandedToken,
    Expansion,
    ExpansionError,
    MacrosOf,
    expansions,
    written,
)
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.spans import listed
from vtsplit.survey.types.positions import Position, Positions


@dataclass(frozen=True)
class Value:
    """A value and the member that it is for; `member` is empty where that is not known.

    `why` says why it is not.
    """

    member: str
    words: tuple[ExpandedToken, ...]
    why: str = ""


@dataclass(frozen=True)
class Given:
    """One entry as it is written: its words, and its values by each choice of macros.

    `lost` says of places in it what a macro does there but use the token. `why` says why the entry
    cannot be read; it has no values then.
    """

    words: tuple[ExpandedToken, ...]
    variants: tuple[tuple[Value, ...], ...] = ()
    lost: tuple[tuple[int, str], ...] = ()
    why: str = ""


class Values:
    """Reads the values of one structure's initializers.

    `is_plain` tells of a member's name whether its value is one for sure, and no matter.
    `selectors` are macros that stand for one function each, and are kept.
    """

    def __init__(
        self,
        positions: Positions,
        macros_of: MacrosOf,
        is_plain: Callable[[str], bool],
        selectors: Collection[str],
    ) -> None:
        self.positions = positions
        self.macros_of = macros_of
        self.is_plain = is_plain
        self.selectors = selectors

    def read(self, item: Declaration) -> Iterator[Given]:
        """Yield the entries of a braced initializer, or the one macro call that makes it all."""
        words, guards = _code(item)
        braced = bool(words) and words[0].text == "{"
        entries = listed(words[1:-1]) if braced else [words] if words else []
        position = self.positions.start()
        before: Guard | None = None
        for entry in filter(None, entries):
            guard = guards[entry[0].place]
            if before is not None and guard != before and not position.why:
                position = Position(0, "an #if in the table decides what stands before it")
            before = guard
            if {guards[word.place] for word in entry} != {guard} and not designated(entry)[0]:
                position = Position(0, "an #if stands inside of it")
                yield Given(tuple(entry), why=position.why)
                continue
            given, position = self._given(entry, position, braced)
            yield given

    def _given(
        self, entry: Sequence[ExpandedToken], position: Position, braced: bool
    ) -> tuple[Given, Position]:
        """Read one entry, which starts at a position; return it and the position behind it."""
        name, value = designated(entry)
        if name[:1] == "." and self.is_plain(name[1:]):
            texts = [word.text for word in value]
            behind = self.positions.behind(self.positions.of(name[1:]), texts)
            return Given(tuple(entry), ((Value(name[1:], tuple(value)),),)), behind
        try:
            found = expansions(entry, self.macros_of)
        except ExpansionError as error:
            return Given(tuple(entry), why=str(error)), Position(0, str(error))
        placed = [self._placed(_inside(expansion, braced), position) for expansion in found]
        ends = {end for _, end in placed}
        end = ends.pop() if len(ends) == 1 else Position(0, "a macro before it is defined twice")
        lost = tuple(pair for expansion in found for pair in expansion.lost.items())
        return Given(tuple(entry), tuple(tuple(values) for values, _ in placed), lost), end

    def _placed(
        self, words: Sequence[ExpandedToken], position: Position
    ) -> tuple[list[Value], Position]:
        positions = self.positions
        values = []
        for piece in filter(None, listed(words)):
            name, value = designated(piece)
            if name[:1] == "[":
                position = Position(0, "it is an element of an array")
            elif name:
                position = positions.of(name[1:])
            elif value[0].text not in self.selectors and is_call(value, 0):
                # What nothing tells of may make any number of values.
                position = Position(0, f"main sees no macro '{value[0].text}'")
            member = name[1:] if name[:1] == "." else positions.name(position)
            values.append(Value(member, tuple(value), position.why))
            position = positions.behind(position, [word.text for word in value])
        return values, position


def _inside(expansion: Expansion, braced: bool) -> Sequence[ExpandedToken]:
    """Return what stands in the braces, where a macro has them."""
    words = expansion.words
    if not braced and words and (words[0].text, words[-1].text) == ("{", "}"):
        return words[1:-1]
    return words


def designated(words: Sequence[ExpandedToken]) -> tuple[str, Sequence[ExpandedToken]]:
    """Split an entry into its designator, `.name`, `[3]` or empty, and its value.

    GNU C's old `name: value` is read as `.name = value` (GCC manual, Designated Initializers).

    >>> from vtsplit.cst.lexer import lex
    >>> split = lambda text: designated(written((t, 0) for t in lex(text)))
    >>> [(name, "".join(w.text for w in rest)) for name, rest in map(split, (".a.b=1", "c:2", "3"))]
    [('.a.b', '1'), ('.c', '2'), ('', '3')]
    """
    texts = [word.text for word in words]
    if texts[1:2] == [":"] and words[0].token.kind is Kind.IDENT:
        return f".{texts[0]}", words[2:]
    if texts[:1] not in (["."], ["["]):
        return "", words
    at = texts.index("=") if "=" in texts else 0
    return "".join(texts[:at]), words[at + 1 :] if at else words


def _code(item: Declaration) -> tuple[list[ExpandedToken], dict[int, Guard]]:
    """Return the words of an initializer, and the conditions inside of the item by their places."""
    start, end = item.initializer or (0, 0)
    tokens: list[tuple[Token, int]] = []
    guards: dict[int, Guard] = {}
    at = 0
    for token, guard in zip(item.tokens, token_guards(item), strict=True):
        if start <= at < end and token.kind not in TRIVIA and token.kind is not Kind.DIRECTIVE:
            tokens.append((token, at))
            guards[at] = guard
        at += len(token.text)
    words = written(tokens)
    if words and words[-1].text == ";":
        words.pop()
    return words, guards


def is_call(words: Sequence[ExpandedToken], at: int) -> bool:
    """Tell whether a word looks like a macro with arguments that has not been found."""
    word, following = words[at], [one.text for one in words[at + 1 : at + 3]]
    if word.token.kind is not Kind.IDENT or word.text in KEYWORDS:
        return False
    if word.text.startswith("__builtin_") or (at and words[at - 1].text in {".", "->"}):
        return False
    # In `(type (*)(void))f` it is a type.
    return following[:1] == ["("] and following[1:] != ["*"]


def is_nothing(words: Sequence[ExpandedToken]) -> bool:
    """Tell whether a value is a null pointer (C11 6.3.2.3p3)."""
    texts = [word.text for word in words if word.text not in {"(", ")"}]
    return texts in (["NULL"], ["0"], ["nullptr"], ["void", "*", "0"])
