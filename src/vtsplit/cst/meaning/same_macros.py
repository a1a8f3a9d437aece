"""Whether the macros of a function allow another text that does the same."""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from vtsplit.cst.directives import Macro
from vtsplit.cst.lexer import Kind
from vtsplit.cst.spans import matching, nested

_CONTROL = frozenset("if else for while do switch case default goto break continue return".split())
_MADE = frozenset({"#", "##", "offsetof", "__builtin_offsetof"})
_OTHER_NAMES = frozenset({".", "->", "struct", "union", "enum", "goto"})


def reached(
    names: Collection[str], macros_of: Callable[[Collection[str]], Mapping[str, Sequence[Macro]]]
) -> dict[str, Sequence[Macro]]:
    """Return the macros among some names, and those that their bodies use in turn."""
    found: dict[str, Sequence[Macro]] = {}
    pending, asked = {*names}, set[str]()
    while pending:
        asked |= pending
        new = {name: macros for name, macros in macros_of(sorted(pending)).items() if macros}
        found |= new
        words = {
            token.text
            for macros in new.values()
            for macro in macros
            for token in macro.body
            if token.kind is Kind.IDENT
        }
        pending = words - asked
    return found


def are_hygienic(macros: Mapping[str, Sequence[Macro]], names: Collection[str]) -> bool:
    """Tell whether macros do not care what the locals of their callers are called.

    They do if one makes a string or a name of an argument (C11 6.10.3.2, 6.10.3.3), takes it for a
    member or a tag, has one of these names in its body, or is called so itself.

    >>> from vtsplit.cst.directives import read_macro
    >>> told = lambda text: are_hygienic({"M": [read_macro(text)]}, {"x"})
    >>> told("#define M(a) ((a)->x_id)"), told("#define M(a) #a"), told("#define M(a) ((a) + x)")
    (True, False, False)
    >>> told("#define M(a, b) ((a)->b)")
    False
    """
    if macros.keys() & set(names):
        return False
    for macro in (one for many in macros.values() for one in many):
        own = macro.parameters or ()
        words = [token.text for token in macro.body]
        if {*words} & _MADE or {*words} & ({*names} - {*own}):
            return False
        if any(before in _OTHER_NAMES and word in own for before, word in pairwise(words)):
            return False
    return True


def are_statements(macros: Mapping[str, Sequence[Macro]]) -> bool:
    """Tell whether each macro is one statement at most, so that braces round it say nothing.

    >>> from vtsplit.cst.directives import read_macro
    >>> told = lambda text: are_statements({"M": [read_macro(text)]})
    >>> told("#define M(a) do { f(a); g(a); } while (0)"), told("#define M(a) ({ f(a); g(a); })")
    (True, True)
    >>> told("#define M(a) f(a); g(a)"), told("#define M(a) if (a)")
    (False, False)
    """
    return all(_is_statement(macro) for many in macros.values() for macro in many)


def _is_statement(macro: Macro) -> bool:
    words = [token.text for token in macro.body]
    if words[:2] == ["do", "{"]:
        end = matching(words, 1)
        if words[end + 1 : end + 3] != ["while", "("]:
            return False
        return matching(words, end + 2) == len(words) - 1
    depth = 0
    for word, depth in nested(words):
        if depth < 0 or (not depth and (word in _CONTROL or word in {";", "{", "}"})):
            return False
        if depth == 1 and word == "{":
            return False
    return not depth
