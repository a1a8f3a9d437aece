"""Write declarations of what a source file defines, and put them into a header.

Before (in the source file):

    void __init foo_setup(struct foo *foo,
                          int flags)
    {

After (in the header):

    void __init foo_setup(struct foo *foo,
                          int flags);
"""

import re
from bisect import bisect, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from vtsplit.codemods.expose import drop_linkage
from vtsplit.codemods.linkage import put_in_linkage
from vtsplit.codemods.places import before, behind
from vtsplit.cst.conditions import Guard, chain_of
from vtsplit.cst.guards import guarded, include_guard
from vtsplit.cst.heads.declarator import Head, read_head, standard_attribute
from vtsplit.cst.lexer import SPLICE, TRIVIA, Kind, Token, lex
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, MacroCall, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.style.align import width
from vtsplit.cst.style.indentation import KERNEL, Indentation
from vtsplit.cst.style.layout import LIMIT, fill, joined, least_width, split_list

_END = re.compile(rf"(?:\s|{SPLICE})+\Z")


@dataclass(frozen=True)
class Addition:
    """A declaration for the header: its text ends with `;` and has no newline behind it."""

    name: str
    guard: Guard
    text: str


def declaration_of(
    item: Item, length: str | None = None, style: Indentation = KERNEL, attributes: str = ""
) -> str:
    r"""Return the declaration of what an item defines: a prototype, or `extern` and the object.

    The definition's own line breaks are kept where they fit; else the parameters are wrapped anew,
    aligned to the open parenthesis. `length` goes into the empty brackets of an array, `attributes`
    behind a function's parameters.

    >>> declaration_of(parse_module("int f(int a,\n      int b)\n{\n}\n").items[0])
    'int f(int a,\n      int b);'
    >>> declaration_of(parse_module("struct o t __initdata = { };\n").items[0])
    'extern struct o t __initdata;'
    >>> declaration_of(parse_module("[[deprecated]] static int a = 1;\n").items[0])
    '[[deprecated]] extern int a;'
    >>> declaration_of(parse_module("static int a[] = { 1, 2 };\n").items[0], length="2")
    'extern int a[2];'
    >>> declaration_of(parse_module("static int\n\t   a;\n").items[0])
    'extern int a;'
    >>> declaration_of(parse_module("int \\\nf(int a) \\\n{ return a; }\n").items[0])
    'int f(int a);'
    >>> declaration_of(parse_module("int f(int a) { }\n").items[0], attributes="__cold")
    'int f(int a) __cold;'
    """
    if isinstance(item, FunctionDef):
        text = drop_linkage(_END.sub("", item.text[: item.body]), style=style).strip()
        return _behind(_fitting(text, style), attributes, style)
    if not isinstance(item, Declaration):
        raise TypeError(f"{type(item).__name__} defines nothing that a header can declare")
    if item.head.is_function:
        return _fitting(_without_extern(item.text.rstrip(";")), style)
    end = item.head.initializer
    text = item.text[: end - 1] if end is not None else item.text.rstrip(";")
    if length is not None:
        text = re.sub(r"\[\s*\]", lambda _: f"[{length}]", text, count=1)
    head = _in_one_line(_without_extern(drop_linkage(_END.sub("", text), style=style)).strip())
    # `[[...]]` that is the declaration's stands in front of all specifiers (C23 6.7.1).
    at = _behind_attributes(head)
    return f"{head[:at]}extern {head[at:]};"


def under_branches(pieces: Sequence[tuple[Guard, str]]) -> str:
    r"""Return declarations that each stand under conditions of their own, as one text.

    >>> from vtsplit.cst.conditions import defined
    >>> a = defined("A")
    >>> under_branches([((a,), "int f(int);"), ((a.denied,), "int f(long);")])
    '#ifdef A\nint f(int);\n#else\nint f(long);\n#endif'
    """
    if all(len(guard) == 1 for guard, _ in pieces):
        lines = chain_of([guard[0] for guard, _ in pieces])
        if lines:
            texts = (text for _, text in pieces)
            return "\n".join((*chain.from_iterable(zip(lines, texts, strict=True)), "#endif"))
    return guarded([(guard, f"{text}\n") for guard, text in pieces]).rstrip("\n")


def _behind(prototype: str, attributes: str, style: Indentation) -> str:
    """Write attributes behind a prototype, in a line of their own where the last one is full."""
    if not attributes:
        return prototype
    *_, last = f"{prototype[:-1]} {attributes};".split("\n")
    between = " " if width(last) <= LIMIT else f"\n{style.level(1)}"
    return f"{prototype[:-1]}{between}{attributes};"


