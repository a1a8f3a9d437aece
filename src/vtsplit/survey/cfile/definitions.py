"""What a module declares at file scope: each name with the items that declare it, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from vtsplit.cst.conditions import Guard, exclude, is_no_c
from vtsplit.cst.directives import BRANCHES, OPENERS, Macro, directive_name
from vtsplit.cst.guards import item_guards
from vtsplit.cst.heads.annotations import KEYWORDS
from vtsplit.cst.heads.declarator import Head
from vtsplit.cst.heads.declarator_list import declarators_of
from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, MacroCall, Module
from vtsplit.cst.spans import nested

_IN_MODULE = "_definitions"
_FEW = 8  # names for which all declarations need not be read


class Sort(Enum):
    """How an item declares a name."""

    FUNCTION = "function"
    PROTOTYPE = "prototype"
    OBJECT = "object"
    TENTATIVE = "tentative definition"
    EXTERN = "extern declaration"
    MACRO = "macro"
    TYPE = "type"
    ENUMERATOR = "enumerator"
    MACRO_CALL = "macro call"


@dataclass(frozen=True)
class Definition:
    """One declaration of a name: the index of its item, how it declares it, its guard."""

    name: str
    sort: Sort
    index: int
    item: Item
    guard: Guard

    @property
    def is_static(self) -> bool:
        """Whether it has internal linkage by its own words."""
        return isinstance(self.item, FunctionDef | Declaration) and self.item.head.is_static


def with_tentative(
    defining: Sequence[Definition], tentative: Iterable[Definition]
) -> tuple[Definition, ...]:
    """Return an object's definitions with the tentative ones that are the only ones somewhere.

    A tentative definition stands for one of zeros where no other is (C11 6.9.2p2), as it may in
    another branch of an `#if`.
    """
    found = list(defining)
    for one in reversed(list(tentative)):
        if all(exclude(one.guard, other.guard) for other in found):
            found.append(one)
    return tuple(sorted(found, key=lambda definition: definition.index))


class Definitions:
    r"""The declared names of a module. Definitions that only a C++ compiler reads are left out.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("static int f(void);\n#define M 1\nstruct s { int a; };\n")
    >>> found = Definitions(module)
    >>> [(d.name, d.sort.value) for name in ("f", "M", "struct s") for d in found.of(name)]
    [('f', 'prototype'), ('M', 'macro'), ('struct s', 'type')]

    A macro can have a type's body:

    >>> found = Definitions(parse_module("#define BODY { int a; }\nstruct s BODY;\n"))
    >>> [(d.name, d.sort.value) for name in ("BODY", "struct s") for d in found.of(name)]
    [('BODY', 'macro'), ('struct s', 'type')]
    """

    @classmethod
    def in_module(cls, module: Module) -> Definitions:
        """Return what a module declares; what has been found is kept with it."""
        kept: Definitions | None = vars(module).get(_IN_MODULE)
        if kept is None:
            # In the module itself, as a cached property of it would be; by way of a copy, so that
            # no cycle keeps a module that nobody asks for any more.
            kept = vars(module)[_IN_MODULE] = cls(replace(module))
        return kept

    def __init__(self, module: Module) -> None:
        self.module = module
        self._asked: dict[str, tuple[Definition, ...]] = {}
        self._macros: dict[str, tuple[Macro, ...]] = {}

    @cached_property
    def by_name(self) -> dict[str, tuple[Definition, ...]]:
        """Every declared name; tags with their keyword, `struct x`."""
        found: dict[str, list[Definition]] = {}
        for definition in self._in_items_with(""):
            found.setdefault(definition.name, []).append(definition)
        return {name: tuple(definitions) for name, definitions in found.items()}

    def of(self, name: str, *sorts: Sort) -> tuple[Definition, ...]:
        """Return the declarations of a name, of these sorts when any are given."""
        return tuple(d for d in self._of(name) if not sorts or d.sort in sorts)

    def _of(self, name: str) -> tuple[Definition, ...]:
        """Look for few names in the items that have them: to read all heads is what takes time."""
        if "by_name" in vars(self) or len(self._asked) >= _FEW:
            return self.by_name.get(name, ())
        if name not in self._asked:
            having = self._in_items_with(name.rpartition(" ")[2])
            self._asked[name] = tuple(d for d in having if d.name == name)
        return self._asked[name]

    def _in_items_with(self, text: str) -> Iterator[Definition]:
        for index, item in enumerate(self.module.items):
            if text in item.text:
                guard = item_guards(self.module)[index]
                for name, sort in () if is_no_c(guard) else self._declared(item):
                    yield Definition(name, sort, index, item, guard)

    def _declared(self, item: Item) -> Iterator[tuple[str, Sort]]:
        # `struct x BODY;`, BODY being a macro for `{ ... }`, defines the type and no object.
        if (
            isinstance(item, Declaration)
            and _may_have_made_body(item.head)
            and item.head.name in self._bodies
        ):
            yield item.head.tag, Sort.TYPE
        else:
            yield from _declared(item)

    @cached_property
    def _bodies(self) -> frozenset[str]:
        """The names of the module's macros that stand for the body of a type."""
        macros = (one.macro for one in self.module.items if isinstance(one, Directive))
        return frozenset(
            one.name
            for one in macros
            if one and one.parameters is None and one.body and one.body[0].text == "{"
        )

    def macro(self, name: str) -> Macro | None:
        """Return the macro of that name when the module defines it, and just once."""
        found = self.macros(name)
        return found[0] if len(found) == 1 else None

    def macro_first(self, macro_of: MacroOf) -> MacroOf:
        """Return a look-up that knows the module's own macros before those of another."""
        return lambda name: self.macro(name) or macro_of(name)

    def macros(self, name: str) -> tuple[Macro, ...]:
        """Return every definition of the macro of that name."""
        known = self._macros.get(name)
        if known is None:
            items = (found.item for found in self.of(name, Sort.MACRO))
            known = self._macros[name] = tuple(item.macro for item in items if item.macro)
        return known

    def straddling(self, name: str) -> Item | None:
        """Return an item that an `#if` cuts through and that may declare the name."""
        for item in self._cut:
            if name in item.text and name in _declared_in_cut(item):
                return item
        return None

    @cached_property
    def _cut(self) -> list[Item]:
        return [item for item in self.module.items if item.straddles]


