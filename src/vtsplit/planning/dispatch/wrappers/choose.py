"""Which ops get a wrapper, and what each wrapper is."""

import re
from collections.abc import Collection, Mapping

from vtsplit.codemods.dispatch.specifiers import return_type
from vtsplit.codemods.dispatch.wrapper import named, render, wrapper_head
from vtsplit.cst.conditions import Guard, beyond, cover, denies, under
from vtsplit.cst.directives import Macro
from vtsplit.cst.heads.declarator import Head, read_head
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Directive
from vtsplit.diagnostics import Site
from vtsplit.planning.dispatch import rules
from vtsplit.planning.dispatch.ops import Op
from vtsplit.planning.dispatch.surroundings import Function, Surroundings, stands_for
from vtsplit.planning.dispatch.wrappers.attributes import promises
from vtsplit.planning.dispatch.wrappers.calls import (
    Calls,
    Shape,
    ShapeError,
    base_of,
    type_key,
)
from vtsplit.planning.dispatch.wrappers.compose import (
    BackendCall,
    ComposeError,
    WrapperParts,
    compose,
    condition_of,
    filled,
)
from vtsplit.planning.dispatch.wrappers.existing import first_behind
from vtsplit.planning.dispatch.wrappers.unwinding import with_usable_unwind
from vtsplit.planning.dispatch.wrappers.wrapper import Wrapper, function_start, names_in
from vtsplit.rule import Rule
from vtsplit.spec.dispatch import Policy
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.types.members import prototype
from vtsplit.survey.types.typedefs import TypeKey

_PLAIN = Policy()


