"""The ops of the tables as a draft needs them: their heads, shapes, and objects to choose by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vtsplit.codemods.dispatch.specifiers import return_type
from vtsplit.cst.heads.declarator import Head, read_head
from vtsplit.cst.heads.typed import TypeReadError
from vtsplit.drafting.choosing import Wanted
from vtsplit.drafting.types import is_constant, object_type
from vtsplit.planning.dispatch.ops import Op, TableOps
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers.calls import (
    Shape,
    ShapeError,
    base_of,
    parameters_of,
    shape_of,
)
from vtsplit.survey.types.members import StructMember, prototype
from vtsplit.survey.types.typedefs import Typedefs, TypeKey


@dataclass(frozen=True)
class TableOp:
    """An op of the tables, or a member that they have no function for.

    `first` is the first backend's function, empty without one. `shape` is None for what no wrapper
    can have; `objects` are the types of its parameters that a wrapper may choose by.
    """

    name: str
    first: str
    head: str
    shape: Shape | None
    objects: tuple[str, ...] = ()
    member: StructMember | None = None

    def chooses(self, keys: Mapping[TypeKey, str]) -> bool:
        """Tell whether a parameter is of one of these types."""
        shape = self.shape
        return shape is not None and any(base_of(p) in keys for p in shape.parameters)


def read_ops(around: Surroundings, read: Sequence[Op], typedefs: Typedefs) -> list[TableOp]:
    """Return the ops that the tables have entries for, in order, then the members they have not."""
    found: dict[str, TableOp] = {}
    members: dict[str, StructMember] = {}
    reader = TableOps(around)
    for table in around.spec.tables.values():
        members |= {n: m for n, m in reader.members(table).items() if n not in members}
    for op in read:
        function = around.function(op.function) if op.function else None
        if function is not None and op.name not in found:
            found[op.name] = _table_op(op.name, function.name, function.head, op.member, typedefs)
    for name, member in members.items():
        if name not in found and member.is_function:
            head = read_head(prototype(member, name))
            found[name] = _table_op(name, "", head, member, typedefs)
    return list(found.values())


def _table_op(
    name: str, first: str, head: Head, member: StructMember | None, typedefs: Typedefs
) -> TableOp:
    result = return_type(head)
    space = "" if result.endswith("*") else " "
    text = f"{result}{space}{name}({', '.join(parameters_of(head)) or 'void'})"
    try:
        shape = shape_of(head, [member.parameters] if member else [])
    except (ShapeError, TypeReadError):
        return TableOp(name, first, text, None, (), member)
    types = [object_type(parameter, typedefs) for parameter in shape.parameters]
    objects = tuple(dict.fromkeys(text for text in types if text))
    return TableOp(name, first, text, shape, objects, member)


def wanted_types(ops: Sequence[TableOp], typedefs: Typedefs) -> dict[str, Wanted]:
    """Return the types of objects that ops take, in order, with what is known of each."""
    found: dict[str, Wanted] = {}
    for text, key, name, constant in _objects(ops, typedefs):
        before = found.get(text, Wanted(key, frozenset(), False))
        found[text] = Wanted(key, before.names | {name}, before.is_constant or constant)
    return found


def _objects(
    ops: Sequence[TableOp], typedefs: Typedefs
) -> Iterator[tuple[str, TypeKey, str, bool]]:
    for op in ops:
        for parameter in op.shape.parameters if op.shape and op.first else ():
            text = object_type(parameter, typedefs)
            if text:
                yield text, base_of(parameter), parameter.name, is_constant(parameter.key)
