"""The ops of the tables in main: which function each entry names, and where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from vtsplit.cst.guards import Guard, guard_inside
from vtsplit.cst.initializer import Entry, read_entries
from vtsplit.cst.lexer import TRIVIA, Kind
from vtsplit.cst.nodes import Declaration
from vtsplit.diagnostics import Site
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.survey.definitions import Definition, Sort
from vtsplit.survey.members import Member, find_structures, read_members

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
    member: Member | None = None
    site: Site | None = None


class TableOps:
    """Reads the ops of the tables that stand in main."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        prefix = around.dispatch.prefix
        self.selectors = {f"{prefix}op", f"{prefix}op_{around.dispatch.backend.prefix}only"}

    def read(self) -> list[Op]:
        """Return the ops of every table of the spec, in the order of their entries."""
        return [op for new in self.around.spec.tables.values() for op in self._of_table(new)]

    def members(self, table: str) -> dict[str, Member]:
        """Return the members of a table's structure by name; empty when it is not found."""
        for definition in self.around.main.definitions.of(table, Sort.OBJECT):
            item = definition.item
            if isinstance(item, Declaration) and item.head.tag:
                return self._members_of(item.head.tag)
        return {}

    def _members_of(self, tag: str) -> dict[str, Member]:
        found: dict[str, Member] = {}
        around = self.around
        for file, index in find_structures(tag, around.graph, around.files, around.seen):
            item = file.module.items[index]
            if isinstance(item, Declaration):
                for member in read_members(item):
                    found.setdefault(member.name, member)
        return found

    def _of_table(self, table: str) -> Iterator[Op]:
        members = self.members(table)
        for definition in self.around.main.definitions.of(table, Sort.OBJECT):
            if not isinstance(definition.item, Declaration):
                continue
            entries = read_entries(definition.item)
            words = {t.text for entry in entries for t in entry.value if t.kind is Kind.IDENT}
            self.around.look_up(sorted(words))
            for entry in entries:
                yield from self._of_entry(table, definition, entry, members)

    def _of_entry(
        self, table: str, definition: Definition, entry: Entry, members: dict[str, Member]
    ) -> Iterator[Op]:
        item = definition.item
        guard = (*definition.guard, *guard_inside(item, entry.offset))
        code = [
            (token, place)
            for token, place in zip(entry.value, entry.places, strict=True)
            if token.kind not in TRIVIA
        ]
        if not code or code[0][0].text == "{":
            return
        name = entry.designator.removeprefix(".") if entry.designator[:1] != "[" else ""
        at = 0
        while at < len(code):
            token, place = code[at]
            texts = [other.text for other, _ in code[at : at + 4]]
            function, selector, length = token.text, "", len(token.text)
            if texts[0] in self.selectors and texts[1:4:2] == ["(", ")"]:
                selector, function = texts[0], texts[2]
                length = code[at + 3][1] + 1 - place
                at += 3
            at += 1
            called = name or (function if selector else self._served(function, members))
            if function == "NULL" and len(code) == 1:
                selector = _NOTHING  # an op that nobody serves yet
            if called and token.kind is Kind.IDENT and (selector or self._is_function(function)):
                site = self.around.main.site(definition.index, place, length)
                if selector == _NOTHING:
                    function = selector = ""
                yield Op(
                    called, table, definition.index, place, length, function, selector, guard,
                    members.get(called), site,
                )  # fmt: skip

    def _served(self, function: str, members: dict[str, Member]) -> str:
        """Return the member that a function serves by its name, where no designator says so."""
        for prefix in (self.around.dispatch.prefix, self.around.spec.prefix or ""):
            rest = function.removeprefix(prefix)
            if prefix and rest != function and rest in members:
                return rest
        return ""

    def _is_function(self, name: str) -> bool:
        if name.startswith(self.around.dispatch.prefix):
            return True
        return self.around.function(name) is not None