class Wrappers:
    """Makes the wrappers of a split tree; what cannot be made is refused in the ledger."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.spec = around.spec
        self.dispatch = around.dispatch
        self.ledger = around.ledger
        self.typedefs = around.typedefs
        self.caller = Calls(around, self.typedefs)
        self.predicates: dict[TypeKey, str] = {}
        for text, template in self.dispatch.when.items():
            key = self._type(text)
            if key in self.predicates:
                site = self.spec.site("dispatch", "when", text)
                self.ledger.refuse(
                    rules.TWO_PREDICATES,
                    f"'{text}' names a type that already has a predicate",
                    site,
                    "remove one of the two",
                )
            elif key is not None:
                self.predicates[key] = template

    def _type(self, text: str) -> TypeKey | None:
        key = type_key(text)
        if key is None:
            self.ledger.refuse(
                rules.NO_TYPE,
                f"'{text}' is not the type of a parameter",
                self.spec.site("dispatch", "when", text),
                'write it as in C: "struct foo *"',
            )
        return key

    def make(self, op: Op) -> Wrapper | None:
        """Return the wrapper of an op; None when it needs none, or cannot have one."""
        policy = self.spec.ops.get(op.name, _PLAIN)
        stated = op.name in self.spec.ops or op.name in self.dispatch.ops
        if not policy.wrap:
            return None
        first = self._first(op, policy)
        base = self._base(op, first)
        if first is None and not op.function and policy.only != "second" and not policy.body:
            return None
        second = self._second(op, base, policy)
        serves_alone = policy.only == "first" or _does_otherwise(policy)
        if not (second or stated):
            return None
        if second is None and not (serves_alone or policy.body or policy.second):
            self._lacks(op, base)
            return None
        of_preset = self.spec.op_is_of_preset(op.name)
        if of_preset and second is None and policy.second and "(" not in policy.second:
            self._leave(op, f"the second backend has no function '{policy.second}'")
            return None
        if second is None and policy.second and "(" not in policy.second:
            self.ledger.refuse(
                rules.NO_STATED,
                f"the second backend has no function '{policy.second}'",
                self.spec.op_site(op.name, "second", of="value"),
                "correct the name, or write the function",
            )
            return None
        if first is None and policy.only != "second" and not policy.body:
            message = "no function of the first backend serves this op"
            if stated and of_preset:
                self._leave(op, message)
            elif stated:
                advice = 'name one: first = "...", or say only = "second"'
                self._refuse(op, rules.NO_FIRST, message, advice)
            return None
        try:
            policy = with_usable_unwind(op, policy, of_preset, self.around, self.ledger)
            return self._wrapper(op, policy, first, base, second)
        except ShapeError as error:
            message = f"op '{op.name}' cannot be wrapped: {error}"
            advice = f"change the function, or leave the op alone: `wrap = false` in [op.{op.name}]"
            self._refuse(op, rules.SHAPE, message, advice)
        except ComposeError as error:
            site = self.spec.site("dispatch", "backend")
            message = f"op '{op.name}' cannot be wrapped: {error}"
            if op.name in self.spec.ops:
                site = self.spec.op_site(op.name, error.key, of="value")
                message = f"[op.{op.name}] cannot be carried out: {error}"
            self.ledger.refuse(rules.POLICY, message, site, error.advice)
        return None

    def _leave(self, op: Op, why: str) -> None:
        """Note that a preset, which serves many trees, leaves an op of this one as it is."""
        self.ledger.note(f"op '{op.name}' is left as it is: {why}", op.site)

    def _refuse(self, op: Op, rule: Rule, message: str, advice: str) -> None:
        stated = self.spec.op_site(op.name) if op.name in self.spec.ops else None
        self.ledger.refuse(rule, message, op.site or stated, advice)

    def _first(self, op: Op, policy: Policy) -> Function | None:
        """Return the first backend's function for an op, by the spec or by what the entry holds."""
        if policy.first and "(" not in policy.first:
            return self.around.function(policy.first)
        name = op.function
        if op.selector or self.around.is_wrapper(name):
            name = first_behind(op, self.around)
        return self.around.function(name) if name else None

    def _base(self, op: Op, first: Function | None) -> str:
        prefix = self.spec.prefix or ""
        if op.selector:
            return op.function
        if self.around.is_wrapper(op.function):
            return op.function.removeprefix(self.dispatch.prefix)
        if first and prefix and first.name.startswith(prefix):
            return first.name.removeprefix(prefix)
        return op.name

    def _second(self, op: Op, base: str, policy: Policy) -> Function | str | None:
        """Return the second backend's function, or its name where a skeleton is to bring it."""
        prefix = self.dispatch.backend.prefix
        own = re.match(r"\w+", policy.second) if policy.second else None
        names = [own[0]] if own else [f"{prefix}{op.name}", f"{prefix}{base}"]
        for name in names:
            found = self.around.of_backend(name)
            if found:
                return found
        if own:
            return self.around.declared(own[0]) or (names[0] if self._is_to_be_made() else None)
        needed = op.name in self.dispatch.ops or (
            op.name in self.spec.ops
            and not (_does_otherwise(policy) or policy.body)
            and policy.only != "first"
        )
        needed |= policy.only == "second" or bool(policy.both)
        return names[0] if needed and self._is_to_be_made() else None

    def _is_to_be_made(self) -> bool:
        return self.around.backend is None and self.dispatch.backend.skeleton is not None

    def _lacks(self, op: Op, base: str) -> None:
        backend = self.dispatch.backend
        if self.spec.op_is_of_preset(op.name):
            self._leave(op, f"the second backend has no function '{backend.prefix}{op.name}'")
            return
        where = backend.source if self.around.backend else f"{backend.source}, which is not there"
        self.ledger.refuse(
            rules.NO_SECOND,
            f"the second backend has no function '{backend.prefix}{op.name}' in {where}",
            self.spec.op_site(op.name) if op.name in self.spec.ops else self._listed(op.name),
            "write it, or say what its side does: otherwise = ...",
        )

    def _listed(self, name: str) -> Site:
        at = self.dispatch.ops.index(name) if name in self.dispatch.ops else 0
        return self.spec.site("dispatch", "ops", at, of="value")

    def _wrapper(
        self,
        op: Op,
        policy: Policy,
        first: Function | None,
        base: str,
        second: Function | str | None,
    ) -> Wrapper:
        if first is not None:
            self._check_macro(op, first, policy)
        for one in (first, second):
            if isinstance(one, Function) and self.around.has_types(one):
                raise ShapeError(f"'{one.name}' has another type under other #if conditions")
        head = self._model(op, policy, first)
        trailing = head.tokens[head.close_paren + 1 :]
        if any(t.kind is Kind.PUNCT and t.text in {"(", ")", "["} for t in trailing):
            raise ShapeError("its type is too complex to be written again")
        names = [self._member_names(op)] if op.member else []
        names += [_parameter_names(first)] if first is not None else []
        shape = self.caller.shape(head, names)
        parameters = [p.name for p in shape.parameters]
        declared = {p.name: named(p.text, p.name) for p in shape.parameters}
        chosen = next((p for p in shape.parameters if base_of(p) in self.predicates), None)
        values = {name: name for name in parameters} | ({"": chosen.name} if chosen else {})
        default = self.dispatch.backend.flag or ""
        if chosen:
            default = filled("when", self.predicates[base_of(chosen)], values)
        name = self.dispatch.prefix + base
        calls, made = self._calls(policy, first, second, shape, values, head)
        condition = condition_of(policy, default, values)
        parts = WrapperParts(shape.returns, declared, calls[0], calls[1], condition, values)
        body = compose(policy, parts)
        own = wrapper_head(head, name, parameters, promises(head, self.around))
        text = render(own, body, policy.heading or "", self.around.style)
        self._check_member(op, text)
        called = second.name if isinstance(second, Function) else second or ""
        # The types in the head come with the declaration of the first backend's function.
        uses = names_in(text[text.index("\n{") :], only_calls=policy.body is not None)
        _check_hidden(parameters, text, calls)
        uses -= {*parameters}
        return Wrapper(
            op,
            base,
            name,
            text,
            read_head(text[: text.index("\n{")]),
            first.name if first else "",
            self._guard(op, first),
            (called,) if called in uses else (),
            condition,
            frozenset(uses),
            {called: made} if made and called in uses else {},
        )

    def _check_macro(self, op: Op, first: Function, policy: Policy) -> None:
        """Refuse a function for which a macro stands in that a wrapper cannot call alike.

        That is one under other conditions (`f` for NULL), and one with arguments, which an entry
        does not expand and a call does (C11 6.10.3p10).
        """
        source = self.around.source.definitions.of(first.name, Sort.MACRO)
        for definition in (*source, *self.around.macro_definitions(first.name)):
            macro = definition.item.macro if isinstance(definition.item, Directive) else None
            if macro is None or denies(definition.guard, op.guard):
                continue
            if macro.parameters is not None:
                if not (_is_idle(macro) or (policy.first and "(" in policy.first)):
                    raise ShapeError(
                        f"'{first.name}' is also a macro with arguments, and a call would mean "
                        f'the macro: write the call, `first = "({first.name})(...)"`'
                    )
            elif not self.around.is_alike(stands_for(definition.item), first):
                raise ShapeError(
                    f"'{first.name}' is a macro under other conditions: leave it out with "
                    "`wrap = false`, or put an #if round the entry"
                )

    def _model(self, op: Op, policy: Policy, first: Function | None) -> Head:
        """Return the head that the wrapper's is made from: the first backend's, or the member's.

        The member's where the spec names another function, which need not be of its type.
        """
        if first is not None and not (policy.first and self._differs(op, first)):
            return first.head
        if op.member is None or not op.member.is_function:
            raise ShapeError("its structure has no member that points to a function of that name")
        return read_head(prototype(op.member, op.name))

    def _differs(self, op: Op, first: Function) -> bool:
        """Tell whether a function is not of the member's type; its annotations keep it as it is."""
        wanted = op.member.signature if op.member else None
        try:
            own = read_signature(first.head)
        except TypeReadError:
            return False
        if wanted is None or own.annotations or wanted.variadic:
            return False
        return not self.typedefs.are_same(own.key, wanted.key)

    def _member_names(self, op: Op) -> tuple[str, ...]:
        return op.member.parameters if op.member else ()

    def _calls(
        self,
        policy: Policy,
        first: Function | None,
        second: Function | str | None,
        shape: Shape,
        values: Mapping[str, str],
        head: Head,
    ) -> tuple[tuple[BackendCall | None, BackendCall | None], str]:
        """Return both calls, and the prototype of a second function that a skeleton is to have."""
        arguments = ", ".join(parameter.name for parameter in shape.parameters)
        calls: list[BackendCall | None] = []
        made = ""
        for key, function in (("first", first), ("second", second)):
            stated = getattr(policy, key)
            if stated and "(" in stated:
                calls.append(BackendCall(filled(key, stated, values)))
            elif isinstance(function, Function):
                text = self._call(key, function, shape, head, bool(policy.both))
                calls.append(BackendCall(text, shape.returns == "void"))
            elif function:
                names = [parameter.name for parameter in shape.parameters]
                made = wrapper_head(head, function, names, promises(head, self.around))
                calls.append(BackendCall(f"{function}({arguments})", shape.returns == "void"))
            else:
                calls.append(None)
        return (calls[0], calls[1]), made

    def _call(self, key: str, function: Function, shape: Shape, head: Head, is_error: bool) -> str:
        if self.caller.drops_result(function, shape):
            own = return_type(function.head)
            message = (
                f"'{function.name}' returns {own}, but the op is void: its wrapper drops the result"
            )
            self.ledger.note(message, function.site)
        try:
            return self.caller.call(function, shape, is_error)
        except ShapeError as error:
            own = " ".join("".join(t.text for t in head.tokens[: head.close_paren + 1]).split())
            where = self.around.on_disk(function.site)
            message = f"{error}; op: {own}; {key}: {function.text} ({where})"
            raise ShapeError(message) from error

    def _check_member(self, op: Op, text: str) -> None:
        """Refuse a wrapper that is of another type than the table's member."""
        wanted = op.member.signature if op.member else None
        if wanted is None or op.member is None:
            return
        own = read_signature(read_head(text[function_start(text) : text.index("\n{")]))
        if not self.typedefs.are_same(own.key, wanted.key):
            raise ShapeError(f"the table's member has another type: {op.member.text}")

    def _guard(self, op: Op, first: Function | None) -> Guard:
        """Return the conditions to put round a wrapper: the entry's, else its function's."""
        own = op.guard
        if not own and first and (first.guards or first.file is self.around.source):
            found = self.around.source.definitions.of(first.name, Sort.FUNCTION)
            standing = [d for d in self.around.macro_definitions(first.name) if stands_for(d.item)]
            own = cover(definition.guard for definition in (*found, *standing))
        return beyond(own, under(self.dispatch.backend.config))


def _parameter_names(function: Function) -> tuple[str, ...]:
    try:
        return read_signature(function.head).parameters
    except TypeReadError:
        return ()


def _check_hidden(
    parameters: Collection[str], text: str, calls: tuple[BackendCall | None, BackendCall | None]
) -> None:
    """Refuse a parameter that hides what the body calls by that name (C11 6.2.1p4)."""
    called = names_in(text[text.index("\n{") :], only_calls=True)
    called |= {call.text.partition("(")[0].strip() for call in calls if call}
    for name in parameters:
        if name in called and f"{name})(" not in text[: text.index("\n{")].replace(" ", ""):
            raise ShapeError(f"its parameter '{name}' hides the function that it calls")


def _is_idle(macro: Macro) -> bool:
    """Tell whether a macro with arguments stands for a call of its own name with the same ones."""
    arguments = [word for name in macro.parameters or () for word in (name, ",")]
    return [token.text for token in macro.body] == [macro.name, "(", *arguments[:-1], ")"]


def _does_otherwise(policy: Policy) -> bool:
    """Tell whether an op does something else for one backend, so that the other serves it alone."""
    return bool(policy.otherwise or (policy.zero and not policy.zero_first))
