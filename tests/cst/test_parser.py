"""Text to items: every text comes back byte for byte, and items are what C takes them for."""

from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from how_many import examples
from vtsplit.cst import parser
from vtsplit.cst.nodes import Declaration, FunctionDef, Module
from vtsplit.cst.parser import parse_module

F, D, M, H, O = "FunctionDef", "Declaration", "MacroCall", "Directive", "Opaque"  # noqa: E741


def kinds(text: str) -> list[tuple[str, str]]:
    module = parse_module(text)
    assert module.code == text
    return [(type(item).__name__, getattr(item, "name", "")) for item in module.items]


# Texts that a scanner of C is likely to lose bytes of, or to fail on.
TRAPS = [
    "",
    "\n",
    "\r",
    "\0",
    "\f\v",
    "\ufeffint a;\n",
    "\udcff\udc80int a; // \udce9\n",
    ")",
    "a)",
    "]};)",
    "} }",
    "{",
    "((((",
    "#",
    "#\n",
    "#if",
    "#else\n#endif\n#endif\n",
    "#define A \\",
    "#define A \\\n",
    "#define A \\\r\n\tb\r\n",
    "#error don't\nint a;\n",
    '#error "open\nint a;\n',
    "#define A /* over\n two lines */ b\nint c;\n",
    "/* never closed",
    "int a; /* never closed",
    "// spliced \\\nint a;\n",
    "// last",
    '"never closed',
    '"never closed\nint a;\n',
    "'",
    "char a = '\\'';\n",
    'char *a = "\\\\";\n',
    'char *a = "\\\n";\n',
    "/**/#define A\n",
    "int a; #define A\n",
    "/* a */ # /* b */ if X\n#endif",
    "int f(void) {",
    "int f(void) { #if\n }",
    "\\\n",
    "\\",
    "int a\\\n;\n",
    "??=define A ??/\n",
    "struct a {\n#ifdef B\n};\n#else\n};\n#endif\n",
    "int f(a) int a; char b; {",
    "int a;\r\n\r\nint f(void)\r\n{\r\n}\r\n",
    "int a;\rint b;\r",
    'R"(a " b)"',
    "@ ` $ \u4e2d",
]


@pytest.mark.parametrize("text", TRAPS)
def test_traps_come_back(text: str) -> None:
    assert parse_module(text).code == text


@given(st.text(st.characters(), max_size=80))
@settings(max_examples=examples(100), deadline=None)
def test_any_text_comes_back(text: str) -> None:
    assert parse_module(text).code == text


FRAGMENTS = st.sampled_from(
    [
        *"(){}[];,=*&:?.\\",
        *" \t\n\f\0\"'#\r\u00e9\udcff",
        "\r\n",
        "\\\n",
        "/*",
        "*/",
        "//",
        "/* c */",
        "->",
        "##",
        '"s"',
        "'c'",
        "int ",
        "static ",
        "extern ",
        '"C" ',
        "struct x ",
        "enum ",
        "typedef ",
        "f(void)",
        "f(a)",
        "MACRO(a)",
        "DEFINE_X(a)",
        "__init ",
        "__attribute__((x)) ",
        "= {",
        ".a = b,",
        "\n#if A\n",
        "\n#ifdef B\n",
        "\n#else\n",
        "\n#elif C\n",
        "\n#endif\n",
        "\n#define D(x) {\n",
        "if (a) {\n",
        "}\n",
        "{\n",
        "int a;\n",
        "int f(void)\n{\n}\n",
    ]
)
C_ISH = st.lists(FRAGMENTS, max_size=40).map("".join)


