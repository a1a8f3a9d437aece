"""The ops of the tables, and who serves each: a row for every op."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from vtsplit.apply.transform import Transformed
from vtsplit.cli.page.content import FileDiff, OpRow
from vtsplit.cli.page.diff.colors import color
from vtsplit.cst.heads.initializer import read_entries
from vtsplit.cst.nodes import Declaration, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.planning.dispatch.edits import Served
from vtsplit.series.cutting.group_wrappers import kind_of_policy
from vtsplit.series.cutting.stage import WrapperKind
from vtsplit.spec.dispatch import Policy
from vtsplit.spec.document import Spec
from vtsplit.tree.source_tree import SourceTree

_POLICIES = {
    WrapperKind.EITHER: "one or the other",
    WrapperKind.BOTH: "both",
    WrapperKind.FIRST: "first only",
    WrapperKind.SECOND: "second only",
    WrapperKind.OWN: "own body",
}
_DIRECT = "no wrapper"


@dataclass(frozen=True)
class _Files:
    """The files as they are to be, by path, and the diff of each."""

    modules: Mapping[str, Module]
    diffs: Mapping[str, FileDiff]

    def find(self, name: str, *paths: str) -> tuple[str, Item] | None:
        """Return the first item of these files that declares or defines a name, with its path."""
        for path in paths:
            for item in self.modules[path].items if path in self.modules else ():
                if isinstance(item, Declaration | FunctionDef) and item.name == name:
                    return path, item
        return None

    def line(self, path: str, item: Item, offset: int = 0) -> int:
        """Return the line of an offset in an item's text."""
        module = self.modules[path]
        return module.position(module.starts[module.items.index(item)] + offset)[0]

    def piece(self, path: str, line: int) -> str:
        """Return the piece of the diff that adds a line or shows it; empty if none does."""
        diff = self.diffs.get(path)
        for piece in diff.pieces if diff else ():
            if any(row.new == line and row.sign != "-" for row in piece.rows):
                return piece.ident
        return ""


def op_rows(
    spec: Spec, source: SourceTree, result: Transformed, diffs: Iterable[FileDiff]
) -> tuple[OpRow, ...]:
    """Return a row for each op of the tables; none for a split that has no dispatch."""
    if result.dispatch is None:
        return ()
    tree = result.over(source)
    backend = spec.dispatch.backend if spec.dispatch else None
    # Where prototypes are looked for, the header first.
    paths = [spec.header, *([backend.header] if backend and backend.header else [])]
    paths += [result.moved.get(spec.source, spec.source), *([backend.source] if backend else [])]
    every = dict.fromkeys([spec.main, *paths])
    modules = {path: parse_module(tree.read(path)) for path in every if tree.exists(path)}
    files = _Files(modules, {diff.path: diff for diff in diffs})
    rows = [
        _row(at, served, result.dispatch.spec, files, paths)
        for at, served in enumerate(result.dispatch.served)
    ]
    return tuple(rows)


def _row(at: int, served: Served, spec: Spec, files: _Files, paths: Sequence[str]) -> OpRow:
    policy = spec.ops.get(served.op, Policy())
    is_stated = served.op in spec.ops
    wrapper = files.find(served.wrapper, spec.main) if served.wrapper else None
    path, line = spec.main, _entry_line(served, spec, files)
    if wrapper:
        line = files.line(path, wrapper[1])
    otherwise = policy.otherwise if isinstance(policy.otherwise, tuple) else (policy.otherwise,)
    zero = tuple(f"clear {name}" for name in policy.zero)
    return OpRow(
        ident=f"op{at}",
        name=served.op,
        table=served.table,
        policy=_POLICIES[kind_of_policy(policy)] if served.wrapper else _DIRECT,
        condition=served.condition,
        first=served.first,
        second=served.second,
        otherwise="; ".join([*zero, *otherwise]),
        guard=" && ".join(one.expression for one in served.guard),
        path=path,
        line=line,
        piece=files.piece(path, line),
        spec_line=spec.own_line(spec.op_site(served.op)) if is_stated else 0,
        wrapper=served.wrapper,
        wrapper_code=color(wrapper[1].text) if wrapper else Markup(""),
        prototypes=tuple(_prototypes(served, files, paths)),
    )


def _prototypes(
    served: Served, files: _Files, paths: Sequence[str]
) -> Iterable[tuple[str, Markup]]:
    """Yield the declaration of each backend's function, with the file that has it."""
    for name in (served.first, served.second) if served.wrapper else ():
        found = files.find(name, *paths) if name else None
        if found:
            path, item = found
            text = item.text[: item.body] if isinstance(item, FunctionDef) else item.text
            yield path, color(text.rstrip())


def _entry_line(served: Served, spec: Spec, files: _Files) -> int:
    """Return the line of an op's entry in its table; 0 if it has none of its own."""
    found = files.find(served.table, spec.main)
    if found is None or not isinstance(found[1], Declaration):
        return 0
    for entry in read_entries(found[1]):
        if entry.designator == f".{served.op}":
            return files.line(spec.main, found[1], entry.offset)
    return 0
