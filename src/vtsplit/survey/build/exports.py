"""What a file exports to modules, and how the tree at hand writes a namespace."""

from collections.abc import Mapping

from vtsplit.cst.directives import Macro
from vtsplit.cst.lexer import code_words
from vtsplit.cst.nodes import MacroCall, Module


def exports_of(module: Module) -> Mapping[str, str]:
    r"""Return the names that a file exports, each with its namespace, which may be empty.

    >>> from vtsplit.cst.parser import parse_module
    >>> exports_of(parse_module('EXPORT_SYMBOL(a);\nEXPORT_SYMBOL_NS_GPL(b, "X");\n'))
    {'a': '', 'b': 'X'}
    """
    found: dict[str, str] = {}
    for item in module.items:
        if isinstance(item, MacroCall) and item.name.startswith("EXPORT_SYMBOL"):
            words = _arguments(item)
            if words:
                found[words[0]] = words[-1] if "_NS" in item.name and len(words) > 1 else ""
    return found


def imports_of(module: Module) -> frozenset[str]:
    r"""Return the namespaces that a file imports.

    >>> from vtsplit.cst.parser import parse_module
    >>> imports_of(parse_module("MODULE_IMPORT_NS(FOO);\n"))
    frozenset({'FOO'})
    """
    return frozenset(
        word
        for item in module.items
        if isinstance(item, MacroCall) and item.name == "MODULE_IMPORT_NS"
        for word in _arguments(item)[:1]
    )


def _arguments(item: MacroCall) -> list[str]:
    """Return the words of a call's arguments, without the quotes of strings."""
    words = code_words(item.tokens)
    return [word.strip('"') for word in words[1:] if word not in {"(", ")", ",", ";"}]


def namespace_word(macro: Macro | None, name: str) -> str:
    """Return a namespace as a tree's macro takes it: its name, or a string.

    Up to Linux 6.12 the macro itself makes a string of it.

    >>> from vtsplit.cst.directives import read_macro
    >>> bare = read_macro("#define E(sym, ns) __E(sym, __stringify(ns))")
    >>> string = read_macro("#define E(sym, ns) __E(sym, ns)")
    >>> namespace_word(bare, "FOO"), namespace_word(string, "FOO")
    ('FOO', '"FOO"')
    """
    words = [token.text for token in macro.body] if macro else ["__stringify"]
    makes = any(word in {"__stringify", "#", "__stringify_1"} for word in words)
    return name if makes else f'"{name}"'
