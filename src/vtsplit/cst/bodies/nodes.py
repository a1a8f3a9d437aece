"""Statements and expressions, as far as they can be read before preprocessing.

The text of a node is that of its fields in order: strings as they are, nodes by their own text. So
nothing can be lost, and a node made anew needs no printer. Nodes are frozen.

White space, comments and directives in front of a statement are its `leading`; what follows on its
last line is its `trailing`. Inside of an expression they are part of a `Text`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.nodes import Directive


@dataclass(frozen=True)
class Node:
    """A part of an item."""

    @cached_property
    def code(self) -> str:
        """The node as it is written."""
        return "".join(self.written())

    def written(self) -> Iterator[str]:
        """Yield the text of each field, in order."""
        for _, value in self.fields():
            yield value if isinstance(value, str) else "".join(one.code for one in value)

    def fields(self) -> Iterator[tuple[str, str | tuple[Node | Directive, ...]]]:
        """Yield each field's name, and its text or its nodes; of a field that is empty none."""
        names: tuple[str, ...] = type(self).__match_args__
        for name in names:
            value = getattr(self, name)
            if isinstance(value, Node):
                yield name, (value,)
            elif value is not None:
                yield name, value

    @property
    def children(self) -> tuple[Node | Directive, ...]:
        """The nodes that it consists of, in order."""
        return tuple(
            one for _, value in self.fields() if not isinstance(value, str) for one in value
        )

    def with_changes(self, **changes: Any) -> Self:
        """Return a copy with these fields replaced; the node itself stays as it is.

        Raises TypeError for what is no node where a node belongs, such as a matcher.

        >>> Name("f").with_changes(value="g").code
        'g'
        """
        for name, new in changes.items():
            there = getattr(self, name, None)
            if isinstance(there, Node) and not isinstance(new, Node | None):
                raise _no_node(self, name, new)
            if isinstance(there, tuple) and not isinstance(new, str):
                for one in new:
                    if not isinstance(one, Node | Directive):
                        raise _no_node(self, name, one)
        return replace(self, **changes)


def _no_node(node: Node, field: str, given: object) -> TypeError:
    return TypeError(f"{type(node).__name__}.{field} takes a node, not {given!r}")


@dataclass(frozen=True)
class Text(Node):
    """Tokens that are no node of their own: operators, numbers, strings, blanks, comments."""

    value: str


@dataclass(frozen=True)
class Name(Node):
    """A word that is not a keyword of C, and no member, tag or label."""

    value: str


@dataclass(frozen=True)
class Member(Node):
    """A member behind its operator: the `->f` of `p->f`, the `.f` of `.f = g`."""

    operator: str
    name: str


@dataclass(frozen=True)
class Expression(Node):
    """Several parts in a row, as `a + f(b)`. One part alone is no expression but itself."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Arg(Node):
    """An argument, with the blanks, comments and directives around it; commas are the call's."""

    leading: str
    value: Node
    trailing: str = ""


@dataclass(frozen=True)
class Call(Node):
    """A name or an expression with arguments: a function's call or a macro's, which look alike.

    `space` stands in front of the parenthesis, `inside` in front of the closing one if there are no
    arguments.
    """

    func: Node
    space: str = ""
    args: tuple[Arg, ...] = ()
    inside: str = ""

    def written(self) -> Iterator[str]:
        """Yield the text of each part, with parentheses and commas."""
        yield from (self.func.code, self.space, "(")
        yield ",".join(arg.code for arg in self.args)
        yield from (self.inside, ")")

    @property
    def name(self) -> str:
        """What is called, if that is a name; else empty."""
        return self.func.value if isinstance(self.func, Name) else ""

    @property
    def has_directives(self) -> bool:
        """Whether an `#if` may take arguments away: then their count depends on options."""
        around = [self.inside, *(arg.leading for arg in self.args)]
        around += [arg.trailing for arg in self.args]
        # What stands in front keeps a `#` from being at the beginning of a line.
        tokens = (token for text in around for token in lex(f"({text}"))
        return any(token.kind is Kind.DIRECTIVE for token in tokens)

    def with_arg(self, value: Node | str, at: int | None = None) -> Call:
        r"""Return the call with one more argument, as the last one or in front of that at `at`.

        It is on a line of its own if all other arguments are.

        >>> call = Call(Name("f"), args=(Arg("", Name("a")),))
        >>> call.with_arg("b").code, call.with_arg("b", 0).code, Call(Name("f")).with_arg("b").code
        ('f(a, b)', 'f(b, a)', 'f(b)')
        """
        at = len(self.args) if at is None else at
        value = Text(value) if isinstance(value, str) else value
        first = self.args[0].leading if self.args else ""
        others = {arg.leading for arg in self.args[1:]}
        between = others.pop() if len(others) == 1 else " "
        between = between if between.isspace() or not between else " "
        args = list(self.args)
        if not args:
            args = [Arg("", value, self.inside)]
        elif at == 0:
            args[:1] = [Arg(first, value), args[0].with_changes(leading=between)]
        elif at >= len(args) and args[-1].trailing.isspace():
            # The closing parenthesis stays where it is.
            last = args[-1]
            args[-1:] = [last.with_changes(trailing=""), Arg(between, value, last.trailing)]
        else:
            args.insert(at, Arg(between, value))
        return self.with_changes(args=tuple(args), inside="" if args else self.inside)


