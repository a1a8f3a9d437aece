"""Read the result of dispatch again: the wrappers are C, and nothing else is lost."""

from collections.abc import Iterator, Mapping

from vtsplit.apply.lost import DEFECT, Before, find_lost
from vtsplit.cst.heads.reparse import read_function
from vtsplit.cst.heads.typed import TypeReadError
from vtsplit.cst.nodes import FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.example_trees import NEON
from vtsplit.planning.dispatch.edits import DispatchPlan
from vtsplit.rule import Example, Rule
from vtsplit.spec.document import Spec
from vtsplit.tree.source_tree import SourceTree

NO_FUNCTION_BODY = Rule(
    "VT056",
    "body",
    "`body` is not one function body",
    "The braces of `body` do not pair, so the wrapper would end too early, or not at all.",
    "Correct the braces of `body`.",
    Example(spec=NEON["vtsplit.toml"] + "\n[op.on]\nbody = '}'\n", base=NEON),
)

NO_C = Rule(
    "VT056",
    "no-c",
    "the pieces of C in the spec do not make C",
    "The wrapper with these pieces in it cannot be read as C.",
    "Check the pieces of C that the spec has for this op, most of all parentheses and semicolons.",
    Example(spec=NEON["vtsplit.toml"] + "\n[op.on]\notherwise = 'return 0 0'\n", base=NEON),
)

LOST_WRAPPER = Rule(
    "VT090",
    "lost-wrapper",
    "vtsplit would not write a wrapper as planned",
    "The result was read again, and the wrapper is not in it. This is a defect of vtsplit.",
    "Nothing was written. Please report it with the spec.",
    "It comes up when a part of vtsplit writes another wrapper than the plan has.",
)


def check_dispatch(
    plan: DispatchPlan, spec: Spec, tree: SourceTree, texts: Mapping[str, str]
) -> None:
    """Check the functions that were made, and that all else is there still.

    Raises RefusedError: VT056 if a piece of C in the spec is not C, VT090 for a defect of vtsplit.
    """
    main = parse_module(texts[spec.main])
    problems = [*_unreadable(plan, spec, main), *_lost(plan, spec, tree, texts)]
    if problems:
        raise RefusedError(*problems)


def _unreadable(plan: DispatchPlan, spec: Spec, main: Module) -> Iterator[Problem]:
    """Find functions that are not there, not whole, or not C."""
    found = {item.name: item for item in main.items if isinstance(item, FunctionDef)}
    made = {piece.name: piece.text for piece in plan.wrappers} | dict(plan.replaced)
    for name, text in made.items():
        item = found.get(name)
        site = Site(spec.main)
        # The text ends with the function; a body that closes it early would begin another.
        if item is None or not text.rstrip("\n").endswith(item.text.replace("\r\n", "\n")):
            message = f"'{name}' would not be in the result as it was planned"
            policy = _stated(plan, spec, name)
            if policy and spec.ops[policy].body is not None:
                site = spec.op_site(policy, "body", of="value")
                message = f"the body of '{name}' is not one function body"
                yield Problem(NO_FUNCTION_BODY, message, site, "check that its braces pair")
            else:
                yield Problem(LOST_WRAPPER, message, site, DEFECT)
            continue
        try:
            read_function(item)
        except TypeReadError as error:
            policy = _stated(plan, spec, name)
            yield Problem(
                NO_C,
                f"'{name}' would not be right: {error}",
                spec.op_site(policy) if policy else spec.site("dispatch"),
                "correct the pieces of C that the spec has for it",
            )


def _stated(plan: DispatchPlan, spec: Spec, wrapper: str) -> str:
    """Return the section of the spec that a wrapper comes from; empty if none is about it."""
    return plan.ops.get(wrapper, "") if plan.ops.get(wrapper, "") in spec.ops else ""


def _lost(
    plan: DispatchPlan, spec: Spec, tree: SourceTree, texts: Mapping[str, str]
) -> Iterator[Problem]:
    """Find items of changed files that are gone without a step, or have become others."""
    edited = {edit.index for edit in plan.edits}

    def is_excused(one: Before) -> bool:
        name = getattr(one.item, "name", "")
        if one.path != spec.main:
            return name in plan.exposed or _is_emptied(plan, one.item)
        macro = getattr(getattr(one.item, "macro", None), "name", "")
        return (
            one.index in edited
            or name in plan.removed | plan.replaced.keys()
            or macro in plan.removed
            or _is_emptied(plan, one.item)
        )

    for path, text in texts.items():
        before = tree.find(path)
        if before is None or not path.endswith((".c", ".h")):
            continue
        old, new = {path: parse_module(before)}, [parse_module(text)]
        yield from find_lost(old, new, lambda item: item.text.replace("\r\n", "\n"), is_excused)


def _is_emptied(plan: DispatchPlan, item: Item) -> bool:
    """Tell a directive that may go: a conditional that was left empty does."""
    return bool(plan.removed) and item.text.startswith("#")
