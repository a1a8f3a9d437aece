"""How a wrapper calls a backend's function: by the names of parameters, if the types agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vtsplit.cst.annotations import INLINE, STORAGE, is_annotation
from vtsplit.cst.declarator import Head, read_head
from vtsplit.cst.layout import split_list
from vtsplit.cst.lexer import TRIVIA, Kind, lex
from vtsplit.cst.typed import TypeReadError, read_signature
from vtsplit.planning.dispatch.surroundings import Function
from vtsplit.survey.typedefs import Key, Typedefs


@dataclass(frozen=True)
class Parameter:
    """A parameter of an op: its name in the wrapper, its declaration there, its type."""

    name: str
    text: str
    key: Key


@dataclass(frozen=True)
class Shape:
    """What an op looks like to its callers: return type as text and as key, parameters."""

    returns: str
    returned: Key
    parameters: tuple[Parameter, ...]


class ShapeError(Exception):
    """A function that cannot be wrapped or called as it is declared; the message says why."""


def parameters_of(head: Head) -> list[str]:
    """Return the declarations of a function's parameters, without comments; none for `(void)`.

    >>> parameters_of(read_head("int f(struct foo *foo, int /* one */ a)"))
    ['struct foo *foo', 'int a']
    """
    inside = head.tokens[head.open_paren + 1 : head.close_paren]
    texts = split_list([token for token in inside if token.kind is not Kind.COMMENT])
    return [] if texts == ["void"] else [" ".join(text.split()) for text in texts]


def return_type(head: Head) -> str:
    """Return a function's return type as it is written, without linkage and annotations.

    >>> return_type(read_head("static __init const char *name(void)"))
    'const char *'
    """
    text = ""
    for token in head.tokens[: head.name_index]:
        word = token.text
        linkage = word in STORAGE or word in INLINE or is_annotation(word)
        if token.kind in TRIVIA or token.kind is Kind.DIRECTIVE or linkage:
            continue
        text += word if word == "*" and text.endswith("*") else f" {word}"
    return text.strip()


def shape_of(head: Head, names: Sequence[Sequence[str]] = ()) -> Shape:
    """Read the shape of a function. `names` are further lists to name its parameters from.

    Raises ShapeError.
    """
    try:
        signature = read_signature(head)
    except TypeReadError as error:
        raise ShapeError(str(error)) from error
    if signature.variadic:
        raise ShapeError("it takes a variable number of arguments, which cannot be passed on")
    if head.has_directive:
        raise ShapeError("an #if stands inside its head")
    _, keys, returned = signature.key
    texts = parameters_of(head)
    if len(texts) != len(signature.parameters):
        raise ShapeError("its parameters cannot be read")
    parameters: list[Parameter] = []
    for at, text in enumerate(texts):
        candidates = [signature.parameters[at], *(more[at] for more in names if at < len(more))]
        taken = {parameter.name for parameter in parameters}
        name = next((one for one in candidates if one and one not in taken), f"arg{at}")
        parameters.append(Parameter(name, text, keys[at]))
    return Shape(return_type(head), returned, tuple(parameters))


def call(function: Function, shape: Shape, typedefs: Typedefs) -> str:
    """Return a call of a backend's function with a wrapper's parameters, matched by name.

    A function whose parameters have no names is called with the first ones, in order. Raises
    ShapeError where a parameter or the result is of another type.
    """
    try:
        signature = read_signature(function.head)
    except TypeReadError as error:
        raise ShapeError(str(error)) from error
    if signature.variadic:
        raise ShapeError("it takes a variable number of arguments")
    _, keys, returned = signature.key
    if not typedefs.are_same(returned, shape.returned):
        raise ShapeError(f"it returns {return_type(function.head)}, the op {shape.returns}")
    own = {parameter.name: parameter for parameter in shape.parameters}
    arguments = []
    for at, (name, key) in enumerate(zip(signature.parameters, keys, strict=False)):
        if name:
            given = own.get(name)
        else:
            given = shape.parameters[at] if at < len(shape.parameters) else None
        if given is None:
            shown = f"'{name}'" if name else f"{at + 1}"
            known = ", ".join(own) or "none"
            raise ShapeError(f"the op has no parameter {shown}: it has {known}")
        if not _can_take(typedefs.resolved(key), typedefs.resolved(given.key)):
            raise ShapeError(f"its parameter '{name or given.name}' is of another type")
        arguments.append(given.name)
    return f"{function.name}({', '.join(arguments)})"


def _can_take(wanted: Key, given: Key) -> bool:
    """Tell whether a parameter takes a value: its pointer may point to const, not lose it.

    (C11 6.5.16.1.)

    >>> key = lambda text: read_signature(read_head(f"int f({text})")).key[1][0]
    >>> _can_take(key("const foo *"), key("foo *")), _can_take(key("foo *"), key("const foo *"))
    (True, False)
    """
    if wanted == given:
        return True
    if not (wanted[0] == given[0] == "pointer"):
        return False
    (more, to), (less, of) = _qualifiers(wanted[-1]), _qualifiers(given[-1])
    return less <= more and to == of


def _qualifiers(key: Key) -> tuple[set[str], Key]:
    """Return the qualifiers of a type and the type without them."""
    found = {part for part in key if isinstance(part, str)} & {"const", "volatile"}
    return found, tuple(part for part in key if not (isinstance(part, str) and part in found))


def _unqualified(key: Any) -> Any:
    """Leave out `const`, which does not matter to what an op chooses by."""
    if isinstance(key, tuple):
        return tuple(_unqualified(part) for part in key if part != "const")
    return key


def base_of(parameter: Parameter) -> Key:
    """Return a parameter's type as `[dispatch.when]` names types: `const` does not count."""
    found: Key = _unqualified(parameter.key)
    return found


def type_key(text: str) -> Key | None:
    """Return the type that a text such as `struct foo *` names; None when it names none.

    >>> type_key("const struct foo *") == type_key("struct foo*"), type_key("*") is None
    (True, True)
    """
    words = [token for token in lex(text) if token.kind not in TRIVIA]
    if not words or any(t.kind is not Kind.IDENT and t.text != "*" for t in words):
        return None
    head = read_head(f"int f({text} x)")
    try:
        keys = read_signature(head).key[1]
    except (TypeReadError, IndexError):
        return None
    return _unqualified(keys[0]) if len(keys) == 1 else None
