"""Plan the entries of tables: name a wrapper, name the function again, or add an entry."""

from collections.abc import Collection, Mapping, Sequence

from vtsplit.codemods.places import Insertion
from vtsplit.cst.conditions import defined
from vtsplit.cst.guards import guard_inside, guarded
from vtsplit.cst.heads.initializer import InitializerEntry, read_entries
from vtsplit.cst.lexer import TRIVIA, Kind, lex
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.style.align import width
from vtsplit.cst.style.indentation import Indentation
from vtsplit.cst.style.layout import LIMIT
from vtsplit.diagnostics import Site
from vtsplit.planning.dispatch.edits import ItemEdit, Selection
from vtsplit.planning.dispatch.ops import Op, TableOps
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers.existing import first_behind
from vtsplit.planning.dispatch.wrappers.wrapper import Wrapper
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.survey.cfile.definitions import Sort


class Entries:
    """Says what entries are to hold, and plans the edits."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.prefix = around.dispatch.prefix
        self.selector = f"{self.prefix}op"
        self.only = f"{self.prefix}op_{around.dispatch.backend.prefix}only"

    def retarget(self, wrapper: Wrapper) -> ItemEdit | None:
        """Return what makes an entry name its wrapper; None when it does."""
        op = wrapper.op
        value = self._value(wrapper)
        text = self.around.main.module.items[op.index].text
        if not op.length:
            self._record(op, Reason(Why.NEW_ENTRY))
            member = op.member.guard if op.member else ()
            line = guarded([(member, f"{_entry(op.name, value, self.around.style)}\n")]).rstrip(
                "\n"
            )
            # Behind an `#endif` a blank line sets it apart, as it does the lines above.
            lead = "\n\n" if text[: op.offset].rstrip().endswith("#endif") else "\n"
            return ItemEdit(op.index, op.offset, 0, f"{lead}{line}", wrapper.name)
        if text[op.offset : op.offset + op.length] == value:
            return None
        self._record(op, Reason(Why.TO_WRAPPER, wrapper.name))
        return ItemEdit(op.index, op.offset, op.length, value, wrapper.name)

    def _record(self, op: Op, reason: Reason, *spans: tuple[int, int]) -> None:
        entry = Symbol.kept(op.name, Role.ENTRY)
        self.around.ledger.step(Action.DISPATCH, entry, op.site or Site(""), reason, *spans)

    def restore(self, op: Op) -> ItemEdit | None:
        """Return what makes an entry name the first backend's function again, or takes it out."""
        first = first_behind(op, self.around)
        assert op.site is not None
        text = self.around.main.module.items[op.index].text
        end = text.find("\n", op.offset)
        start = text.rfind("\n", 0, max(text.rfind(f".{op.name}", 0, op.offset), 0))
        value = text[op.offset : op.offset + op.length]
        is_alone = text[start + 1 : end].split() == [f".{op.name}", "=", f"{value},"]
        last = op.site.line
        spans = [(last - text.count("\n", start + 1, op.offset), last)] if is_alone else []
        self._record(op, Reason(Why.BACK_TO, first or ""), *spans)
        if first:
            return ItemEdit(op.index, op.offset, op.length, first)
        if is_alone:
            return ItemEdit(op.index, start, end - start, "")
        return ItemEdit(op.index, op.offset, op.length, "NULL")

    def _value(self, wrapper: Wrapper) -> str:
        """Return what an entry names: the wrapper, or the macro that chooses by configuration."""
        if not self.around.selecting or self._is_odd(wrapper):
            return wrapper.name
        return f"{self.selector if wrapper.first else self.only}({wrapper.base})"

    def _is_odd(self, wrapper: Wrapper) -> bool:
        """Tell whether the first backend's function is called unlike what the macro makes of it."""
        prefix = self._first_prefix
        # Nothing can stand in front of `##` if there is no prefix (C11 6.10.3.3p1).
        return bool(wrapper.first) and (not prefix or wrapper.first != f"{prefix}{wrapper.base}")

    @property
    def _first_prefix(self) -> str:
        return self.around.spec.prefix or ""

    def selection(self, wrappers: Sequence[Wrapper]) -> Selection | None:
        """Return the macros by which entries choose; None where all wrappers are always built."""
        config = self.around.dispatch.backend.config
        if not self.around.selecting or not config or not wrappers:
            return None
        chosen: list[Insertion] = []
        left: list[Insertion] = []
        within = self.around.selecting
        without = (defined(config).denied,)

        def add(name: str, parameters: str, one: str, other: str) -> None:
            if one:
                chosen.append(Insertion(name, within, f"#define {name}{parameters} {one}\n"))
            left.append(Insertion(name, without, f"#define {name}{parameters} {other}\n"))

        own = f"{self.prefix}##name"
        if any(wrapper.first and not self._is_odd(wrapper) for wrapper in wrappers):
            add(self.selector, "(name)", own, f"{self._first_prefix}##name")
        if any(not wrapper.first for wrapper in wrappers):
            add(self.only, "(name)", own, "NULL")
        for wrapper in wrappers:
            if self._is_odd(wrapper):
                add(wrapper.name, "", "", wrapper.first)
        return Selection(config, tuple(chosen), tuple(left))


