"""Tokens to statements. What an `#if` cuts through stays together, as `Unread`."""

import re

from vtsplit.cst.bodies.expressions import DEEPEST, ExpressionReader, Source
from vtsplit.cst.bodies.nodes import (
    Block,
    Do,
    Else,
    Expression,
    ExpressionStatement,
    For,
    If,
    Jump,
    Label,
    LocalDeclaration,
    MacroStatement,
    Node,
    Return,
    Statement,
    Switch,
    Text,
    Unread,
    While,
)
from vtsplit.cst.heads.annotations import KEYWORDS
from vtsplit.cst.lexer import COMMENT
from vtsplit.cst.meaning.specifiers import Specifiers
from vtsplit.cst.nodes import Directive
from vtsplit.cst.spans import last_of

_REST_OF_LINE = re.compile(rf"(?:[ \t\f\v]|{COMMENT})*\r?\n")
_NO_LABELS = KEYWORDS - {"default"}
_JUMPS = frozenset({"goto", "break", "continue"})
_HEADED = {"while": While, "for": For, "switch": Switch}


def read_block(source: Source, opening: int, depth: int = 0, leading: str = "") -> Block:
    """Read the block whose brace is at a place; all its brackets have to pair."""
    closing = source.closings[opening]
    start = source.ends[opening]
    rest = _rest_of_line(source, opening, source.starts[closing])
    reader = _ListReader(source, opening + 1, closing, depth + 1, start + len(rest))
    statements, behind = reader.read()
    return Block(leading, "{" + rest, statements, behind + "}")


def _rest_of_line(source: Source, place: int, before: int) -> str:
    """Return the comment and the newline behind a place; empty if more stands on its line."""
    found = _REST_OF_LINE.match(source.text, source.ends[place], before)
    return found[0] if found else ""


class _ListReader:
    """The statements between two places, and the directives between them."""

    def __init__(self, source: Source, start: int, end: int, depth: int, offset: int) -> None:
        self.source = source
        self.start, self.end = start, end
        self.depth = depth
        self.offset = offset  # up to where the text is read
        self.found: list[Statement | Directive] = []

    def read(self) -> tuple[tuple[Statement | Directive, ...], str]:
        """Return the statements, and the text behind the last one."""
        source = self.source
        for first, last, low, high in self._spans():
            leading = self._leading(low)
            if last < first or (low, high) == (source.starts[first], source.ends[last]):
                statement = _StatementReader(source, self.end, self.depth).read(first, leading)
            else:
                statement = self._unread(first, last, low, high, leading)
            self.offset = high
            rest = _REST_OF_LINE.match(source.text, high, self._limit)
            if rest:
                statement = statement.with_changes(trailing=rest[0])
                self.offset = rest.end()
            self.found.append(statement)
        behind = self._leading(self._limit)
        return tuple(self.found), behind

    @property
    def _limit(self) -> int:
        return self.source.starts[self.end]

    def _spans(self) -> list[tuple[int, int, int, int]]:
        """Return first and last place of each statement, and the offsets of all that it takes.

        Statements that a group of directives cuts through become one.
        """
        source = self.source
        spans: list[tuple[int, int, int, int]] = []
        at = self.start
        while at < self.end:
            last = StatementEnds(source, self.end).end_of(at, self.depth)
            span = (at, last, source.starts[at], source.ends[last])
            low, high = source.conditionals.widened(span[2], span[3])
            while spans and spans[-1][3] > low:
                before = spans.pop()
                low, high = min(low, before[2]), max(high, before[3])
                span = (before[0], last, low, high)
            spans.append((span[0], last, low, high))
            at = last + 1
        return spans

    def _leading(self, end: int) -> str:
        """Add the directives up to an offset; return the text behind the last one."""
        source = self.source
        for start, stop in source.conditionals.directives_in(self.offset, end):
            leading = source.text[self.offset : start]
            rest = _REST_OF_LINE.match(source.text, stop, self._limit)
            trailing = rest[0] if rest else ""
            self.found.append(Directive(leading, source.text[start:stop], trailing))
            self.offset = stop + len(trailing)
        text = source.text[self.offset : end]
        self.offset = end
        return text

    def _unread(self, first: int, last: int, low: int, high: int, leading: str) -> Unread:
        source = self.source
        value = ExpressionReader(source, first, last + 1, self.depth).read()
        before = source.text[low : source.starts[first]]
        behind = source.text[source.ends[last] : high]
        parts: list[Node] = [Text(before)] if before else []
        parts += value.parts if isinstance(value, Expression) else [value]
        parts += [Text(behind)] if behind else []
        return Unread(leading, Expression(tuple(parts)) if len(parts) > 1 else parts[0])


