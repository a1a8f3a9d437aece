"""What becomes global: the static functions and objects of the source that the tables refer to."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Protocol

from vtsplit.cst.conditions import exclude
from vtsplit.cst.heads.typed import Signature, TypeReadError, read_signature
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.nodes import Declaration, FunctionDef, Opaque
from vtsplit.cst.spans import nested
from vtsplit.diagnostics import Site
from vtsplit.planning.reason import Reason
from vtsplit.planning.steps import Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.planning.tables.exposure_rules import (
    HIDDEN_WORDS,
    ONLY_HERE,
    TWO_TYPES,
    UNDEFINED,
    UNREAD,
    UNREADABLE_TYPE,
)
from vtsplit.planning.tables.hidden_static import hidden_static, inline_words
from vtsplit.planning.tables.macros import refuse_namesake
from vtsplit.planning.tables.made_forward import MadeForward
from vtsplit.planning.tables.made_functions import made_functions
from vtsplit.planning.tables.rules import CUT, SHARED
from vtsplit.planning.tables.thinning import may_thin
from vtsplit.survey.cfile.definitions import Definition, Sort, with_tentative
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.cfile.forward_attributes import GNU, behind_parameters, only_forward
from vtsplit.survey.headers.system_headers import EVERYWHERE


class Referred(Protocol):
    """What makes a name of the source file one that main needs."""

    @property
    def name(self) -> str:
        """The name in the source file."""

    @property
    def because(self) -> Reason:
        """Why main needs it."""

    @property
    def reason(self) -> str:
        """Why main needs it, in words."""

    @property
    def optional(self) -> bool:
        """Whether it stands in an `#if` only."""

    @property
    def is_written(self) -> bool:
        """Whether the name itself is written, not built or brought by a macro."""


@dataclass(frozen=True)
class Exposure:
    """A name of the source file that main needs: its definitions, and whether they are static.

    `forward` are declarations that the header's makes redundant, `hidden` the macros that make the
    definitions static, with the other words that they say. `inline` are the words by which it is
    inline as it stands: a function that becomes global loses them.
    """

    name: str
    reference: Referred
    definitions: tuple[Definition, ...]
    forward: tuple[Definition, ...] = field(default=())
    hidden: Mapping[str, str | None] = field(default_factory=dict)
    new_name: str | None = None
    inline: frozenset[str] = frozenset()

    @property
    def new(self) -> str:
        """The name that it has afterwards."""
        return self.new_name or self.name

    @property
    def symbol(self) -> Symbol:
        """Its identity."""
        return Symbol(self.name, self.new, Role.OBJECT if self.is_object else Role.FUNCTION)

    @property
    def is_object(self) -> bool:
        """Whether it is data, no function."""
        return self.definitions[0].sort not in {Sort.FUNCTION, Sort.PROTOTYPE}

    @property
    def has_types(self) -> bool:
        """Whether it is a function with a type of its own in each branch of an `#if`."""
        definitions = self.definitions
        if len(definitions) < 2 or any(d.sort is not Sort.FUNCTION for d in definitions):
            return False
        apart = all(exclude(a.guard, b.guard) for a, b in combinations(definitions, 2))
        return apart and len(_types(definitions)) > 1

    @cached_property
    def attributes(self) -> str:
        """What only a forward declaration has behind a function's parameters: the header gets it.

        Empty if there is none, or if not each definition is under the forward one's conditions.
        """
        found = [(one, only_forward(one, self.definitions)) for one in self.forward]
        every = {(behind_parameters(one, only), one.guard) for one, only in found if only}
        if len(every) != 1 or self.has_types:
            return ""
        text, guard = every.pop()
        return text if all(guard in ((), one.guard) for one in self.definitions) else ""

    @property
    def is_static(self) -> bool:
        """Whether it becomes global by the split."""
        # C11 6.2.2p5: a function whose first declaration is static is static.
        every = (*self.definitions, *self.forward)
        return bool(self.hidden) or any(definition.is_static for definition in every)


def find_exposures(
    references: Sequence[Referred],
    source: CFile,
    moved: frozenset[str],
    macros_of: MacrosOf,
    ledger: Ledger,
) -> list[Exposure]:
    """Return the functions and objects of the source that the tables refer to, in their order."""
    exposures = []
    made = MadeForward(source, macros_of)
    unknown = frozenset(r.name for r in references if not source.definitions.of(r.name))
    by_macros = made_functions(unknown, source, macros_of)
    known: set[str] = set()
    for reference in references:
        # An entry may name what a macro also registers, as to start and to stop the module.
        if reference.name in moved or reference.optional or reference.name in known:
            continue
        if reference.name in by_macros:
            exposures.append(Exposure(reference.name, reference, by_macros[reference.name]))
            known.add(reference.name)
            continue
        exposure = _exposure(reference, source, macros_of, ledger)
        if exposure is not None and exposure.is_static:
            along = made.of(reference.name, reference.reason, ledger)
            exposure = replace(exposure, forward=(*exposure.forward, *along))
        if exposure is not None:
            exposures.append(exposure)
            known.add(reference.name)
            _check(exposure, source, ledger)
    return exposures


def _exposure(
    reference: Referred, source: CFile, macros_of: MacrosOf, ledger: Ledger
) -> Exposure | None:
    found = source.definitions.of(reference.name)
    functions = [d for d in found if d.sort is Sort.FUNCTION]
    objects = [d for d in found if d.sort is Sort.OBJECT]
    tentative = [d for d in found if d.sort is Sort.TENTATIVE]
    prototypes = [d for d in found if d.sort in {Sort.PROTOTYPE, Sort.EXTERN}]
    straddling = source.definitions.straddling(reference.name)
    if straddling is not None and not objects:
        index = source.module.items.index(straddling)
        ledger.refuse(
            CUT,
            f"an #if cuts through the definition of '{reference.name}' ({reference.reason})",
            source.site(index),
            "put whole definitions into each branch of the #if",
        )
        return None
    if functions:
        hidden = hidden_static((*functions, *prototypes), macros_of)
        forward = tuple(
            d for d in (*prototypes, *tentative) if d.is_static or functions[0].is_static or hidden
        )
        # C allows no object of the same name, unless an #if chooses: it is refused.
        definitions = (*functions, *objects)
        inline = inline_words(functions, macros_of)
        return Exposure(reference.name, reference, definitions, forward, hidden, inline=inline)
    if objects or tentative:
        hidden = hidden_static((*objects, *tentative), macros_of)
        definitions = with_tentative(objects, tentative)
        forward = tuple(
            d for d in tentative if d not in definitions and (d.is_static or hidden or not objects)
        )
        return Exposure(reference.name, reference, definitions, forward, hidden)
    if prototypes and all(not d.is_static for d in prototypes):
        return Exposure(reference.name, reference, (prototypes[0],))
    if prototypes:
        ledger.refuse(
            UNDEFINED,
            f"'{reference.name}' ({reference.reason}) is declared static, but vtsplit can read no "
            "definition of it",
            source.site(prototypes[0].index),
            "a macro may define it: write the definition without the macro, or leave the table "
            "out of the split",
        )
    if not found and reference.name not in EVERYWHERE:
        _refuse_unread(reference, source, ledger)
    return None


def _refuse_unread(reference: Referred, source: CFile, ledger: Ledger) -> None:
    """Refuse a name that the source file seems to define in a way that cannot be read."""
    for index, item in enumerate(source.module.items):
        if isinstance(item, Opaque) and _may_define(item, reference.name):
            ledger.refuse(
                UNREAD,
                f"'{reference.name}' ({reference.reason}) seems to be defined here, but vtsplit "
                "cannot read the definition",
                source.site(index),
                "write what stands in front of its { in plain C",
            )


def _may_define(item: Opaque, name: str) -> bool:
    """Tell whether a name stands outside of all brackets, in front of a brace."""
    if name not in item.text:
        return False
    named = False
    for token, depth in nested(item.tokens):
        if token.text == "{" and depth == 1:
            return named
        named |= token.text == name and not depth
    return False


def _check(exposure: Exposure, source: CFile, ledger: Ledger) -> None:
    """Refuse what cannot be exposed and declared safely."""
    unread = False
    for definition in (*exposure.definitions, *exposure.forward):
        item = definition.item
        site = source.site(definition.index)
        head = item.head if isinstance(item, FunctionDef | Declaration) else None
        if head is None:
            continue
        is_forward = any(definition is one for one in exposure.forward)
        # The commas of a K&R definition stand among its parameters.
        shares = head.more and not isinstance(item, FunctionDef)
        if shares and not (is_forward and may_thin(item)):
            ledger.refuse(
                SHARED,
                f"'{exposure.name}' is declared together with other names",
                site,
                "give it a declaration of its own",
            )
        if head.has_directive and definition.sort is Sort.FUNCTION:
            unread = True
            ledger.refuse(
                CUT,
                f"an #if stands inside the head of '{exposure.name}'",
                site,
                "put whole definitions into each branch of the #if",
            )
    reason, definitions = exposure.reference.reason, exposure.definitions
    refuse_namesake(exposure.name, reason, definitions, source, ledger)
    _check_hidden_static(exposure, source, ledger)
    if unread:
        return
    _check_same_type(exposure, source, ledger)
    _check_attributes(exposure, source, ledger)


def signature_of(definition: Definition) -> Signature:
    """Return the type of a function or object. Raises TypeReadError."""
    item = definition.item
    if not isinstance(item, FunctionDef | Declaration):
        raise TypeReadError("it is made by a macro")
    return read_signature(item.head)


def _types(definitions: Iterable[Definition]) -> set[tuple[object, ...]]:
    """Return the types that can be read."""
    keys = set()
    for definition in definitions:
        with suppress(TypeReadError):
            keys.add(signature_of(definition).key)
    return keys


def _check_hidden_static(exposure: Exposure, source: CFile, ledger: Ledger) -> None:
    """Refuse a definition whose `static` stands in a macro that cannot be written out."""
    for name, rest in exposure.hidden.items():
        if rest is None:
            ledger.refuse(
                HIDDEN_WORDS,
                f"macro {name} makes '{exposure.name}' ({exposure.reference.reason}) static, and "
                "vtsplit cannot tell what else it says",
                source.site(exposure.definitions[0].index),
                f"write the words of {name} in its place",
            )


def _check_same_type(exposure: Exposure, source: CFile, ledger: Ledger) -> None:
    keys: dict[tuple[object, ...], Definition] = {}
    for definition in exposure.definitions:
        try:
            keys.setdefault(signature_of(definition).key, definition)
        except TypeReadError as error:
            ledger.refuse(
                UNREADABLE_TYPE,
                f"'{exposure.name}' ({exposure.reference.reason}) cannot be declared: {error}",
                source.site(definition.index),
                "write its type in plain C",
            )
    if len(keys) > 1 and not exposure.has_types:
        one, other = list(keys.values())[:2]
        message, advice = "is defined twice, with different types", "give one of them another name"
        if one.guard or other.guard:
            message = "is defined with different types under different #if conditions"
            advice = "give them one type, or put functions into the branches of one #if"
        site = source.site(other.index)
        ledger.refuse(TWO_TYPES, f"'{exposure.name}' {message}", site, advice)


_LABELS = frozenset({"asm", "__asm__", "__asm"})


def _check_attributes(exposure: Exposure, source: CFile, ledger: Ledger) -> None:
    """Refuse to drop a forward declaration that alone carries an attribute.

    What stands behind a function's parameters goes to the header's declaration.
    """
    for forward in exposure.forward:
        label = next((t.text for t in forward.item.tokens if t.text in _LABELS), "")
        only = only_forward(forward, exposure.definitions)
        if label or (only and not exposure.attributes):
            shown = ", ".join(sorted(only - GNU)) or label or "__attribute__"
            ledger.refuse(
                ONLY_HERE,
                f"the forward declaration of '{exposure.name}' has {shown}, but its definition "
                f"does not: the split removes this declaration, and {shown} with it",
                source.site(forward.index),
                # A label cannot stand at a definition (GCC manual, 6.47.4).
                "declare it in a header by hand, with the label"
                if label
                else "also write the attribute at the definition",
            )


def new_names(
    exposures: list[Exposure], renames: Mapping[str, str], prefix: str | None
) -> dict[str, str]:
    """Return the new name of each exposure that gets one: the spec's, else the missing prefix.

    Only what becomes global is prefixed; leading underscores do not count.
    """
    names = {}
    for exposure in exposures:
        old = exposure.name
        if old in renames:
            names[old] = renames[old]
        elif prefix and exposure.is_static and not old.lstrip("_").startswith(prefix.lstrip("_")):
            names[old] = prefix + old.lstrip("_")
    return names


def name_site(exposure: Exposure, source: CFile) -> Site:
    """Return where the name stands in the first definition."""
    definition = exposure.definitions[0]
    item = definition.item
    if not isinstance(item, FunctionDef | Declaration):
        return source.site(definition.index)
    offset = sum(len(token.text) for token in item.head.tokens[: item.head.name_index])
    return source.site(definition.index, offset, len(exposure.name))
