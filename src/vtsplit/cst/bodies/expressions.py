"""Tokens to expressions: names, members and calls, and the text between them."""

from collections.abc import Sequence
from itertools import pairwise

from vtsplit.cst.bodies.conditionals import Conditionals
from vtsplit.cst.bodies.nodes import Arg, Call, Expression, Member, Name, Node, Text, UnreadCall
from vtsplit.cst.heads.annotations import (
    AGGREGATES,
    INLINE,
    KEYWORDS,
    QUALIFIERS,
    STORAGE,
    is_annotation,
)
from vtsplit.cst.lexer import Token
from vtsplit.cst.meaning.specifiers import POINTERS, Specifiers
from vtsplit.cst.meaning.statements import StatementTokens

# A word behind one of these is no declarator.
_IN_FRONT = frozenset({"return", "else", "do", "case", "sizeof", "goto"}) | STORAGE
_MEMBER = frozenset({".", "->"})
DEEPEST = 40  # statements and calls in each other; what stands deeper is text
DEEPEST_CALL = DEEPEST + 10  # the last branch of a long `else if` has calls as well


class Source:
    """The tokens of a text as places, and the text itself around them."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.text = "".join(token.text for token in tokens)
        self.code = StatementTokens(tokens)
        self.conditionals = Conditionals(tokens)
        offsets, at = [], 0
        for token in tokens:
            offsets.append(at)
            at += len(token.text)
        self.starts = [offsets[index] for index in self.code.indices]
        self.ends = [
            offset + len(word) for offset, word in zip(self.starts, self.code.texts, strict=True)
        ]
        places = {offset: place for place, offset in enumerate(self.starts)}
        self.closings = {
            places[start]: places[end]
            for start, end in self.conditionals.closings.items()
            if start in places and end in places
        }

    def between(self, place: int, following: int) -> str:
        """Return the text from the end of one place up to the beginning of another."""
        start = self.ends[place] if place >= 0 else 0
        return self.text[start : self.starts[following]]

    def pairs_within(self, place: int, following: int) -> bool:
        """Tell whether all brackets between two places pair, whatever options are set."""
        return self.conditionals.pairs_within(self.starts[place], self.starts[following])

    def declares_here(self, place: int) -> bool:
        """Tell whether a name, or a parenthesis with one, is what a declaration declares here."""
        code, before = self.code, self.code.text(place - 1)
        if code.is_word(place - 1):
            if before in _IN_FRONT:
                return False
            if before in KEYWORDS or code.text(place - 2) in AGGREGATES:
                return True
            return code.enclosing(place, "(") < 0 or self._is_declaration(place)
        return before in POINTERS and self._is_first_declarator(place)

    def _is_declaration(self, place: int) -> bool:
        specifiers = Specifiers(self.code, self.code.statement_start(place))
        return specifiers.typed or specifiers.sure

    def _is_first_declarator(self, place: int) -> bool:
        """Tell whether only specifiers and stars stand in front of it in its statement."""
        code = self.code
        at = Specifiers(code, code.statement_start(place)).end
        if at == code.statement_start(place):
            return False
        while at < place and (
            code.text(at) in POINTERS | QUALIFIERS | INLINE or is_annotation(code.text(at))
        ):
            at += 1
        return at == place


class ExpressionReader:
    """The parts of one expression, from one place up to another."""

    def __init__(self, source: Source, start: int, end: int, depth: int = 0) -> None:
        self.source = source
        self.code = source.code
        self.at, self.end = start, end
        self.depth = depth
        self.parts: list[Node] = []
        self.heights: list[int] = []  # of each part: how many calls stand in each other
        self.pending: list[str] = []
        self.callee = -1  # index of the part that an expression which may be called begins with
        self.opened: list[tuple[str, int]] = []  # brackets, with what may be called behind them

    def read(self) -> Node:
        """Return the expression; an empty text if there is none."""
        first = self.at
        while self.at < self.end:
            if self.at > first:
                self.pending.append(self.source.between(self.at - 1, self.at))
            self._step()
        self._flush()
        return joined(self.parts)

    def _flush(self) -> None:
        text = "".join(self.pending)
        self.pending.clear()
        if text:
            self.parts.append(Text(text))
            self.heights.append(0)

    def _add(self, node: Node, height: int = 0) -> None:
        self._flush()
        self.parts.append(node)
        self.heights.append(height)

    @property
    def height(self) -> int:
        """How many calls stand in each other."""
        return max(self.heights, default=0)

    def _step(self) -> None:
        word = self.code.text(self.at)
        if self.code.is_word(self.at):
            self._read_word(word)
        elif word in _MEMBER and self.code.is_word(self.at + 1) and self.at + 1 < self.end:
            self._read_member(word)
        elif word == "(":
            self._open_parenthesis()
        elif word in (")", "]"):
            self.pending.append(word)
            self.at += 1
            opened, callee = self.opened.pop() if self.opened else ("", -1)
            self.callee = callee if opened == {")": "(", "]": "["}[word] else -1
        elif word == "[":
            self.opened.append((word, self.callee))
            self._take()
        else:
            self._take()

    def _take(self) -> None:
        """Add a token that is part of no node."""
        self.pending.append(self.code.text(self.at))
        self.at += 1
        self.callee = -1

    def _read_word(self, word: str) -> None:
        before = self.code.text(self.at - 1)
        is_tag = before in AGGREGATES or before == "goto"
        if word in KEYWORDS or is_tag:
            self._take()
            return
        declares = self.code.text(self.at + 1) == "(" and self.source.declares_here(self.at)
        self._add(Name(word))
        self.callee = -1 if declares else len(self.parts) - 1
        self.at += 1

    def _read_member(self, operator: str) -> None:
        between = self.source.between(self.at, self.at + 1)
        # The blanks in front of the operator are the member's: what is called has no text between.
        in_front = ""
        if self.callee >= 0 and self.pending and self.pending[-1].isspace():
            in_front = self.pending.pop()
        self._add(Member(in_front + operator + between, self.code.text(self.at + 1)))
        self.at += 2

    def _open_parenthesis(self) -> None:
        closing = self.source.closings.get(self.at, -1)
        is_paired = 0 <= closing < self.end and self.source.pairs_within(self.at, closing)
        if self.callee >= 0:
            height = max(self.heights[self.callee :])
            if is_paired and self.depth + height < DEEPEST_CALL:
                self._read_call(closing, height)
                return
            if height < DEEPEST_CALL:  # else a call inside of what is called is unread already
                self._name_unread()
        elif is_paired and self._read_inner_block(closing):
            return
        self._flush()
        is_called = is_paired and self._may_be_called(closing)
        self.opened.append(("(", len(self.parts) if is_called else -1))
        self._take()

    def _blanks_in_front(self) -> str:
        """Take what stands between a callee and its parenthesis off the pending text."""
        text = "".join(self.pending)
        blanks = self.source.between(self.at - 1, self.at)
        self.pending[:] = [text[: len(text) - len(blanks)]]
        self._flush()
        return blanks

    def _take_callee(self) -> tuple[Node, str]:
        """Take what is called off the parts, and the blanks behind it."""
        space = self._blanks_in_front()
        func = joined(self.parts[self.callee :])
        del self.parts[self.callee :], self.heights[self.callee :]
        return func, space

    def _read_call(self, closing: int, height: int) -> None:
        func, space = self._take_callee()
        args, inside, inner = self._read_args(closing)
        self._add(Call(func, space, args, inside), max(height, inner) + 1)
        self.callee = len(self.parts) - 1
        self.at = closing + 1

    def _read_args(self, closing: int) -> tuple[tuple[Arg, ...], str, int]:
        """Return the arguments, the blanks of a call that has none, and the arguments' height."""
        source, opening = self.source, self.at
        if closing == opening + 1:
            return (), source.between(opening, closing), 0
        cuts, at = [opening], opening + 1
        while at < closing:
            if self.code.text(at) == ",":
                cuts.append(at)
            # Only parentheses keep a comma from ending a macro's argument; a function's have
            # no comma in a brace or a bracket outside of parentheses that it could end.
            at = source.closings.get(at, at) + 1
        cuts.append(closing)
        args, height = [], 0
        for cut, following in pairwise(cuts):
            leading = source.between(cut, cut + 1)
            value: Node = Text("")
            trailing = ""
            if following > cut + 1:
                reader = ExpressionReader(source, cut + 1, following, self.depth + 1)
                value = reader.read()
                height = max(height, reader.height)
                trailing = source.between(following - 1, following)
            args.append(Arg(leading, value, trailing))
        return tuple(args), "", height

    def _name_unread(self) -> None:
        func, space = self._take_callee()
        self._add(UnreadCall(func), DEEPEST_CALL)
        self.pending.append(space)
        self.callee = -1

    def _read_inner_block(self, closing: int) -> bool:
        """Read `({ ... })`, whose block has statements."""
        from vtsplit.cst.bodies.statements import read_block  # each has the other inside

        if self.code.text(self.at + 1) != "{" or self.depth >= DEEPEST:
            return False
        brace = self.source.closings.get(self.at + 1, -1)
        if brace != closing - 1 or not self.source.conditionals.is_paired:
            return False
        self.pending += ["(", self.source.between(self.at, self.at + 1)]
        block = read_block(self.source, self.at + 1, self.depth + 1)
        self._add(block, _height(block))
        self.pending += [self.source.between(brace, closing), ")"]
        self.at = closing + 1
        self.callee = -1
        return True

    def _may_be_called(self, closing: int) -> bool:
        """Tell whether parentheses have an object or a function's pointer, and not a type.

        `(*f)(x)`, `(p->f)(x)`, `(a ? f : g)(x)` and `(p)->f(x)` are calls; `(u32)(x)` is a cast.
        """
        if self.source.declares_here(self.at):
            return False
        if self.code.text(closing + 1) != "(":
            return self.code.text(closing + 1) in (*_MEMBER, "[")
        first = self.code.text(self.at + 1)
        inside = self.code.texts[self.at + 1 : closing]
        if first in ("*", "&"):
            return closing > self.at + 2
        if first in KEYWORDS:
            return False
        return any(word in inside for word in ("->", ".", "?"))


def _height(node: Node) -> int:
    return 1 + max([_height(one) for one in node.children if isinstance(one, Node)], default=0)


def joined(parts: Sequence[Node]) -> Node:
    """Return one part as itself, and several as an expression."""
    if len(parts) == 1:
        return parts[0]
    return Expression(tuple(parts)) if parts else Text("")
