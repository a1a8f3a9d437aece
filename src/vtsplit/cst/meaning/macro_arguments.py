"""What a macro does with its arguments: it uses them, pastes them, makes strings of them."""

from collections.abc import Callable, Iterator
from enum import Enum

from vtsplit.cst.directives import Macro
from vtsplit.cst.spans import enclosing, outside

MacroOf = Callable[[str], Macro | None]

# Macros that take a member's name, and which argument it is (include/linux/stddef.h,
# container_of.h, list.h; overflow.h). Others are looked up by their definition.
MEMBER_ARGUMENT = {
    "offsetof": 1,
    "__builtin_offsetof": 1,
    "offsetofend": 1,
    "sizeof_field": 1,
    "container_of": 2,
    "struct_size": 1,
    "typeof_member": 1,
}


class ArgumentUse(Enum):
    """One thing that a macro does with an argument."""

    VALUE = "value"
    MEMBER = "member"
    PASTED = "pasted"
    STRING = "string"


def argument_uses(callee: str, index: int, macro_of: MacroOf) -> frozenset[ArgumentUse]:
    """Return what a macro does with an argument, itself or by macros that it calls.

    That is nothing for one that it drops; what is no macro, or not known, takes a value.

    >>> from vtsplit.cst.directives import read_macro
    >>> known = {"OP": read_macro("#define OP(x, y) .x = foo_##x, .name = #y, .put = y")}
    >>> [sorted(use.value for use in argument_uses("OP", at, known.get)) for at in (0, 1)]
    [['member', 'pasted'], ['string', 'value']]
    """
    found: set[ArgumentUse] = set()
    # Each call with the macros around it: none is expanded inside of itself (C11 6.10.3.4p2).
    pending = [(callee, index, frozenset({callee}))]
    seen = {(callee, index)}
    while pending:
        name, at, around = pending.pop()
        macro = macro_of(name)
        place = macro.parameter_of(at) if macro else None
        if macro is None or macro.parameters is None or place is None:
            found.add(ArgumentUse.VALUE)
            continue
        for use in _uses_in(macro, place):
            if isinstance(use, ArgumentUse):
                found.add(use)
                continue
            # Of a variable list each argument has a place of its own in the inner call.
            inner = (use[0], use[1] + at - place)
            if use[0] in around:
                found.add(ArgumentUse.VALUE)
            elif inner not in seen:
                seen.add(inner)
                pending.append((*inner, around | {use[0]}))
    return frozenset(found)


def _uses_in(macro: Macro, place: int) -> Iterator[ArgumentUse | tuple[str, int]]:
    """Yield what a macro's body does with a parameter, or which argument of which call it is."""
    body = [token.text for token in macro.body]
    for at, word in enumerate(body):
        if word != (macro.parameters or ())[place]:
            continue
        before, after = _around(body, at, macro)
        if "##" in {before, after}:
            yield ArgumentUse.PASTED
        elif before == "#":
            yield ArgumentUse.STRING
        elif before in {".", "->"}:
            yield ArgumentUse.MEMBER
        elif before in {"(", ","} and after in {")", ","}:
            outer, position = enclosing_call(body, at)
            is_member = MEMBER_ARGUMENT.get(outer) == position
            yield ArgumentUse.MEMBER if is_member else (outer, position)
        else:
            yield ArgumentUse.VALUE


def _around(body: list[str], at: int, macro: Macro) -> tuple[str, str]:
    """Return what stands around a parameter; GNU C's `, ## args` pastes nothing to a name."""
    before = body[at - 1] if at else ""
    after = body[at + 1] if at + 1 < len(body) else ""
    if macro.takes_comma(at):
        before = ","
    return before, after


def enclosing_call(body: list[str], at: int) -> tuple[str, int]:
    """Return what is called around a word of a macro's body, and which argument the word is in."""
    opening = enclosing(body, at, "(")
    if opening < 0:
        return "", 0
    callee = body[opening - 1] if opening else ""
    return callee, len(outside(body[opening + 1 : at], {","}, "("))
