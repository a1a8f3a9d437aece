"""Whether two types are the same when typedefs are looked through (C11 6.7.8p3)."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from vtsplit.cst.directives import Macro
from vtsplit.cst.heads.annotations import TYPE_WORDS
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.nodes import Declaration, Item
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import RefusedError
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.files import CFiles
from vtsplit.survey.headers.includes import IncludeGraph, is_absent
from vtsplit.survey.order.providers import find_declaring

TypeKey = tuple[Any, ...]

_UNKNOWN: TypeKey = ("unknown",)
_EITHER = "either"  # ("either", frozenset of keys): headers or `#if` branches differ
_QUALIFIERS = frozenset({"const", "volatile", "restrict", "_Atomic"})
# Attributes that make another type of the one that is written (GCC's "Common Type Attributes").
_RESIZED = re.compile(r"__attribute(?:__)?.*\b(?:__)?(?:mode|vector_size)(?:__)?\s*\(", re.DOTALL)
_BOOL = re.compile(r"\btypedef[ \t]+([^;\n]*)\bbool[ \t]*;|\bdefine[ \t]+bool\b([^\n]*)")
_MOST = 16  # typedefs of typedefs that are looked through


class Typedefs:
    """Typedefs of the headers that a source file sees, read when first asked for."""

    def __init__(self, graph: IncludeGraph, paths: tuple[str, ...], files: CFiles) -> None:
        self.graph = graph
        self.paths = paths
        self.files = files
        self._keys: dict[str, TypeKey] = {}
        self._macros: set[str] = set()  # names that only macros make types
        self._next: dict[str, TypeKey] = {}  # the one type that a name is written to stand for
        self._restricted: set[str] = set()  # types that sparse holds apart: `__bitwise`

    def same(self, one: TypeKey, other: TypeKey) -> bool | None:
        """Tell whether two keys of `Signature` are one type; None when that cannot be told."""
        if one == other:
            return True
        return _compare(self._expand(one), self._expand(other))

    def are_same(self, one: TypeKey, other: TypeKey) -> bool:
        """Tell whether two types are certainly the same."""
        return one == other or self.resolved(one) == self.resolved(other)

    def resolved(self, key: TypeKey, depth: int = 0) -> TypeKey:
        """Return a type with the typedefs replaced that are known, and mean one type only.

        Where headers differ about a type, as about `u64`, or do not tell it, that name stays.
        """
        quals, rest = _split(key)
        if len(rest) == 2 and rest[0] == "names" and rest[1] not in TYPE_WORDS:
            behind = self._resolve(rest[1], 0)
            known = behind != _UNKNOWN and behind[0] != _EITHER
            if not known and rest[1] in self._next and depth < _MOST:
                return _qualified(quals, self.resolved(self._next[rest[1]], depth + 1))
            return _qualified(quals, behind) if known else key
        return tuple(self.resolved(part) if isinstance(part, tuple) else part for part in key)

    def is_restricted(self, key: TypeKey) -> bool:
        """Tell whether a type is one that mixes with no other, such as `__be32`.

        (Linux's Documentation/dev-tools/sparse.rst, on `__bitwise`.)
        """
        rest = _split(key)[1]
        if len(rest) != 2 or rest[0] != "names":
            return False
        self._resolve(rest[1], 0)
        return rest[1] in self._restricted

    @cached_property
    def has_own_bool(self) -> bool:
        """Whether a header makes `bool` something else than `_Bool`, as was done before C99."""
        for path in find_declaring(self.graph, self.paths, ["bool"]).get("bool", ()):
            found = () if is_absent(path) else _BOOL.findall(self.graph.text(path))
            if any(set(" ".join(made).split()) - {"_Bool"} for made in found):
                return True
        return False

    def alternatives(self, key: TypeKey) -> frozenset[TypeKey]:
        """Return what a type is behind its typedefs, for every configuration that decides on it.

        What cannot be told is `("unknown",)`.
        """
        return _alternatives(self._expand(key))

    def _expand(self, key: Any, depth: int = 0) -> TypeKey:
        quals, rest = _split(key)
        if depth > _MOST or not rest:
            return _UNKNOWN
        match rest:
            case ("names", str(name)) if name not in TYPE_WORDS:
                return _qualified(quals, self._resolve(name, depth))
            case ("pointer", *more):
                return (*quals, "pointer", *more[:-1], self._expand(more[-1], depth))
            case ("array", size, element):
                return (*quals, "array", size, self._expand(element, depth))
            case ("function", parameters, result):
                own = tuple(self._parameter(parameter, depth) for parameter in parameters)
                return ("function", own, self._expand(result, depth))
        return (*quals, *rest)

    def _parameter(self, key: TypeKey, depth: int) -> TypeKey:
        """Expand a parameter's type and adjust it (C11 6.7.6.3p7, p8, p15)."""
        rest = _split(self._expand(key, depth))[1]
        match rest:
            case ("array", _, element):
                return ("pointer", element)
            case ("function", *_):
                return ("pointer", rest)
            case ("pointer", *more):
                return ("pointer", more[-1])
        return rest

    def _resolve(self, name: str, depth: int) -> TypeKey:
        if name not in self._keys:
            self._keys[name] = _UNKNOWN  # for a typedef of itself
            self._keys[name] = self._read(name, depth)
        return self._keys[name]

    def _read(self, name: str, depth: int) -> TypeKey:
        """Read what a name stands for; a typedef that needs no macro goes before others."""
        plain: set[TypeKey] = set()
        by_macro: set[TypeKey] = set()
        written: set[TypeKey] = set()
        for path in sorted(find_declaring(self.graph, self.paths, [name]).get(name, ())):
            for definition in self._definitions(path, name):
                item: Item | None = definition.item
                if (macro := definition.item.macro) is not None:
                    item = _as_typedef(macro)
                    found = by_macro
                elif definition.sort is Sort.TYPE:
                    found = plain
                else:
                    continue
                if isinstance(item, Declaration):
                    key = self._target(item, name, depth + 1)
                    words = {token.text for token in item.head.tokens}
                    if words & {"__bitwise", "__bitwise__", *self._restricted}:
                        self._restricted.add(name)
                    # What cannot be read is most likely another name's.
                    if item.head.name == name:
                        written.add(_written(item))
                    if key != _UNKNOWN:
                        (by_macro if words & self._macros else found).update(_alternatives(key))
        if not plain:
            self._macros.add(name)
        if len(written) == 1 and () not in written and name not in self._restricted:
            self._next[name] = written.pop()
        keys = plain or by_macro
        if not keys:
            return _UNKNOWN
        return next(iter(keys)) if len(keys) == 1 else (_EITHER, frozenset(keys))

    def _definitions(self, path: str, name: str) -> tuple[Definition, ...]:
        if is_absent(path):
            return ()
        try:
            return self.files.get(path).definitions.of(name)
        except RefusedError:
            return ()

    def _target(self, item: Declaration, name: str, depth: int) -> TypeKey:
        head = item.head
        if head.defines_tag:
            kind = head.tokens[head.aggregate].text.capitalize()
            # A structure without a tag is unlike any other type.
            return kind, head.tag.rpartition(" ")[2] or ("of", name)
        if _RESIZED.search(item.text):
            return _UNKNOWN
        try:
            return self._expand(read_signature(head).key, depth)
        except TypeReadError:
            return _UNKNOWN


def _written(item: Declaration) -> TypeKey:
    """Return the type that a typedef names, not looked through; empty if it names none."""
    if item.head.defines_tag or _RESIZED.search(item.text):
        return ()
    try:
        return read_signature(item.head).key
    except TypeReadError:
        return ()


def _as_typedef(macro: Macro) -> Item | None:
    """Read an object-like macro as if it were a typedef of the same name."""
    if macro.parameters is not None:
        return None
    words = " ".join(token.text for token in macro.body)
    items = parse_module(f"typedef {words} {macro.name};").items
    return items[0] if len(items) == 1 else None


def _split(key: Any) -> tuple[tuple[str, ...], TypeKey]:
    """Split a key into the qualifiers of the type itself and the rest."""
    at = 0
    while at < len(key) and key[at] in _QUALIFIERS:
        at += 1
    return tuple(key[:at]), tuple(key[at:])


def _qualified(quals: tuple[str, ...], key: TypeKey) -> TypeKey:
    """Add qualifiers to a type; to an array they are its elements' (C11 6.7.3p9)."""
    own, rest = _split(key)
    if not quals or rest[0] == "function" or rest == _UNKNOWN:
        return key
    if rest[0] == _EITHER:
        return (_EITHER, frozenset(_qualified(quals, one) for one in rest[1]))
    if rest[0] == "pointer":
        inner = sorted({*quals, *rest[1:-1]})
        return ("pointer", *inner, rest[-1])
    if rest[0] == "array":
        return ("array", rest[1], _qualified(quals, rest[2]))
    return (*sorted({*quals, *own}), *rest)


def _compare(one: Any, other: Any) -> bool | None:
    """Compare expanded keys: False where they differ for certain, None where one is unknown."""
    if not isinstance(one, tuple) or not isinstance(other, tuple):
        return bool(one == other)
    if _EITHER in (one[:1] + other[:1]):
        if one == other:
            return True  # what decides does so for both
        return _all(_compare(a, b) for a in _alternatives(one) for b in _alternatives(other))
    if _UNKNOWN in (one, other) or _is_open(one, other) or _is_open(other, one):
        return None
    if len(one) != len(other):
        return False
    results = [_compare(a, b) for a, b in zip(one, other, strict=True)]
    return False if False in results else None if None in results else True


def _alternatives(key: TypeKey) -> frozenset[TypeKey]:
    return key[1] if key[:1] == (_EITHER,) else frozenset({key})


def _all(results: Iterable[bool | None]) -> bool | None:
    """Return what all results agree on."""
    found = set(results)
    return found.pop() if len(found) == 1 else None


def _is_open(one: TypeKey, other: TypeKey) -> bool:
    """Tell what the implementation, a macro or an unprototyped declarator leaves open."""
    match one, other:
        case ("function", (), _), ("function", _, _):
            return True  # C11 6.7.6.3p14
        case ("array", size, _), ("array", other_size, _):
            return size != other_size and _compare(one[2], other[2]) is True
        case ("Enum", *_), ("names", *_):
            return True  # C11 6.7.2.2p4
    return False
