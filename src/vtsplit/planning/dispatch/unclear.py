"""Ops that cannot be wrapped because of how their entries are written: they are refused."""

from collections.abc import Iterator, Sequence

from vtsplit.example_trees import ENTRY, NEON, TABLE, edited
from vtsplit.planning.dispatch.ops import Op, TableOps, Unclear
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.rule import Example, Rule

UNCLEAR_ENTRY = Rule(
    "VT054",
    "unclear-entry",
    "vtsplit cannot put a wrapper into the entry",
    "A macro makes the name of the function, or it is not certain which member the entry is for.",
    "Write the entry as `.op = function`, or leave the op alone with `wrap = false`.",
    Example(
        edited(
            "lamp.c",
            (TABLE, "#define OF(x) lamp_##x\n\n" + TABLE),
            (ENTRY, "\tOF(on),\n"),
        ),
        base=NEON,
    ),
)


def refuse_unclear(around: Surroundings, reader: TableOps, ops: Sequence[Op]) -> frozenset[str]:
    """Refuse entries in which no name can be replaced by a wrapper's, where one is due (VT054).

    It is due where the second backend has a function for the op, or the spec mentions the op.
    Returns the ops that such entries may be for.
    """
    found: set[str] = set()
    for unclear in reader.unclear:
        possible = list(_ops_of(unclear, reader, ops))
        found.update(possible)
        names = [name for name in possible if _is_due(name, around)]
        if names:
            ops_named = f"op '{names[0]}'" if len(names) == 1 else f"ops {', '.join(names)}"
            around.ledger.refuse(
                UNCLEAR_ENTRY,
                f"{ops_named} cannot be wrapped: {unclear.why}",
                unclear.site,
                f"write the entry as `.{names[0]} = function`, or leave the op alone: `wrap = "
                f"false` in [op.{names[0]}]",
            )
    return frozenset(found)


def _ops_of(unclear: Unclear, reader: TableOps, ops: Sequence[Op]) -> Iterator[str]:
    """Yield the members that an entry may be for."""
    if unclear.name:
        yield unclear.name
        return
    known = {op.name for op in ops if op.table == unclear.table} | reader.indirect
    known |= {other.name for other in reader.unclear if other.table == unclear.table}
    yield from (name for name in reader.serving(unclear.table) if name not in known)


def _is_due(name: str, around: Surroundings) -> bool:
    policy = around.spec.ops.get(name)
    if policy is not None and not policy.wrap:
        return False
    stated = policy is not None or name in around.dispatch.ops
    backend = around.dispatch.backend.prefix
    return stated or around.of_backend(f"{backend}{name}") is not None