def _entry(name: str, value: str, style: Indentation) -> str:
    r"""Return an entry for a table, in two lines where one would be too long.

    >>> style = Indentation()
    >>> _entry("open", "bar_open", style), _entry("o" * 40, "bar_open" * 4, style)[-38:]
    ('\t.open = bar_open,', ' =\n\t\tbar_openbar_openbar_openbar_open,')
    """
    one, two = style.level(1), style.level(2)
    line = f"{one}.{name} = {value},"
    return line if width(line) <= LIMIT else f"{one}.{name} =\n{two}{value},"


def new_entries(
    around: Surroundings, ops: Sequence[Op], reader: TableOps, unclear: Collection[str]
) -> list[Op]:
    """Return entries for ops that the spec gives to the second backend and no table has.

    Each goes behind the entry of the nearest member before it in the structure. `unclear` are ops
    that may have an entry.
    """
    present = {op.name for op in ops} | {*unclear} | reader.indirect
    wanted = [
        name
        for name, policy in around.spec.ops.items()
        if policy.only == "second" and policy.wrap and name not in present
    ]
    found: list[Op] = []
    for table in around.spec.tables.values() if wanted else ():
        members = reader.members(table)
        names = list(members)
        for name in (n for n in names if n in wanted and n not in {op.name for op in found}):
            for definition in around.main.definitions.of(table, Sort.OBJECT)[:1]:
                item = definition.item
                assert isinstance(item, Declaration)
                earlier = names[: names.index(name)]
                served = {op.name: op.offset for op in ops if op.index == definition.index}
                place = _behind_nearest(item, earlier, served)
                if place is None:
                    continue
                site = around.main.site(definition.index, place)
                found.append(
                    Op(name, table, definition.index, place, 0, "", "",
                       (*definition.guard, *members[name].guard), members[name], site)
                )  # fmt: skip
    return found


def _is_for(entry: InitializerEntry, name: str, served: Mapping[str, int]) -> bool:
    end = entry.places[-1] + len(entry.value[-1].text)
    return entry.designator == f".{name}" or entry.offset <= served.get(name, -1) < end


def _behind_nearest(item: Declaration, earlier: list[str], served: Mapping[str, int]) -> int | None:
    """Return the offset of the line's end behind the last entry of these members.

    `served` are the offsets of what serves ops, macros' arguments as well. Of an entry under an
    `#if` it is behind the `#endif`; one without a comma is no place. Without any, the first line
    is. None is left where an entry that has no designator would come to stand for the next member
    (C11 6.7.9p17).
    """
    entries = [entry for entry in read_entries(item) if entry.value]
    place = None
    for name in reversed(earlier):
        entry = next((one for one in entries if _is_for(one, name, served)), None)
        if entry is None:
            continue
        end = entry.places[-1] + len(entry.value[-1].text)
        if guard_inside(item, entry.offset):
            place = _behind_endif(item, end)
        else:
            place = _line_end(item.text, end, 1)
        if place is not None:
            break
    if place is None and item.initializer:
        opening = item.text.find("{", item.initializer[0])
        place = _line_end(item.text, opening + 1, 0) if opening >= 0 else None
    if place is None or any(e.offset > place and _is_positional(e, served) for e in entries):
        return None
    return place


def _behind_endif(item: Declaration, start: int) -> int | None:
    """Return the offset behind the `#endif` of the outermost `#if` around what ends at `start`."""
    at = 0
    for token in item.tokens:
        at += len(token.text)
        if at > start and token.kind is Kind.DIRECTIVE and not guard_inside(item, at):
            return at
    return None


def _is_positional(entry: InitializerEntry, served: Mapping[str, int]) -> bool:
    """Tell whether an entry is for the member after the one before it; a macro may have names."""
    first = entry.value[0]
    known = first.text == "NULL" or entry.places[0] in served.values()
    return not entry.designator and (first.kind is not Kind.IDENT or known)


def _line_end(text: str, start: int, commas: int) -> int | None:
    """Return where the line ends that has so many commas and comments at most behind `start`."""
    at = start
    for token in lex(text[start:]):
        if token.kind is Kind.NEWLINE and not commas:
            return at
        commas -= token.text == ","
        if commas < 0 or (token.kind not in TRIVIA and token.text != ","):
            return None
        at += len(token.text)
    return None