def _in_one_line(text: str) -> str:
    """Join the lines in front of an object's name: it may come from a list of several lines."""
    head = read_head(text)
    front = head.tokens[: max(head.name_index, 0)]
    if any(t.kind in {Kind.COMMENT, Kind.SPLICE, Kind.DIRECTIVE} or t.text == "{" for t in front):
        return text
    end = sum(len(token.text) for token in front)
    return re.sub(r"\s*\n\s*", " ", text[:end]) + text[end:]


def _behind_attributes(head: str) -> int:
    tokens = lex(head)
    at = 0
    while (last := standard_attribute(tokens, at)) >= 0:
        at = last + 1
        while at < len(tokens) and tokens[at].kind in TRIVIA:
            at += 1
    return sum(len(token.text) for token in tokens[:at])


def _without_extern(text: str) -> str:
    return text.removeprefix("extern").lstrip() if text.startswith("extern") else text


def _fitting(text: str, style: Indentation) -> str:
    lines = f"{text};".replace("\r\n", "\n").split("\n")
    head = read_head(text)
    plain = not any(t.kind in {Kind.COMMENT, Kind.SPLICE, Kind.DIRECTIVE} for t in head.tokens)
    plain &= not any(t.kind is Kind.NEWLINE for t in head.tokens[: head.name_index])
    if plain and all(width(line) <= LIMIT and line == line.rstrip() for line in lines):
        return "\n".join(lines)
    return wrap_prototype(head, style=style)


def wrap_prototype(head: Head, limit: int = LIMIT, style: Indentation = KERNEL) -> str:
    r"""Lay out a prototype in kernel style: parameters wrapped and aligned to the parenthesis.

    Where even one parameter does not fit beside the name, the name starts a line of its own
    (Documentation/process/coding-style.rst, 6.1).

    >>> wrap_prototype(read_head("int f(struct aa *aa, struct bb *bb)"), 24)
    'int f(struct aa *aa,\n      struct bb *bb);'
    >>> wrap_prototype(read_head("char *\nf(int a)"))
    'char *f(int a);'
    """
    tokens = head.tokens
    opening = joined(_starred(_bare(tokens[: head.open_paren + 1])))
    parameters = split_list(tokens[head.open_paren + 1 : head.close_paren])
    after = joined(_bare(tokens[head.close_paren :]))
    widest = max(map(least_width, parameters), default=0) + 1
    if width(opening) + widest > limit:
        name = joined(tokens[head.name_index : head.open_paren + 1])
        specifiers = joined(_bare(tokens[: head.name_index]))
        if width(name) + widest <= limit:
            return f"{specifiers}\n{fill(name, parameters, after, limit, style)}"
    return fill(opening, parameters, after, limit, style)


def _bare(tokens: Sequence[Token]) -> list[Token]:
    """Leave out comments around the parameters, which are about the definition, and splices."""
    return [token for token in tokens if token.kind not in {Kind.COMMENT, Kind.SPLICE}]


def _starred(tokens: Sequence[Token]) -> list[Token]:
    """Leave out line ends behind a star: `char *`, above `name(`, becomes `char *name(`."""
    kept: list[Token] = []
    for token in tokens:
        if token.kind is not Kind.NEWLINE or not kept or kept[-1].text != "*":
            kept.append(token)
    return kept


def declare(header: Module, additions: Sequence[Addition], order: Sequence[str]) -> Module:
    r"""Return the header with declarations added where `order` has their place among the others.

    >>> header = parse_module("int a(void);\nint c(void);\n")
    >>> declare(header, [Addition("b", (), "int b(void);")], ["a", "b", "c"]).code
    'int a(void);\nint b(void);\nint c(void);\n'
    """
    rank = {name: at for at, name in reversed([*enumerate(order)])}
    present = sorted(rank[name] for name in _places(header) if name in rank)
    run: list[Addition] = []
    for one in additions:
        if run and not _follows(run[-1], one, rank, present):
            header = _declare_run(header, run, order, rank)
            run = []
        run.append(one)
        insort(present, rank[one.name])
    return _declare_run(header, run, order, rank) if run else header


def _follows(last: Addition, one: Addition, rank: Mapping[str, int], present: list[int]) -> bool:
    """Tell whether a declaration comes right behind the last one, with nothing in between."""
    if last.guard != one.guard or any(a.text.startswith("extern ") for a in (last, one)):
        return False
    at = bisect(present, rank[last.name])
    is_next = at == len(present) or present[at] > rank[one.name]
    return rank[last.name] < rank[one.name] and is_next


