"""Walk a tree: a `Visitor` looks, a `Transformer` changes.

As in LibCST, `visit_X` is called for a node of class X in front of what it has inside, `leave_X`
behind it. What no method has changed is shared between the old tree and the new one.
"""

from collections.abc import Callable, Iterator
from operator import is_not
from typing import Any, NamedTuple, TypeVar, cast

from vtsplit.cst import nodes as item_nodes
from vtsplit.cst.bodies.inside import Inside, inside
from vtsplit.cst.bodies.nodes import Arg, Block, Call, Else, Node, Statement
from vtsplit.cst.lexer import Kind, lex
from vtsplit.cst.nodes import Directive, Item, MacroCall, Module
from vtsplit.cst.parser import parse_anew

Tree = Module | Item | Node
T = TypeVar("T", bound=Tree)

# Nodes that are not inside of others; a directive may be.
_OUTSIDE = frozenset(
    name
    for name, value in vars(item_nodes).items()
    if isinstance(value, type) and issubclass(value, (Item, Module)) and value is not Directive
)


class Removal:
    """What `leave_X` returns to have a node taken out: see `REMOVE`."""


REMOVE = Removal()


class Remark(NamedTuple):
    """Something that a visitor has to say of a place: line and column from 1."""

    line: int
    column: int
    message: str


class Visitor:
    r"""Looks at all nodes, in the order of the text.

    If `visit_X` returns False, what the node has inside is left out. `leave_X` gets the node.

    >>> from vtsplit.cst.parser import parse_module
    >>> class Calls(Visitor):
    ...     def visit_Call(self, node):
    ...         print(self.position, node.name)
    >>> Calls().visit(parse_module("int f(void)\n{\n\treturn g(h());\n}\n"))
    (3, 9) g
    (3, 11) h
    """

    def __init__(self) -> None:
        self._begin(None)

    def _begin(self, tree: Tree | None) -> None:
        self._module = tree if isinstance(tree, Module) else Module((), tree.code if tree else "")
        self._at = 0
        self.remarks: list[Remark] = []
        self._called = {name for name in dir(self) if name.startswith(("visit_", "leave_"))}
        self._looks_inside = self.looks_inside()

    @property
    def position(self) -> tuple[int, int]:
        """Line and column, from 1, of the node that is visited or left: of its first token."""
        return self._module.position(self._at)

    def remark(self, message: str) -> None:
        """Say something of the node that is visited or left; `run` shows it with file and line."""
        self.remarks.append(Remark(*self.position, message))

    def visit(self, tree: Tree) -> None:
        """Visit a module, an item or a node, and all that it has inside."""
        self._begin(tree)
        self._walk(tree)

    def looks_inside(self) -> bool:
        """Tell whether a method is for nodes inside of items: else these are not even read."""
        return bool({name.partition("_")[2] for name in self._called} - _OUTSIDE)

    def left(self, original: T, updated: T) -> object:
        """Call `leave_X` if there is one; return what is to stand in the node's place."""
        method = self._method("leave_", original)
        if method:
            method(original)
        return updated

    def _method(self, prefix: str, node: Tree) -> Callable[..., Any] | None:
        name = prefix + type(node).__name__
        return getattr(self, name) if name in self._called else None

    def _walk(self, node: Tree) -> object:
        """Visit a node; return what is to stand in its place."""
        start = self._at
        # A node's place is that of its first token.
        leading = getattr(node, "leading", "")
        first = start + len(leading if isinstance(leading, str) else "")
        self._at = first
        method = self._method("visit_", node)
        descends = method is None or method(node) is not False
        self._at = start
        updated = self._walk_inside(node) if descends else node
        self._at = first
        result = self.left(node, updated)
        self._at = start + len(node.code)
        return result

    def _walk_inside(self, node: T) -> T:
        if isinstance(node, Module):
            items = self._walk_all(node.items, node)
            return cast(T, node.with_items(cast(tuple[Item, ...], items)))
        if isinstance(node, Item):
            return cast(T, self._walk_item(node)) if self._looks_inside else node
        changes: dict[str, object] = {}
        for name, value in node.fields():
            if isinstance(value, str):
                self._at += len(value)
                continue
            self._at += name == "args"  # the parenthesis
            new = self._walk_all(value, node)
            if len(new) != len(value) or any(map(is_not, new, value)):
                changes[name] = new if isinstance(getattr(node, name), tuple) else new[0]
        return cast(T, node.with_changes(**changes)) if changes else node

    def _walk_item(self, item: Item) -> Item:
        found = inside(item)
        if found is None:
            return item
        self._at += len(item.leading) + len(found.before)
        node = self._walk(found.node)
        if node is found.node:
            return item
        (new,) = _as_tuple(node, found.node, item)
        if not isinstance(new, Node):
            raise TypeError(f"{type(new).__name__} cannot stand in {type(item).__name__}")
        return _with_inside(item, found, new)

    def _walk_all(self, nodes: tuple[T, ...], parent: Tree) -> tuple[Tree, ...]:
        found: list[Tree] = []
        for at, node in enumerate(nodes):
            self._at += bool(at) and isinstance(node, Arg)  # the comma
            found.extend(_as_tuple(self._walk(node), node, parent))
        return tuple(found)


