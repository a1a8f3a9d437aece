"""Try policies before they are proposed: what dispatch would make of them, or refuse."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.drafting.draft import Keys
from vtsplit.drafting.text import section_lines, toml
from vtsplit.planning.dispatch.entries import new_entries
from vtsplit.planning.dispatch.ops import TableOps
from vtsplit.planning.dispatch.plan import plan_dispatch
from vtsplit.planning.dispatch.rules import SHARED_WRAPPER
from vtsplit.planning.dispatch.second.module_init import InitNames
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.unclear import refuse_unclear
from vtsplit.planning.dispatch.wrappers.choose import Wrappers
from vtsplit.planning.dispatch.wrappers.wrapper import Wrapper
from vtsplit.planning.steps import Ledger
from vtsplit.spec.dispatch import Policy
from vtsplit.spec.document import Spec, load


class Trial:
    """A split tree with the backends known, in which any policies can be tried."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.reader = TableOps(around)
        self.ops = self.reader.read()

    def make(
        self, policies: Mapping[str, Keys], listed: Sequence[str] = ()
    ) -> dict[str, Wrapper | Problem | None]:
        """Return for each op its wrapper, why it cannot have one, or None where it needs none."""
        spec = _with_policies(self.around.spec, policies, listed)
        around = self.around.under(spec, Ledger())
        makes = Wrappers(around)
        unclear = refuse_unclear(around, self.reader, self.ops)
        found: dict[str, Wrapper | Problem | None] = {}
        shared: dict[str, Wrapper] = {}
        for op in (*self.ops, *new_entries(around, self.ops, self.reader, unclear)):
            before = len(around.ledger.problems)
            wrapper = makes.make(op)
            problems = around.ledger.problems[before:]
            if wrapper is not None:
                other = shared.setdefault(wrapper.name, wrapper)
                if other.text != wrapper.text:
                    message = f"op '{other.op.name}' has the wrapper of its function"
                    problems = [Problem(SHARED_WRAPPER, message, op.site)]
            if problems:
                found[op.name] = problems[0]
            elif not isinstance(found.get(op.name), Problem):
                found[op.name] = wrapper or found.get(op.name)
        return found

    def is_sound(self, op: str, keys: Keys) -> bool:
        """Tell whether a spec can have a section: C may allow names that a spec does not."""
        prefix = self.around.dispatch.prefix
        backend = self.around.dispatch.backend
        head = f"[dispatch]\nprefix = {toml(prefix)}\n[dispatch.backend]\n"
        head += f"prefix = {toml(backend.prefix)}\nsource = {toml(backend.source)}\n"
        try:
            load("\n".join([_SPLIT, head, *section_lines(op, keys)]), "")
        except RefusedError:
            return False
        return True

    def refusals(
        self, policies: Mapping[str, Keys], listed: Sequence[str] = ()
    ) -> tuple[Problem, ...]:
        """Return what dispatch as a whole is refused for with these policies."""
        spec = _with_policies(self.around.spec, policies, listed)
        around = self.around
        try:
            plan_dispatch(spec, around.tree, around.source_graph, InitNames())
        except RefusedError as error:
            return error.problems
        return ()


_SPLIT = '[split]\nsource = "s.c"\nheader = "h.h"\nmain = "m.c"\n[tables]\na = "b"'


def _with_policies(spec: Spec, policies: Mapping[str, Keys], listed: Iterable[str]) -> Spec:
    assert spec.dispatch is not None
    dispatch = msgspec.structs.replace(spec.dispatch, ops=tuple(listed))
    ops = {name: msgspec.convert(dict(keys), Policy) for name, keys in policies.items()}
    return msgspec.structs.replace(spec, dispatch=dispatch, ops=ops)