def _places(header: Module) -> dict[str, int]:
    return {
        item.name: index
        for index, item in enumerate(header.items)
        if isinstance(item, Declaration) and item.name
    }


def _declare_run(
    header: Module, run: Sequence[Addition], order: Sequence[str], rank: Mapping[str, int]
) -> Module:
    """Declare functions that stand together: as one text, since each insertion takes a while."""
    places, first = _places(header), rank[run[0].name]
    earlier = next((places[n] for n in reversed(order[:first]) if n in places), None)
    later = next((places[n] for n in order[first + 1 :] if n in places), None)
    addition = replace(run[0], text="\n".join(one.text for one in run))
    if earlier is not None:
        return _insert_behind(header, earlier, addition)
    if later is not None:
        return _insert_before(header, later, addition)
    return _append(header, addition)


def _insert_behind(header: Module, index: int, addition: Addition) -> Module:
    place = behind(header, index, addition.guard)
    return _insert(header, place.at, addition, place.shared)


def _insert_before(header: Module, index: int, addition: Addition) -> Module:
    place = before(header, index, addition.guard)
    return _insert(header, place.at, addition, place.shared, takes_blank=True)


def _insert(
    header: Module, at: int, addition: Addition, shared: int, takes_blank: bool = False
) -> Module:
    items = list(header.items)
    fresh = list(parse_module(guarded([(addition.guard[shared:], f"{addition.text}\n")])).items)
    if takes_blank and at < len(items):
        fresh[0] = fresh[0].with_changes(leading=items[at].leading)
        alike = _is_object(fresh[-1]) == _is_object(items[at])
        items[at] = items[at].with_changes(leading="" if alike else "\n")
    elif at and _is_object(fresh[-1]) != _is_object(items[at - 1]):
        # Objects and functions stand apart; a blank line that is there already moves up.
        fresh[0] = fresh[0].with_changes(leading="\n")
        following = items[at] if at < len(items) else None
        if isinstance(following, Declaration) and following.leading == "\n":
            alike = _is_object(fresh[-1]) == _is_object(following)
            items[at] = following.with_changes(leading="" if alike else "\n")
    items[at:at] = fresh
    return header.with_items(tuple(items))


def _is_object(item: Item) -> bool:
    return isinstance(item, Declaration) and not item.head.is_function


def _append(header: Module, addition: Addition) -> Module:
    """Put a first declaration at the header's end: before the `#endif` of its include guard.

    Where the header ends with a block of C linkage, that is inside of the block.
    """
    block = guarded([(addition.guard, f"{addition.text}\n")])
    linked = put_in_linkage(header, block)
    if linked is not None:
        return linked
    at = len(header.items) - (1 if include_guard(header) else 0)
    items = list(header.items)
    while at and isinstance(items[at - 1], MacroCall) and items[at - 1].text.endswith("END_DECLS"):
        at -= 1
    return _put_in(header, at, block)


def declare_tags(header: Module, tags: Sequence[str]) -> Module:
    r"""Return the header with forward declarations of tags behind its includes.

    >>> declare_tags(parse_module("#include <a.h>\n\nint f(void);\n"), ["struct s"]).code
    '#include <a.h>\n\nstruct s;\n\nint f(void);\n'
    >>> guarded = parse_module("#ifdef A\n#include <a.h>\n#endif\n\nint f(void);\n")
    >>> declare_tags(guarded, ["struct s"]).code
    '#ifdef A\n#include <a.h>\n#endif\n\nstruct s;\n\nint f(void);\n'
    """
    if not tags:
        return header
    guard = include_guard(header)
    at = guard[1] + 1 if guard else 0
    for index, item in enumerate(header.items):
        if isinstance(item, Directive) and item.include:
            at = behind(header, index, ()).at
    return _put_in(header, at, "".join(f"{tag};\n" for tag in tags))


def _put_in(header: Module, at: int, text: str) -> Module:
    """Put the items of a text in front of an item, or at the end, with a blank line around them."""
    items = list(header.items)
    fresh = list(parse_module(text).items)
    fresh[0] = fresh[0].with_changes(leading="\n" if at else "")
    if at < len(items) and not items[at].leading.startswith("\n"):
        items[at] = items[at].with_changes(leading="\n" + items[at].leading)
    items[at:at] = fresh
    return header.with_items(tuple(items))
