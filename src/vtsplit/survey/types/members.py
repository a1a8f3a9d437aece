"""The members of a structure, as an ops table has them: names, guards, types of the functions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from vtsplit.cst.conditions import Guard
from vtsplit.cst.guards import item_guards
from vtsplit.cst.heads.annotations import is_annotation
from vtsplit.cst.heads.declarator import Head, read_head
from vtsplit.cst.heads.typed import Signature, TypeReadError, read_signature
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.nodes import Declaration, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.spans import matching
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.headers.includes import IncludeGraph, is_absent
from vtsplit.survey.order.providers import find_declaring
from vtsplit.survey.types.typedefs import Typedefs


@dataclass(frozen=True)
class StructMember:
    """A member of a structure: its declaration, without `;` and comments above it.

    `guard` are the `#if` conditions inside of the structure; `offset` is where `text` starts in the
    structure's own text.
    """

    name: str
    guard: Guard
    offset: int
    text: str

    @cached_property
    def signature(self) -> Signature | None:
        """The type of the function it points to; None for other members and unreadable ones."""
        try:
            return read_signature(read_head(prototype(self, self.name)))
        except (TypeReadError, ValueError):
            return None

    @property
    def is_function(self) -> bool:
        """Whether it points to a function by its own declarator, not through a typedef."""
        return _pointer(read_head(self.text)) is not None

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the function's parameters, empty strings for unnamed ones."""
        return self.signature.parameters if self.signature else ()


def read_members(item: Declaration) -> tuple[StructMember, ...]:
    r"""Return the members of the structure or union that a declaration defines, in order.

    Passed over is what has no single name and type of its own: members that macros make, members
    with a nested body, and what an `#if` cuts through.

    >>> text = "struct ops {\n\tint a, b;\n#ifdef A\n\tint (*f)(int x);\n#endif\n};\n"
    >>> members = read_members(parse_module(text).items[0])
    >>> [(m.name, [c.expression for c in m.guard], m.parameters) for m in members]
    [('f', ['defined(A)'], ('x',))]
    """
    module, start = read_body(item)
    guards = item_guards(module)
    return tuple(
        StructMember(member.name, guards[at], start + module.starts[at], member.text[:-1].rstrip())
        for at, member in enumerate(module.items)
        if isinstance(member, Declaration) and is_plain(member)
    )


def read_body(item: Declaration) -> tuple[Module, int]:
    """Return the body of a structure or union as a module, and its offset in the item's text.

    The declarations of members read as those at file scope do (C11 6.7.2.1, 6.7).
    """
    head = item.head
    if not head.defines_tag or head.tokens[head.aggregate].text == "enum":
        return parse_module(""), 0
    opening = head.aggregate_body
    start = sum(len(token.text) for token in head.tokens[: opening + 1])
    body = head.tokens[opening + 1 : matching(head.tokens, opening)]
    return parse_module("".join(token.text for token in body)), start


def is_plain(member: Declaration) -> bool:
    """Tell whether a member has a single name, and a type that is written outside of it."""
    head = member.head
    whole = not member.straddles and member.text.endswith(";") and not head.has_directive
    return whole and bool(head.name) and not (head.more or head.defines_tag or head.is_function)


def points_to_function(member: StructMember, typedefs: Typedefs) -> bool:
    """Tell whether a member points to a function, by itself or through typedefs."""
    if member.is_function:
        return True
    try:
        key = read_signature(read_head(member.text)).key
    except TypeReadError:
        return False
    found = typedefs.alternatives(key)
    return all(one[0] == "pointer" and one[-1][:1] == ("function",) for one in found)


def prototype(member: StructMember, name: str) -> str:
    """Return the declaration of a function of the member's type, under another name.

    White space becomes single blanks; comments go, and so do annotations behind the parameters,
    which a definition must not have.

    >>> text = "struct o { int (*get)(struct foo *foo, /* out */ void __user *argp); };"
    >>> prototype(read_members(parse_module(text).items[0])[0], "foo_get")
    'int foo_get(struct foo *foo, void __user *argp)'

    Raises ValueError when the member does not point to a function.
    """
    head = read_head(member.text)
    found = _pointer(head)
    if found is None:
        raise ValueError(f"{member.name} does not point to a function")
    opening, closing = found
    tokens = head.tokens
    own = Token(Kind.IDENT, name)
    return _joined([*tokens[:opening], own, *tokens[closing + 1 : _end(tokens, closing + 1)]])


def _pointer(head: Head) -> tuple[int, int] | None:
    """Return the parentheses of `(*name)` where a parameter list follows them; else None."""
    if head.name_index < 0 or head.is_function:
        return None
    tokens = head.tokens
    before = [at for at in range(head.name_index) if tokens[at].kind not in TRIVIA]
    stars = 0
    while before and tokens[before[-1]].text != "(":
        at = before.pop()
        stars += tokens[at].text == "*"
        if tokens[at].text != "*" and not _qualifies(tokens[at].text):
            return None
    closing = _following(tokens, head.name_index)
    if not before or stars != 1 or closing is None or tokens[closing].text != ")":
        return None
    listed = _following(tokens, closing)
    return (before[-1], closing) if listed is not None and tokens[listed].text == "(" else None


def _qualifies(word: str) -> bool:
    return word in {"const", "volatile"} or is_annotation(word)


def _following(tokens: tuple[Token, ...], at: int) -> int | None:
    return next((i for i in range(at + 1, len(tokens)) if tokens[i].kind not in TRIVIA), None)


def _end(tokens: tuple[Token, ...], start: int) -> int:
    """Return the index behind the declarator's last bracket; `start` is behind `(*name)`."""
    end = start
    while (at := _following(tokens, end - 1)) is not None:
        if tokens[at].text in {"(", "["}:
            end = matching(tokens, at) + 1
        elif tokens[at].text == ")":
            end = at + 1
        else:
            break
    return end


def _joined(tokens: list[Token]) -> str:
    text = ""
    for token in tokens:
        if token.kind in TRIVIA:
            text += " " if not text.endswith((" ", "(")) else ""
        elif token.kind is not Kind.DIRECTIVE:
            text = text.rstrip() if token.text in {")", ","} else text
            text += token.text
    return text.strip()


def find_structures(
    tag: str, graph: IncludeGraph, files: CFiles, paths: Iterable[str] | None = None
) -> Iterator[tuple[CFile, int]]:
    """Yield the file and the item's index of every definition of `struct tag`, or of a typedef.

    Looked at is what the graph's source file sees, itself first, or `paths`; nearest first.
    Branches of an `#if` may differ.
    """
    seen = tuple(graph.reach(graph.source) if paths is None else paths)
    having = find_declaring(graph, seen, [tag]).get(tag, set()) | {graph.source}
    for file in files.readable(p for p in seen if p in having and not is_absent(p)):
        for definition in file.definitions.of(tag, Sort.TYPE):
            item = definition.item
            if not isinstance(item, Declaration):
                continue
            if item.head.defines_tag:
                yield file, definition.index
            elif "typedef" in item.head.storage and item.head.tag not in {"", tag}:
                yield from find_structures(item.head.tag, graph, files, seen)