class Transformer(Visitor):
    r"""Changes a tree: `leave_X(self, original, updated)` returns what is to stand in its place.

    `updated` is the node with what is inside changed already. A method returns it as it is, a copy
    with changes, another node, several in a tuple where there is a list, or `REMOVE`.

    >>> from vtsplit.cst.parser import parse_module
    >>> class AddFlags(Transformer):
    ...     def leave_Call(self, original, updated):
    ...         return updated.with_arg("GFP_KERNEL") if updated.name == "get" else updated
    >>> module = parse_module("int f(void)\n{\n\treturn get(get(1)); /* get() */\n}\n")
    >>> print(AddFlags().transform(module).code.expandtabs(4), end="")
    int f(void)
    {
        return get(get(1, GFP_KERNEL), GFP_KERNEL); /* get() */
    }
    """

    def transform(self, tree: T) -> T:
        """Return the tree with all changes; the same object if there are none."""
        self._begin(tree)
        (result,) = _as_tuple(self._walk(tree), tree, tree)
        return cast(T, result)

    def left(self, original: T, updated: T) -> object:
        """Call `leave_X` if there is one; return what it returns."""
        method = self._method("leave_", original)
        return method(original, updated) if method else updated


def walk(tree: Tree) -> Iterator[Tree]:
    r"""Yield a node and all that it has inside, in the order of the text.

    >>> from vtsplit.cst.parser import parse_module
    >>> [type(node).__name__ for node in walk(parse_module("int a = f(1);\n"))]
    ['Module', 'Declaration', 'Call', 'Name', 'Arg', 'Text']
    """
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, Module):
            pending.extend(reversed(node.items))
        elif isinstance(node, Item):
            found = inside(node)
            pending.extend([found.node] if found else [])
        else:
            pending.extend(reversed(node.children))


def _with_inside(item: Item, found: Inside, new: Node) -> Item:
    """Return the item with another node inside; what has been read of it is read anew."""
    assert found.before + found.node.code + found.behind == item.text
    text = found.before + new.code + found.behind
    if isinstance(item, MacroCall):
        # Its name may be another one.
        items = parse_anew(text).items
        if len(items) == 1 and isinstance(items[0], MacroCall):
            return items[0].with_changes(leading=item.leading, trailing=item.trailing)
    return item.with_changes(text=text)


def _as_tuple(result: object, old: Tree, parent: Tree) -> tuple[Tree, ...]:
    """Check what a method has returned, against silent mistakes such as no `return`."""
    if result is old:
        return (old,)
    what = type(old).__name__
    if isinstance(result, Removal):
        _refuse_removal(old, parent)
        return ()
    many = result if isinstance(result, tuple) else (result,)
    for one in many:
        if not _may_stand(one, old, parent):
            raise TypeError(
                f"leave_{what} returned {type(one).__name__}: it has to return a node that can"
                f" stand where a {what} stands, or REMOVE"
            )
    if len(many) != 1 and not _is_in_list(old, parent):
        raise ValueError(f"{len(many)} nodes cannot stand in the place of one {what} here")
    return many


def _may_stand(new: object, old: Tree, parent: Tree) -> bool:
    """Tell whether a node is of a kind that can stand where another one stands."""
    for kind in (Module, Arg, Else):
        if isinstance(old, kind):
            return isinstance(new, kind)
    if isinstance(parent, Block) and isinstance(old, (Statement, Directive)):
        return isinstance(new, (Statement, Directive))
    for other in (Statement, Item):
        if isinstance(old, other):
            return isinstance(new, other)
    return isinstance(new, Node) and not isinstance(new, (Statement, Arg, Else))


def _is_in_list(old: Tree, parent: Tree) -> bool:
    """Tell whether the parent has a list of such nodes, in which one may be none or several."""
    if isinstance(parent, Module):
        return True
    if isinstance(parent, Block):
        return isinstance(old, (Statement, Directive))
    return isinstance(parent, Call) and isinstance(old, Arg)


def _refuse_removal(old: Tree, parent: Tree) -> None:
    """Raise if a node is needed where it stands, or would take an `#if` along."""
    what = type(old).__name__
    if old is parent or not _is_in_list(old, parent):
        raise ValueError(f"a {what} cannot be removed from a {type(parent).__name__}: replace it")
    around = old.leading + old.trailing if isinstance(old, Arg) else ""
    if any(token.kind is Kind.DIRECTIVE for token in lex(f"({around}")):
        raise ValueError(f"a {what} with directives around it cannot be removed: {old.code!r}")