@given(C_ISH)
@settings(max_examples=examples(300), deadline=None)
@example("a)")
@example(")f(void)\n#if A\n}\nif (a) {\n")
def test_c_ish_text_comes_back(text: str) -> None:
    module = parse_module(text)
    assert module.code == text
    assert parse_module(text) == module
    for item, start in zip(module.items, module.starts, strict=False):
        assert item.text
        assert text.startswith(item.text, start)
        if isinstance(item, FunctionDef):
            assert item.name
            assert item.text[item.body] == "{"
            assert item.text.endswith("}")
        elif isinstance(item, Declaration):
            assert item.text.endswith(";")
            assert item.initializer is None or item.initializer[0] <= item.initializer[1]


INSIDE = [
    "1,\n",
    "{ 1 },\n",
    "{",
    "}",
    ";",
    '"',
    '"}"',
    '"{"',
    '\n"',
    '"\\""',
    "'{'",
    "'}'",
    "/*",
    "/* } */",
    "// {\n",
    "\n#if {\n",
    "\n#define A }\n",
    "\n};\n",
    "({ int c; c; })",
]
INITIALIZED = st.lists(st.sampled_from(INSIDE), max_size=5).map(
    lambda parts: f"static int a[] = {{\n{''.join(parts)}\n}};\nint b;\n"
)


@given(INITIALIZED)
@settings(max_examples=examples(400), deadline=None)
@example("int f(void)\n{\n}\n\nstatic int a[] = {\n\t1,\n};\n")
@example("int a[] = { 1 }; int b[] = {\n};\n")
@example('int a[] = {\n"\n }; int b[] = {"\n};\n')
@example("int a[] = {\n'\"' }; int b[] = { '\"'\n};\n")
@example("int a[] = {\n// }\n{\n};\nint b;\n")
@example("static int a[] = {\n}}{{\n};\nint b;\n")
def test_a_plain_initializer_ends_where_it_does(text: str) -> None:
    quick = parser.parse_anew(text)
    with mock.patch.object(parser, "_plain_end", lambda _, start: start):
        assert parser.parse_anew(text) == quick


