"""Looks at a text without a parser: what they rule out, the parser must not find."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from how_many import examples
from vtsplit.cst.lexer import lex
from vtsplit.cst.meaning.occurrences import Meaning, find_occurrences
from vtsplit.cst.parser import parse_module
from vtsplit.survey.cfile.definitions import Definitions, Sort
from vtsplit.survey.cfile.name_places import NamePlaces


def looks_wrong(text: str, name: str) -> list[str]:
    """Return what a look at the text rules out though the parser finds it."""
    module = parse_module(text)
    places = NamePlaces(text.encode(), name)
    wrong = []
    declared = Definitions(module).of(name) + Definitions(module).of(f"enum {name}")
    if any(one.sort is not Sort.MACRO_CALL for one in declared) and not places.may_be_declared():
        wrong.append("declared")
    words = {token.text for item in module.items for token in lex(item.code)}
    if name in words and not places.may_be_code():
        wrong.append("code")
    found = [one for item in module.items for one in find_occurrences(item, frozenset({name}))]
    if any(one.meaning is Meaning.COMMENT for one in found) and not places.may_be_mentioned():
        wrong.append("mentioned")
    return wrong


# What opens, closes and hides one another, in all orders.
CODE = ["int f(void)\n", "int f;\n", "f()", "f", "\tf,\n", "} f;\n", "x(f)\n", "int a = g(f);\n"]
BRACES = ["{\n", "{ ", "}\n", "\n}\n", "};\n", "enum e\n", "enum e {\n", "struct s {\n", "x = {\n"]
QUOTES = ["/* ", "*/", "//", "//*", "/*/", "\n", '"', "'", "\\\n", ";", ")", "(", "y(z)\n{\n"]
LINES = ["#if A\n", "#else\n", "#endif\n", "#define f 1\n", "#error don't\n", 'extern "C"\n{\n']
PIECES = st.sampled_from([*CODE, *BRACES, *QUOTES, *LINES])


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=16))
def test_no_look_misses_what_the_parser_finds(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert looks_wrong(text, "f") == [], text


DECLARED = [
    "int f(void)\n{\n}\n",
    "enum e {\n\tf,\n};\n",
    "enum e\n{\n\tf,\n};\n",
    "enum e attr(x)\n{\n\tf,\n};\n",
    "enum /* a; */ attr(x)\n{\n\tf,\n};\n",
    "#define f 1\n",
    "typedef int\nf;\n",
    'extern "C"\n{\nint f;\n}\n',
    "struct s {\n\tint a;\n} f;\n",
    "#if A\nint g(void)\n{\n#else\nint f(void)\n{\n#endif\n}\n",
    "//*a\nint f(void)\n{\n}\n/* b */\n",
    "int g(void)\n{\n\treturn 1; }\nint f;\nint h(void)\n{\n}\n",
]
NOT_DECLARED = [
    "int g(void)\n{\n\treturn f(1);\n}\n",
    "struct s {\n\tint (*f)(void);\n};\n",
    "struct s t = {\n\t.f = f,\n};\n",
    "struct s t = { .f = g };\n",
    "/*\n * f does it.\n */\n",
    "// f\n",
    "/* g is f */\n/* h */\nint g(int a)\n{\n\tint f;\n}\n",
    "int ff;\n",
]


@pytest.mark.parametrize("text", DECLARED)
def test_what_may_be_declared(text: str) -> None:
    assert NamePlaces(text.encode(), "f").may_be_declared()
    assert looks_wrong(text, "f") == []


@pytest.mark.parametrize("text", NOT_DECLARED)
def test_what_is_not_declared_for_sure(text: str) -> None:
    assert not NamePlaces(text.encode(), "f").may_be_declared()
    assert looks_wrong(text, "f") == []


@pytest.mark.parametrize(
    ("text", "name", "mentioned"),
    [
        ("/* f() */", "f", True),
        ("/* f */", "f", False),
        ("/* f_a */", "f_a", True),
        ("// x \\\n f_a\n", "f_a", True),
        ("/*/ f_a */", "f_a", True),
        ("f_a(); /* x */", "f_a", False),
    ],
)
def test_what_a_comment_may_mean(text: str, name: str, mentioned: bool) -> None:
    assert NamePlaces(text.encode(), name).may_be_mentioned() is mentioned
