"""The ops of the tables in main: which function each entry names, and where it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vtsplit.cst.conditions import Guard
from vtsplit.cst.directives import Macro
from vtsplit.cst.guards import guard_inside
from vtsplit.cst.lexer import Kind
from vtsplit.cst.meaning.expansion import ExpandedToken
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.spans import closing
from vtsplit.diagnostics import Site
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.values import Given, Value, Values, is_call, is_nothing
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.types.members import (
    StructMember,
    find_structures,
    points_to_function,
    read_members,
)
from vtsplit.survey.types.positions import Positions, is_array, read_positions, structure_of

_NOTHING = "NULL"


@dataclass(frozen=True)
class Op:
    """An op that a table has an entry for, or is to have one for.

    `function` is the name that the entry holds, `selector` the macro round it that chooses by the
    configuration. `offset` and `length` are those of both in the text of the table's item; a new
    entry goes there if the length is 0.
    """

    name: str
    table: str
    index: int
    offset: int = -1
    length: int = 0
    function: str = ""
    selector: str = ""
    guard: Guard = ()
    member: StructMember | None = None
    site: Site | None = None


@dataclass(frozen=True)
class Unclear:
    """An entry that may serve a member, but in which no name can be replaced; `why` says why.

    Without a `name` it may serve each member for which the table has no other entry.
    """

    name: str
    table: str
    site: Site
    why: str


@dataclass(frozen=True)
class _Use:
    """A function in a value, as in `Op`; `unknown` is a macro that has it and is not found."""

    word: ExpandedToken
    selector: str = ""
    length: int = 0
    unknown: str = ""


class TableOps:
    """Reads the ops of the tables that stand in main.

    `unclear` are, after that, the entries that could not be read as ops, `indirect` the ops for
    which a macro names the wrapper.
    """

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        prefix = around.dispatch.prefix
        self.selectors = {f"{prefix}op", f"{prefix}op_{around.dispatch.backend.prefix}only"}
        self.unclear: list[Unclear] = []
        self.indirect: set[str] = set()

    def read(self) -> list[Op]:
        """Return the ops of every table of the spec, in the order of their entries."""
        self.unclear, self.indirect = [], set()
        return [op for new in self.around.spec.tables.values() for op in self._of_table(new)]

    def members(self, table: str) -> dict[str, StructMember]:
        """Return the members of a table's structure by name; empty when it is not found."""
        found: dict[str, StructMember] = {}
        for structure in self.structures(table):
            for member in read_members(structure):
                found.setdefault(member.name, member)
        return found

    def serving(self, table: str) -> dict[str, StructMember]:
        """Return the members that point to functions, by themselves or through a typedef."""
        typedefs = self.around.typedefs
        members = self.members(table).items()
        return {name: one for name, one in members if points_to_function(one, typedefs)}

    def structures(self, table: str) -> list[Declaration]:
        """Return the definitions of a table's structure."""
        around = self.around
        for definition in around.main.definitions.of(table, Sort.OBJECT):
            item = definition.item
            tag = structure_of(item) if isinstance(item, Declaration) else ""
            if tag:
                found = find_structures(tag, around.graph, around.files, around.seen)
                items = [file.module.items[index] for file, index in found]
                return [one for one in items if isinstance(one, Declaration)]
        return []

    def _of_table(self, table: str) -> Iterator[Op]:
        for definition in self.around.main.definitions.of(table, Sort.OBJECT):
            if isinstance(definition.item, Declaration):
                yield from _Reading(self, table, definition).ops()


