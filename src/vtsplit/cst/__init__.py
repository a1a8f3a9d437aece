"""C as it is written: a lossless syntax tree. It knows no ops tables, specs or files.

What is named here is the library's face, which docs/library.md describes.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vtsplit.cst.bodies.inside import inside, parse_expression, parse_statement
    from vtsplit.cst.bodies.nodes import (
        Arg,
        Block,
        Call,
        Do,
        Else,
        Expression,
        ExpressionStatement,
        For,
        If,
        Jump,
        Label,
        LocalDeclaration,
        MacroStatement,
        Member,
        Name,
        Node,
        Return,
        Statement,
        Switch,
        Text,
        Unread,
        UnreadCall,
        While,
    )
    from vtsplit.cst.nodes import (
        Declaration,
        Directive,
        FunctionDef,
        Item,
        MacroCall,
        Module,
        Opaque,
    )
    from vtsplit.cst.parser import parse_module
    from vtsplit.cst.visit import matchers as m
    from vtsplit.cst.visit.visitors import REMOVE, Transformer, Visitor, walk

__all__ = [
    "REMOVE",
    "Arg",
    "Block",
    "Call",
    "Declaration",
    "Directive",
    "Do",
    "Else",
    "Expression",
    "ExpressionStatement",
    "For",
    "FunctionDef",
    "If",
    "Item",
    "Jump",
    "Label",
    "LocalDeclaration",
    "MacroCall",
    "MacroStatement",
    "Member",
    "Module",
    "Name",
    "Node",
    "Opaque",
    "Return",
    "Statement",
    "Switch",
    "Text",
    "Transformer",
    "Unread",
    "UnreadCall",
    "Visitor",
    "While",
    "inside",
    "m",
    "parse_expression",
    "parse_module",
    "parse_statement",
    "walk",
]

_HOMES = ("bodies.inside", "bodies.nodes", "nodes", "parser", "visit.visitors")


def __getattr__(name: str) -> object:
    """Load a name when it is asked for: vtsplit's own commands do not need most of them."""
    if name == "m":
        return import_module("vtsplit.cst.visit.matchers")
    if name in __all__:
        homes = (import_module(f"vtsplit.cst.{home}") for home in _HOMES)
        return next(vars(home)[name] for home in homes if name in vars(home))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List what is loaded, and the names that are loaded when they are asked for."""
    return sorted({*globals(), *__all__})
