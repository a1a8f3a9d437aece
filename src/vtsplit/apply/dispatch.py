"""Carry out a plan of dispatch: main gets its wrappers, the header its declarations."""

from collections.abc import Collection

from vtsplit.codemods.declare import declare, declare_tags
from vtsplit.codemods.dispatch.into_main import (
    add_macros,
    add_stubs,
    add_wrappers,
    edit_items,
    find_block,
    hoist,
    home_in_block,
    lead,
    remove,
    rewrite,
)
from vtsplit.codemods.drop import drop
from vtsplit.codemods.expose import expose
from vtsplit.codemods.include import add_include
from vtsplit.codemods.places import InsertionPoint, put
from vtsplit.codemods.relocate import place
from vtsplit.cst.conditions import defined, under
from vtsplit.cst.guards import item_guards
from vtsplit.cst.nodes import Declaration, FunctionDef, Module
from vtsplit.cst.parser import parse_module
from vtsplit.planning.dispatch.edits import DispatchPlan
from vtsplit.planning.dispatch.wrappers.existing import MARK
from vtsplit.spec.document import Spec
from vtsplit.tree.source_tree import SourceTree


def dispatch(plan: DispatchPlan, spec: Spec, tree: SourceTree) -> dict[str, str]:
    """Return the new text of each file that a plan of dispatch changes; nothing is written."""
    assert spec.dispatch is not None
    backend = spec.dispatch.backend
    texts = dict(plan.texts)
    texts[spec.main] = _main(plan, tree.read(spec.main))
    header = tree.find(spec.header)
    if header is not None and (plan.declared or plan.stubs):
        texts[spec.header] = _header(plan, header, backend.config)
    source = tree.find(backend.source)
    if source is not None and (plan.exposed or plan.backend_include):
        module = expose(_without_forward(parse_module(source), plan.exposed), plan.exposed)
        if plan.backend_include:
            module = add_include(module, plan.backend_include)
        texts[backend.source] = _as_before(source, module.code)
    return texts


def _without_forward(module: Module, exposed: Collection[str]) -> Module:
    """Drop forward declarations of what becomes global: the header has them."""
    gone = {
        at
        for at, item in enumerate(module.items)
        if isinstance(item, Declaration)
        and item.name in exposed
        and item.head.is_function
        and "static" in item.head.storage
    }
    return drop(module, gone)[0]


def _main(plan: DispatchPlan, text: str) -> str:
    module = parse_module(text)
    module = edit_items(module, [(e.index, e.offset, e.length, e.text) for e in plan.edits])
    module = hoist(module, plan.raised.indices, plan.raised.before)
    module = parse_module(_plain(module.code)) if _is_windows(text) else module
    module = rewrite(module, plan.replaced)
    marked = _marked(module, plan)
    module = _unmarked(module, marked)
    home = InsertionPoint(plan.home, 0)
    if plan.selection is not None:
        condition = defined(plan.selection.config)
        chosen, left_out = plan.selection.chosen, plan.selection.left_out
        module = add_macros(module, chosen, left_out, condition, plan.home)
        home = home_in_block(module, condition)
    module = add_wrappers(module, plan.wrappers, plan.order, home)
    if plan.variable:
        at = _first_wrapper(module, plan)
        inside = plan.selection is not None
        module = put(module, InsertionPoint(at + inside, int(inside)), plan.variable)
    module = remove(module, plan.removed)
    if plan.order and (plan.mark or marked is not None):
        module = lead(module, _first_wrapper(module, plan), MARK)
    module = place(module, plan.tail)
    for line in plan.main_includes:
        module = add_include(module, line.target)
    return _as_before(text, module.code)


def _is_windows(text: str) -> bool:
    """Tell whether all lines of a file end with CRLF."""
    return 0 < text.count("\n") == text.count("\r\n")


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _as_before(before: str, after: str) -> str:
    """Give every line of a changed file the end that its lines had."""
    return _plain(after).replace("\n", "\r\n") if _is_windows(before) else after


def _marked(module: Module, plan: DispatchPlan) -> int | None:
    """Return the item that the mark leads, if wrappers come or go and it may have to move."""
    if not (plan.wrappers or plan.removed):
        return None
    lead = f"{MARK}\n\n"
    return next((at for at, item in enumerate(module.items) if lead in item.leading), None)


def _unmarked(module: Module, at: int | None) -> Module:
    if at is None:
        return module
    items = list(module.items)
    leading = items[at].leading.replace(f"{MARK}\n\n", "", 1)
    items[at] = items[at].with_changes(leading=leading)
    return module.with_items(tuple(items))


def _first_wrapper(module: Module, plan: DispatchPlan) -> int:
    if plan.selection is not None:
        block = find_block(module, defined(plan.selection.config))
        assert block is not None
        return block[0]
    guards = item_guards(module)
    wrappers = (
        at
        for at, item in enumerate(module.items)
        if isinstance(item, FunctionDef) and item.name in plan.order
    )
    # What goes in front of it stands under no condition of its own.
    return next(at for at in range(next(wrappers, plan.home), -1, -1) if not guards[at])


def _header(plan: DispatchPlan, text: str, config: str | None) -> str:
    module = parse_module(_plain(text) if _is_windows(text) else text)
    for line in plan.header_includes:
        module = add_include(module, line.target)
    module = declare_tags(module, plan.tags)
    module = declare(module, plan.declared, plan.declared_order)
    if plan.stubs and config:
        module = add_stubs(module, plan.stubs, plan.declared_order, under(config))
    return _as_before(text, module.code)
