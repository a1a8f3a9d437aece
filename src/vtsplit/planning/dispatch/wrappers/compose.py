"""From a policy of the spec to the body of a wrapper."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from vtsplit.codemods.dispatch.clearing import NotClearedError, cleared, is_operand
from vtsplit.codemods.dispatch.wrapper import Body, BodyBlock
from vtsplit.cst.lexer import lex
from vtsplit.cst.spans import outside
from vtsplit.cst.style.layout import joined
from vtsplit.spec import template as c_template
from vtsplit.spec.dispatch import Policy

_RESULTS = ("r", "ret", "err", "result")


def _result_names() -> Iterator[str]:
    yield from _RESULTS
    yield from map("result{}".format, count(2))


class ComposeError(Exception):
    """A policy that cannot be carried out: the key of `[op.NAME]`, why, and what to do."""

    def __init__(self, key: str, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.key = key
        self.advice = advice


@dataclass(frozen=True)
class BackendCall:
    """A call of a backend's function. `is_void` is None where its type is not known."""

    text: str
    is_void: bool | None = None


@dataclass(frozen=True)
class WrapperParts:
    """What a wrapper is made of: its return type, its parameters by name, the two calls.

    `condition` chooses the second backend; it is empty where neither parameter nor flag can.
    `values` fills the places of templates. Under `option` alone the second backend's call of a
    wrapper that calls both stands.
    """

    returns: str
    parameters: Mapping[str, str]
    first: BackendCall | None
    second: BackendCall | None
    condition: str
    values: Mapping[str, str]
    option: str = ""

    @property
    def is_void(self) -> bool:
        """Whether the op returns nothing."""
        return self.returns == "void"


def compose(op: Policy, parts: WrapperParts) -> Body:
    """Return the body that a policy asks for. Raises ComposeError."""
    if op.body is not None:
        return Body(verbatim=op.body)
    before = _statements(op, "before", parts)
    zeros = _zeros(op, parts)
    blocks = [BodyBlock((*before, *(zeros if op.zero_first else ())))]
    blocks = blocks if blocks[0].statements else []
    own = list(_both(op, parts)) if op.both else list(_choice(op, parts, zeros))
    mentions = [at for at, block in enumerate(own) if parts.condition in block.condition]
    at = next((at for at in mentions if own[at].condition), 0)
    return Body((*blocks, *own), op.comment or "", len(blocks) + at)


def condition_of(op: Policy, default: str, values: Mapping[str, str]) -> str:
    """Return the condition under which the second backend serves. Raises ComposeError."""
    if op.when is None:
        return default
    if default:
        alone = op.when.strip() == "{when}" or is_operand(default)
        values = {"when": default if alone else f"({default})", **values}
    return filled("when", op.when, values)


def filled(key: str, template: str, values: Mapping[str, str]) -> str:
    """Fill a template. Raises ComposeError for a place that has no value."""
    try:
        return joined(lex(c_template.fill(template, values))).rstrip("; ")
    except KeyError as missing:
        name = missing.args[0]
        known = ", ".join(sorted(value for value in values if value)) or "none"
        message = f"'{{{name}}}' in '{key}' has no value: the parameters are {known}"
        if not name:
            message = f"'{{}}' in '{key}' has no value: no parameter of the op is one to choose by"
        elif name == "when":
            message = f"'{{when}}' in '{key}' has no value: neither a parameter nor a flag chooses"
        raise ComposeError(key, message) from missing


def _statements(op: Policy, key: str, parts: WrapperParts) -> tuple[str, ...]:
    stated = getattr(op, key)
    texts = (stated,) if isinstance(stated, str) else stated
    found = tuple(filled(key, text, parts.values) for text in texts)
    for text in found if key == "before" else found[:-1]:
        if re.match(r"return\b", text):
            raise ComposeError(key, f"no statement behind '{text}' would be reached")
    return found


def _zeros(op: Policy, parts: WrapperParts) -> tuple[str, ...]:
    """Return statements that clear out-parameters."""
    found = []
    for name in op.zero:
        declared = parts.parameters.get(name)
        if declared is None:
            known = ", ".join(parts.parameters) or "none"
            raise ComposeError("zero", f"the op has no parameter '{name}' (it has {known})")
        try:
            found.append(cleared(name, declared))
        except NotClearedError as error:
            raise ComposeError("zero", str(error)) from error
    return tuple(found)


