"""Visitors, transformers and matchers: each node once, nothing changed for nothing."""

# ruff: noqa: N802 (methods are named after nodes)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from c_bodies import BODIES, body
from how_many import examples
from vtsplit.cst import (
    REMOVE,
    Arg,
    Call,
    Directive,
    ExpressionStatement,
    If,
    Item,
    MacroCall,
    Module,
    Name,
    Node,
    Text,
    Transformer,
    UnreadCall,
    Visitor,
    m,
    parse_expression,
    parse_module,
    parse_statement,
    walk,
)
from vtsplit.cst.bodies import nodes as body_nodes
from vtsplit.cst.visit.visitors import Tree

KINDS = sorted(
    name
    for name, value in vars(body_nodes).items()
    if isinstance(value, type) and issubclass(value, Node)
)


class Every(Visitor):
    """Notes each visit, by methods that are made."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[Tree] = []
        self.went: list[Tree] = []
        self.places: list[tuple[int, int]] = []

    def came_to(self, node: Tree) -> None:
        self.came.append(node)
        self.places.append(self.position)


for kind in (*KINDS, "Module", "FunctionDef", "Directive", "MacroCall", "Declaration", "Opaque"):
    setattr(Every, f"visit_{kind}", Every.came_to)
    setattr(Every, f"leave_{kind}", lambda self, node: self.went.append(node))


class Same(Transformer):
    """Returns each node as it is."""

    def as_it_is(self, original: Tree, updated: Tree) -> Tree:
        return updated


for kind in KINDS:
    setattr(Same, f"leave_{kind}", Same.as_it_is)


class Rename(Transformer):
    def leave_Name(self, original: Name, updated: Name) -> Name:
        return updated.with_changes(value="g") if updated.value == "f" else updated


@settings(max_examples=examples(200), deadline=None)
@given(BODIES)
def test_each_node_is_visited_once_in_order(text: str) -> None:
    module = body(text)
    every = Every()
    every.visit(module)
    assert [id(node) for node in every.came] == [id(node) for node in walk(module)]
    assert sorted(map(id, every.went)) == sorted(map(id, every.came))
    assert every.went[-1] is module
    assert every.places == sorted(every.places)


@settings(max_examples=examples(200), deadline=None)
@given(BODIES)
def test_a_transformer_that_changes_nothing_returns_the_same_module(text: str) -> None:
    module = body(text)
    assert Same().transform(module) is module
    assert Transformer().transform(module) is module


@settings(max_examples=examples(200), deadline=None)
@given(BODIES, st.integers(0, 30))
def test_what_is_not_replaced_stays(text: str, which: int) -> None:
    """One call's name is changed; the text is the same but for this name."""
    module = body(text)
    calls = [node for node in walk(module) if isinstance(node, Call) and node.name]
    if not calls:
        return
    chosen = calls[which % len(calls)]

    class One(Transformer):
        def leave_Call(self, original: Call, updated: Call) -> Call:
            if original is not chosen:
                return updated
            self.remark("here")
            return updated.with_changes(func=Name("CHANGED"))

    one = One()
    new = one.transform(module)
    ((line, column, _),) = one.remarks
    lines = module.code.split("\n")
    before = "\n".join([*lines[: line - 1], lines[line - 1][: column - 1]])
    behind = module.code[len(before) :]
    assert behind.startswith(chosen.name)
    assert new.code == f"{before}CHANGED{behind.removeprefix(chosen.name)}"
    assert module.code == body(text).code


def test_items_and_nodes_that_do_not_change_are_shared() -> None:
    module = parse_module("int a;\nint k(void)\n{\n\tf(1);\n}\nint l(void)\n{\n\th(1);\n}\n")
    changed = Rename().transform(module)
    assert changed.code == module.code.replace("f(1)", "g(1)")
    assert [new is old for new, old in zip(changed.items, module.items, strict=True)] == [
        True,
        False,
        True,
    ]


def test_a_visitor_goes_only_where_it_is_let() -> None:
    class Outer(Visitor):
        def __init__(self) -> None:
            super().__init__()
            self.found: list[str] = []

        def visit_Call(self, node: Call) -> bool:
            self.found.append(f"{self.position} {node.code}")
            return False

    outer = Outer()
    outer.visit(body("\tf(g(1));\n\th(2);"))
    assert outer.found == ["(3, 2) f(g(1))", "(4, 2) h(2)"]


