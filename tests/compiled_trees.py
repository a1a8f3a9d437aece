"""Small trees that are split and compiled: gcc is the judge."""

from pathlib import Path

from compilations import compile_once, compile_well
from trees import SOURCE, small_tree, split, write


def compile_all(root: Path) -> str:
    """Return what gcc has to say of the tree's sources."""
    command = ["gcc", "-std=gnu11", "-fsyntax-only", "-Wall", "-Wmissing-prototypes"]
    sources = ["drv/foo.c", *["drv/main.c"] * (root / "drv/main.c").exists()]
    # Static and unused: the traps leave functions and tables like that, as they found them.
    return compile_once([*command, "-Wno-unused", *sources], root).stderr


def check_split(root: Path) -> None:
    write(root)
    assert compile_all(root) == ""
    again = split(root, "--check")
    assert again.exit_code == 0, again.stderr
    assert "static int foo_open" not in (root / "drv/foo.c").read_text()


def main_with_page(root: Path, headers: dict[str, str], includes: str) -> str:
    """Split a tree whose table needs `struct page`, compile the result, and return main's text."""
    page = SOURCE.replace(".free = foo", ".number = sizeof(struct page),\n\t.free = foo")
    source = page.replace(
        '#include "foo.h"\n', f'#include <lib/other.h>\n{includes}#include "foo.h"\n'
    )
    write(small_tree(root, {"include/lib/other.h": "", "drv/foo.c": source, **headers}))
    command = ["gcc", "-fsyntax-only", "-Werror", "-Iinclude", "drv/main.c", "drv/foo.c"]
    compile_well(command, root)
    main = (root / "drv/main.c").read_text()
    assert "other.h" not in main
    return main
