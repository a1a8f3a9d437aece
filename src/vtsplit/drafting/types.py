"""Objects that an op may choose by: pointers to structures, and their types as a spec has them."""

from vtsplit.planning.dispatch.wrappers.arguments import Parameter
from vtsplit.planning.dispatch.wrappers.calls import base_of, type_key
from vtsplit.survey.types.typedefs import Typedefs, TypeKey

_KEYWORDS = {"Struct": "struct", "Union": "union"}


def object_type(parameter: Parameter, typedefs: Typedefs) -> str | None:
    """Return the type of a parameter that points to a structure, without `const`; else None."""
    key = base_of(parameter)
    if len(key) != 2 or key[0] != "pointer" or len(key[1]) != 2:
        return None
    kind, name = key[1]
    if kind in _KEYWORDS and isinstance(name, str):
        text = f"{_KEYWORDS[kind]} {name} *"
    elif kind == "names" and typedefs.resolved(key[1])[0] in _KEYWORDS:
        text = f"{name} *"
    else:
        return None
    return text if type_key(text) == key else None


def words_of(name: str) -> list[str]:
    """Return the words of a name or type, in small letters.

    >>> words_of("struct foo_unit *"), words_of("is_bar_unit")
    (['foo', 'unit'], ['is', 'bar', 'unit'])
    """
    words = name.lower().replace("*", " ").replace("_", " ").split()
    return [word for word in words if word not in {"struct", "union"}]


def is_constant(key: TypeKey) -> bool:
    """Tell whether a pointer's target is `const`."""
    return key[0] == "pointer" and "const" in key[-1]
