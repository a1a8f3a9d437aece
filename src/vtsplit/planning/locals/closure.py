"""Types, enumerators and macros that only the source file defines and the new files need.

A definition that only moved tables use goes to main. One that the source file or the header also
uses goes to the header. Each brings along the definitions that it needs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from vtsplit.cst.directives import directive_name, read_macro
from vtsplit.cst.heads.annotations import TYPEOF
from vtsplit.cst.lexer import Kind, code_tokens
from vtsplit.cst.nodes import Declaration, Directive, Item, Module
from vtsplit.planning.includes.needs import Need
from vtsplit.planning.locals.rules import FIXED_TYPE, MACRO_INSIDE
from vtsplit.planning.locals.wants import Want, wanted_by_guards
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.macros import (
    body_words,
    is_undef,
    refuse_changing,
    refuse_undefined,
    users_of,
)
from vtsplit.survey.cfile.definitions import Definition, Definitions, Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.order.type_layout import laid_out_by_pragma
from vtsplit.survey.types.type_parts import TypeParts, declares_object, expanded_words, type_parts

_LOCAL = (Sort.TYPE, Sort.ENUMERATOR, Sort.MACRO)
_OBJECTS = (Sort.OBJECT, Sort.TENTATIVE, Sort.FUNCTION, Sort.EXTERN)


@dataclass(frozen=True)
class MovedLocals:
    """Indices of items of the source file that go to main, and of those that go to the header.

    `defined` has the names each defines; `header_needs`, `main_needs` are what they need from
    headers there, `pointed` tags that the header must declare in front. With `header_last` the
    source file must include the header behind its other includes.
    """

    to_main: frozenset[int] = frozenset()
    to_header: frozenset[int] = frozenset()
    defined: Mapping[int, frozenset[str]] = field(default_factory=dict)
    header_needs: tuple[Need, ...] = ()
    main_needs: tuple[Need, ...] = ()
    pointed: tuple[str, ...] = ()
    header_last: bool = False

    @property
    def names(self) -> frozenset[str]:
        """All that they define, tags with their keyword."""
        return frozenset(name for names in self.defined.values() for name in names)

    def words(self, indices: Iterable[int]) -> dict[str, int]:
        """Return what some of them define, tags without their keyword, with its item."""
        return {name.rpartition(" ")[2]: i for i in indices for name in self.defined[i]}


def find_moved_locals(
    wants: Iterable[Want],
    source: CFile,
    moved: frozenset[int],
    behind: Callable[[str], Iterable[str]],
    ledger: Ledger,
) -> MovedLocals:
    """Sort what is wanted and local, and what that is made of, by where it moves to.

    `behind` returns the tags that a typedef of a header may stand for. Refuses what cannot move:
    VT043 for macros, VT045 for types.
    """
    closure = _Closure(source, behind)
    for want in wants:
        closure.want(want)
    closure.follow()
    refuse_undefined(closure.foreign, source, ledger)
    if not closure.reasons:
        return MovedLocals()
    shared = closure.shared(moved)
    closure.refuse_unmovable(ledger)
    own = frozenset(closure.reasons)
    to_header, to_main = own & shared, own - shared
    return MovedLocals(
        to_main.union(closure.ends),
        to_header,
        {index: frozenset(closure.names(index)) for index in sorted(own.union(closure.ends))},
        tuple(closure.needs(to_header)),
        tuple(closure.needs(to_main)),
        tuple(closure.pointed(to_header)),
    )


class _Closure:
    """Items of the source file that are wanted, why, and which of them use which others."""

    def __init__(self, source: CFile, behind: Callable[[str], Iterable[str]]) -> None:
        self.source = source
        self.behind = behind
        self.reasons: dict[int, str] = {}
        self.uses: dict[int, set[int]] = {}
        self.in_header: set[int] = set()
        self.pending: list[int] = []
        self.users: dict[str, set[int]] = {}
        self.foreign: dict[str, str] = {}
        self.ends: dict[int, int] = {}
        self._parts: dict[int, TypeParts] = {}

    def want(self, want: Want, by: int | None = None) -> None:
        """Take in the items that define a name, where there are any."""
        if not self.source.definitions.of(want.name):
            self.foreign.setdefault(want.name, want.reason)
        for index, sort in self._definitions(want.name):
            if want.macro and sort is not Sort.MACRO:
                continue
            if by is not None:
                self.uses.setdefault(by, set()).add(index)
            if want.in_header:
                self.in_header.add(index)
            if index not in self.reasons:
                self.reasons[index] = want.reason
                self.pending.append(index)

    def _definitions(self, name: str) -> Iterator[tuple[int, Sort]]:
        for definition in self.source.definitions.of(name, *_LOCAL):
            yield definition.index, definition.sort
        for index in self._nested.get(name, ()):
            yield index, Sort.TYPE

    @cached_property
    def _nested(self) -> dict[str, list[int]]:
        """Return what types define inside of other types: tags, enumerators, macros."""
        found: dict[str, list[int]] = {}
        for index, item in enumerate(self.source.module.items):
            if isinstance(item, Declaration) and item.head.defines_tag:
                for name in sorted(self.parts(index).own):
                    if not self.source.definitions.of(name, *_LOCAL):
                        found.setdefault(name, []).append(index)
        return found

    def parts(self, index: int) -> TypeParts:
        """Return what a type is made of."""
        if index not in self._parts:
            self._parts[index] = type_parts(self.source.module.items[index])
        return self._parts[index]

    def names(self, index: int) -> set[str]:
        """Return all that an item defines."""
        item = self.source.module.items[index]
        if isinstance(item, Directive):
            return {item.macro.name} if item.macro else set()
        return {*self.parts(index).own, *declared_names(item)}

    def follow(self) -> None:
        """Take in what the wanted items are made of, and what that is made of."""
        while self.pending:
            index = self.pending.pop()
            item = self.source.module.items[index]
            reason = self.reasons[index]
            guard = self.source.guards[index]
            for want in wanted_by_guards([guard], reason, in_header=False):
                self.want(want, index)
            if isinstance(item, Directive):
                for word in body_words(item):
                    self.want(Want(word, reason), index)
                continue
            parts = self.parts(index)
            for name in sorted(parts.complete | parts.likely):
                self.want(Want(name, reason), index)
            for name in sorted(parts.complete & _by_value(item)):
                for tag in self.behind(name):
                    self.want(Want(tag, reason), index)
            for name, called in expanded_words(item).items():
                if self._is_expanded(name, called, index):
                    self.want(Want(name, reason, macro=True), index)

    def _is_expanded(self, name: str, called: bool, index: int) -> bool:
        """Tell whether a name is a macro's where an item stands (C11 6.10.3p9, p10)."""
        for definition in self.source.definitions.of(name, Sort.MACRO):
            macro = getattr(definition.item, "macro", None)
            if definition.index < index and macro and (called or macro.parameters is None):
                return True
        return False

    def shared(self, moved: frozenset[int]) -> set[int]:
        """Return the wanted items that the rest of the source file uses, or the header."""
        words = {i: {n.rpartition(" ")[2] for n in self.names(i)} for i in self.reasons}
        self.users = users_of(self.source, frozenset(w for found in words.values() for w in found))
        own = {d.index for found in words.values() for w in found for d in self._every(w)}
        # Other definitions of the name, a function for which a macro stands in, are no uses; what
        # stands in a macro call is one, whatever the call makes of it.
        own |= self.reasons.keys()
        self.ends = self._find_ends(moved)
        own |= self.ends.keys()
        pending = [
            index
            for index, found in words.items()
            if index in self.in_header or any(self.users[w] - moved - own for w in found)
        ]
        shared: set[int] = set()
        while pending:
            index = pending.pop()
            if index not in shared:
                shared.add(index)
                pending += self.uses.get(index, ())
        self.ends = {end: start for end, start in self.ends.items() if start not in shared}
        return shared

    def _find_ends(self, moved: frozenset[int]) -> dict[int, int]:
        """Return each `#undef` below all that uses a macro, if that moves, with the `#define`."""
        found: dict[int, int] = {}
        for index in self.reasons:
            macro = self.source.module.items[index].macro
            definitions = self.source.definitions.of(macro.name, Sort.MACRO) if macro else ()
            if macro is None or len(definitions) > 1:
                continue
            users = self.users[macro.name] - {index}
            ends = [at for at in users if is_undef(self.source.module.items[at])]
            others = users.difference(ends)
            if (
                len(ends) == 1
                and others <= moved.union(self.reasons)
                and index < min(others, default=ends[0]) <= max(others, default=index) < ends[0]
                and self.source.guards[ends[0]] == self.source.guards[index]
            ):
                found[ends[0]] = index
        return found

    def _every(self, word: str) -> tuple[Definition, ...]:
        found = self.source.definitions.of(word)
        return tuple(d for d in found if d.sort is not Sort.MACRO_CALL)

    def refuse_unmovable(self, ledger: Ledger) -> None:
        """Refuse the wanted items that mean something at their own place only."""
        for index, reason in sorted(self.reasons.items()):
            item = self.source.module.items[index]
            if isinstance(item, Directive) and item.macro:
                name = item.macro.name
                found = self.source.definitions.of(name, Sort.MACRO)
                if found[0].index == index:
                    users = self.users[name] - self.ends.keys()
                    refuse_changing(name, reason, found, users, self.source, ledger)
            elif isinstance(item, Declaration):
                self._refuse_early_macro(item, index, ledger)
                refuse_fixed_type(item, index, self.parts(index), reason, self.source, ledger)

    def _refuse_early_macro(self, item: Declaration, index: int, ledger: Ledger) -> None:
        """Refuse a type with a `#define` inside whose name the source file uses above it."""
        for token in item.tokens:
            macro = read_macro(token.text) if token.kind is Kind.DIRECTIVE else None
            early = [i for i in self.users.get(macro.name, ()) if i < index] if macro else []
            if macro and early:
                ledger.refuse(
                    MACRO_INSIDE,
                    f"'{local_name(item)}' moves up with macro '{macro.name}' inside it, and this "
                    "name would then mean the macro",
                    self.source.site(min(early)),
                    "give the macro a name of its own",
                )

    def needs(self, indices: frozenset[int]) -> Iterator[Need]:
        """Yield what types need from headers; macros count where types or declarations use them."""
        pending = [i for i in indices if i in self.in_header or self._is_type(i)]
        seen: set[int] = set()
        while pending:
            index = pending.pop()
            if index in seen:
                continue
            seen.add(index)
            pending += self.uses.get(index, ())
        for index in sorted(seen):
            item = self.source.module.items[index]
            site, reason = self.source.site(index), f"'{local_name(item)}', which moves"
            if not self._is_type(index):
                yield from (Need(n, reason, site, optional=True) for n in body_words(item))
                continue
            parts = self.parts(index)
            yield from (Need(n, reason, site) for n in sorted(parts.complete))
            likely = sorted(parts.likely - parts.complete)
            yield from (Need(n, reason, site, optional=True) for n in likely)

    def _is_type(self, index: int) -> bool:
        return isinstance(self.source.module.items[index], Declaration)

    def pointed(self, indices: frozenset[int]) -> list[str]:
        """Return the tags that prototypes in types name and that nothing above them defines."""
        tags: dict[str, None] = {}
        for index in sorted(indices):
            if self._is_type(index):
                for tag in sorted(self.parts(index).pointed):
                    there = [i for i, _ in self._definitions(tag) if i in indices and i <= index]
                    if not there:
                        tags[tag] = None
        return list(tags)