# (text, its items)
ITEMS = [
    ("int a;\n", [(D, "a")]),
    ("int a", [(O, "")]),
    ("int a;int b; int c;", [(D, "a"), (D, "b"), (D, "c")]),
    ("struct x;\n", [(D, "")]),
    ("struct x { int a; };\n", [(D, "")]),
    ("struct __packed x { int a; } y;\n", [(D, "y")]),
    ("struct x { int a; } __packed y = { 1 };\n", [(D, "y")]),
    ("enum e { A, B = 1 } v;\n", [(D, "v")]),
    ("typedef struct { int a; } t;\n", [(D, "t")]),
    ("typedef int (*fn)(int);\n", [(D, "fn")]),
    ("static struct o t = {\n#ifdef A\n\t.a = b,\n#endif\n};\n", [(D, "t")]),
    ("int a[] = { [0 ... 3] = 1 }, b;\n", [(D, "a")]),
    ("int a = ({ int b = 1; b; });\n", [(D, "a")]),
    ("struct s *p = &(struct s){ 1 };\n", [(D, "p")]),
    ("int f(void);\n", [(D, "f")]),
    ("int f(void)\n{\n}\n", [(F, "f")]),
    ("int f(void)\n{\n}", [(F, "f")]),
    ("int f() { } int g() { }", [(F, "f"), (F, "g")]),
    ("struct x *f(struct x a)\n{\n}\n", [(F, "f")]),
    ("void f(struct { int a; } b) { }\n", [(F, "f")]),
    ("int (*f(int a))(void)\n{\n}\n", [(F, "f")]),
    ("int (f)(int a)\n{\n}\n", [(F, "f")]),
    ("static int __init f(void)\n{\n}\nmodule_init(f);\n", [(F, "f"), (M, "module_init")]),
    ("__attribute__((x(1))) static void f(void)\n{\n}\n", [(F, "f")]),
    ("static void f(void) __attribute__((x))\n{\n}\n", [(F, "f")]),
    ("__acquires(x)\nstatic int f(void)\n{\n}\n", [(F, "f")]),
    ("static int f(void)\n\t__acquires(a)\n\t__releases(b)\n{\n}\n", [(F, "f")]),
    ("int f(void)\n{\n};\n", [(F, "f"), (O, "")]),
    # Parameters declared the old way; the brace behind them is no item of its own.
    ("int f(a, b)\n\tint a; /* c */\n\tchar *b;\n{\n}\nint c;\n", [(F, "f"), (D, "c")]),
    ("int f(void);\nint g(int a) __cold;\nint h(void)\n{\n}\n", [(D, "f"), (D, "g"), (F, "h")]),
    ('extern "C" {\nint f(void);\n}\nint a;\n', [(O, ""), (D, "f"), (O, ""), (D, "a")]),
    ('extern "C" int f(void)\n{\n}\n', [(F, "f")]),
    # Braces, brackets and semicolons in text are none.
    ("int f(char *s) { return s == \"}\" || *s == '}'; /* } */ }\nint a;", [(F, "f"), (D, "a")]),
    ("int f(void)\n{\n// }\n}\nint a;\n", [(F, "f"), (D, "a")]),
    ("int f(void)\n{\n#define X }\n}\nint a;\n", [(F, "f"), (D, "a")]),
    ("#define X {\nint a;\n", [(H, "define"), (D, "a")]),
    # A spliced line goes on, with blanks behind the backslash as well (as GCC has it).
    ("#define X \\\n\t{\nint a;\n", [(H, "define"), (D, "a")]),
    ("#define X \\ \n\t{\nint a;\n", [(H, "define"), (D, "a")]),
    ("// c \\\n}\nint a;\n", [(D, "a")]),
    ("# include <a.h>\n#\nint a;\n", [(H, "include"), (H, ""), (D, "a")]),
    # Macro calls, with and without a semicolon, with a body, with a value.
    ('MODULE_LICENSE("GPL");\n', [(M, "MODULE_LICENSE")]),
    ("EXPORT_SYMBOL(f)\n\nint a;\n", [(M, "EXPORT_SYMBOL"), (D, "a")]),
    ("EXPORT_SYMBOL(f)\n#ifdef A\n#endif\n", [(M, "EXPORT_SYMBOL"), (H, "ifdef"), (H, "endif")]),
    ("EXPORT_SYMBOL(f)", [(M, "EXPORT_SYMBOL")]),
    ("static DEFINE_MUTEX(x);\n", [(M, "DEFINE_MUTEX")]),
    ("DEFINE_PER_CPU(int, x) = 3;\n", [(M, "DEFINE_PER_CPU")]),
    ("static DEFINE_PER_CPU(struct a, b) = { 1, };\n", [(M, "DEFINE_PER_CPU")]),
    ("DEFINE_PER_CPU(struct a, b) __aligned(4);\n", [(M, "DEFINE_PER_CPU")]),
    ('MACHINE_START(X, "x")\n\t.a\t= b,\n\t.c\t= d,\nMACHINE_END;\n', [(M, "MACHINE_START")]),
    ("SECTION(x) int a;\n", [(D, "a")]),
    ("SYSCALL_DEFINE1(open, int, a)\n{\n}\nint c;\n", [(M, "SYSCALL_DEFINE1"), (D, "c")]),
    (
        "TRACE_EVENT(x,\n\tTP_ARGS(a),\n\tTP_fast_assign(\n\t\ta = b;\n\t)\n);\n",
        [(M, "TRACE_EVENT")],
    ),
    ("static int FN(name)(void)\n{\n}\n", [(F, "FN")]),
    # A bracket may open in each branch of an #if.
    (
        "int f(void)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t}\n}\nint b;\n",
        [(F, "f"), (D, "b")],
    ),
    (
        "int f(int a,\n#ifdef A\n      int b)\n#else\n      int c)\n#endif\n{\n}\nint d;\n",
        [(F, "f"), (D, "d")],
    ),
    (
        "#ifdef A\nint f(int a)\n{\n#else\nint f(void)\n{\n#endif\n}\nint c;\n",
        [(H, "ifdef"), (O, ""), (D, "c")],
    ),
    ("int f(void)\n{\n#if 0\n\tif (a) {\n#endif\n}\nint b;\n", [(F, "f"), (D, "b")]),
    ("int f(void)\n{\n#if 0\n\t{\n#else\n\tg();\n#endif\n}\nint b;\n", [(F, "f"), (D, "b")]),
    (
        "int f(void)\n{\n#if 0\n\tif (a) {\n#endif\n\tg();\n#if 0\n\t}\n#endif\n}\nint b;\n",
        [(F, "f"), (D, "b")],
    ),
    # One of two #if opens the bracket, each where the other does not.
    (
        "int f(void)\n{\n#if N > 2\n\tdo {\n#endif\n#if N <= 2\n\tfor (;;) {\n#endif\n\t}\n}\n"
        "int b;\n",
        [(F, "f"), (D, "b")],
    ),
    (
        "int f(void)\n{\n#if !(A || B)\n\t{\n#endif\n#if A || B\n\tg(); {\n#endif\n\t}\n"
        "#if A || B\n\t{\n#endif\n\tg();\n#if A || B\n\t}\n#endif\n}\nint b;\n",
        [(F, "f"), (D, "b")],
    ),
    (
        "int f(void)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (b)\n#endif\n\t\tg();\n"
        "#ifdef A\n\t}\n#endif\n}\nint b;\n",
        [(F, "f"), (D, "b")],
    ),
    # ... and closes it, or ends the whole function.
    (
        "int f(void)\n{\n#ifdef A\n\treturn 1;\n}\n#else\n\treturn 2;\n}\n#endif\nint b;\n",
        [(O, ""), (D, "b")],
    ),
    (
        "int f(void)\n{\n#ifdef A\n}\nint g(void)\n{\n#endif\n}\nint b;\n",
        [(O, ""), (D, "b")],
    ),
    (
        "#ifdef A\nint f(int a)\n{\n#endif\n#ifndef A\nint f(void)\n{\n#endif\n}\nint c;\n",
        [(H, "ifdef"), (O, ""), (D, "c")],
    ),
    # What no C compiler reads need not be C.
    (
        "#if 0\nIt's (not [C: {\n#endif\nint a;\n",
        [(H, "if"), (O, ""), (H, "endif"), (D, "a")],
    ),
    (
        "#if 1\nint a;\n#else\n\tmov %eax, (\n#endif\nint b;\n",
        [(H, "if"), (D, "a"), (H, "else"), (O, ""), (H, "endif"), (D, "b")],
    ),
    (
        "#ifndef __ASSEMBLY__\nint a;\n#else\n.macro x (\n# it's\n#endif\nint b;\n",
        [(H, "ifndef"), (D, "a"), (H, "else"), (O, ""), (H, "endif"), (D, "b")],
    ),
    ("#if 0\nint a;\n#endif\nint b;\n", [(H, "if"), (D, "a"), (H, "endif"), (D, "b")]),
    # A macro alone on its line stands for itself, or annotates what is below.
    ("X_BEGIN_DECLS\nint a;\nX_END_DECLS\n", [(M, "X_BEGIN_DECLS"), (D, "a"), (M, "X_END_DECLS")]),
    ("WARN_OFF /* c */\nint f(void)\n{\n}\n", [(M, "WARN_OFF"), (F, "f")]),
    ("A_PUSH B_PUSH\nint a;\n", [(M, "A_PUSH"), (M, "B_PUSH"), (D, "a")]),
    ("QUIET\n\nstatic int a;\n", [(M, "QUIET"), (D, "a")]),
    ("int a;\nQUIET\n#endif\n", [(D, "a"), (M, "QUIET"), (H, "endif")]),
    ("int a;\nQUIET", [(D, "a"), (M, "QUIET")]),
    ('#define QUIET _Pragma("x")\nQUIET\nint a;\n', [(H, "define"), (M, "QUIET"), (D, "a")]),
    ("#define quiet int q;\nquiet\nint a;\n", [(H, "define"), (M, "quiet"), (D, "a")]),
    ("#define RUN_ON __cold\nRUN_ON\nint f(void);\n", [(H, "define"), (D, "f")]),
    ("STATIC\nint f(void)\n{\n}\n", [(F, "f")]),
    ("static\nint f(void)\n{\n}\n", [(F, "f")]),
    ("__init\n\nint f(void)\n{\n}\n", [(F, "f")]),
    ("BOOL\n\nopen(int a)\n{\n}\n", [(F, "open")]),
    ("EXPORT\n/* c */\nint f(void);\n", [(D, "f")]),
    # A name with two underscores behind a tag: of a function, or a macro that annotates.
    ("enum e __f(int a, const u8 *b)\n{\n}\nint c;\n", [(F, "__f"), (D, "c")]),
    ("struct s __f(int a)\n{\n}\nint c;\n", [(F, "__f"), (D, "c")]),
    ("struct s __aligned(8)\n{\n\tint a;\n} b;\n", [(D, "b")]),
    # What is not closed, or never was opened, costs no more than it must.
    ("int f(void)\n{\n\tif (a) {\n}\n\nint b;\n", [(O, ""), (D, "b")]),
    ("int a; }\nint b;", [(D, "a"), (O, ""), (D, "b")]),
    ("int a }\nint b;\n", [(O, ""), (D, "b")]),
    ("int a );\nint b;\n", [(D, "a"), (D, "b")]),
]


