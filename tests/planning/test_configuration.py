"""`config.h`, which each source includes first: the header leaves it to them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from compilations import compile_well
from header_trees import guarded
from trees import HEADER, SOURCE, small_tree, split, write
from vtsplit.cli import main

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


# What the library says depends on `_GNU_SOURCE`, and so does the size of a structure.
WIDE = """\
#include <features.h>
struct wide {
#ifdef __USE_GNU
	long more[4];
#endif
	int one;
};
"""
SETS = "#define _GNU_SOURCE 1\n"
PLAIN = "#pragma once\n#define VERSION 3\n"


def setting_tree(root: Path, includes: str, **more: str) -> Path:
    """Return a tree whose table has the size of a structure."""
    source = SOURCE.replace('#include "foo.h"\n', f'{includes}#include "foo.h"\n')
    source = source.replace("\t.free =", "\t.number = sizeof(struct wide),\n\t.free =")
    header = HEADER.replace("struct ops {", f"{WIDE}struct ops {{", 1)
    found = {f"drv/{name}.h": text for name, text in more.items()}
    return small_tree(root, {"drv/foo.c": source, "drv/foo.h": header, **found})


def included(root: Path) -> list[str]:
    return [line for line in directives(root, "drv/main.c") if "include" in line]


@pytest.mark.parametrize(
    ("includes", "has"),
    [
        ('#include "sets.h"\n', ['#include "sets.h"']),
        ('#include "plain.h"\n#include "sets.h"\n', ['#include "sets.h"']),
        ('#include <stddef.h>\n#include "sets.h"\n', ['#include "sets.h"']),
        ('#include "plain.h"\n#include "deep.h"\n', ['#include "deep.h"']),
        # configure has not made it yet.
        ('#include "plain.h"\n#include "my-conf.h"\n', ['#include "my-conf.h"']),
        # Behind a header of the system it is too late.
        ('#include <stdio.h>\n#include "sets.h"\n', []),
        ('#include "plain.h"\n#include "other.h"\n', []),
    ],
)
def test_main_has_what_sets_how_the_library_reads(
    tmp_path: Path, includes: str, has: list[str]
) -> None:
    headers = {
        "sets": SETS,
        "plain": PLAIN,
        "deep": '#include "sets.h"\n',
        "other": "#pragma once\n",
    }
    root = write(setting_tree(tmp_path, includes, **headers))
    assert included(root)[:-2] == has
    assert "nothing to do" in split(root).stderr


def test_verify_finds_main_without_it(tmp_path: Path) -> None:
    includes = '#include "plain.h"\n#include "sets.h"\n'
    before = setting_tree(tmp_path / "before", includes, sets=SETS, plain=PLAIN)
    after = write(setting_tree(tmp_path / "after", includes, sets=SETS, plain=PLAIN))
    command = ["verify", str(before), str(after), "--textual"]
    assert CliRunner().invoke(main, command).exit_code == 0
    text = (after / "drv/main.c").read_text()
    assert '#include "sets.h"\n' in text
    (after / "drv/main.c").write_text(text.replace('#include "sets.h"\n', ""))
    proof = CliRunner().invoke(main, command)
    assert proof.exit_code == 1
    assert "does not set '_GNU_SOURCE' for headers of the system, as drv/foo.c does" in proof.output


def test_what_one_tree_has_built_is_no_difference(tmp_path: Path) -> None:
    """configure has made the header in the tree after, and not in the one before."""
    includes = '#include "config.h"\n'
    before = setting_tree(tmp_path / "before", includes)
    after = write(setting_tree(tmp_path / "after", includes))
    for root in (before, after):
        (root / "drv/config.h.in").write_text("#undef _GNU_SOURCE\n")
    (after / "drv/config.h").write_text(SETS)
    assert includes in (after / "drv/main.c").read_text()
    proof = CliRunner().invoke(main, ["verify", str(before), str(after), "--textual"])
    assert proof.exit_code == 0, proof.output
