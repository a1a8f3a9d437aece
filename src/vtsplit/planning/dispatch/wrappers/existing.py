"""Wrappers that main already has: whether vtsplit made them, and which function they call."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from vtsplit.cst.heads.declarator import Head
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import Kind, code_tokens
from vtsplit.cst.nodes import FunctionDef
from vtsplit.cst.spans import matching
from vtsplit.diagnostics import Site
from vtsplit.planning.dispatch.ops import Op
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Drift
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile

MARK = "/* Wrappers made by vtsplit: what they do is in its spec. */"
_BEFORE_STATEMENT = frozenset({"{", "}", ";", ")", "=", "return"})
_INVOLVED = frozenset({"for", "while", "do", "else", "goto", "switch", "asm", "case"})


def first_behind(op: Op, around: Surroundings) -> str:
    """Return the first backend's function behind an entry that names a wrapper; empty if unknown.

    It is what main puts in the wrapper's place where the second backend is left out, else the
    function of the wrapper's name, else the last one of its type that the wrapper calls.
    """
    prefix, first = around.dispatch.prefix, around.spec.prefix or ""
    base = op.function if op.selector else op.function.removeprefix(prefix)
    for definition in around.main.definitions.of(f"{prefix}{base}", Sort.MACRO):
        macro = getattr(definition.item, "macro", None)
        if macro and len(macro.body) == 1:
            name: str = macro.body[0].text
            return "" if name == "NULL" else name
    if op.selector and op.selector != f"{prefix}op":
        return ""
    if first and around.function(f"{first}{base}"):
        return f"{first}{base}"
    for definition in around.main.definitions.of(f"{prefix}{base}", Sort.FUNCTION):
        if isinstance(definition.item, FunctionDef):
            return _served_by(definition.item, around)
    return ""


def _served_by(wrapper: FunctionDef, around: Surroundings) -> str:
    """Return the last function of the wrapper's own type that it calls by a whole statement.

    A predicate is called inside of a condition. Empty if there is none but the second backend's.
    """
    backend = around.dispatch.backend.prefix
    for name in reversed(_statement_calls(wrapper)):
        function = None if name.startswith(backend) else around.function(name)
        if function is not None and _type(function.head) == _type(wrapper.head):
            return name
    return ""


def _type(head: Head) -> object:
    try:
        return read_signature(head).key
    except TypeReadError:
        return None


def _statement_calls(function: FunctionDef) -> list[str]:
    """Return the names called by `f();`, `return f();` or `r = f();`, in order."""
    code = tuple(code_tokens(function.tokens))
    start = next((at for at, token in enumerate(code) if token.text == "{"), len(code))
    return [
        code[at].text
        for at in range(start + 1, len(code) - 1)
        if code[at].kind is Kind.IDENT
        and code[at + 1].text == "("
        and code[at - 1].text in _BEFORE_STATEMENT
        and code[min(matching(code, at + 1) + 1, len(code) - 1)].text == ";"
    ]


def calls_of(function: FunctionDef) -> list[str]:
    """Return the names that a function's body calls, in order."""
    code = code_tokens(function.tokens)
    start = next((at for at, token in enumerate(code) if token.text == "{"), len(code))
    return [
        token.text
        for token, following in zip(code[start:], code[start + 1 :], strict=False)
        if token.kind is Kind.IDENT and following.text == "("
    ]


@dataclass
class Unwanted:
    """Wrappers that the spec does not ask for, and the ops whose entries name them.

    `drift` are wrappers that the spec says not to have, and that stay.
    """

    names: set[str] = field(default_factory=set)
    ops: list[Op] = field(default_factory=list)
    drift: list[Drift] = field(default_factory=list)


def find_unwanted(around: Surroundings, ops: Sequence[Op], wanted: Collection[str]) -> Unwanted:
    """Find wrappers that go because the spec has stopped asking for them; others are noted.

    A wrapper goes if the file says that its wrappers are made, and it has the form of a made one:
    what a person has written is never dropped.
    """
    found = Unwanted()
    marked = MARK in around.main.module.code
    prefix = around.dispatch.prefix
    for op in ops:
        name = f"{prefix}{op.function}" if op.selector else op.function
        functions = around.main.definitions.of(name, Sort.FUNCTION)
        if name in wanted or not functions or not name.startswith(prefix):
            continue
        site = around.main.site(functions[0].index)
        item = functions[0].item
        assert isinstance(item, FunctionDef)
        if not marked or not is_made(item, first_behind(op, around), around):
            _keep(name, op, site, marked, around, found)
            continue
        # A macro of that name is what stands for the wrapper without the second backend.
        for one in (functions[0], *around.main.definitions.of(name, Sort.MACRO)):
            place, span = around.main.site(one.index), around.main.lines(one.index)
            wrapper, reason = Symbol.gone(name, Role.WRAPPER), Reason(Why.NOT_ASKED_FOR)
            spans = (span, *_mark_lines(around.main))
            around.ledger.step(Action.DROP, wrapper, place, reason, *spans)
        found.names.add(name)
        found.ops.append(op)
    return found


def _mark_lines(main: CFile) -> list[tuple[int, int]]:
    """Return the line of the mark, which goes or moves when a wrapper goes."""
    at = main.module.code.find(MARK)
    line = main.module.position(at)[0]
    return [(line, line)] if at >= 0 else []


def _keep(
    name: str, op: Op, site: Site, marked: bool, around: Surroundings, found: Unwanted
) -> None:
    """Say that a wrapper stays, which may be a person's work.

    Where the spec says that there is to be none, the two disagree. Where it says nothing of the op,
    a tree that was split by hand may well have more wrappers than the spec is about; in a file that
    says that its wrappers are those of the spec, somebody has to look.
    """
    policy = around.spec.ops.get(op.name)
    if policy is not None and not policy.wrap:
        reason = f"though the spec has wrap = false for op '{op.name}'"
        advice = "if nobody needs it, remove it and change its entry"
        around.ledger.warn(f"{name} is kept, {reason}", site, advice)
        found.drift.append(Drift(name, site, f"{name} is there, {reason}"))
        return
    message = f"{name} is kept, though the spec says nothing of op '{op.name}'"
    if marked:
        advice = f"add [op.{op.name}] with its body to the spec, or remove it and change its entry"
        around.ledger.warn(message, site, advice)
    else:
        around.ledger.note(message, site)


def is_made(function: FunctionDef, first: str, around: Surroundings) -> bool:
    """Tell whether a function has the form of a wrapper that the tool makes.

    Such a one calls a function of one of the backends, and has neither loop nor jump nor `else`.
    """
    words = {token.text for token in function.tokens if token.kind is Kind.IDENT}
    called = calls_of(function)
    prefixes = tuple(p for p in (around.dispatch.backend.prefix, around.spec.prefix) if p)
    serves = first in called or any(name.startswith(prefixes) for name in called)
    comments = any(t.kind is Kind.COMMENT and t.text.startswith("//") for t in function.tokens)
    return serves and not words & _INVOLVED and not comments