def _choice(op: Policy, parts: WrapperParts, zeros: tuple[str, ...]) -> list[BodyBlock]:
    """Return the blocks of a wrapper that calls one of two backends."""
    otherwise = _statements(op, "otherwise", parts)
    if not op.zero_first:
        otherwise = (*zeros, *otherwise)
    only = op.only or ("first" if otherwise else None)
    _need_condition(parts)
    if op.conjunction:
        second = _needed(parts.second, "second")
        return [BodyBlock((f"return {_operand(parts.condition)} && {second.text}",))]
    if only is None:
        first, second = _needed(parts.first, "first"), _needed(parts.second, "second")
        return [BodyBlock(_serve(second, parts), parts.condition), _last(first, parts)]
    serving = _needed(parts.first if only == "first" else parts.second, only)
    where = parts.condition if only == "first" else _denied(parts.condition)
    if only == "second" and parts.is_void and not otherwise:
        return [BodyBlock((serving.text,), parts.condition)]
    if not parts.is_void and not _returns_value(otherwise):
        advice = 'return a value: otherwise = "return 0"'
        message = f"the op returns {parts.returns}, but 'otherwise' returns nothing"
        raise ComposeError("otherwise", message, advice)
    if parts.is_void and _returns_value(otherwise):
        raise ComposeError(
            "otherwise", "the op returns nothing, so 'otherwise' cannot return a value"
        )
    if parts.is_void and not (otherwise and otherwise[-1] == "return"):
        otherwise = (*otherwise, "return")
    return [BodyBlock(otherwise, where), _last(serving, parts)]


def _need_condition(parts: WrapperParts) -> None:
    if not parts.condition:
        raise ComposeError(
            "when",
            "nothing tells which backend to call: no parameter is of a type in [dispatch.when]",
            "give dispatch.backend a flag, or the op a 'when'",
        )


def _needed(call: BackendCall | None, side: str) -> BackendCall:
    if call is None:
        raise ComposeError(side, f"the {side} backend has no function for this op")
    return call


def _serve(call: BackendCall, parts: WrapperParts) -> tuple[str, ...]:
    return (call.text, "return") if parts.is_void else (f"return {call.text}",)


def _last(call: BackendCall, parts: WrapperParts) -> BodyBlock:
    return BodyBlock((call.text if parts.is_void else f"return {call.text}",))


def _returns_value(statements: tuple[str, ...]) -> bool:
    return bool(statements) and bool(re.match(r"return\b\s*\S", statements[-1]))


def _operand(condition: str) -> str:
    """Put an expression in parentheses where `&&` would take it apart."""
    loose = {"||", "?", "=", ","}
    return f"({condition})" if outside(lex(condition), loose, "([") else condition


def _denied(condition: str) -> str:
    if is_operand(condition):
        return condition[1:] if condition.startswith("!") else f"!{condition}"
    return f"!({condition})"


def _both(op: Policy, parts: WrapperParts) -> list[BodyBlock]:
    """Return the blocks of a wrapper that calls both backends, one behind the other."""
    first, second = _needed(parts.first, "first"), _needed(parts.second, "second")
    unwind = filled("unwind", op.unwind, parts.values) if op.unwind else ""
    if unwind and not unwind.endswith(")"):
        unwind = f"{unwind}()"
    _need_condition(parts)
    if parts.is_void:
        return _both_void(op, parts, first, second, unwind)
    if not re.fullmatch(r"(?:int|long|ssize_t|s32|s64)", parts.returns):
        message = f"the op returns {parts.returns}, which cannot be an error code"
        raise ComposeError("both", message, "write it as 'body'")
    if first.is_void:
        raise ComposeError(
            "both", "the op returns a value, but the first backend's function returns none"
        )
    pieces = " ".join([first.text, second.text, parts.condition, unwind, *parts.parameters])
    taken = {token.text for token in lex(pieces)}
    result = next(name for name in _result_names() if name not in taken)
    declared = BodyBlock((f"{parts.returns} {result}",))
    leave = BodyBlock((f"return {result}",), result)
    assigned = f"{result} = {first.text}"
    if op.both == "second":
        if second.is_void:
            tail = [BodyBlock((second.text,), parts.condition, option=parts.option)]
            return [*tail, BodyBlock((f"return {first.text}",))]
        inner = BodyBlock(
            (f"{result} = {second.text}",), parts.condition, leave, option=parts.option
        )
        if not unwind:
            return [declared, inner, BodyBlock((f"return {first.text}",))]
        undone = BodyBlock((unwind,), f"{result} && {_operand(parts.condition)}", close=True)
        return [declared, inner, BodyBlock((assigned,)), undone, BodyBlock((f"return {result}",))]
    head = [
        declared,
        BodyBlock((assigned,)),
        BodyBlock(leave.statements, leave.condition, close=True),
    ]
    if second.is_void:
        conditional = BodyBlock((second.text,), parts.condition, option=parts.option)
        return [*head, conditional, BodyBlock(("return 0",))]
    if not unwind and not parts.option:
        chosen = f"{_operand(parts.condition)} ? {second.text} : 0"
        return [*head, BodyBlock((f"return {chosen}",))]
    undo = BodyBlock((unwind,), result) if unwind else None
    assigned = f"{result} = {second.text}"
    call = BodyBlock((assigned,), parts.condition, undo, option=parts.option)
    return [*head, call, BodyBlock((f"return {result}",))]


def _both_void(
    op: Policy, parts: WrapperParts, first: BackendCall, second: BackendCall, unwind: str
) -> list[BodyBlock]:
    if unwind:
        raise ComposeError("unwind", "the op returns nothing, so it cannot fail")
    conditional = BodyBlock((second.text,), parts.condition, option=parts.option)
    if op.both == "second":
        return [conditional, BodyBlock((first.text,), close=True)]
    return [BodyBlock((first.text,)), replace(conditional, close=True)]
