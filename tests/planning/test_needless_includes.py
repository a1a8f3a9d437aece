"""Includes that main does not need: what others bring, and what only seems to be relied on."""

from pathlib import Path

import pytest

from compilations import compile_well
from header_trees import guarded, headers, includes_of_main
from trees import SOURCE, small_tree, write

pytestmark = pytest.mark.slow

CALL = "static inline int walk(int x)\n{\n\treturn SAY(x);\n}\n"
PLAIN = "#define SAY(x) (x)\n"
TELLING = "#define SAY(x) TELL(x)\n"
PERHAPS = "#ifdef FAR\n#include <lib/far.h>\n#endif\n"


@pytest.mark.parametrize(
    ("say", "far"),
    [
        (f"{PLAIN}{PERHAPS}", f"#undef SAY\n{TELLING}"),
        (f"{PERHAPS}#ifndef SAY\n{PLAIN}#endif\n", TELLING),
        (f"#ifdef FAR\n{TELLING}#else\n{PLAIN}#endif\n", ""),
        (f"{PERHAPS}#ifndef SAY\nint SAY(int x);\n#endif\n", TELLING),
    ],
)
def test_what_a_macro_names_for_some_configurations_is_needed(
    tmp_path: Path, say: str, far: str
) -> None:
    found = headers(f"#include <lib/say.h>\n{CALL}")
    found |= {"include/lib/say.h": guarded("SAY", say), "include/lib/far.h": guarded("FAR", far)}
    assert includes_of_main(tmp_path, found) == ["<lib/kinds.h>", "<lib/page.h>"]
    compile_well(["gcc", "-fsyntax-only", "-Iinclude", "-DFAR", "drv/main.c"], tmp_path)


@pytest.mark.parametrize("call", [CALL, f"#define CALL(x) SAY(x)\n{CALL.replace('SAY', 'CALL')}"])
def test_macro_that_a_condition_has_together_with_what_it_names(tmp_path: Path, call: str) -> None:
    """What stands under one condition is there together, or not at all."""
    macro = f"#ifdef FAR\n#include <lib/kinds.h>\n{TELLING}#else\nint SAY(int x);\n#endif\n"
    found = headers(f"#include <lib/say.h>\n{call}")
    found |= {"include/lib/say.h": guarded("SAY", macro)}
    assert includes_of_main(tmp_path, found) == ["<lib/page.h>"]


def redundant_tree(root: Path, own: str = "") -> Path:
    """Return a tree whose table names `NUMBER`, which comes by first.h, and by second.h's way.

    Main has second.h for `struct page`, and front.h in front of that.
    """
    source = SOURCE.replace(".free = foo", ".number = NUMBER + sizeof(struct page),\n\t.free = foo")
    front = "#include <lib/front.h>\n#include <lib/first.h>\n#include <lib/second.h>\n"
    source = source.replace('#include "foo.h"\n', f'{front}#include "foo.h"\n')
    found = {
        "include/lib/number.h": guarded("NUMBER_IS", "#define NUMBER 3\ntypedef long count_t;\n"),
        "include/lib/first.h": guarded("FIRST", f"#include <lib/number.h>\n{own}"),
        "include/lib/middle.h": guarded("MIDDLE", "#include <lib/number.h>\n"),
        "include/lib/front.h": guarded("FRONT", "#include <lib/middle.h>\ntypedef int front_t;\n"),
        "include/lib/second.h": guarded("SECOND", "struct page { front_t number; };\n"),
    }
    return write(small_tree(root, {"drv/foo.c": source, **found}))


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("", ["<lib/front.h>", "<lib/second.h>"]),
        ("int first(void);\n", ["<lib/front.h>", "<lib/second.h>"]),
        # Who names what a header declares includes that header.
        ("#undef NUMBER\n#define NUMBER 4\n", ["<lib/front.h>", "<lib/first.h>", "<lib/second.h>"]),
    ],
)
def test_what_a_later_choice_brings_is_not_included_for_itself(
    tmp_path: Path, own: str, expected: list[str]
) -> None:
    root = redundant_tree(tmp_path, own)
    compile_well(["gcc", "-fsyntax-only", "-Iinclude", "drv/main.c", "drv/foo.c"], root)
    lines = (root / "drv/main.c").read_text().splitlines()
    found = [line.split()[1] for line in lines if line.startswith("#include <")]
    assert found == expected
