"""Small trees of headers, of which one needs what only an earlier include of the source has."""

from pathlib import Path

from compilations import compile_well
from trees import SOURCE, small_tree, write

FRONT = "#include <lib/other.h>\n#include <lib/kinds.h>\n#include <lib/page.h>\n"
# What only an earlier include of the source declares.
KINDS = """\
#define TELL(x) ((x) + 1)
#define STOP
#define quiet 0
typedef long count_t;
typedef int fill_t(int how_far);
typedef int (fill_in_t)(int how_far);
enum { Some, most_of_all = 3, MOST };
enum kind { KIND };
struct pile { int high; };
extern int piles;
int pile_up(int by);
"""


def guarded(name: str, text: str) -> str:
    """Return a header with its include guard."""
    return f"#ifndef {name}_H\n#define {name}_H\n{text}#endif\n"


def headers(
    walk: str, level: str = "#include <lib/walk.h>\n", kinds: str = KINDS
) -> dict[str, str]:
    """Return headers: kinds.h by itself, and page.h, which brings level.h, which brings walk.h."""
    page = "#include <lib/level.h>\nstruct page { int number; };\n"
    return {
        "include/lib/other.h": guarded("OTHER", "int other_one(void);\n"),
        "include/lib/kinds.h": guarded("KINDS", kinds),
        "include/lib/page.h": guarded("PAGE", page),
        "include/lib/level.h": guarded("LEVEL", level),
        "include/lib/walk.h": guarded("WALK", walk),
    }


def includes_of_main(
    root: Path, found: dict[str, str], front: str = FRONT, flags: str = "-Iinclude"
) -> list[str]:
    """Split a tree whose table needs `struct page`, compile it, and return main's includes."""
    source = SOURCE.replace(".free = foo", ".number = sizeof(struct page),\n\t.free = foo")
    source = source.replace('#include "foo.h"\n', f'{front}#include "foo.h"\n')
    write(small_tree(root, {"drv/foo.c": source, **found}))
    command = ["gcc", "-fsyntax-only", "-Wall", "-Werror", *flags.split()]
    compile_well([*command, "drv/main.c", "drv/foo.c"], root)
    lines = (root / "drv/main.c").read_text().splitlines()
    found_lines = [line.split()[1] for line in lines if line.startswith("#include")]
    assert found_lines[-2:] == ['"foo.h"', '"foo_ops.h"']
    return found_lines[:-2]
