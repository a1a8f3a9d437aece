"""Which member each value of an initializer is for, by its position (C11 6.7.9p17-20)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vtsplit.cst.conditions import Guard
from vtsplit.cst.guards import item_guards
from vtsplit.cst.heads.annotations import QUALIFIERS, STORAGE, TYPE_WORDS, is_annotation
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Declaration, Directive, Item
from vtsplit.survey.types.members import is_plain, read_body
from vtsplit.survey.types.typedefs import Typedefs, TypeKey

# Arithmetic types of headers that no tree need have (C11 7.19, 7.20.1; POSIX sys/types.h).
_LIBRARY_NUMBER = re.compile(
    r"(?:u?int(?:_least|_fast)?\d+|u?int(?:max|ptr)|s?size|ptrdiff|wchar"
    r"|off|pid|uid|gid|id|mode|time|ino|nlink|dev)_t|FILE"
)
_LIBRARY_BYTE = re.compile(r"u?int(?:_least)?8_t|char8_t")
_ARITHMETIC = frozenset({"Enum", "names"})


@dataclass(frozen=True)
class Slot:
    """One member in its structure's order: what it takes, and under which `#if` it is.

    `takes` is "one" value, "text" (an array that one string may fill), "several" or "unknown".
    `why` says why values cannot be counted from here on.
    """

    name: str
    guard: Guard = ()
    takes: str = "one"
    why: str = ""


@dataclass(frozen=True)
class Position:
    """Where the next value without a designator goes: an index among slots, or why not known."""

    index: int = 0
    why: str = ""


class Positions:
    """The order of a structure's members."""

    def __init__(self, slots: Sequence[Slot], why: str = "") -> None:
        self.slots = slots
        self.why = why

    def start(self) -> Position:
        """Return where the first value goes."""
        return Position(0, self.why or self._unsure(0))

    def of(self, name: str) -> Position:
        """Return the position of a member that a designator names."""
        found = [at for at, slot in enumerate(self.slots) if slot.name == name]
        if self.why or len(found) != 1:
            return Position(0, self.why or f"the structure has no single member '{name}'")
        return Position(found[0])

    def name(self, position: Position) -> str:
        """Return the member at a position; empty where that is not known."""
        return "" if position.why else self.slots[position.index].name

    def behind(self, position: Position, value: Sequence[str]) -> Position:
        """Return the position behind a value, of which these are the tokens' texts."""
        if position.why:
            return position
        slot = self.slots[position.index]
        is_braced = value[:1] == ["{"]
        is_text = slot.takes == "text" and value[:1] != [] and value[0].endswith('"')
        if not (slot.takes == "one" or is_braced or is_text):
            kind = "may be an" if slot.takes == "unknown" else "is an"
            why = f"member '{slot.name}' {kind} aggregate, and its value has no braces"
            return Position(0, why)
        return Position(position.index + 1, self._unsure(position.index + 1))

    def _unsure(self, index: int) -> str:
        if index >= len(self.slots):
            return "the structure has no more members"
        slot = self.slots[index]
        before = self.slots[index - 1].guard if index else ()
        if not slot.why and slot.guard != before:
            return f"an #if in the structure decides what stands before '{slot.name}'"
        return slot.why


def read_positions(items: Iterable[Declaration], typedefs: Typedefs) -> Positions:
    """Return the order of members that all definitions of a structure agree on."""
    found = {tuple(_slots(item, typedefs)) for item in items}
    if not found:
        return Positions((), "its structure is not found")
    if len(found) > 1:
        return Positions((), "its structure has several definitions, which differ")
    slots = found.pop()
    return Positions(slots, "" if slots else "its structure has no members that can be read")


def _slots(item: Declaration, typedefs: Typedefs) -> Iterable[Slot]:
    module, _ = read_body(item)
    if item.head.tokens[item.head.aggregate].text == "union":
        yield Slot("", (), "one", "it is a union")
        return
    for member, guard in zip(module.items, item_guards(module), strict=True):
        if isinstance(member, Directive) and member.name != "include":
            continue
        yield _slot(member, guard, typedefs)


def _slot(member: Item, guard: Guard, typedefs: Typedefs) -> Slot:
    if not isinstance(member, Declaration) or member.straddles:
        return Slot("", guard, "unknown", "the structure has members that a macro makes")
    head = member.head
    if head.more:
        return Slot("", guard, "unknown", "the structure declares several members at once")
    if head.defines_tag and head.name:
        return Slot(head.name, guard, "several")
    if next((t.text for t in head.tokens[head.name_index + 1 :] if t.text.strip()), "") == ":":
        return Slot("", guard, "unknown", "the structure has bit-fields")
    if not is_plain(member):
        return Slot("", guard, "unknown", "the structure has an anonymous member")
    return Slot(head.name, guard, _takes_of(member, typedefs))


def _takes_of(member: Declaration, typedefs: Typedefs) -> str:
    """Return what a member takes: "one" value, "text", "several", or "unknown"."""
    try:
        key = read_signature(member.head).key
    except TypeReadError:
        return "unknown"
    found = {_takes(one) for one in typedefs.alternatives(key)}
    if len(found) > 1 or "unknown" in found:
        words = [t.text for t in member.head.tokens[: member.head.name_index] if t.text.strip()]
        return "one" if any(_LIBRARY_NUMBER.fullmatch(word) for word in words) else "unknown"
    return found.pop()


def _takes(key: TypeKey) -> str:
    kind = [part for part in key if part not in {"const", "volatile", "_Atomic"}]
    match kind:
        case ["pointer", *_]:
            return "one"
        case ["array", _, [*words]] if "char" in words:
            return "text"
        case ["array", *_] | ["Struct", *_] | ["Union", *_]:
            return "several"
        case [str(word), *_] if word in _ARITHMETIC:
            return "one"
    return "unknown"


def library_kind(word: str) -> str:
    """Return "char" or "number" for a type of the C library's headers; empty for other words.

    >>> library_kind("uint8_t"), library_kind("size_t"), library_kind("foo_t")
    ('char', 'number', '')
    """
    if _LIBRARY_BYTE.fullmatch(word):
        return "char"
    is_number = word in {"bool", "char16_t", "char32_t"} or _LIBRARY_NUMBER.fullmatch(word)
    return "number" if is_number and word != "FILE" else ""


def structure_of(item: Declaration) -> str:
    """Return the tag, or the typedef, that an object or an array's elements are of.

    Empty for a pointer, a number, and what else has no members.

    >>> from vtsplit.cst.parser import parse_module
    >>> text = "static const struct a t = {}; b_t u[] = {}; struct c *v = 0; int w = 1;"
    >>> [structure_of(item) for item in parse_module(text).items]
    ['struct a', 'b_t', '', '']
    """
    head = item.head
    before = [t for t in head.tokens[: head.name_index] if t.text.strip()]
    if any(token.text in {"*", "("} for token in before) and not head.tag:
        return ""
    if head.tag:
        behind = head.tokens[head.aggregate : head.name_index]
        return "" if any(token.text == "*" for token in behind) else head.tag
    words = [t.text for t in before if t.kind is Kind.IDENT]
    own = [w for w in words if w not in STORAGE | QUALIFIERS and not is_annotation(w)]
    return own[0] if len(own) == 1 and own[0] not in TYPE_WORDS else ""


def is_array(item: Declaration) -> bool:
    """Tell whether an object is an array: `(a)[]` is one as well."""
    head = item.head
    words = [t.text for t in head.tokens[head.name_index + 1 :] if t.text.strip()]
    return next((word for word in words if word != ")"), "") == "["