def test_the_place_of_what_follows_left_out_nodes() -> None:
    every = Every()
    every.visit(body("f(a,\n  b)(c);"))
    places = dict(zip([node.code for node in every.came], every.places, strict=True))
    assert [places[name] for name in ("a", "\n  b", "b", "c")] == [(3, 3), (4, 3), (4, 3), (4, 6)]


def test_names_of_members_and_tags_are_no_names() -> None:
    text = "f = x->f + x.f;\nstruct f f;\ngoto f;\nf:\ny = (struct s) { .f = f };"
    wanted = "g = x->f + x.f;\nstruct f g;\ngoto f;\nf:\ny = (struct s) { .f = g };"
    assert Rename().transform(body(text)).code == body(wanted).code


def test_a_renamed_macro_at_file_scope_has_the_new_name() -> None:
    (item,) = Rename().transform(parse_module("/* c */\nf(a); // d\n")).items
    assert isinstance(item, MacroCall)
    assert (item.name, item.code) == ("g", "/* c */\ng(a); // d\n")


def test_a_directive_of_a_body_is_visited_as_well() -> None:
    class Drop(Transformer):
        def leave_Directive(self, original: Directive, updated: Directive) -> object:
            return REMOVE if updated.name == "pragma" else updated

    assert Drop().transform(body("#pragma a\nf(1);\n#pragma b")).code == body("f(1);").code


class Result(Transformer):
    """Returns what it is told to."""

    def __init__(self, kind: str, result: object) -> None:
        super().__init__()
        setattr(self, f"leave_{kind}", lambda original, updated: result)


STATEMENT, NAME = parse_statement("\tnew();\n"), Name("new")


@pytest.mark.parametrize(
    ("kind", "result", "wanted"),
    [
        ("Return", REMOVE, "\tif (a)\n\t\tf(b, 1);"),
        ("Return", STATEMENT, "\tif (a)\n\t\tf(b, 1);\n\tnew();"),
        ("Return", (STATEMENT, STATEMENT), "\tif (a)\n\t\tf(b, 1);\n\tnew();\n\tnew();"),
        ("Return", (), "\tif (a)\n\t\tf(b, 1);"),
        ("Arg", REMOVE, "\tif (a)\n\t\tf();\n\treturn c;"),
        (
            "Arg",
            (Arg("", NAME), Arg(" ", NAME)),
            "\tif (a)\n\t\tf(new, new,new, new);\n\treturn c;",
        ),
        ("Call", NAME, "\tif (a)\n\t\tnew;\n\treturn c;"),
        ("Name", parse_expression("(*p)"), "\tif ((*p))\n\t\t(*p)((*p), 1);\n\treturn (*p);"),
    ],
)
def test_what_a_method_may_return(kind: str, result: object, wanted: str) -> None:
    module = body("\tif (a)\n\t\tf(b, 1);\n\treturn c;")
    assert Result(kind, result).transform(module).code == body(wanted).code


@pytest.mark.parametrize(
    ("kind", "result", "error", "message"),
    [
        ("Call", None, TypeError, "leave_Call returned NoneType"),
        ("Call", "f()", TypeError, "leave_Call returned str"),
        ("Call", STATEMENT, TypeError, "leave_Call returned ExpressionStatement"),
        ("Call", REMOVE, ValueError, "a Call cannot be removed from a ExpressionStatement"),
        ("Call", (NAME, NAME), ValueError, "2 nodes cannot stand in the place of one Call here"),
        ("ExpressionStatement", REMOVE, ValueError, "cannot be removed from a If: replace it"),
        ("ExpressionStatement", NAME, TypeError, "leave_ExpressionStatement returned Name"),
        ("Arg", NAME, TypeError, "leave_Arg returned Name"),
        ("FunctionDef", STATEMENT, TypeError, "leave_FunctionDef returned ExpressionStatement"),
        ("Block", REMOVE, ValueError, "a Block cannot be removed from a FunctionDef"),
        ("Module", REMOVE, ValueError, "a Module cannot be removed from a Module"),
    ],
)
def test_what_a_method_may_not_return(
    kind: str, result: object, error: type[Exception], message: str
) -> None:
    module = body("\tif (a)\n\t\tf(b, 1);\n\treturn c;")
    with pytest.raises(error, match=message):
        Result(kind, result).transform(module)


