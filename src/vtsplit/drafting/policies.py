"""Which policy fits an op, by its result, its parameters and its name."""

import re
from collections.abc import Callable, Container, Iterator

from vtsplit.drafting.draft import Keys, KeyValue
from vtsplit.drafting.types import is_constant, words_of
from vtsplit.planning.dispatch.wrappers.arguments import Parameter
from vtsplit.planning.dispatch.wrappers.calls import Shape, base_of
from vtsplit.survey.types.typedefs import Typedefs, TypeKey

# What an op about the whole system does, by its name: the second backend comes after the first
# when it starts, and before it when it stops.
_STARTS = frozenset(
    "attach begin check connect enable enter init initialize load online open power prepare probe "
    "register resume setup start up".split()
)
_STOPS = frozenset(
    "cleanup deinit destroy detach disable disconnect down exit fini finish free leave offline "
    "release remove shutdown stop suspend teardown uninit unload unprepare unregister unsetup"
    "".split()
)
# What takes a value from its parameters, and does not fill them; but a `bool *` is an answer.
_TAKES = frozenset(
    "copy inject load patch program put restore send set store submit update write".split()
)
_BOOL = ("names", "_Bool")
# Of a buffer the length is another parameter.
_BYTES = frozenset({"char", "u8", "uint8_t", "__u8"})
_HANDED_ON = re.compile(r"(?:int|long|ssize_t|s32|s64)")  # types whose values may be errors


def serving_first(
    op: str,
    shape: Shape,
    chosen: Container[TypeKey],
    typedefs: Typedefs,
    is_complete: Callable[[str], bool],
) -> Iterator[Keys]:
    """Yield policies for an op that the first backend alone serves, the most likely one first.

    `chosen` are the types to choose by; `is_complete` tells whether main knows a structure's size.
    """
    otherwise = nothing(shape, typedefs)
    if otherwise is None:
        return
    takes = not _TAKES.isdisjoint(words_of(op))
    zero = tuple(
        parameter.name
        for parameter in shape.parameters
        if _is_filled(parameter, chosen, typedefs, is_complete)
        and (not takes or parameter.key[-1] == _BOOL)
    )
    keys: dict[str, KeyValue] = {"otherwise": otherwise} if otherwise else {"only": "first"}
    if zero:
        yield {"zero": zero, **({"otherwise": otherwise} if otherwise else {})}
    yield keys


def serving_second(shape: Shape, typedefs: Typedefs, function: str = "") -> Iterator[Keys]:
    """Yield policies for an op that the second backend alone serves, by `function` if given."""
    keys: dict[str, KeyValue] = {"only": "second"}
    if function:
        keys["second"] = function
    if shape.returned == _BOOL:
        yield {**keys, "and": True}
        return
    otherwise = nothing(shape, typedefs)
    if otherwise is not None:
        yield {**keys, **({"otherwise": otherwise} if otherwise else {})}


def serving_both(op: str, shape: Shape) -> Iterator[Keys]:
    """Yield policies for an op that both backends serve, one behind the other."""
    words = set(words_of(op))
    if shape.returns != "void" and not _HANDED_ON.fullmatch(shape.returns):
        return
    if words & _STOPS:
        yield {"both": "second"}
    elif words & _STARTS or shape.returns == "void":
        yield {"both": "first"}


def nothing(shape: Shape, typedefs: Typedefs) -> str | None:
    """Return the statement of a side that does nothing; empty for void, None if it is not known."""
    if shape.returns == "void":
        return ""
    key = typedefs.resolved(shape.returned)
    key = tuple(part for part in key if part not in {"const", "volatile"})
    match key:
        case ("names", "_Bool"):
            return "return false"
        case ("names" | "Enum", *_):
            return "return 0"
        case ("pointer", *_):
            return "return NULL"
        case ("Struct" | "Union", *_):
            return f"return ({shape.returns}){{{{ }}}}"
    return None


def _is_filled(
    parameter: Parameter,
    chosen: Container[TypeKey],
    typedefs: Typedefs,
    is_complete: Callable[[str], bool],
) -> bool:
    """Tell whether a parameter is likely to be filled for the caller.

    That is a pointer to a number, a pointer or a structure that is not `const` and not an object to
    choose by.
    """
    key = typedefs.resolved(parameter.key)
    if key[0] != "pointer" or is_constant(key) or "__user" in parameter.text:
        return False
    if base_of(parameter) in chosen:
        return False
    match tuple(part for part in key[-1] if part != "volatile"):
        case ("Struct" | "Union" as kind, tag):
            return is_complete(f"{kind.lower()} {tag}")
        case ("names", "void"):
            return False
        case ("names", *words) if "[" not in parameter.text and _BYTES & {
            *words,
            *parameter.key[-1],
        }:
            return False
        case ("names" | "Enum" | "pointer", *_):
            return True
    return False
