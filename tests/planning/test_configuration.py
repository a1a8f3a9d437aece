"""`config.h`, which each source includes first: the header leaves it to them."""

from pathlib import Path

import pytest

from compilations import compile_well
from header_trees import guarded
from trees import HEADER, SOURCE, small_tree, write

CONFIG = "#define WIDE 1\n"
GUARDED = '#ifdef HAVE_CONFIG_H\n#include "config.h"\n#endif\n'
# A member's type is as wide as the configuration says.
KINDS = "#ifdef WIDE\ntypedef long unit_t;\n#else\ntypedef int unit_t;\n#endif\n"


def files(first: str, source: str = SOURCE) -> dict[str, str]:
    """Return a source with `config.h` in front, whose functions take a type of `zkinds.h`."""
    source = source.replace('#include "foo.h"\n', f'{first}#include "zkinds.h"\n', 1)
    source = source.replace("foo_open(int", "foo_open(unit_t")
    header = HEADER.replace("struct ops {", '#include "zkinds.h"\nstruct ops {', 1)
    return {
        "drv/config.h": CONFIG,
        "drv/zkinds.h": guarded("ZKINDS", KINDS),
        "drv/foo.h": header.replace("(*open)(int", "(*open)(unit_t"),
        "drv/foo.c": source.replace('"zkinds.h"\n', '"zkinds.h"\n#include "foo.h"\n', 1),
    }


def directives(root: Path, path: str) -> list[str]:
    """Return the directives of a file behind its include guard."""
    lines = (root / path).read_text().splitlines()
    return [line for line in lines if line.startswith("#") and "_OPS_H" not in line]


@pytest.mark.parametrize("first", ['#include "config.h"\n', GUARDED])
def test_header_leaves_the_configuration_to_sources(tmp_path: Path, first: str) -> None:
    root = write(small_tree(tmp_path, files(first)))
    assert "config.h" not in (root / "drv/foo_ops.h").read_text()
    assert directives(root, "drv/main.c")[: first.count("\n")] == first.splitlines()
    compile_well(
        ["gcc", "-DHAVE_CONFIG_H", "-Wall", "-Werror", "-fsyntax-only", "drv/main.c", "drv/foo.c"],
        root,
    )


@pytest.mark.parametrize("first", ['#include "config.h"\n', GUARDED])
def test_source_includes_the_header_behind_its_configuration(tmp_path: Path, first: str) -> None:
    """`foo_ops.h` stands in front of `zkinds.h` in the order of names."""
    found = files(first)
    found["drv/foo.c"] = found["drv/foo.c"].replace('#include "foo.h"\n', "")
    found["drv/zkinds.h"] = guarded("ZKINDS", f'{KINDS}#include "foo.h"\n')
    found["drv/foo.h"] = found["drv/foo.h"].replace('#include "zkinds.h"\n', "")
    lines = directives(write(small_tree(tmp_path, found)), "drv/foo.c")
    at = lines.index('#include "foo_ops.h"')
    assert at > lines.index('#include "config.h"')
    assert "#endif" not in lines[at:][:1]
