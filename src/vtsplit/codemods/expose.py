"""Make static functions and objects global: drop `static` and `inline`, realign what moved.

Before:

    static int __init foo_setup(struct foo *foo,
                                int flags)

After:

    int __init foo_setup(struct foo *foo,
                         int flags)
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from vtsplit.cst.guards import read_by_cplusplus
from vtsplit.cst.heads.annotations import INLINE
from vtsplit.cst.lexer import Kind, Token, lex
from vtsplit.cst.nodes import Declaration, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.spans import nested
from vtsplit.cst.style.align import ChangedToken, realign
from vtsplit.cst.style.continuation import aligns
from vtsplit.cst.style.indentation import KERNEL, Indentation, indentation_of
from vtsplit.cst.visit.visitors import Transformer

_NOTHING: Mapping[str, str] = MappingProxyType({})


def expose(module: Module, names: Collection[str], hidden: Mapping[str, str] = _NOTHING) -> Module:
    r"""Return the module with these definitions made global; other items are shared.

    `hidden` are macros that have `static` in them, with what is written in their place. What C++
    alone reads stays.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("static inline int f(int a,\n\t\t    int b)\n{\n}\n")
    >>> print(expose(module, {"f"}).code.expandtabs(), end="")
    int f(int a,
          int b)
    {
    }
    """
    style, others = indentation_of(module.code), read_by_cplusplus(module)
    made = _Expose(frozenset(names), hidden, style, others, force=aligns(module.items))
    return made.transform(module)


class _Expose(Transformer):
    def __init__(
        self,
        names: frozenset[str],
        hidden: Mapping[str, str],
        style: Indentation,
        others: Collection[Item],
        *,
        force: bool,
    ) -> None:
        self.others = {id(one) for one in others}
        self.style = style
        self.force = force
        self.names = names
        self.hidden = hidden

    def leave_FunctionDef(  # noqa: N802 (named after the node)
        self, original: FunctionDef, item: FunctionDef
    ) -> Item:
        if item.name not in self.names or id(item) in self.others:
            return item
        if not item.head.storage & {"static", "inline"} and not self._hides(item):
            return item
        head = drop_linkage(item.text[: item.body], self.force, self.hidden, self.style)
        return item.with_changes(text=head + item.text[item.body :], body=len(head))

    def leave_Declaration(  # noqa: N802 (named after the node)
        self, original: Declaration, item: Declaration
    ) -> Item:
        if item.name not in self.names or item.head.is_function or id(item) in self.others:
            return item
        if not item.head.is_static and not self._hides(item):
            return item
        end = item.head.initializer or len(item.text)
        head = drop_linkage(item.text[:end], hidden=self.hidden, style=self.style)
        return item.with_changes(text=head + item.text[end:])

    def _hides(self, item: FunctionDef | Declaration) -> bool:
        return any(t.text in self.hidden for t in item.head.tokens[: item.head.name_index])


def spelled_out(item: Declaration, hidden: Mapping[str, str]) -> Declaration:
    r"""Return a declaration with `static`, and what else they say, in place of macros.

    >>> from vtsplit.cst.parser import parse_module
    >>> (item,) = parse_module("LOCAL const int a[] = { 1 };\n").items
    >>> spelled_out(item, {"LOCAL": ""}).code
    'static const int a[] = { 1 };\n'
    """
    end = item.head.initializer or len(item.text)
    words = (token.text for token in lex(item.text[:end]))
    head = "".join(f"static {hidden[word]}".strip() if word in hidden else word for word in words)
    (made,) = parse_module(head + item.text[end:]).items
    assert isinstance(made, Declaration)
    return made.with_changes(leading=item.leading, trailing=item.trailing)


def drop_linkage(
    head: str,
    force: bool = False,
    hidden: Mapping[str, str] = _NOTHING,
    style: Indentation = KERNEL,
) -> str:
    r"""Return the text of a head without `static` and `inline` and the white space behind them.

    `force` aligns continuation lines that were not, as checkpatch.pl asks of a touched line; it is
    for files that align most of theirs.
    `hidden` are macros with `static` in them: the words they stand for beside it take their place.

    >>> drop_linkage("__init static\nint f(void)"), drop_linkage("static\nint f(void)")
    ('__init\nint f(void)', 'int f(void)')
    >>> drop_linkage("STATIC int f(void)", hidden={"STATIC": "noinline"})
    'noinline int f(void)'
    """
    tokens = lex(head)
    gone = _linkage(tokens, {macro for macro, rest in hidden.items() if not rest})
    pieces = [
        ChangedToken(token.text, "" if at in gone else hidden.get(token.text, token.text), force)
        for at, token in enumerate(tokens)
    ]
    return realign(pieces, style=style)


def _linkage(tokens: tuple[Token, ...], macros: set[str]) -> set[int]:
    """Return the indices of the specifiers to drop and of the white space that goes with each."""
    gone: set[int] = set()
    for at, (token, depth) in enumerate(nested(tokens)):
        if not depth and token.kind is Kind.IDENT and token.text in (INLINE | {"static"} | macros):
            gone.add(at)
            gone |= _white_space_of(tokens, at, gone)
    return gone


def _white_space_of(tokens: tuple[Token, ...], at: int, gone: set[int]) -> set[int]:
    following = at + 1
    if following == len(tokens):
        return set()
    line_start = all(before in gone for before in range(at))
    first_on_line = line_start or tokens[at - 1].text.endswith("\n")
    if tokens[following].kind is Kind.SPACE:
        # `static /* why */ int`: the blank goes, the comment stays.
        last = following + 1 < len(tokens) and tokens[following + 1].kind is Kind.NEWLINE
        return {following, following + 1} if last and first_on_line else {following}
    if tokens[following].kind is Kind.NEWLINE:
        before = {at - 1} if at and tokens[at - 1].kind is Kind.SPACE else set()
        return {following} if first_on_line else before
    return set()
