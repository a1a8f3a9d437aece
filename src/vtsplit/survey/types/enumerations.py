"""Whether every value of an enumeration is one of `int`, as C has it and GNU C does not ask for."""

import ast
import re
from collections.abc import Mapping, Sequence

from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.spans import listed, matching
from vtsplit.diagnostics import RefusedError
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.headers.includes import is_absent
from vtsplit.survey.order.providers import find_declaring
from vtsplit.survey.types.members import find_structures
from vtsplit.survey.types.typedefs import Typedefs

_INT = range(-(2**31), 2**31)
_SUFFIX = re.compile(r"(?<=[0-9a-fA-F])[uUlL]+\Z")
_SHIFTS = range(64)


def fits_int(name: str, typedefs: Typedefs) -> bool:
    """Tell whether an enumeration, by its tag or typedef name, is found and has such values only.

    C11 6.7.2.2p2 has every enumerator fit `int`; GNU C allows wider ones and makes the type wider.
    """
    tags = [f"enum {name}", name]
    found = [
        file.module.items[index]
        for tag in tags
        for file, index in find_structures(tag, typedefs.graph, typedefs.files, typedefs.paths)
    ]
    bodies = [item for item in found if isinstance(item, Declaration) and _is_enum(item)]
    return bool(bodies) and all(_fits(item) for item in bodies)


def constant_value(words: Sequence[str], typedefs: Typedefs) -> int | None:
    """Return the value of a constant expression of numbers, characters and enumerators.

    None where it cannot be told, as where an `#if` decides on an enumerator.
    """
    names = {word for word in words if word[:1].isalpha() or word[:1] == "_"}
    known: dict[str, int] = {}
    for name in names:
        value = _enumerator(name, typedefs)
        if value is None:
            return None
        known[name] = value
    return _value([Token(Kind.OTHER, word) for word in words], known)


def _enumerator(name: str, typedefs: Typedefs) -> int | None:
    """Return the value that all definitions of an enumerator agree on."""
    own = typedefs.graph.source
    found = find_declaring(typedefs.graph, typedefs.paths, [name]).get(name, set())
    values: set[int | None] = set()
    for path in sorted({own, *found}):
        try:
            definitions = () if is_absent(path) else typedefs.files.get(path).definitions.of(name)
        except RefusedError:
            return None
        for definition in definitions:
            item = definition.item
            if not isinstance(item, Declaration) or definition.sort is not Sort.ENUMERATOR:
                return None
            values.add((_values_of(item) or {}).get(name))
    return values.pop() if len(values) == 1 else None


def _values_of(item: Declaration) -> dict[str, int] | None:
    """Return the values of an enumeration's enumerators; None where one cannot be worked out."""
    head = item.head
    if head.has_directive or head.aggregate_body < 0:
        return None
    known: dict[str, int] = {}
    value = -1
    last = matching(head.tokens, head.aggregate_body)
    for enumerator in _enumerators(head.tokens[head.aggregate_body + 1 : last]):
        if len(enumerator) > 1 and enumerator[1].text != "=":
            return None
        worked_out = _value(enumerator[2:], known) if len(enumerator) > 1 else value + 1
        if worked_out is None:
            return None
        value = known[enumerator[0].text] = worked_out
    return known


def _is_enum(item: Declaration) -> bool:
    return item.head.tokens[item.head.aggregate].text == "enum"


def _fits(item: Declaration) -> bool:
    """Tell whether each enumerator can be worked out, and is an `int`."""
    head = item.head
    before = head.tokens[head.aggregate : head.aggregate_body]
    if any(token.text == ":" for token in before):  # a type of its own (C23 6.7.3.3)
        return False
    last = matching(head.tokens, head.aggregate_body)
    known: dict[str, int] = {}
    value = -1
    for enumerator in _enumerators(head.tokens[head.aggregate_body + 1 : last]):
        worked_out = _value(enumerator[2:], known) if len(enumerator) > 1 else value + 1
        if worked_out is None or worked_out not in _INT:
            return False
        value = known[enumerator[0].text] = worked_out
    return True


def _enumerators(tokens: tuple[Token, ...]) -> list[Sequence[Token]]:
    """Return the tokens of each enumerator: its name, `=`, its value."""
    code = [t for t in tokens if t.kind not in TRIVIA and t.kind is not Kind.DIRECTIVE]
    return listed(code, "(")


def _value(tokens: Sequence[Token], known: Mapping[str, int]) -> int | None:
    """Work out a constant expression of numbers and enumerators; None for any other.

    C and Python have the same operators of the same order here, so that Python's parser reads it.
    """
    text = " ".join(_SUFFIX.sub("", token.text) for token in tokens)
    try:
        tree = ast.parse(re.sub(r"(?<![\w])0(?=[0-7])", "0o", text), mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return None
    return _worked_out(tree.body, known)


def _worked_out(node: ast.expr, known: Mapping[str, int]) -> int | None:
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case ast.Constant(value=str(char)) if len(char) == 1 and ord(char) < 128:
            return ord(char)
        case ast.Name(id=name):
            return known.get(name)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            value = _worked_out(inner, known)
            return None if value is None else -value
        case ast.BinOp(left=left, op=operator, right=right):
            one, other = _worked_out(left, known), _worked_out(right, known)
            return None if one is None or other is None else _joined(operator, one, other)
    return None


def _joined(operator: ast.operator, one: int, other: int) -> int | None:
    match operator:
        case ast.Add():
            return one + other
        case ast.Sub():
            return one - other
        case ast.Mult():
            return one * other
        case ast.BitOr():
            return one | other
        case ast.LShift() if other in _SHIFTS and abs(one) < 2**64:
            return one << other
    return None
