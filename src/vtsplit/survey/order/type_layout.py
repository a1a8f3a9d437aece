"""What decides on the layout of types besides their text: pragmas in force, macros in `#if`."""

import re

from vtsplit.cst.directives import OPENERS, directive_name
from vtsplit.cst.guards import item_guards
from vtsplit.cst.lexer import Kind, lex_line
from vtsplit.cst.nodes import Directive, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.pragmas import Pragmas, pragma_of

_OF_LAYOUT = re.compile(r"(?:pack|scalar_storage_order|ms_struct)\b")


def laid_out_by_pragma(module: Module) -> dict[int, int]:
    r"""Return the items that stand under a pragma for layout, each with the pragma's index.

    The pragmas are GCC's (Structure-Layout Pragmas, Storage Order Pragmas).

    >>> module = parse_module("#pragma pack(1)\nint a;\n#pragma pack()\nint b;\n")
    >>> laid_out_by_pragma(module)
    {1: 0}
    """
    found: dict[int, int] = {}
    pragmas = Pragmas()
    last = -1
    for index, item in enumerate(module.items):
        if isinstance(item, Directive) and item.name == "pragma":
            pragmas.follow(pragma_of(item.text))
            last = index if _OF_LAYOUT.match(item.argument) else last
        elif any(_OF_LAYOUT.match(one) for one in pragmas.in_force):
            found[index] = last
    return found


def layout_macros(text: str) -> frozenset[str]:
    r"""Return the names in conditions that decide which types a header defines, and of what.

    >>> text = "#ifdef A\nint f(void);\n#endif\nstruct s {\n#if B > 1\nint m;\n#endif\n};"
    >>> sorted(layout_macros(text))
    ['B']
    """
    module = parse_module(text)
    found: set[str] = set()
    for item, guard in zip(module.items, item_guards(module), strict=True):
        if not item.is_type:
            continue
        conditions = [condition.expression for condition in guard]
        conditions += [
            token.text
            for token in item.tokens
            if token.kind is Kind.DIRECTIVE and directive_name(token.text) in {*OPENERS, "elif"}
        ]
        found = found.union(*map(_words, conditions))
    return frozenset(found - {"defined"} - OPENERS - {"elif"})


def _words(condition: str) -> set[str]:
    hashed = condition.find("#") + 1
    return {token.text for token in lex_line(condition[hashed:]) if token.kind is Kind.IDENT}