def _declared_in_cut(item: Item) -> set[str]:
    """Return the words of an item that stand in no brackets, in some branch of its `#if`s.

    Of an enumeration all words count.
    """
    found: set[str] = set()
    depth, opened, every = 0, [0], False
    for token in item.tokens:
        if token.kind is Kind.DIRECTIVE:
            name = directive_name(token.text)
            if name in OPENERS:
                opened.append(depth)
            elif name in BRANCHES:
                depth = opened[-1]
            elif name == "endif" and len(opened) > 1:
                opened.pop()
        elif token.kind is Kind.PUNCT:
            depth += (token.text in "([{") - (token.text in ")]}")
        elif token.kind is Kind.IDENT:
            every |= token.text == "enum" and depth <= 0
            found |= {token.text} if depth <= 0 or every else set()
    return found


def _declared(item: Item) -> Iterator[tuple[str, Sort]]:
    match item:
        case FunctionDef():
            yield item.name, Sort.FUNCTION
        case Declaration():
            yield from _declared_by(item)
        case Directive():
            if item.macro is not None:
                yield item.macro.name, Sort.MACRO
        case MacroCall() if "(" in item.text and "assert" not in item.name.lower():
            opening = item.text.find("(")
            end = item.text.find("{")
            for token in lex(item.text[opening : end if end >= 0 else None]):
                if token.kind is Kind.IDENT and token.text not in KEYWORDS:
                    yield token.text, Sort.MACRO_CALL


def _declared_by(item: Declaration) -> Iterator[tuple[str, Sort]]:
    head = item.head
    if head.defines_tag:
        if head.tag:
            yield head.tag, Sort.TYPE
        if head.tokens[head.aggregate].text == "enum":
            yield from ((name, Sort.ENUMERATOR) for name in _enumerators(item))
    if head.more:
        yield from ((one.name, _sort(one.head)) for one in declarators_of(item) if one.name)
    elif head.name:
        yield head.name, _sort(head)


def _may_have_made_body(head: Head) -> bool:
    """Tell `struct x NAME;`: here NAME may be a macro instead of a variable's name."""
    if head.defines_tag or head.storage or head.more or head.initializer is not None:
        return False
    words = [token.text for token in head.tokens[: head.name_index + 1] if token.text.strip()]
    return len(words) == 3 and head.tag == " ".join(words[:2])


def _sort(head: Head) -> Sort:
    if "typedef" in head.storage:
        return Sort.TYPE
    if head.is_function:
        return Sort.PROTOTYPE
    if "extern" in head.storage and head.initializer is None:
        return Sort.EXTERN
    return Sort.OBJECT if head.initializer is not None else Sort.TENTATIVE


def _enumerators(item: Declaration) -> Iterator[str]:
    tokens = item.head.tokens
    expected = True
    before = ""
    for token, depth in nested(tokens[item.head.aggregate_body + 1 :]):
        if token.kind is Kind.PUNCT:
            if depth < 0:
                return
            # A macro that makes enumerators may have the comma in it: `OPS(X) LAST`.
            is_call = token.text == ")" and not depth and before == "call"
            expected = (token.text == "," and not depth) or is_call or (expected and bool(depth))
            before = "call" if before in {"name", "call"} and (depth or is_call) else ""
        elif token.kind is Kind.IDENT and expected and not depth:
            yield token.text
            expected, before = False, "name"
