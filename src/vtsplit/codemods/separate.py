"""Give a type that is defined together with an object a declaration of its own.

Before:

    static struct command {
            int (*run)(void);
    } commands[] = {

After:

    struct command {
            int (*run)(void);
    };static struct command commands[] = {

No line gets another number. Both move away from here, each to a place of its own.
"""

from collections.abc import Collection

from vtsplit.cst.heads.own_type import separated
from vtsplit.cst.nodes import Declaration, Module


def separate(module: Module, indices: Collection[int]) -> str:
    r"""Return the module's text with the types of these items, given by index, apart.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("static struct a {\n  int b;\n} c = {\n  1\n};\n")
    >>> print(separate(module, {0}), end="")
    struct a {
      int b;
    };static struct a c = {
      1
    };
    """
    texts = []
    for index, item in enumerate(module.items):
        parts = None
        if index in indices and isinstance(item, Declaration):
            parts = separated(item)
        text = "".join(parts) if parts else item.text
        texts.append(f"{item.leading}{text}{item.trailing}")
    return "".join(texts) + module.footer
