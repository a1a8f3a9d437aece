"""Rename file-scope objects where their names mean them: in code, macro bodies and comments.

Before:

    static int create(void);        /* create() makes one */
    struct ops o = { .create = create };

After renaming `create` to `foo_create`:

    static int foo_create(void);        /* foo_create() makes one */
    struct ops o = { .create = foo_create };
"""

from collections import deque
from collections.abc import Mapping

from vtsplit.cst.edits import Edit, apply_edits
from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.meaning.occurrences import Occurrence, find_occurrences
from vtsplit.cst.nodes import Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.style.align import ChangedToken, keep_backslashes, realign
from vtsplit.cst.style.indentation import Indentation, indentation_of


def rename(
    module: Module,
    names: Mapping[str, str],
    macro_of: MacroOf = lambda _: None,
    comments_only: bool = False,
    style: Indentation | None = None,
) -> Module:
    r"""Return the module with old names replaced by new ones, aligned lines kept aligned.

    `comments_only` is for files in which the name cannot mean the object, being static elsewhere.
    `style` is how the file indents, where the module is a part of it.

    >>> module = parse_module("static int f(void);\nstruct o t = { .f = f, .g = \"f\" };\n")
    >>> rename(module, {"f": "x_f"}).code
    'static int x_f(void);\nstruct o t = { .f = x_f, .g = "f" };\n'
    """
    wanted = frozenset(names)
    style = style or indentation_of(module.code)
    items = tuple(
        _rename_item(item, names, wanted, macro_of, comments_only, style) for item in module.items
    )
    changed = module.with_items(items)
    footer = _rename_footer(module.footer, names, wanted, style)
    if footer != module.footer:
        changed = Module(changed.items, footer)
    return changed


def _rename_item(
    item: Item,
    names: Mapping[str, str],
    wanted: frozenset[str],
    macro_of: MacroOf,
    comments_only: bool,
    style: Indentation,
) -> Item:
    found = [
        occurrence
        for occurrence in find_occurrences(item, wanted, macro_of)
        if occurrence.meaning.refers
        and (not comments_only or occurrence.meaning is occurrence.meaning.COMMENT)
    ]
    if not found:
        return item
    return _reread(item, _replace(item.code, found, names, style))


def _replace(
    code: str, found: list[Occurrence], names: Mapping[str, str], style: Indentation
) -> str:
    """Replace the occurrences, token by token, and realign what moved."""
    pieces = []
    offset, pending = 0, deque(found)
    for token in lex(code):
        text, end = token.text, offset + len(token.text)
        inside = []
        while pending and pending[0].offset < end:
            inside.append(pending.popleft())
        text = apply_edits(text, (_edit(occurrence, offset, names) for occurrence in inside))
        if inside and token.kind is Kind.DIRECTIVE:
            text = keep_backslashes(token.text, text)
        pieces.append(ChangedToken(token.text, text))
        offset = end
    return realign(pieces, style=style)


def _edit(occurrence: Occurrence, offset: int, names: Mapping[str, str]) -> Edit:
    start = occurrence.offset - offset
    return Edit(start, start + len(occurrence.name), names[occurrence.name])


def _reread(item: Item, code: str) -> Item:
    """Read a changed item anew, keeping what is its trivia."""
    (fresh,) = parse_module(code).items if _is_one(code) else (None,)
    if fresh is not None and type(fresh) is type(item):
        return fresh
    # An item that its file's surroundings made what it is (an open `#if`): keep its kind.
    text_start = len(code) - len(item.trailing)
    return item.with_changes(leading="", text=code[:text_start], trailing=code[text_start:])


def _is_one(code: str) -> bool:
    module = parse_module(code)
    return len(module.items) == 1 and not module.footer


def _rename_footer(
    footer: str, names: Mapping[str, str], wanted: frozenset[str], style: Indentation
) -> str:
    if not footer.strip():
        return footer
    item = Item("", footer, "")
    found = [o for o in find_occurrences(item, wanted) if o.meaning.refers]
    return _replace(footer, found, names, style) if found else footer
