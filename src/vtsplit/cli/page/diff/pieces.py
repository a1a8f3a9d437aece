"""Cut the hunks of a file into pieces that are each about one thing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from vtsplit.change.changes import FileChange
from vtsplit.cli.page.content import Row, StepKind
from vtsplit.cli.page.diff.colors import color_lines
from vtsplit.cst.heads.initializer import read_entries
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, MacroCall
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import visible

_C = (".c", ".h")
# Pieces of one kind that stand together are one piece, if each is as short as this.
_SHORT = 12


@dataclass(frozen=True)
class Owner:
    """The item that a line belongs to: its name, and whether it is an include or a table.

    The name is empty for what has none.
    """

    name: str = ""
    is_include: bool = False
    is_table: bool = False


@dataclass
class Cut:
    """Lines of a hunk that belong to items of one kind, and the names of these items.

    `hunk` is the hunk's number in its file, `gap` its line with `@@` if it is the first of it.
    """

    hunk: int
    owners: list[Owner] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    gap: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether any of its lines changes."""
        return any(row.sign != " " for row in self.rows)


def cut(
    change: FileChange, context: int, moves: Mapping[tuple[str, str, int], str]
) -> Iterator[Cut]:
    """Yield the parts of a file's hunks, one for each item that has a name of its own.

    `moves` tell where a line that moves is on the other side.
    """
    path, old_path = change.path, change.old_path or change.path
    before, after = _text(change.before), _text(change.after)
    old_code, new_code = color_lines(before, old_path), color_lines(after, path)
    old_owners, new_owners = _owners(before, old_path), _owners(after, path)
    for number, hunk in enumerate(change.compare(context).hunks):
        cuts: list[Cut] = []
        waiting: list[Row] = []
        for line in hunk.lines:
            sign = line.origin if line.origin in "+- " else ""
            if not sign:
                continue  # what git says of a missing end of line
            old, new = max(line.old_lineno, 0), max(line.new_lineno, 0)
            code = old_code[old - 1] if sign == "-" else new_code[new - 1]
            at = ("-", old_path, old) if sign == "-" else ("+", path, new)
            row = Row(sign, old, new, code, moves.get(at, "") if sign != " " else "")
            owner = _of(old_owners, old) if sign == "-" else _of(new_owners, new)
            if not owner.name and not owner.is_include:
                waiting.append(row)
                continue
            if not cuts or cuts[-1].owners[-1] != owner:
                cuts.append(Cut(number, [owner]))
            cuts[-1].rows += [*waiting, row]
            waiting = []
        if waiting:
            cuts = cuts or [Cut(number, [Owner()])]
            cuts[-1].rows += waiting
        gap = visible(hunk.header.rstrip("\n"), "\t")
        yield from _with_gap(_without_idle(cuts), gap if change.before else "")


def join(cuts: Sequence[Cut], kinds: Sequence[tuple[StepKind, ...]]) -> list[list[int]]:
    """Return the indices of parts that are one piece.

    These are short neighbours of the same mechanical kinds. A part without a kind goes with the
    one in front of it: `module_param()` with its variable.
    """
    groups: list[list[int]] = []
    for at, one in enumerate(cuts):
        last = groups[-1][-1] if groups else -1
        if last < 0 or cuts[last].hunk != one.hunk or not _goes_with(cuts, kinds, last, at):
            groups.append([at])
        else:
            groups[-1].append(at)
    return groups


def _goes_with(
    cuts: Sequence[Cut], kinds: Sequence[tuple[StepKind, ...]], last: int, at: int
) -> bool:
    if not kinds[at]:
        return True
    is_short = max(len(cuts[last].rows), len(cuts[at].rows)) <= _SHORT
    is_mechanical = all(kind.is_mechanical for kind in kinds[at])
    return is_short and is_mechanical and kinds[last] == kinds[at]


def _with_gap(cuts: list[Cut], gap: str) -> list[Cut]:
    if cuts:
        cuts[0] = replace(cuts[0], gap=gap)
    return cuts


def _without_idle(cuts: Sequence[Cut]) -> list[Cut]:
    """Give parts in which nothing changes to a neighbour in which something does."""
    kept: list[Cut] = []
    waiting: list[Row] = []
    for one in cuts:
        if not one.is_changed and kept:
            kept[-1].rows += one.rows
        elif not one.is_changed:
            waiting += one.rows
        else:
            one.rows[:0] = waiting
            waiting = []
            kept.append(one)
    return kept


def _of(owners: Sequence[Owner], number: int) -> Owner:
    return owners[number - 1] if 0 < number <= len(owners) else Owner()


def _owners(text: str, path: str) -> list[Owner]:
    """Return the owner of each line of a file; there are none in a file that is no C.

    Comments and blank lines above an item belong to it.
    """
    if not path.endswith(_C):
        return []
    module = parse_module(text)
    found: list[Owner] = []
    for item, start in zip(module.items, module.starts, strict=False):
        last, _ = module.position(start + max(len(item.text) - 1, 0))
        found += [_owner(item)] * (last - len(found))
    return found


def _owner(item: Item) -> Owner:
    match item:
        case FunctionDef() | MacroCall():
            return Owner(item.name)
        case Declaration():
            return Owner(item.name, is_table=bool(read_entries(item)))
        case Directive() if item.macro is not None:
            return Owner(item.macro.name)
        case Directive() if item.include is not None:
            return Owner(is_include=True)
    return Owner()


def _text(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "surrogateescape")
