"""Take items, or names of declarations that have several, out of a module without a trace.

No double blank line is left, and no empty `#if`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from vtsplit.cst.directives import BRANCHES, OPENERS
from vtsplit.cst.heads.declarator_list import without_declarators
from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.nodes import Declaration, Directive, Item, Module


def drop(module: Module, indices: Collection[int]) -> tuple[Module, tuple[Item, ...]]:
    r"""Return the module without some items, and those items with the comments that are theirs.

    A comment belongs to an item when no blank line stands between them; others stay.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("int a;\n\n/* b's */\nint b;\n\nint c;\n")
    >>> rest, (b,) = drop(module, {1})
    >>> rest.code, b.code
    ('int a;\n\nint c;\n', "/* b's */\nint b;\n")
    """
    if not indices:
        return module, ()
    empty = emptied(module, indices)
    kept: list[Item] = []
    taken: list[Item] = []
    left = ""  # trivia of dropped items, for the next item that stays
    for index, item in enumerate(module.items):
        if index in empty:
            left = join_trivia(left, item.leading)
        elif index in indices:
            stays, goes = split_leading(item.leading)
            left = join_trivia(left, stays)
            taken.append(item.with_changes(leading=goes))
        else:
            kept.append(item if not left else _lead(item, left))
            left = ""
    footer = join_trivia(left, module.footer) if left.strip() else module.footer
    return Module(tuple(kept), footer), tuple(taken)


def thin(module: Module, names: Mapping[int, Collection[str]]) -> Module:
    r"""Return the module with these names left out of these declarations, given by index.

    >>> from vtsplit.cst.parser import parse_module
    >>> thin(parse_module("int a;\nstatic int b(int), c(int);\n"), {1: {"b"}}).code
    'int a;\nstatic int c(int);\n'
    """
    return module.with_items(
        tuple(
            without_declarators(item, names[index])
            if index in names and isinstance(item, Declaration)
            else item
            for index, item in enumerate(module.items)
        )
    )


@dataclass
class _Branch:
    """A branch of an `#if`: its directive, and whether something in it stays, something goes."""

    index: int
    stays: bool = False
    goes: bool = False


def emptied(module: Module, indices: Collection[int]) -> frozenset[int]:
    r"""Return the `#if`s, `#else`s and `#endif`s under which nothing would be left but was before.

    >>> from vtsplit.cst.parser import parse_module
    >>> sorted(emptied(parse_module("#ifdef A\nint a;\n#endif\nint b;\n"), {1}))
    [0, 2]
    >>> sorted(emptied(parse_module("#ifdef A\nint a;\n#else\nint b;\n#endif\n"), {3}))
    [2]
    """
    empty: set[int] = set()
    opened: list[list[_Branch]] = []
    for index, item in enumerate(module.items):
        name = item.name if isinstance(item, Directive) else ""
        if opened and item.leading.strip() and index not in indices:
            opened[-1][-1].stays = True
        if name in OPENERS:
            opened.append([_Branch(index)])
        elif name in BRANCHES and opened:
            opened[-1].append(_Branch(index))
        elif name == "endif" and opened:
            branches = opened.pop()
            gone = _emptied_block(module, branches, index)
            empty |= gone
            if opened:
                opened[-1][-1].goes |= index in gone
                opened[-1][-1].stays |= index not in gone
        elif opened:
            opened[-1][-1].goes |= index in indices
            opened[-1][-1].stays |= index not in indices
    return frozenset(empty)


def _emptied_block(module: Module, branches: list[_Branch], end: int) -> set[int]:
    if not any(branch.goes for branch in branches):
        return set()
    if not any(branch.stays for branch in branches):
        return {*(branch.index for branch in branches), end}
    last = branches[-1]
    item = module.items[last.index]
    is_else = isinstance(item, Directive) and item.name == "else"
    return {last.index} if is_else and last.goes and not last.stays else set()


def _lead(item: Item, left: str) -> Item:
    return item.with_changes(leading=join_trivia(left, item.leading))


def split_leading(leading: str) -> tuple[str, str]:
    r"""Split an item's leading trivia into what stays when it goes, and what goes with it.

    >>> split_leading("\n/* section */\n\n/* its own */\n")
    ('\n/* section */\n', '/* its own */\n')

    The line of the licence is the file's.

    >>> split_leading("// SPDX-License-Identifier: MIT\n// its own\n")
    ('// SPDX-License-Identifier: MIT\n', '// its own\n')
    """
    if leading.startswith("\ufeff"):
        # The byte order mark is the file's as well.
        above, own = split_leading(leading[1:])
        return f"\ufeff{above}", own
    lines = [""]
    for token in lex(leading):
        lines[-1] += token.text
        if token.kind is Kind.NEWLINE:
            lines.append("")
    at = len(lines) - 1
    while at and lines[at - 1].strip() and "SPDX-License-Identifier:" not in lines[at - 1]:
        at -= 1
    # The blank line between the two parts is one of those that would double.
    stays = lines[: at - 1] if at > 1 and not lines[at - 1].strip() else lines[:at]
    return "".join(stays), "".join(lines[at:])


def join_trivia(first: str, second: str) -> str:
    r"""Join trivia around a gap so that blank lines there do not add up.

    >>> join_trivia("\n", "\n"), join_trivia("\n/* a */\n", "\n"), join_trivia("\n", "/* b */\n")
    ('\n', '\n/* a */\n\n', '\n/* b */\n')
    """
    if first == "\ufeff":
        return first + second.lstrip("\r\n")
    if not first.strip():
        blanks = max(first.count("\n"), _blank_lines(second))
        newline = "\r\n" if "\r\n" in first + second else "\n"
        return newline * blanks + second.lstrip("\r\n")
    return first + second


def _blank_lines(text: str) -> int:
    return text[: len(text) - len(text.lstrip("\r\n"))].count("\n")
