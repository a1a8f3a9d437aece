"""Make static functions of a header inline: a file that includes it need not use them then.

Before:

    static struct foo *to_foo(struct dev *dev,
                              int unit)

After:

    static inline struct foo *to_foo(struct dev *dev,
                                     int unit)
"""

from collections.abc import Collection

from vtsplit.cst.lexer import lex
from vtsplit.cst.nodes import FunctionDef, Item, Module
from vtsplit.cst.style.align import ChangedToken, realign
from vtsplit.cst.style.indentation import Indentation, indentation_of


def make_inline(module: Module, indices: Collection[int]) -> Module:
    r"""Return the module with these functions inline, given by index; other items are shared.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("int a;\nstatic int\nf(int a,\n  int b)\n{\n}\n")
    >>> print(make_inline(module, {1}).code, end="")
    int a;
    static inline int
    f(int a,
      int b)
    {
    }
    """
    style = indentation_of(module.code)
    return module.with_items(
        tuple(
            _inline(item, style) if index in indices and isinstance(item, FunctionDef) else item
            for index, item in enumerate(module.items)
        )
    )


def _inline(item: FunctionDef, style: Indentation) -> Item:
    tokens = [token.text for token in lex(item.text[: item.body])]
    at = tokens.index("static")
    pieces = [ChangedToken(text, text) for text in tokens]
    pieces[at] = ChangedToken("static", "static inline")
    head = realign(pieces, style=style)
    return item.with_changes(text=head + item.text[item.body :], body=len(head))
