"""Refuse files that are not C, or not complete, before anything is concluded from them."""

import re
from itertools import pairwise

from vtsplit.cst.conditions import never_holds
from vtsplit.cst.lexer import Kind, unfolded
from vtsplit.cst.nodes import Item, Opaque
from vtsplit.diagnostics import Site
from vtsplit.example_trees import edited
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.words import C_SUFFIXES, TEXT_SUFFIXES, Words

UNBALANCED = Rule(
    "VT016",
    "unbalanced",
    "vtsplit cannot tell where something ends",
    "A bracket is never closed, or a semicolon is missing, so nothing behind it can be read "
    "safely. A macro that opens a structure and another that closes it also look like that.",
    "Check that the file is C and complete. Write the text of such macros in their place.",
    Example(edited("lamp.c", ("return light->level;\n}", "return light->level;"))),
)

CUT_NAME = Rule(
    "VT016",
    "cut-name",
    "a backslash cuts a name in two",
    "A backslash at the end of a line stands inside of a name. vtsplit would not find the name "
    "where it is used.",
    "Write the name on one line.",
    Example(edited("lamp.c", ("return light", "return li\\\nght"))),
)

UNSEARCHED = Rule(
    "VT011",
    "unsearched",
    "a file of the tree could not be searched",
    "Any C file of the tree may use a name that changes, so vtsplit has to be able to read all "
    "of them.",
    "Make the file or folder readable, or remove it from the tree.",
    "It comes up when a folder of the tree belongs to another user, who lets nobody read it.",
)


_TOLD = 3  # files that are named
_CUT = re.compile(r"\w\\[ \t]*\r?\n\w")


def refuse_unreadable(file: CFile, ledger: Ledger) -> CFile:
    """Record each place from which on the file cannot be read, and return the file."""
    open_blocks = 0
    for index, item in enumerate(file.module.items):
        if never_holds(file.guards[index]):
            continue
        open_blocks += item.text.startswith("extern") and item.text.endswith("{")
        stray = item.text[0] in ")]}" and not (item.text == "}" and open_blocks > 0)
        open_blocks -= item.text == "}"
        unbalanced = isinstance(item, Opaque) and item.unbalanced
        if stray or unbalanced or _has_open_comment(item):
            ledger.refuse(
                UNBALANCED,
                "cannot tell where the code that starts here ends: a bracket or semicolon is "
                "missing",
                file.site(index),
                "check that the file is C and complete",
            )
        elif _CUT.search(item.text) and (name := _cut_name(item)):
            ledger.refuse(
                CUT_NAME,
                f"a backslash at the end of a line cuts the name '{name}' in two",
                file.site(index),
                "write it on one line",
            )
    return file


def refuse_unread(words: Words, ledger: Ledger) -> None:
    """Refuse a tree of which some C file or folder could not be searched for the names."""
    unread = [path for path in words.unread if _may_be_code(path)]
    for path in unread[:_TOLD]:
        more = f", nor {len(unread) - _TOLD} more" if len(unread) > _TOLD else ""
        ledger.refuse(
            UNSEARCHED,
            f"cannot read '{path}'{more}: it may use a name that changes",
            Site(path),
            "make it readable, or remove it from the tree",
        )


def _may_be_code(path: str) -> bool:
    is_folder = not path.endswith(TEXT_SUFFIXES)
    return is_folder or path.endswith(C_SUFFIXES)


def _has_open_comment(item: Item) -> bool:
    """Tell whether a comment starts in an item that ends nowhere."""
    if item.text.count("/*") <= item.text.count("*/"):
        return False
    texts = [token.text for token in item.tokens]
    return any(pair == ("/", "*") for pair in pairwise(texts))


def _cut_name(item: Item) -> str:
    r"""Return the name that an item goes on writing on the next line (C11 5.1.1.2p1); "" for none.

    >>> from vtsplit.cst.parser import parse_module
    >>> _cut_name(parse_module("int ab\\\ncd;\n").items[0])
    'abcd'
    """
    tokens = list(unfolded(item.tokens))
    for before, cut, behind in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (before.kind, cut.kind, behind.kind) == (Kind.IDENT, Kind.SPLICE, Kind.IDENT):
            return before.text + behind.text
    return ""
