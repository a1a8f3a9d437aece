"""A spec that builds upon a preset: it states what is different, and has the rest from there."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, inspect

from vtsplit.spec.toml_sites import KeyPath

_TYPES: dict[type[inspect.Type], type] = {
    inspect.StrType: str,
    inspect.BoolType: bool,
    inspect.StructType: dict,
    inspect.DictType: dict,
    inspect.VarTupleType: list,
}


def branches(kind: inspect.Type) -> dict[type, inspect.Type]:
    """Sort what a place of the schema allows by the type that TOML gives."""
    if isinstance(kind, inspect.UnionType):
        return {raw: branch for part in kind.types for raw, branch in branches(part).items()}
    if isinstance(kind, inspect.Metadata):
        return dict.fromkeys(branches(kind.type), kind)
    return {} if isinstance(kind, inspect.NoneType) else {_TYPES[type(kind)]: kind}


def merged(own: dict[str, Any], base: dict[str, Any], kind: inspect.Type) -> dict[str, Any]:
    """Return what a spec comes to upon another one, by the schema of both.

    Sections are merged key by key. What stands under a name, such as an op, is taken as a whole,
    and so is an array: two halves of a policy would make one that nobody has written.
    """
    fields = _fields(kind)
    return {
        **base,
        **{
            key: merged(value, base[key], fields[key])
            if key in fields and _is_section(value, base.get(key))
            else value
            for key, value in own.items()
        },
    }


def states(own: Mapping[str, Any], path: KeyPath, kind: inspect.Type) -> bool:
    """Tell whether a spec itself says what stands at a place of what it is merged to."""
    value: Any = own
    fields: Mapping[str, inspect.Type] | None = _fields(kind)
    for key in path:
        if fields is None or not isinstance(value, dict):
            return True  # all of it was taken from here
        if key not in value:
            return False
        value = value[key]
        inner = fields.get(str(key))
        fields = None if inner is None else _fields(inner)
    return True


def _is_section(value: object, other: object) -> bool:
    return isinstance(value, dict) and isinstance(other, dict)


def _fields(kind: inspect.Type) -> dict[str, inspect.Type]:
    """Return the keys of a section; none if its keys are names that the user chooses."""
    found = branches(kind).get(dict)
    if isinstance(found, inspect.StructType):
        return {field.encode_name: field.type for field in found.fields}
    return {}


def section_of(kind: inspect.Type) -> type[Struct] | None:
    """Return the class of a section that is merged key by key; None if the type is no section."""
    found = branches(kind).get(dict)
    return found.cls if isinstance(found, inspect.StructType) else None
