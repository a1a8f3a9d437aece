"""If a spec has several sections for one op, which of them fits the tree.

One spec serves several versions of a tree: `[[op.NAME]]` may stand more than once, and the first
section that fits this tree counts.
"""

from collections.abc import Collection, Sequence

import msgspec

from vtsplit.planning.dispatch.ops import Op, TableOps
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.used_names import undeclared
from vtsplit.planning.dispatch.wrappers.choose import Wrappers
from vtsplit.planning.dispatch.wrappers.drift import Comparison
from vtsplit.planning.dispatch.wrappers.wrapper import Wrapper, names_in
from vtsplit.planning.steps import Ledger
from vtsplit.spec.dispatch import Policy
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.definitions import Sort


def settle(around: Surroundings, ops: Sequence[Op], reader: TableOps) -> Spec:
    """Return the spec with one section for each op: of several, the one that fits the tree.

    A section that makes the wrapper which main has already goes before all others. Where none fits,
    the first one stays, and is refused for what it lacks.
    """
    chosen: dict[str, Policy] = {}
    for name, sections in around.spec.alternatives.items():
        trials = [_Trial(around, name, section, ops, reader) for section in sections]
        fitting = [trial for trial in trials if trial.fits()]
        present = [trial for trial in fitting if trial.is_there()]
        best = next(iter((*present, *fitting)), trials[0])
        chosen[name] = best.section
        if best is not trials[0] and best in fitting:
            site = around.spec.site("op", name, sections.index(best.section))
            around.ledger.note(f"of the sections for op '{name}' this one fits the tree", site)
    return msgspec.structs.replace(around.spec, ops={**around.spec.ops, **chosen})


class _Trial:
    """One section, tried on the entries of its op; what is refused meanwhile stays here."""

    def __init__(
        self,
        around: Surroundings,
        name: str,
        section: Policy,
        ops: Sequence[Op],
        reader: TableOps,
    ) -> None:
        self.section = section
        self.name = name
        spec = msgspec.structs.replace(around.spec, ops={**around.spec.ops, name: section})
        self.around = around.under(spec, Ledger())
        self.entries = [op for op in ops if op.name == name]
        tables = around.spec.tables.values()
        self.is_member = any(name in reader.members(table) for table in tables)
        self.wrappers = self._make() if section.wrap else []

    def _make(self) -> list[Wrapper]:
        makes = Wrappers(self.around)
        return [made for op in self.entries if (made := makes.make(op))]

    def fits(self) -> bool:
        """Tell whether the tree has all that the section needs."""
        if not self.section.wrap:
            return bool(self.entries)
        if not self.entries:
            return self.is_member and self.section.only == "second"
        if self.around.ledger.problems or len(self.wrappers) < len(self.entries):
            return False
        return all(self._is_known(wrapper) for wrapper in self.wrappers)

    def is_there(self) -> bool:
        """Tell whether main has just the wrappers that the section makes."""
        main = self.around.main.definitions
        comparison = Comparison(self.around, force=False)
        return bool(self.wrappers) and all(
            any(
                comparison.is_same(found.item, wrapper)
                for found in main.of(wrapper.name, Sort.FUNCTION)
            )
            for wrapper in self.wrappers
        )

    def _is_known(self, wrapper: Wrapper) -> bool:
        """Tell whether a header that the source sees, or a file at hand, has each name used."""
        given = {wrapper.first, *wrapper.seconds, *self._common()}
        names = {name for name in wrapper.uses - given if not self._is_at_hand(name)}
        return not undeclared(self.around, names)

    def _common(self) -> Collection[str]:
        """Return the names that wrappers of any section use to choose."""
        dispatch = self.around.dispatch
        found = {name for template in dispatch.when.values() for name in names_in(template)}
        return found | {dispatch.backend.flag or ""}

    def _is_at_hand(self, name: str) -> bool:
        around = self.around
        files = (around.main, around.header, around.backend, around.backend_header)
        return any(file is not None and file.definitions.of(name) for file in files)
