r"""Matchers: what a node looks like, as a value. Imported as `m`, as in LibCST.

A matcher has the name of a node's class, and says of some of its fields or properties what they
are. What it does not name may be anything. A list matches a tuple of nodes one by one.

    m.Call(func=m.Name("kmalloc"), args=[m.DoNotCare(), m.Arg(value=m.Name("GFP_KERNEL"))])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from vtsplit.cst import nodes as _items
from vtsplit.cst.bodies import nodes as _nodes
from vtsplit.cst.visit.visitors import Transformer, Tree, walk

T = TypeVar("T", bound=Tree)


class Matcher:
    """Tells whether a value is as it says; `|` joins two, `~` denies one."""

    def matches(self, value: object) -> bool:
        """Tell whether a value is as the matcher says."""
        raise NotImplementedError

    def __or__(self, other: Matcher) -> Matcher:
        return OneOf(self, other)

    def __invert__(self) -> Matcher:
        return MatchIfTrue(lambda value: not self.matches(value))


Wanted = Matcher | str | bool | None | Sequence["Matcher | ZeroOrMore"]


class DoNotCare(Matcher):
    """Anything."""

    def matches(self, value: object) -> bool:
        """Return True."""
        return True


class ZeroOrMore:
    """In a list: any number of nodes, each as the matcher says."""

    def __init__(self, each: Matcher | None = None) -> None:
        self.each = each or DoNotCare()


class MatchIfTrue(Matcher):
    """What a function says yes to.

    >>> matches(_nodes.Name("kfree"), Name(MatchIfTrue(lambda name: name.startswith("k"))))
    True
    """

    def __init__(self, test: Callable[..., bool]) -> None:
        self.test = test

    def matches(self, value: object) -> bool:
        """Ask the function."""
        return bool(self.test(value))


class OneOf(Matcher):
    """One of several; of texts as well.

    >>> matches(_nodes.Name("a"), Name(OneOf("a", "b")))
    True
    """

    def __init__(self, *options: Wanted) -> None:
        self.options = options

    def matches(self, value: object) -> bool:
        """Tell whether one of them says yes."""
        return any(_is_as_wanted(value, option) for option in self.options)


class Code(Matcher):
    """A node whose text, without the blanks around it, is this one.

    >>> matches(_nodes.Text(" a + 1"), Code("a + 1"))
    True
    """

    def __init__(self, text: str) -> None:
        self.text = text.strip()

    def matches(self, value: object) -> bool:
        """Compare the text."""
        code = getattr(value, "code", None)
        return isinstance(code, str) and code.strip() == self.text


class _OfClass(Matcher):
    """A node of one class. What is given without a name is its `value`."""

    kind: type

    def __init__(self, value: Wanted = None, /, **fields: Wanted) -> None:
        if value is not None:
            fields["value"] = value
        known = {*dir(self.kind), *getattr(self.kind, "__match_args__", ())}
        if unknown := sorted(fields.keys() - known):
            raise TypeError(f"{self.kind.__name__} has no field '{unknown[0]}'")
        self.fields = fields

    def matches(self, value: object) -> bool:
        """Tell whether it is of the class, and each field that is named as wanted."""
        return isinstance(value, self.kind) and all(
            _is_as_wanted(getattr(value, name), wanted) for name, wanted in self.fields.items()
        )


def _is_as_wanted(value: object, wanted: Wanted) -> bool:
    if isinstance(wanted, Matcher):
        return wanted.matches(value)
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        return isinstance(value, tuple) and _is_list(value, wanted)
    return value == wanted


def _is_list(values: Sequence[object], wanted: Sequence[Matcher | ZeroOrMore]) -> bool:
    """Compare one by one; `reached` are the counts of values that the matchers so far can take."""
    reached = {0}
    for one in wanted:
        if isinstance(one, ZeroOrMore):
            for at in range(min(reached, default=0), len(values)):
                if at in reached and one.each.matches(values[at]):
                    reached.add(at + 1)
        else:
            reached = {at + 1 for at in reached if at < len(values) and one.matches(values[at])}
    return len(values) in reached


def matches(node: object, matcher: Matcher) -> bool:
    """Tell whether a node is as a matcher says."""
    return matcher.matches(node)


def findall(tree: Tree, matcher: Matcher) -> list[Tree]:
    r"""Return all nodes of a tree that a matcher takes, in the order of the text.

    >>> from vtsplit.cst.parser import parse_module
    >>> found = findall(parse_module("int a = f(g(1), 2);\n"), Call(args=[Arg()]))
    >>> [node.code for node in found]
    ['g(1)']
    """
    return [node for node in walk(tree) if matcher.matches(node)]


def replace(tree: T, matcher: Matcher, new: Callable[[Tree], Tree]) -> T:
    r"""Return a tree in which each node that a matcher takes is what a function makes of it.

    Nodes inside are replaced before those around them.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("int a = f(b->f, f);\n")
    >>> replace(module, Name("f"), lambda node: node.with_changes(value="g")).code
    'int a = g(b->f, g);\n'
    """
    return _Replace(matcher, new).transform(tree)


class _Replace(Transformer):
    def __init__(self, matcher: Matcher, new: Callable[[Tree], Tree]) -> None:
        super().__init__()
        self.matcher, self.new = matcher, new

    def looks_inside(self) -> bool:
        return True

    def left(self, original: T, updated: T) -> object:
        return self.new(updated) if self.matcher.matches(original) else updated


class Module(_OfClass):
    """A `Module`."""

    kind = _items.Module


class Item(_OfClass):
    """An `Item`."""

    kind = _items.Item


class Directive(_OfClass):
    """A `Directive`."""

    kind = _items.Directive


class FunctionDef(_OfClass):
    """A `FunctionDef`."""

    kind = _items.FunctionDef


class Declaration(_OfClass):
    """A `Declaration`."""

    kind = _items.Declaration


class MacroCall(_OfClass):
    """A `MacroCall`."""

    kind = _items.MacroCall


class Opaque(_OfClass):
    """An `Opaque`."""

    kind = _items.Opaque


class Text(_OfClass):
    """A `Text`."""

    kind = _nodes.Text


class Name(_OfClass):
    """A `Name`."""

    kind = _nodes.Name


class Member(_OfClass):
    """A `Member`."""

    kind = _nodes.Member


class Expression(_OfClass):
    """An `Expression`."""

    kind = _nodes.Expression


class Arg(_OfClass):
    """An `Arg`."""

    kind = _nodes.Arg


class Call(_OfClass):
    """A `Call`."""

    kind = _nodes.Call


class UnreadCall(_OfClass):
    """An `UnreadCall`."""

    kind = _nodes.UnreadCall


class Statement(_OfClass):
    """A `Statement`."""

    kind = _nodes.Statement


class Block(_OfClass):
    """A `Block`."""

    kind = _nodes.Block


class ExpressionStatement(_OfClass):
    """An `ExpressionStatement`."""

    kind = _nodes.ExpressionStatement


class LocalDeclaration(_OfClass):
    """A `LocalDeclaration`."""

    kind = _nodes.LocalDeclaration


class Return(_OfClass):
    """A `Return`."""

    kind = _nodes.Return


class Jump(_OfClass):
    """A `Jump`."""

    kind = _nodes.Jump


class Label(_OfClass):
    """A `Label`."""

    kind = _nodes.Label


class Else(_OfClass):
    """An `Else`."""

    kind = _nodes.Else


class If(_OfClass):
    """An `If`."""

    kind = _nodes.If


class While(_OfClass):
    """A `While`."""

    kind = _nodes.While


class For(_OfClass):
    """A `For`."""

    kind = _nodes.For


class Switch(_OfClass):
    """A `Switch`."""

    kind = _nodes.Switch


class Do(_OfClass):
    """A `Do`."""

    kind = _nodes.Do


class MacroStatement(_OfClass):
    """A `MacroStatement`."""

    kind = _nodes.MacroStatement


class Unread(_OfClass):
    """An `Unread`."""

    kind = _nodes.Unread
