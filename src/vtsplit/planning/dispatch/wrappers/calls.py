"""How a wrapper calls a backend's function: what it passes, and what becomes of the result."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from vtsplit.codemods.dispatch.specifiers import return_type
from vtsplit.cst.heads.declarator import Head, read_head
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import Kind, code_tokens, lex
from vtsplit.cst.style.layout import split_list
from vtsplit.planning.dispatch.surroundings import Function, Surroundings
from vtsplit.planning.dispatch.wrappers.arguments import ArgumentError, Matching, Parameter
from vtsplit.planning.dispatch.wrappers.attributes import must_check
from vtsplit.planning.dispatch.wrappers.conversions import Conversions, unqualified
from vtsplit.survey.types.typedefs import Typedefs, TypeKey

VOID: TypeKey = ("names", "void")


@dataclass(frozen=True)
class Shape:
    """What an op looks like to its callers: return type as text and as key, parameters."""

    returns: str
    returned: TypeKey
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


class Calls:
    """Writes calls of the backends' functions with the parameters of a wrapper."""

    def __init__(self, around: Surroundings, typedefs: Typedefs) -> None:
        self.around = around
        self.typedefs = typedefs
        self.types = Conversions(typedefs)

    def shape(self, head: Head, names: Sequence[Sequence[str]] = ()) -> Shape:
        """Read the shape of a function; one that returns a typedef of `void` returns nothing.

        Raises ShapeError.
        """
        found = shape_of(head, names)
        return replace(found, returns="void") if self.is_void(found.returned) else found

    def call(self, function: Function, shape: Shape, is_error: bool = False) -> str:
        """Return a call of a function as a wrapper of that shape makes it.

        With `is_error` its result is taken for an error code. Raises ShapeError where a parameter
        or the result does not fit.
        """
        try:
            signature = read_signature(function.head)
        except TypeReadError as error:
            raise ShapeError(str(error)) from error
        if signature.variadic:
            raise ShapeError("it takes a variable number of arguments")
        _, keys, returned = signature.key
        self._check_result(function, returned, shape, is_error)
        taken = [
            Parameter(name, "", key) for name, key in zip(signature.parameters, keys, strict=False)
        ]
        try:
            places = Matching(taken, shape.parameters, self.types).places()
        except ArgumentError as error:
            raise ShapeError(str(error)) from error
        arguments = ", ".join(shape.parameters[place].name for place in places)
        return f"{function.name}({arguments})"

    def drops_result(self, function: Function, shape: Shape) -> bool:
        """Tell whether a function returns something where the op returns nothing."""
        return shape.returns == "void" and not self.is_void(read_signature(function.head).key[2])

    def is_void(self, returned: TypeKey) -> bool:
        """Tell whether a function of a type returns nothing, with typedefs looked through."""
        return unqualified(self.typedefs.resolved(returned)) == VOID

    def _check_result(
        self, function: Function, returned: TypeKey, shape: Shape, is_error: bool
    ) -> None:
        own = return_type(function.head)
        differ = f"it returns {own}, but the op returns {shape.returns}"
        if self.drops_result(function, shape):
            if must_check(function.name, self.around):
                raise ShapeError(f"{differ}, and its result has to be used: it is __must_check")
            return
        if not self.types.takes(shape.returned, returned):
            both = self.types.are_integers(shape.returned, returned)
            raise ShapeError(f"{differ}{', which may not hold every value of it' if both else ''}")
        same = self.types.is_alike(shape.returned, returned)
        if is_error and not same and not self.types.is_error_code(returned):
            raise ShapeError(f"{differ}, and its result is not an error code")


def _unqualified(key: Any) -> Any:
    """Leave out `const`, which does not matter to what an op chooses by."""
    if isinstance(key, tuple):
        return tuple(_unqualified(part) for part in key if part != "const")
    return key


def base_of(parameter: Parameter) -> TypeKey:
    """Return a parameter's type as `[dispatch.when]` names types: `const` does not count."""
    found: TypeKey = _unqualified(parameter.key)
    return found


def type_key(text: str) -> TypeKey | None:
    """Return the type that a text such as `struct foo *` names; None when it names none.

    >>> type_key("const struct foo *") == type_key("struct foo*"), type_key("*") is None
    (True, True)
    """
    words = code_tokens(lex(text))
    if not words or any(t.kind is not Kind.IDENT and t.text != "*" for t in words):
        return None
    head = read_head(f"int f({text} x)")
    try:
        keys = read_signature(head).key[1]
    except (TypeReadError, IndexError):
        return None
    return _unqualified(keys[0]) if len(keys) == 1 else None
