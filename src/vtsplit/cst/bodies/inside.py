r"""What an item has inside, as a node.

| item | what is read |
| --- | --- |
| a function | its body |
| a declaration | what follows its first `=` |
| a macro's call at file scope | all of it |
| a `#define` | the macro's body |
| what the parser could not read | all of it, without statements |
"""

from __future__ import annotations

from dataclasses import dataclass

from vtsplit.cst.bodies.expressions import ExpressionReader, Source, joined
from vtsplit.cst.bodies.nodes import Node, Statement, Text, Unread
from vtsplit.cst.bodies.statements import read_block
from vtsplit.cst.directives import directive_name
from vtsplit.cst.lexer import TRIVIA, Kind, Token, lex, lex_line
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, MacroCall, Opaque


@dataclass(frozen=True)
class Inside:
    """A node, and the text of its item in front of it and behind."""

    before: str
    node: Node
    behind: str = ""


def inside(item: Item) -> Inside | None:
    r"""Return what an item has inside, read once; None if that is nothing.

    >>> from vtsplit.cst.parser import parse_module
    >>> item = parse_module("int f(void)\n{\n\treturn g(1);\n}\n").items[0]
    >>> found = inside(item)
    >>> found.node.statements[0].value.args
    (Arg(leading='', value=Text(value='1'), trailing=''),)
    >>> found.before + found.node.code + found.behind == item.text
    True
    """
    known: dict[str, Inside | None] = vars(item)
    if "_inside" not in known:
        known["_inside"] = _read(item)
    return known["_inside"]


def _read(item: Item) -> Inside | None:
    if isinstance(item, FunctionDef):
        return Inside(item.text[: item.body], _block(lex(item.text[item.body :])))
    if isinstance(item, Declaration):
        if item.initializer is None:
            return None
        start, end = item.initializer
        return _trimmed(item.text, start, end)
    if isinstance(item, Directive):
        return _macro_body(item)
    if isinstance(item, MacroCall):
        return _macro_call(item.text)
    if isinstance(item, Opaque):
        return Inside("", read_expression(lex(item.text)))
    return None


def _block(tokens: tuple[Token, ...]) -> Statement:
    """Read a body; if its brackets do not pair in each branch of each `#if`, as it is."""
    source = Source(tokens)
    if source.conditionals.is_paired and source.closings.get(0, -1) == len(source.starts) - 1:
        return read_block(source, 0)
    return Unread("", _all_of(source))


def read_expression(tokens: tuple[Token, ...]) -> Node:
    """Read all tokens as one expression, with the blanks around it."""
    return _all_of(Source(tokens))


def _all_of(source: Source) -> Node:
    if not source.starts:
        return Text(source.text)
    node = ExpressionReader(source, 0, len(source.starts)).read()
    before, behind = source.text[: source.starts[0]], source.text[source.ends[-1] :]
    parts = [Text(before), node, Text(behind)]
    return joined([part for part in parts if part.code])


def _trimmed(text: str, start: int, end: int) -> Inside | None:
    """Read an expression between two offsets, without the blanks around it."""
    tokens = list(lex(text[start:end]))
    while tokens and tokens[-1].kind in TRIVIA:
        tokens.pop()
    while tokens and tokens[0].kind in TRIVIA:
        start += len(tokens.pop(0).text)
    if not tokens:
        return None
    node = read_expression(tuple(tokens))
    return Inside(text[:start], node, text[start + len(node.code) :])


def _macro_body(item: Directive) -> Inside | None:
    if directive_name(item.text) != "define" or item.macro is None or not item.macro.body:
        return None
    tokens = lex_line(item.text)
    # `#`, `define`, the name, and the parameters if a parenthesis touches it.
    at = [index for index, token in enumerate(tokens) if token.kind is Kind.IDENT][1] + 1
    if item.macro.parameters is not None:
        while tokens[at].text != ")":
            at += 1
        at += 1
    while tokens[at].kind in TRIVIA:
        at += 1
    before = "".join(token.text for token in tokens[:at])
    return Inside(before, read_expression(tokens[at:]))


def _macro_call(text: str) -> Inside:
    """Read `NAME(...)` with its semicolon, or with a body; attributes may stand in front."""
    source = Source(lex(text))
    front = source.text[: source.starts[0]] if source.starts else ""
    call = ExpressionReader(source, 0, len(source.starts)).read()
    closing = source.closings.get(1, -1)
    brace = closing + 1
    last = len(source.starts) - 1
    has_body = closing > 0 and source.code.text(brace) == "{" and source.conditionals.is_paired
    if has_body and source.closings.get(brace, -1) == last:
        head = ExpressionReader(source, 0, brace).read()
        between = source.between(closing, brace)
        block = read_block(source, brace)
        return Inside(front, joined([head, *([Text(between)] if between else []), block]))
    behind = source.text[source.ends[-1] :] if source.starts else ""
    return Inside(front, joined([call, Text(behind)]) if behind else call)


def parse_expression(text: str) -> Node:
    """Return a text as an expression, to be put into a tree.

    >>> parse_expression("p->len")
    Expression(parts=(Name(value='p'), Member(operator='->', name='len')))
    """
    return read_expression(lex(text))


def parse_statement(text: str) -> Statement:
    r"""Return a text as one statement, to be put into a tree. ValueError if it is not one.

    >>> parse_statement("\treturn f(a);\n").value.name
    'f'
    """
    source = Source(lex(f"{{\n{text}}}"))
    if source.conditionals.is_paired and source.closings.get(0, -1) == len(source.starts) - 1:
        statements = read_block(source, 0).statements
        if len(statements) == 1 and isinstance(statements[0], Statement):
            return statements[0]
    raise ValueError(f"not one statement: {text!r}")