@pytest.mark.parametrize(("text", "items"), ITEMS)
def test_items(text: str, items: list[tuple[str, str]]) -> None:
    assert kinds(text) == items


@pytest.mark.parametrize(("text", "items"), ITEMS)
def test_items_with_crlf(text: str, items: list[tuple[str, str]]) -> None:
    assert kinds(text.replace("\n", "\r\n")) == items


def test_an_item_owns_the_comments_around_it() -> None:
    module = parse_module("/* top */\n\n/* a's */\nint a; /* on the line */\n\n/* end */\n")
    (item,) = module.items
    assert item.leading == "/* top */\n\n/* a's */\n"
    assert item.trailing == " /* on the line */\n"
    assert module.footer == "\n/* end */\n"


def test_what_an_if_cuts_through_is_marked() -> None:
    whole, cut = (
        "#ifdef A\nint a;\n#endif\n",
        "#ifdef A\nint f(int a)\n#else\nint f()\n#endif\n{\n}\n",
    )
    assert [item.straddles for item in parse_module(whole).items] == [False] * 3
    assert [item.straddles for item in parse_module(cut).items] == [False, True]


# (text, offset, line and column)
POSITIONS = [
    ("", 0, (1, 1)),
    ("ab", 1, (1, 2)),
    ("a\nb", 1, (1, 2)),
    ("a\nb", 2, (2, 1)),
    ("a\n\tb", 3, (2, 2)),
    ("a\r\nb", 3, (2, 1)),
]


@pytest.mark.parametrize(("text", "offset", "place"), POSITIONS)
def test_positions(text: str, offset: int, place: tuple[int, int]) -> None:
    assert Module((), text).position(offset) == place
    assert parse_module(text).position(offset) == place


@pytest.mark.slow
def test_long_input_without_end_stays_fast() -> None:
    """Each item that is never closed makes the scan start again: it must not do so for ever."""
    text = "int f(void)\n{\n\tif (a) {\n}\n" * 500
    assert parse_module(text).code == text
    prototypes = "int f(int a) int b;\n" * 2000
    assert parse_module(prototypes).code == prototypes
