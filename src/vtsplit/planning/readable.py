"""Refuse files that are not C, or not whole, before anything is concluded from them."""

from itertools import pairwise

from vtsplit.cst.nodes import Item, Opaque
from vtsplit.planning.steps import Ledger
from vtsplit.survey.files import CFile


def refuse_unreadable(file: CFile, ledger: Ledger) -> CFile:
    """Record each place from which on the file cannot be read, and return the file."""
    open_blocks = 0
    for index, item in enumerate(file.module.items):
        open_blocks += item.text.startswith("extern") and item.text.endswith("{")
        stray = item.text[0] in ")]}" and not (item.text == "}" and open_blocks > 0)
        open_blocks -= item.text == "}"
        unbalanced = isinstance(item, Opaque) and item.unbalanced
        if stray or unbalanced or _has_open_comment(item):
            ledger.refuse(
                "VT016",
                "cannot tell where what starts here ends: a bracket or semicolon is missing",
                file.site(index),
                "is this C, and whole?",
            )
    return file


def _has_open_comment(item: Item) -> bool:
    """Tell whether a comment starts in an item that ends nowhere."""
    if item.text.count("/*") <= item.text.count("*/"):
        return False
    texts = [token.text for token in item.tokens]
    return any(pair == ("/", "*") for pair in pairwise(texts))
