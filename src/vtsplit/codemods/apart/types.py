"""Give a type that is defined together with an object a declaration of its own.

Before:

    static struct command {
            int (*run)(void);
    } commands[] = {

After:

    struct command {
            int (*run)(void);
    };static struct command commands[] = {

No line gets another number. Both move away from here, each to a place of its own. A type that has
no name gets the name of the object.
"""

from collections.abc import Collection

from vtsplit.cst.heads.own_type import separated, together, with_tag, without_tag
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
            parts = separated(with_tag(item) or item)
        text = "".join(parts) if parts else item.text
        texts.append(f"{item.leading}{text}{item.trailing}")
    return "".join(texts) + module.footer


def join(
    module: Module, tags: Collection[str], unneeded: Collection[str] = ()
) -> tuple[str, frozenset[str]]:
    r"""Return the text with those of these types, by tag, joined that still stand where they did.

    Also returned are the tags. One that has moved, or whose object has, has no object behind it.
    Types of the `unneeded` tags lose them again.

    >>> from vtsplit.cst.parser import parse_module
    >>> print(*join(parse_module("struct a {\n  int b;\n};struct a c;\n"), {"struct a"}))
    struct a {
      int b;
    } c;
     frozenset({'struct a'})
    """
    texts: list[str] = []
    joined: set[str] = set()
    items = module.items
    at = 0
    while at < len(items):
        one, text = items[at], None
        other = items[at + 1] if at + 1 < len(items) else None
        if isinstance(one, Declaration) and isinstance(other, Declaration):
            is_next = one.head.tag in tags and not one.trailing and not other.leading
            text = together(one, other) if is_next else None
        if text is None or other is None or not isinstance(one, Declaration):
            texts.append(one.code)
            at += 1
            continue
        if one.head.tag in unneeded:
            text = without_tag(one.with_changes(text=text)).text
        texts.append(f"{one.leading}{text}{other.trailing}")
        joined.add(one.head.tag)
        at += 2
    return "".join(texts) + module.footer, frozenset(joined)
