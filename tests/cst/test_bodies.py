"""What stands inside of items: statements and calls, and no byte that is lost."""

from dataclasses import fields

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from c_bodies import BODIES, body
from how_many import examples
from vtsplit.cst import (
    Block,
    Call,
    Expression,
    FunctionDef,
    Module,
    Name,
    Node,
    UnreadCall,
    inside,
    m,
    parse_expression,
    parse_module,
    parse_statement,
    walk,
)
from vtsplit.cst.lexer import lex


def calls(text: str) -> list[str]:
    return [node.code for node in walk(parse_module(text)) if isinstance(node, Call)]


def names(text: str) -> list[str]:
    """Return what is called in a body, `?` in front of what is not read."""
    found = []
    for node in walk(body(text)):
        if isinstance(node, (Call, UnreadCall)):
            found.append("?" * isinstance(node, UnreadCall) + node.func.code)
    return found


def statements(text: str) -> list[str]:
    (item,) = body(text).items
    found = inside(item)
    assert found is not None
    if not isinstance(found.node, Block):
        return [type(found.node).__name__]
    return [f"{type(one).__name__}: {one.code.strip()}" for one in found.node.statements]


def check_lossless(module: Module) -> None:
    for item in module.items:
        found = inside(item)
        if found is not None:
            assert found.before + found.node.code + found.behind == item.text
            check_parts(found.node)


def check_parts(node: Node) -> None:
    """Each node lies in its parent's text, in order, and is met once."""
    at = 0
    for child in node.children:
        at = node.code.index(child.code, at) + len(child.code)
        if isinstance(child, Node):
            assert not isinstance(child, Expression) or len(child.parts) > 1
            check_parts(child)


@settings(max_examples=examples(600), deadline=None)
@given(BODIES)
@example("if (a)\n#if B\nf(1);\n#endif\nelse g(2);")
@example("#if A\nif (x) {\n#else\nif (y) {\n#endif\nf(1);\n}")
@example("case 1: case")
@example("do do f(); while (a)")
@example("} [[b]] if (a)")
@example("}\n[[b]] FOO(a)\n[[b]] BAR(a) { f(1); }\nint g(void)\n{")
def test_no_byte_is_lost(text: str) -> None:
    module = body(text)
    assert module.code == f"int fn(int a)\n{{\n{text}\n}}\n"
    check_lossless(module)


@settings(max_examples=examples(300), deadline=None)
@given(st.text(st.characters(), max_size=60))
def test_no_text_fails(text: str) -> None:
    assert parse_expression(text).code == text
    check_lossless(parse_module(text))
    check_lossless(body(text))


@settings(max_examples=examples(200), deadline=None)
@given(BODIES)
def test_each_node_is_another_object(text: str) -> None:
    nodes = [id(node) for node in walk(body(text))]
    assert len(nodes) == len(set(nodes))


@pytest.mark.parametrize("deep", [30, 45, 400])
@pytest.mark.parametrize(
    "text",
    [
        "{(}",
        "f(",
        "if (a) ",
        "{ ",
        "else_if",
        "(*",
    ],
)
def test_what_stands_deep_is_read_as_far_as_it_goes(text: str, deep: int) -> None:
    if text == "else_if":
        code = "if (a) f(1);" + " else if (a) f(1);" * deep
    else:
        closing = {"{(}": ");}", "f(": ")", "if (a) ": "", "{ ": " }", "(*": ")(1)"}[text]
        code = text.replace("}", "") * deep + "f(1)" + (closing * deep) + ";"
    module = body(code)
    check_lossless(module)
    assert any(name in ("f", "?f") for name in names(code))


