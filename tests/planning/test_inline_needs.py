"""Includes of main hold for bodies of inline functions and for macros that are expanded."""

from pathlib import Path

import pytest

from compiled_trees import main_with_page
from how_many import mostly_slow


def header(name: str, text: str) -> str:
    """Return a header's text with its include guard."""
    return f"#ifndef {name}_H\n#define {name}_H\n{text}#endif\n"


PAGE = "struct page {\n\tint number;\n};\n"
# What a header relies on: what some other header brings, and a body that uses it.
USES = {
    "a macro": ("#define CHECK(x) (x)\n", "\treturn CHECK(n);\n"),
    "a macro by a macro": (
        "#define SOME 3\n#define CHECK(x) ((x) + SOME)\n",
        "\treturn CHECK(n);\n",
    ),
    "a type": (
        "struct deep {\n\tint a;\n};\n",
        "\tstruct deep deep = { n };\n\n\treturn deep.a;\n",
    ),
    "a typedef": ("typedef int deep_t;\n", "\tdeep_t deep = n;\n\n\treturn deep;\n"),
    "an enumerator": ("enum { DEPTH = 4 };\n", "\treturn n + DEPTH;\n"),
    "a function": ("static inline int deepen(int n)\n{\n\treturn n;\n}\n", "\treturn deepen(n);\n"),
}


@pytest.mark.parametrize("what", USES)
@pytest.mark.parametrize("level", mostly_slow([1, 3], 1))
def test_body_of_an_inline_function_relies_on_a_header_in_front(
    tmp_path: Path, what: str, level: int
) -> None:
    given, body = USES[what]
    inline = f"static inline int walk(int n)\n{{\n{body}}}\n"
    headers = {"include/lib/given.h": header("GIVEN", given)}
    below = ""
    for at in range(level - 1, 0, -1):
        text = below or inline
        headers[f"include/lib/level{at}.h"] = header(f"LEVEL{at}", text)
        below = f"#include <lib/level{at}.h>\n"
    headers["include/lib/page.h"] = header("PAGE", (below or inline) + PAGE)
    both = "#include <lib/given.h>\n#include <lib/page.h>\n"
    assert both in main_with_page(tmp_path, headers, both)


ALONE = {
    "a macro that nobody expands": "#define UNUSED CHECK(1)\n",
    "a local of that name": "static inline int walk(int CHECK)\n{\n\treturn CHECK;\n}\n",
    "a member of that name": "struct has {\n\tint CHECK;\n};\n"
    "static inline int walk(struct has *has)\n{\n\treturn has->CHECK;\n}\n",
    "a comment": "static inline int walk(int n)\n{\n\treturn n; /* CHECK(n) */\n}\n",
}


@pytest.mark.parametrize("what", ALONE)
def test_what_nothing_needs_is_not_included(tmp_path: Path, what: str) -> None:
    headers = {
        "include/lib/given.h": header("GIVEN", "#define CHECK(x) (x)\n"),
        "include/lib/page.h": header("PAGE", ALONE[what] + PAGE),
    }
    main = main_with_page(tmp_path, headers, "#include <lib/given.h>\n#include <lib/page.h>\n")
    assert "given.h" not in main


def test_a_header_that_includes_what_it_needs_brings_no_more(tmp_path: Path) -> None:
    inline = "static inline int walk(int n)\n{\n\treturn CHECK(n);\n}\n"
    headers = {
        "include/lib/given.h": header("GIVEN", "#define CHECK(x) (x)\n"),
        "include/lib/page.h": header("PAGE", f"#include <lib/given.h>\n{inline}{PAGE}"),
    }
    main = main_with_page(tmp_path, headers, "#include <lib/given.h>\n#include <lib/page.h>\n")
    assert "given.h" not in main
