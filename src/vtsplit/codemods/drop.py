"""Take items out of a module without leaving a trace: no double blank line, no empty `#if`."""

from collections.abc import Collection

from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.nodes import Directive, Item, Module


def drop(module: Module, indices: Collection[int]) -> tuple[Module, tuple[Item, ...]]:
    r"""Return the module without some items, and those items with the comments that are theirs.

    A comment belongs to an item when no blank line stands between them; others stay.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("int a;\n\n/* b's */\nint b;\n\nint c;\n")
    >>> rest, (b,) = drop(module, {1})
    >>> rest.code, b.code
    ('int a;\n\nint c;\n', "/* b's */\nint b;\n")
    """
    kept: list[Item] = []
    taken: list[Item] = []
    left = ""  # trivia of dropped items, for the next item that stays
    holes: list[int] = []
    for index, item in enumerate(module.items):
        if index in indices:
            stays, goes = split_leading(item.leading)
            left = join_trivia(left, stays)
            taken.append(item.with_changes(leading=goes))
            holes.append(len(kept))
        else:
            kept.append(item if not left else _lead(item, left))
            left = ""
    if not taken:
        return module, ()
    footer = join_trivia(left, module.footer) if left.strip() else module.footer
    return Module(tuple(_without_empty_conditionals(kept, holes)), footer), tuple(taken)


def _lead(item: Item, left: str) -> Item:
    return item.with_changes(leading=join_trivia(left, item.leading))


def split_leading(leading: str) -> tuple[str, str]:
    r"""Split an item's leading trivia into what stays when it goes, and what goes with it.

    >>> split_leading("\n/* section */\n\n/* its own */\n")
    ('\n/* section */\n', '/* its own */\n')
    """
    lines = [""]
    for token in lex(leading):
        lines[-1] += token.text
        if token.kind is Kind.NEWLINE:
            lines.append("")
    at = len(lines) - 1
    while at and lines[at - 1].strip():
        at -= 1
    # The blank line between the two parts is one of those that would double.
    stays = lines[: at - 1] if at > 1 else lines[:at]
    return "".join(stays), "".join(lines[at:])


def join_trivia(first: str, second: str) -> str:
    r"""Join trivia around a gap so that blank lines there do not add up.

    >>> join_trivia("\n", "\n"), join_trivia("\n/* a */\n", "\n"), join_trivia("\n", "/* b */\n")
    ('\n', '\n/* a */\n\n', '\n/* b */\n')
    """
    if not first.strip():
        blanks = max(first.count("\n"), _blank_lines(second))
        newline = "\r\n" if "\r\n" in first + second else "\n"
        return newline * blanks + second.lstrip("\r\n")
    return first + second


def _blank_lines(text: str) -> int:
    return text[: len(text) - len(text.lstrip("\r\n"))].count("\n")


def _without_empty_conditionals(items: list[Item], holes: list[int]) -> list[Item]:
    """Remove an `#if` and its `#endif` when dropping emptied the block between them."""
    gone: set[int] = set()
    for hole in holes:
        before, after = hole - 1, hole
        while before >= 0 and after < len(items) and _bounds(items[before], items[after]):
            gone |= {before, after}
            before, after = before - 1, after + 1
    kept: list[Item] = []
    left = ""
    for at, item in enumerate(items):
        if at in gone:
            left = join_trivia(left, item.leading)
        else:
            kept.append(_lead(item, left) if left else item)
            left = ""
    return kept


def _bounds(opener: Item, closer: Item) -> bool:
    return (
        isinstance(opener, Directive)
        and isinstance(closer, Directive)
        and opener.name in {"if", "ifdef", "ifndef"}
        and closer.name == "endif"
        and not closer.leading.strip()
    )