def test_an_argument_with_an_if_around_it_is_not_removed() -> None:
    with pytest.raises(ValueError, match="directives around it"):
        Result("Arg", REMOVE).transform(body("f(\n#if A\n a\n#endif\n);"))


def test_a_call_that_is_not_read_can_be_told() -> None:
    class Tell(Transformer):
        def leave_UnreadCall(self, original: UnreadCall, updated: UnreadCall) -> UnreadCall:
            self.remark(f"{updated.name} is not read")
            return updated

    tell = Tell()
    tell.transform(body("x = f(\n#if A\n1);\n#else\n2);\n#endif"))
    assert tell.remarks == [(3, 5, "f is not read")]


CALL = parse_expression("f(a, 1, g(b))")
PARTS = parse_expression("p->f(x)")


@pytest.mark.parametrize(
    ("node", "matcher", "wanted"),
    [
        (CALL, m.Call(), True),
        (CALL, m.Call(func=m.Name("f")), True),
        (CALL, m.Call(func=m.Name("g")), False),
        (CALL, m.Call(name="f"), True),
        (CALL, m.Name(), False),
        (CALL, m.Name() | m.Call(), True),
        (CALL, ~m.Call(), False),
        (CALL, m.Call(args=[m.ZeroOrMore()]), True),
        (CALL, m.Call(args=[m.Arg()]), False),
        (CALL, m.Call(args=[m.Arg(), m.ZeroOrMore()]), True),
        (CALL, m.Call(args=[m.Arg(), m.Arg(), m.Arg()]), True),
        (CALL, m.Call(args=[m.Arg(), m.Arg(), m.Arg(), m.Arg()]), False),
        (CALL, m.Call(args=[m.ZeroOrMore(m.Arg(m.Name()))]), False),
        (CALL, m.Call(args=[m.ZeroOrMore(m.Arg(~m.Call())), m.Arg(m.Call(name="g"))]), True),
        (CALL, m.Call(args=[m.Arg(m.Name("a")), m.Arg(m.Text("1")), m.DoNotCare()]), True),
        (CALL, m.Call(args=[m.ZeroOrMore(), m.Arg(m.Code("g(b)"))]), True),
        (CALL, m.Call(name=m.OneOf("e", "f")), True),
        (CALL, m.Call(name=m.MatchIfTrue(str.isupper)), False),
        (PARTS, m.Call(func=m.Name("f")), False),
        (PARTS, m.Call(func=m.Expression(parts=[m.ZeroOrMore(), m.Member(name="f")])), True),
        (parse_statement("if (a) b();"), m.If(test=m.Name("a"), orelse=None), True),
        (parse_statement("if (a) b(); else c();"), m.If(orelse=None), False),
        (parse_module("int f(void) { }").items[0], m.FunctionDef(name="f"), True),
    ],
)
def test_matchers(node: Tree, matcher: m.Matcher, wanted: bool) -> None:
    assert m.matches(node, matcher) is wanted


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="Call has no field 'arguments'"):
        m.Call(arguments=[])


def test_each_node_has_a_matcher() -> None:
    assert not [name for name in KINDS if not hasattr(m, name) and name != "Node"]


def test_all_that_match_are_replaced() -> None:
    module = body("if (f(1)) f(f(2));")
    new = m.replace(module, m.Call(name="f"), lambda node: Text(f"<{node.code}>"))
    assert new.code == body("if (<f(1)>) <f(<f(2)>)>;").code
    assert m.replace(module, m.Call(name="g"), lambda node: NAME) is module
    found = m.findall(module, m.If() | m.Call(args=[m.Arg(m.Call())]))
    assert [type(node) for node in found] == [If, Call]


def test_types_of_the_face() -> None:
    """What is returned is of the type that is given: nobody needs a cast."""
    module: Module = Rename().transform(parse_module("f(1);"))
    item: Item = Rename().transform(module.items[0])
    statement = Rename().transform(parse_statement("f(1);"))
    assert isinstance(statement, ExpressionStatement)
    assert (item.code, statement.code) == ("g(1);", "g(1);")