def _by_value(item: Item) -> set[str]:
    """Return the words in front of a name: types of members that are no pointers."""
    tokens = code_tokens(item.tokens)
    return {one.text for one, other in pairwise(tokens) if other.kind is Kind.IDENT}


def declared_names(item: Item) -> list[str]:
    """Return what a declaration of a type defines: its tag, enumerators, typedef names."""
    found = Definitions(Module((item,)))
    return list(found.by_name)


def local_name(item: Item) -> str:
    """Return what an item is called in a report: its macro, tag, typedef or first enumerator."""
    if isinstance(item, Directive):
        return item.macro.name if item.macro else item.argument
    return next(iter(declared_names(item)), "type")


def refuse_fixed_type(
    item: Declaration,
    index: int,
    parts: TypeParts,
    reason: str,
    source: CFile,
    ledger: Ledger,
) -> None:
    """Refuse a type that cannot be taken out of the source file as it stands (VT045)."""
    why, advice = _fixed(item, index, parts, source)
    if why:
        ledger.refuse(
            FIXED_TYPE,
            f"'{local_name(item)}' ({reason}), defined in {source.path} only, cannot move: {why}",
            source.site(index),
            advice,
        )


def _fixed(item: Declaration, index: int, parts: TypeParts, source: CFile) -> tuple[str, str]:
    if item.straddles:
        return "an #if cuts through it", "put the whole definition into each branch of the #if"
    if index in laid_out_by_pragma(source.module):
        return "a #pragma above it decides on its layout", "use an attribute, such as `__packed`"
    if declares_object(item):
        return f"it is declared together with '{item.name}'", "declare the type on its own"
    inside = {directive_name(t.text) for t in item.tokens if t.kind is Kind.DIRECTIVE}
    if inside & {"include", "undef"}:
        return "an #if or another directive in it does not end in it", "move it to a header by hand"
    for name in declared_names(item):
        every = source.definitions.of(name, Sort.TYPE, Sort.ENUMERATOR)
        guards = {definition.guard for definition in every}
        if len(every) > 1 and (() in guards or len(guards) < len(every)):
            return "it is defined more than once", "give each definition an #if of its own"
    measured = parts.measured
    if any(token.text in TYPEOF for token in item.tokens):
        measured |= parts.likely
    for name in sorted(measured):
        if any(d.index < index for d in source.definitions.of(name, *_OBJECTS)):
            return f"'{name}' in it is not a constant from a header", "write a constant instead"
    return "", ""