class _Reading:
    """One definition of a table being read."""

    def __init__(self, reader: TableOps, table: str, definition: Definition) -> None:
        item = definition.item
        assert isinstance(item, Declaration)
        self.reader, self.around = reader, reader.around
        self.table, self.definition, self.item = table, definition, item
        self.members = reader.members(table)
        self.serving = reader.serving(table)
        if is_array(item):
            self.positions = Positions((), "it is an element of an array of structures")
        else:
            self.positions = read_positions(reader.structures(table), self.around.typedefs)

    def ops(self) -> Iterator[Op]:
        words = {token.text for token in self.item.tokens if token.kind is Kind.IDENT}
        self.around.look_up(sorted(words))
        values = Values(self.positions, self._macros, self._is_data, self.reader.selectors)
        for given in values.read(self.item):
            yield from self._of_entry(given)

    def _is_data(self, name: str) -> bool:
        return name in self.members and name not in self.serving

    def _macros(self, name: str) -> tuple[Macro, ...]:
        """Return what may be expanded: what stands for a function, or chooses one, is kept."""
        if name == _NOTHING or name in self.reader.selectors:
            return ()
        found = self.around.macros(name)
        if found and (self._is_function(name) or self.around.functions_behind(name)):
            return tuple(macro for macro in found if macro.parameters is not None)
        return found

    def _is_function(self, name: str) -> bool:
        return self.around.is_wrapper(name) or self.around.function(name) is not None

    def _of_entry(self, given: Given) -> Iterator[Op]:
        if given.why:
            self._unclear("", given.words[0], given.why)
        # By the place of each function: the members it serves, by all choices of macros.
        served: dict[int, list[tuple[Value, _Use]]] = {}
        for value in (value for values in given.variants for value in values):
            uses = self._uses(value)
            for use in uses:
                served.setdefault(use.word.place, []).append((value, use))
            if not uses:
                self._without_function(value)
        for value, use in served.pop(-1, ()):
            self._made(value, use)
        for place, found in sorted(served.items()):
            use = found[0][1]
            names = sorted({value.member for value, _ in found})
            why = self._why_not(found, dict(given.lost).get(place, ""))
            if not why:
                yield self._op(names[0], use)
            for name in names if why else ():
                self._unclear(name, use.word, why)
        yield from self._nothing(given)

    def _why_not(self, found: Sequence[tuple[Value, _Use]], lost: str) -> str:
        """Say why a function cannot be replaced where it is written; nothing if it can."""
        name = found[0][1].word.text
        members = sorted({value.member for value, _ in found})
        if lost:
            return f"'{name}' cannot be replaced here: {lost}"
        for value, use in found:
            if not value.member:
                return f"it is not certain which member '{name}' serves: {value.why}"
            if use.unknown:
                return f"main sees no macro '{use.unknown}', which has '{name}' as an argument"
        if len(members) > 1:
            return f"'{name}' serves several members: {', '.join(members)}"
        return ""

    def _made(self, value: Value, use: _Use) -> None:
        """Note a function that a macro's body has: no name is there to be replaced."""
        if use.selector or self.around.is_wrapper(use.word.text):
            self.reader.indirect.add(value.member)
        elif not self._is_data(value.member):
            why = f"'{use.word.text}' is not written here, but made by macro {use.word.macro}"
            self._unclear(value.member, use.word, why)

    def _uses(self, value: Value) -> list[_Use]:
        """Return the functions that a value names; what stands in braces is for others."""
        words = value.words
        texts = [word.text for word in words]
        if texts[:1] == ["{"]:
            return []
        found: list[_Use] = []
        unknown: list[tuple[int, str]] = []
        at = 0
        while at < len(words):
            word = words[at]
            unknown = [(end, name) for end, name in unknown if end > at]
            if texts[at] in self.reader.selectors and texts[at + 1 : at + 4 : 2] == ["(", ")"]:
                length = words[at + 3].place + 1 - word.place
                found.append(_Use(replace(word, token=words[at + 2].token), texts[at], length))
                at += 3
            elif self._names_function(words, at):
                name = unknown[0][1] if unknown else ""
                found.append(_Use(word, "", len(word.text), name))
            elif is_call(words, at):
                unknown.append((closing(words, at + 1, "("), word.text))
            at += 1
        return found

    def _names_function(self, words: Sequence[ExpandedToken], at: int) -> bool:
        is_member = at > 0 and words[at - 1].text in {".", "->"}
        is_name = words[at].token.kind is Kind.IDENT and not is_member
        return is_name and self._is_function(words[at].text)

    def _without_function(self, value: Value) -> None:
        """Note a value that names no function and may be for a member which points to one."""
        if is_nothing(value.words) or not value.words:
            return
        if value.member in self.serving:
            text = " ".join(word.text for word in value.words)
            why = f"its value '{text}' names no function that main sees"
            if self.around.functions_behind(text):
                why = f"macro '{text}' stands for functions of several types"
            self._unclear(value.member, value.words[0], why)
        elif not value.member and self._may_serve(value.words):
            self._unclear("", value.words[0], value.why)

    def _may_serve(self, words: Sequence[ExpandedToken]) -> bool:
        """Tell whether functions stand in a value, or what may be a macro that has them."""
        places = range(len(words))
        return any(self._names_function(words, at) or is_call(words, at) for at in places)

    def _nothing(self, given: Given) -> Iterator[Op]:
        """Yield the op of an entry that names nothing yet."""
        values = given.variants[0] if len(given.variants) == 1 else ()
        last = given.words[-1]
        member = values[0].member if len(values) == 1 else ""
        is_for_op = last.text == _NOTHING or not self._is_data(member)
        if member and is_for_op and values[0].words == (last,) and is_nothing((last,)):
            yield replace(self._op(member, _Use(last, "", len(last.text))), function="")

    def _op(self, name: str, use: _Use) -> Op:
        place = use.word.place
        return Op(
            name,
            self.table,
            self.definition.index,
            place,
            use.length,
            use.word.text,
            use.selector,
            (*self.definition.guard, *guard_inside(self.item, place)),
            self.members.get(name),
            self.around.main.site(self.definition.index, place, use.length),
        )

    def _unclear(self, name: str, word: ExpandedToken, why: str) -> None:
        site = self.around.main.site(self.definition.index, word.anchor)
        found = Unclear(name, self.table, site, why)
        if found not in self.reader.unclear:
            self.reader.unclear.append(found)