@dataclass(frozen=True)
class UnreadCall(Node):
    """What is called where an `#if` cuts through the call, or it stands too deep: no arguments.

    The parenthesis and what is in it follow as other nodes.
    """

    func: Node

    @property
    def name(self) -> str:
        """What is called, if that is a name; else empty."""
        return self.func.value if isinstance(self.func, Name) else ""


@dataclass(frozen=True)
class Statement(Node):
    """A statement of a body. Each class has `trailing` as its last field."""

    leading: str


@dataclass(frozen=True)
class Block(Statement):
    """Statements in braces; directives stand between them. `closing` ends with the brace."""

    opening: str
    statements: tuple[Statement | Directive, ...]
    closing: str
    trailing: str = ""


@dataclass(frozen=True)
class ExpressionStatement(Statement):
    """An expression with its semicolon; a macro may have none."""

    value: Node
    closing: str = ";"
    trailing: str = ""


@dataclass(frozen=True)
class LocalDeclaration(Statement):
    """A declaration in a body."""

    value: Node
    closing: str = ";"
    trailing: str = ""


@dataclass(frozen=True)
class Return(Statement):
    """`return` and its value, which may be an empty `Text`."""

    opening: str
    value: Node
    closing: str = ";"
    trailing: str = ""


@dataclass(frozen=True)
class Jump(Statement):
    """`goto`, `break` or `continue`, with its semicolon."""

    text: str
    trailing: str = ""


@dataclass(frozen=True)
class Label(Statement):
    """`name:`, `case value:` or `default:`. What it labels are the statements that follow."""

    opening: str
    value: Node
    closing: str = ":"
    trailing: str = ""


@dataclass(frozen=True)
class Else(Node):
    """The `else` of an `If`."""

    opening: str
    body: Statement


@dataclass(frozen=True)
class If(Statement):
    """`opening` ends with the parenthesis, `closing` begins with it, as in all that have a test."""

    opening: str
    test: Node
    closing: str
    body: Statement
    orelse: Else | None = None
    trailing: str = ""


@dataclass(frozen=True)
class While(Statement):
    """`while (test) body`."""

    opening: str
    test: Node
    closing: str
    body: Statement
    trailing: str = ""


@dataclass(frozen=True)
class For(Statement):
    """`for (head) body`; the head is one expression with its semicolons."""

    opening: str
    head: Node
    closing: str
    body: Statement
    trailing: str = ""


@dataclass(frozen=True)
class Switch(Statement):
    """`switch (test) body`."""

    opening: str
    test: Node
    closing: str
    body: Statement
    trailing: str = ""


@dataclass(frozen=True)
class Do(Statement):
    """`do body while (test);`."""

    opening: str
    body: Statement
    between: str
    test: Node
    closing: str
    trailing: str = ""


@dataclass(frozen=True)
class MacroStatement(Statement):
    """A macro's call in front of a statement, as `for_each_cpu(cpu, mask) body`."""

    call: Node
    body: Statement
    trailing: str = ""


@dataclass(frozen=True)
class Unread(Statement):
    """Statements that an `#if` cuts through, and other text. Calls in it are read."""

    value: Node
    trailing: str = ""