CALLED = [
    ("f(1);", "f"),
    ("a = f(g(1), h());", "f g h"),
    ("p->f(1);", "p->f"),
    ("a.b->c[1](2);", "a.b->c[1]"),
    ("(*f)(1);", "(*f)"),
    ("(*ops)->f(1);", "(*ops)->f"),
    ("(p)->f(1);", "(p)->f"),
    ("(a ? f : g)(1);", "(a ? f : g)"),
    ("f(1)(2);", "f(1) f"),
    ("f (1);", "f"),
    ("f/* c */(1);", "f"),
    ("return f(1);", "f"),
    ("if (f(1)) g(2); else h(3);", "f g h"),
    ("int i = f(1), j = g(2);", "f g"),
    ("x = (u32)(a);", ""),
    ("x = (struct s *)(a);", ""),
    ("x = (struct s *)f(a);", "f"),
    ("x = sizeof(a) * f(1);", "f"),
    ("x = a * f(1);", "f"),
    ("g(a * f(1));", "g f"),
    ("return a * f(1);", "f"),
    ("if (a * f(1)) ;", "f"),
    ("int f(int a);", ""),
    ("extern struct s *f(int a);", ""),
    ("foo_t *f(int a);", ""),
    ("int (*f)(int a);", ""),
    ("struct s *(*f)(int a) = g(1);", "g"),
    ("static DEFINE_LOCK(a);", "DEFINE_LOCK"),
    ("printk(KERN_ERR PFX(1));", "printk PFX"),
    ("while (f(1)) ;", "f"),
    ("list_for_each(a, b) f(1);", "list_for_each f"),
    ('asm volatile("f(1)" : : "r" (a));', ""),
    ("x = ({ int y = f(1); g(y); });", "f g"),
    ("x = (struct s) { .f = f(1), .g = g };", "f"),
    ("goto f;", ""),
    ('"f(1)"; /* f(1) */', ""),
    ("#if f(1)\n#endif", ""),
    ("#define M(x) f(x)\n;", "f"),
    ("f(a,\n#if B\n b,\n#endif\n c);", "f"),
    ("f(a\n#if B\n, b);\n#else\n);\n#endif", "?f"),
    ("x = f(\n#if B\n g(1));\n#else\n 1);\n#endif", "?f g"),
    ("#if B\nif (a) {\n#else\nif (b) {\n#endif\nf(1);\n}", "f"),
    ("f(\n#if A\n (1,\n#else\n (2,\n#endif\n 3)); g(4);", "?f g"),
    ("f(\n#if A\n 1)\n#else\n 2)\n#endif\n+ h(g(3));", "?f h g"),
    ("f(\n#if A\n(1,\n#endif\n#if A\n2)\n#endif\n, 3);", "?f"),
    ("x = ( {\n f(1);\n} );", "f"),
    ("#if B\nf(1,\n#else\ng(2,\n#endif\n3);", "?f ?g"),
]


@pytest.mark.parametrize(("text", "called"), CALLED)
def test_what_is_called(text: str, called: str) -> None:
    assert " ".join(names(text)) == called


@pytest.mark.slow
@pytest.mark.parametrize("gap", ["\n#if A\n", " /* c */ ", " \\\n", "\n#endif\n"])
@pytest.mark.parametrize("text", [text for text, _ in CALLED])
def test_what_stands_between_two_tokens_is_not_lost(text: str, gap: str) -> None:
    tokens = [token.text for token in lex(text)]
    for at in range(len(tokens) + 1):
        whole = "".join([*tokens[:at], gap, *tokens[at:]])
        check_lossless(body(whole))
        check_lossless(parse_module(f"#define M(x) {whole.replace(chr(10), ' ')}\n"))


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("f()", []),
        ("f( /* none */ )", []),
        ("f(a)", ["a"]),
        ("f(a, b)", ["a", " b"]),
        ("f(g(a, b), c)", ["g(a, b)", " c"]),
        ("f((a, b), c)", ["(a, b)", " c"]),
        ("f((struct s){ 1, 2 }, c)", ["(struct s){ 1, 2 }", " c"]),
        ("f(,a)", ["", "a"]),
        ("f(a,)", ["a", ""]),
        ("f('\\,', \",\")", ["'\\,'", ' ","']),
        ("f(a /* , */, b)", ["a /* , */", " b"]),
        ("f(({ g(1), 2; }), b)", ["({ g(1), 2; })", " b"]),
        ("f(struct s *, x)", ["struct s *", " x"]),
    ],
)
def test_arguments(text: str, args: list[str]) -> None:
    call = parse_expression(text)
    assert isinstance(call, Call)
    assert [arg.code for arg in call.args] == args
    assert call.code == text


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("static struct s a = { .f = f, .g = G(1) };", ["G(1)"]),
        ("int a = f(1);", ["f(1)"]),
        ("DEFINE_X(a, f(1));", ["DEFINE_X(a, f(1))", "f(1)"]),
        ("SYSCALL_DEFINE1(f, int, a)\n{\n\tg(a);\n}\n", ["SYSCALL_DEFINE1(f, int, a)", "g(a)"]),
        ("#define M(x) do { f(x); } while (0)\n", ["f(x)"]),
        ("#define M f(1)\n", ["f(1)"]),
        ("#define M(x)\n", []),
        ("#if f(1)\n#endif\n", []),
        ("#include F(1)\n", []),
        ("int f(int a);\n", []),
        ("struct s { int (*f)(int a); };\n", []),
        # What cannot be read at all still has its calls; the head of a function is none.
        ("struct s *f(int a)\n{\n\tg(1);\n", ["g(1)"]),
    ],
)
def test_calls_of_each_kind_of_item(text: str, called: list[str]) -> None:
    assert calls(text) == called


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("int a;\nf(a);", ["LocalDeclaration: int a;", "ExpressionStatement: f(a);"]),
        ("foo_t *a = b;", ["LocalDeclaration: foo_t *a = b;"]),
        ("a * b = c;", ["LocalDeclaration: a * b = c;"]),
        ("if (a)\nb;\nelse\nc;\nd;", ["If: if (a)\nb;\nelse\nc;", "ExpressionStatement: d;"]),
        ("out:\nreturn 1;", ["Label: out:", "Return: return 1;"]),
        ("do a(); while (b);", ["Do: do a(); while (b);"]),
        (
            "f(1); /* c */\ng(2);",
            ["ExpressionStatement: f(1); /* c */", "ExpressionStatement: g(2);"],
        ),
        ("M(1)\nf(2);", ["ExpressionStatement: M(1)", "ExpressionStatement: f(2);"]),
        ("\tM(1)\n\t\tf(2);", ["MacroStatement: M(1)\n\t\tf(2);"]),
        ("M(1) {\nf(2);\n}", ["MacroStatement: M(1) {\nf(2);\n}"]),
        (
            "#if A\nf(1);\n#endif",
            ["Directive: #if A", "ExpressionStatement: f(1);", "Directive: #endif"],
        ),
        (
            "#if A\nif (a)\n#endif\nf(1);\ng(2);",
            ["Unread: #if A\nif (a)\n#endif\nf(1);", "ExpressionStatement: g(2);"],
        ),
        (
            "x = a\n#if A\n+ b;\n#else\n;\n#endif\ng(2);",
            ["Unread: x = a\n#if A\n+ b;\n#else\n;\n#endif", "ExpressionStatement: g(2);"],
        ),
        (
            "if (a)\n#if A\nf(1);\nelse\n#endif\ng(2);",
            ["If: if (a)\n#if A\nf(1);\nelse\n#endif\ng(2);"],
        ),
        ("#if A\nif (a) {\n#else\nif (b) {\n#endif\nf(1);\n}", ["Unread"]),
        (
            "switch (a) {\ncase 1 ... 2:\nbreak;\n}",
            ["Switch: switch (a) {\ncase 1 ... 2:\nbreak;\n}"],
        ),
        ("for (;;)\nif (a) break;", ["For: for (;;)\nif (a) break;"]),
        (";", ["ExpressionStatement: ;"]),
    ],
)
def test_statements(text: str, wanted: list[str]) -> None:
    assert statements(text) == wanted