class StatementEnds:
    """Where statements end."""

    def __init__(self, source: Source, end: int) -> None:
        self.source = source
        self.code = source.code
        self.end = end  # of the block

    def end_of(self, at: int, depth: int) -> int:
        """Return the last place of the statement that starts at a place; a label is one itself."""
        code = self.code
        if colon := self.colon_of(at):
            return colon
        if depth >= DEEPEST:
            return min(code.statement_end(at), self.end - 1)
        if code.text(at) == "{":
            return self.source.closings[at]
        if code.text(at) == "do" and at + 1 < self.end:
            last = self._end_inside(at + 1, depth)
            return self.end_of_do(last) or min(code.statement_end(at), self.end - 1)
        if not (inner := self.inner(at)):
            return self.semicolon(at)
        last = self._end_inside(inner, depth)
        if code.text(at) == "if" and code.text(last + 1) == "else" and last + 2 < self.end:
            last = self._end_inside(last + 2, depth)
        return last

    def _end_inside(self, at: int, depth: int) -> int:
        if self.colon_of(at):
            return self.end_of_labelled(at)
        return self.end_of(at, depth + 1)

    def end_of_labelled(self, at: int) -> int:
        """Return the last place of a statement with the labels in front of it."""
        return min(self.code.statement_end(at), self.end - 1)

    def end_of_do(self, last: int) -> int:
        """Return the place that ends a `do` whose body ends at a place; 0 without a `while`."""
        code = self.code
        if code.text(last + 1) != "while" or code.text(last + 2) != "(":
            return 0
        closing = self.source.closings[last + 2]
        return closing + (code.text(closing + 1) == ";")

    def colon_of(self, at: int) -> int:
        """Return the place of the colon of a label at a place; 0 if there is none."""
        code = self.code
        if code.is_word(at) and code.text(at + 1) == ":" and code.text(at) not in _NO_LABELS:
            return at + 1
        if code.text(at) != "case":
            return 0
        questions = 0
        while at < self.end and code.text(at) not in (";", "{"):
            questions += code.text(at) == "?"
            if code.text(at) == ":":
                if not questions:
                    return at
                questions -= 1
            at = last_of(code.texts, at) + 1
        return 0

    def inner(self, at: int) -> int:
        """Return where the statement behind `word(...)` starts; 0 if there is none.

        A macro that stands alone on a line has none, whatever follows on the next line, unless
        that is indented more.
        """
        code = self.code
        word = code.text(at)
        if not code.is_word(at) or code.text(at + 1) != "(":
            return 0
        inner = self.source.closings.get(at + 1, self.end) + 1
        if word in ("if", *_HEADED):
            return inner if inner < self.end else 0
        follows = inner < self.end and (code.is_word(inner) or code.text(inner) == "{")
        if word in KEYWORDS or not follows:
            return 0
        lines = self.source.between(inner - 1, inner).rpartition("\n")
        if lines[1] and code.text(inner) != "{" and len(lines[2]) <= len(self._indentation(at)):
            return 0
        return inner

    def _indentation(self, at: int) -> str:
        text = self.source.text
        return text[text.rfind("\n", 0, self.source.starts[at]) + 1 : self.source.starts[at]]

    def semicolon(self, at: int) -> int:
        """Return the place of the semicolon that ends a statement without another one inside."""
        code = self.code
        alone = code.is_word(at) and code.text(at + 1) == "(" and code.text(at) not in KEYWORDS
        if alone:
            closing = self.source.closings[at + 1]
            following = closing + 1
            if following >= self.end or (
                code.is_word(following) and "\n" in self.source.between(closing, following)
            ):
                return closing
        while at < self.end and code.text(at) != ";":
            at = last_of(code.texts, at) + 1
        return min(at, self.end - 1)


