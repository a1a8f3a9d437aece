"""Refuse files that are not C, or not complete, before anything is concluded from them."""

import re

from vtsplit.cst.conditions import never_holds
from vtsplit.cst.guards import MOST_BRANCHES, MOST_NESTED, find_beyond
from vtsplit.cst.lexer import Kind, lex, unfolded
from vtsplit.cst.nodes import Item, Opaque
from vtsplit.diagnostics import Site
from vtsplit.example_trees import above_table, edited
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.search.listing import C_SUFFIXES, TEXT_SUFFIXES
from vtsplit.survey.search.words import WordFiles
from vtsplit.tree.repository import is_sparse
from vtsplit.tree.source_tree import SourceTree

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

DEEP_CONDITIONS = Rule(
    "VT017",
    "deep-conditions",
    "conditions are nested too deeply",
    f"No more is followed than {MOST_NESTED} `#if` inside of one another, and {MOST_BRANCHES} "
    "branches of one `#if`. Compilers need not take more than 63 (C11 5.2.4.1).",
    "Divide the `#if`, or the file.",
    Example(above_table("#if A\n" * 101 + "#endif\n" * 101)),
)

TOO_DEEP = Rule(
    "VT017",
    "too-deep",
    "something is nested too deeply",
    "A text of the tree or of the spec has brackets, statements or types inside of one another by "
    "the hundreds, and vtsplit cannot follow them.",
    "Find the text that a program has made, and take it out of the tree.",
    "It comes up when an expression has a thousand parentheses inside of one another.",
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
    if _refuse_open_comment(file, ledger):
        return file
    deep = find_beyond(file.module)
    if deep is not None:
        message = "conditions are nested too deeply here, or an #if has too many branches"
        ledger.refuse(DEEP_CONDITIONS, message, file.site(deep), "divide them")
    open_blocks = 0
    for index, item in enumerate(file.module.items):
        if never_holds(file.guards[index]):
            continue
        open_blocks += item.text.startswith("extern") and item.text.endswith("{")
        stray = item.text[0] in ")]}" and not (item.text == "}" and open_blocks > 0)
        open_blocks -= item.text == "}"
        unbalanced = isinstance(item, Opaque) and item.unbalanced
        if stray or unbalanced:
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


def refuse_unread(words: WordFiles, ledger: Ledger) -> None:
    """Refuse a tree if a C file or a folder could not be searched for the names."""
    unread = [path for path in words.unread if _may_be_code(path)]
    for path in unread[:_TOLD]:
        more = f", nor {len(unread) - _TOLD} more" if len(unread) > _TOLD else ""
        ledger.refuse(
            UNSEARCHED,
            f"cannot read '{path}'{more}: it may use a name that changes",
            Site(path),
            "make it readable, or remove it from the tree",
        )


def warn_of_absent_files(tree: SourceTree, ledger: Ledger) -> None:
    """Warn of a tree that lacks files which git has: nobody has searched them for the names."""
    if is_sparse(tree.root):
        ledger.warn(
            "the checkout is sparse: files that are not there may use what changes",
            None,
            "run `git sparse-checkout disable` to have them searched as well",
        )


def _may_be_code(path: str) -> bool:
    is_folder = not path.endswith(TEXT_SUFFIXES)
    return is_folder or path.endswith(C_SUFFIXES)


def _refuse_open_comment(file: CFile, ledger: Ledger) -> bool:
    """Refuse a comment that does not end, as it hides all that follows; tell if there is one."""
    code = file.module.code
    if code.rfind("/*") + 1 <= code.rfind("*/"):
        return False
    line = 1
    for token in unfolded(lex(code)):
        text = token.text
        if token.kind is Kind.COMMENT and text[:2] == "/*" and not text[2:].endswith("*/"):
            message = "the comment that starts here does not end"
            ledger.refuse(UNBALANCED, message, Site(file.path, line), "end it with */")
            return True
        line += text.count("\n")
    return False


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