def test_calls_at_the_end_of_a_long_else_if_are_read() -> None:
    text = "if (a) f(1);" + " else if (a) f(1);" * 200 + " else { g(h(1)); }"
    assert names(text) == ["f"] * 201 + ["g", "h"]


def test_an_item_is_read_once() -> None:
    (item,) = body("f(1);").items
    assert inside(item) is inside(item)
    assert inside(item.with_changes(leading="\n")) is inside(item)


def test_a_changed_item_is_read_anew() -> None:
    (item,) = body("f(1);").items
    assert isinstance(item, FunctionDef)
    inside(item)
    changed = item.with_changes(text=item.text.replace("f(1)", "g(2)"))
    found = inside(changed)
    assert found is not None
    assert "g(2)" in found.node.code


def test_nodes_are_frozen_and_end_with_what_follows_on_the_line() -> None:
    node = parse_statement("\tf(a); /* why */\n")
    assert [field.name for field in fields(node)][0::3] == ["leading", "trailing"]
    assert node.leading == "\t"
    with pytest.raises(AttributeError):
        node.leading = ""  # type: ignore[misc]


@pytest.mark.parametrize("text", ["", "a; b;", "f(1", "}", "#if A\n"])
def test_what_is_not_one_statement(text: str) -> None:
    with pytest.raises(ValueError, match="not one statement"):
        parse_statement(text)


@pytest.mark.parametrize(
    ("text", "at", "wanted"),
    [
        ("f()", None, "f(x)"),
        ("f( )", None, "f(x )"),
        ("f(a)", None, "f(a, x)"),
        ("f(a,b)", None, "f(a,b,x)"),
        ("f(a, b)", 1, "f(a, x, b)"),
        ("f(a, b)", 0, "f(x, a, b)"),
        ("f(a,\n  b)", None, "f(a,\n  b,\n  x)"),
        ("f(a,\n  b\n)", None, "f(a,\n  b,\n  x\n)"),
        ("f(a, /* c */ b)", None, "f(a, /* c */ b, x)"),
        ("f(a,\n#if A\n  b,\n#endif\n  c)", None, "f(a,\n#if A\n  b,\n#endif\n  c, x)"),
    ],
)
def test_one_more_argument(text: str, at: int | None, wanted: str) -> None:
    call = parse_expression(text)
    assert isinstance(call, Call)
    assert call.with_arg("x", at).code == wanted


def test_a_call_says_whether_an_option_takes_arguments_away() -> None:
    found = [parse_expression(text) for text in ("f(a /* # */)", "f(a,\n#if A\n b\n#endif\n)")]
    assert [one.has_directives for one in found if isinstance(one, Call)] == [False, True]


def test_what_is_no_node_is_refused_where_it_is_given() -> None:
    """A matcher looks like the node that it matches; `code` would fail far from the mistake."""
    call = Call(Name("f"))
    with pytest.raises(TypeError, match=r"Call\.func takes a node, not "):
        call.with_changes(func=m.Name("g"))
    with pytest.raises(TypeError, match=r"Call\.func takes a node, not 'g'"):
        call.with_changes(func="g")