class _StatementReader:
    """One statement, and those that it has inside."""

    def __init__(self, source: Source, end: int, depth: int) -> None:
        self.source = source
        self.code = source.code
        self.ends = StatementEnds(source, end)
        self.depth = depth
        self.last = -1  # the last place of the statement that was read

    def read(self, at: int, leading: str) -> Statement:
        word = self.code.text(at)
        if self.depth >= DEEPEST:
            return self._unread(at, self.ends.end_of(at, self.depth), leading)
        colon = self.ends.colon_of(at)
        if colon:
            return self._label(at, colon, leading)
        if word == "{":
            self.last = self.source.closings[at]
            return read_block(self.source, at, self.depth, leading)
        if word == "do":
            return self._do(at, leading)
        inner = self.ends.inner(at)
        if inner:
            return self._headed(word, at, inner, leading)
        return self._plain(word, at, leading)

    def _inner(self, place: int) -> Statement:
        """Read the statement that is the body of another one."""
        reader = _StatementReader(self.source, self.ends.end, self.depth + 1)
        leading = self.source.between(place - 1, place)
        if self.ends.colon_of(place):
            # It has a label: the statement goes on behind it.
            end = self.ends.end_of_labelled(place)
            statement: Statement = reader._unread(place, end, leading)
        else:
            statement = reader.read(place, leading)
        self.last = reader.last
        return statement

    def _expression(self, start: int, end: int) -> Node:
        return ExpressionReader(self.source, start, end, self.depth).read()

    def _slice(self, start: int, end: int) -> str:
        """Return the text from the beginning of a place up to that of another."""
        return self.source.text[self.source.starts[start] : self.source.starts[end]]

    def _unread(self, at: int, last: int, leading: str) -> Unread:
        self.last = last
        return Unread(leading, self._expression(at, last + 1))

    def _label(self, at: int, colon: int, leading: str) -> Label:
        self.last = colon
        behind = self.source.between(colon - 1, colon) + ":"
        if self.code.text(at) != "case":
            return Label(leading, self.code.text(at), Text(""), behind)
        if colon == at + 1:
            return Label(leading, "case", Text(""), behind)
        return Label(leading, self._slice(at, at + 1), self._expression(at + 1, colon), behind)

    def _headed(self, word: str, at: int, inner: int, leading: str) -> Statement:
        """Read `if (...) ...` and what looks like it."""
        if word not in ("if", *_HEADED):
            call = self._expression(at, inner)
            return MacroStatement(leading, call, self._inner(inner))
        closing = inner - 1
        opening, test, behind = self._parenthesised(at, at + 1, closing)
        body = self._inner(inner)
        if word != "if":
            return _HEADED[word](leading, opening, test, behind, body)
        orelse = None
        following = self.last + 1
        if self.code.text(following) == "else" and following + 1 < self.ends.end:
            before = self.source.between(self.last, following)
            orelse = Else(before + "else", self._inner(following + 1))
        return If(leading, opening, test, behind, body, orelse)

    def _parenthesised(self, at: int, opening: int, closing: int) -> tuple[str, Node, str]:
        """Return the text through the parenthesis, what is inside, the closing one."""
        if closing == opening + 1:
            return self._slice(at, closing), Text(""), ")"
        behind = self.source.between(closing - 1, closing) + ")"
        return self._slice(at, opening + 1), self._expression(opening + 1, closing), behind

    def _do(self, at: int, leading: str) -> Statement:
        if at + 1 == self.ends.end:
            return self._unread(at, at, leading)
        body = self._inner(at + 1)
        last = self.ends.end_of_do(self.last)
        if not last:
            return self._unread(at, self.ends.end_of(at, self.depth), leading)
        at_while = self.last + 1
        closing = self.source.closings[at_while + 1]
        between = self.source.between(at_while - 1, at_while)
        text, test, behind = self._parenthesised(at_while, at_while + 1, closing)
        if last > closing:
            behind += self.source.between(closing, last) + ";"
        self.last = last
        return Do(leading, "do", body, between + text, test, behind)

    def _plain(self, word: str, at: int, leading: str) -> Statement:
        """Read a statement that has no other one inside."""
        self.last = last = self.ends.semicolon(at)
        if self.code.text(last) != ";":
            if word in KEYWORDS:
                return self._unread(at, last, leading)
            return ExpressionStatement(leading, self._expression(at, last + 1), "")
        if last == at:
            return ExpressionStatement(leading, Text(""))
        behind = self.source.between(last - 1, last) + ";"
        if word in _JUMPS:
            return Jump(leading, self.source.text[self.source.starts[at] : self.source.ends[last]])
        if word == "return":
            if last == at + 1:
                return Return(leading, "return", Text(""), behind)
            return Return(leading, self._slice(at, at + 1), self._expression(at + 1, last), behind)
        value = self._expression(at, last)
        if word in ("else", "while", "if", "for", "switch", "case"):
            return Unread(leading, self._expression(at, last + 1))
        specifiers = Specifiers(self.code, at)
        if specifiers.sure or self.code.declared(at):
            return LocalDeclaration(leading, value, behind)
        return ExpressionStatement(leading, value, behind)
