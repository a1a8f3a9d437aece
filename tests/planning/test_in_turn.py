"""A table that goes to a main and a header which an earlier split has made."""

from pathlib import Path

from compilations import compile_well
from trees import SPEC, refused, small_tree, split, write

CONFIG = "#define _GNU_SOURCE 1\n#define KIND 3\n"
OPS = "struct ops {\n\tint kind;\n\tint (*run)(int unit);\n};\n"
SOURCE = """\
// SPDX-License-Identifier: GPL-2.0
#include "config.h"
#ifdef HAVE_LIMITS_H
#include <limits.h>
#endif
#include <stddef.h>
#include "ops.h"

static int one(int unit) { return unit; }

static struct ops first_ops = { .kind = KIND, .run = one };

GUARD
static int two(int unit) { return -unit; }

static struct ops second_ops = { .kind = VALUE, .run = two };
END
int start(int unit) { return first_ops.run(unit); }
"""
SPLIT = SPEC.partition("[tables]")[0] + "[tables]\n"
BOTH = {"first_ops": "foo_first_ops", "second_ops": "foo_second_ops"}


def tree(root: Path, source: str, **files: str) -> Path:
    more = {f"drv/{name}.h": text for name, text in files.items()}
    return small_tree(root, {"drv/foo.c": source, "drv/config.h": CONFIG, "drv/ops.h": OPS, **more})


def write_in_turn(root: Path) -> list[str]:
    """Split the two tables, one run each, and return main's lines."""
    said = []
    for names in (["first_ops"], ["first_ops", "second_ops"]):
        text = SPLIT + "".join(f'{name} = "{BOTH[name]}"\n' for name in names)
        (root / "vtsplit.toml").write_text(text)
        said = (write(root) / "drv/main.c").read_text().splitlines()
    return said


def test_an_include_keeps_its_condition_and_its_place(tmp_path: Path) -> None:
    source = SOURCE.replace("GUARD", "#ifdef HAVE_LIMITS_H").replace("END", "#endif")
    root = tree(tmp_path, source.replace("VALUE", "INT_MAX"))
    lines = write_in_turn(root)
    at = lines.index("#include <limits.h>")
    assert (lines[at - 1], lines[at + 1]) == ("#ifdef HAVE_LIMITS_H", "#endif")
    assert lines.index('#include "config.h"') < at < lines.index('#include "ops.h"')
    for flags in ([], ["-DHAVE_LIMITS_H"]):
        compile_well(["gcc", "-fsyntax-only", "-Wall", *flags, "drv/main.c"], root)
    assert "nothing to do" in split(root).stderr


def test_an_include_stands_behind_what_the_source_has_in_front(tmp_path: Path) -> None:
    """In front of it, `config.h` would come too late for a header of the system."""
    source = (
        SOURCE.replace("GUARD\n", "").replace("END\n", "").replace("#ifdef HAVE_LIMITS_H\n", "")
    )
    root = tree(tmp_path, source.replace("#endif\n", "").replace("VALUE", "INT_MAX"))
    lines = write_in_turn(root)
    assert lines.index('#include "config.h"') < lines.index("#include <limits.h>")
    compile_well(["gcc", "-fsyntax-only", "-Wall", "drv/main.c"], root)


ASKING = "#ifdef DIM\n#define KIND 4\n#else\n#define KIND 3\n#endif\n"


def asking_tree(root: Path, late: str = "") -> Path:
    """Make a tree whose source defines a macro between its includes; `late` is one more of them."""
    lost = ("GUARD\n", "END\n", "#ifdef HAVE_LIMITS_H\n", "#endif\n", "#include <limits.h>\n")
    source = SOURCE.replace("VALUE", "LATE" if late else "KIND + DIM")
    for text in lost:
        source = source.replace(text, "")
    source = source.replace('#include "ops.h"', f'#define DIM 1\n#include "ops.h"\n{late}')
    source = source.replace(".kind = KIND, .run = one", ".kind = START + KIND, .run = one")
    late_h = "#ifdef DIM\n#define LATE 1\n#else\n#define LATE 2\n#endif\n"
    return tree(root, source, config="#define START 1\n", ops=ASKING + OPS, late=late_h)


def test_an_include_that_is_new_stands_behind_the_macro(tmp_path: Path) -> None:
    """As in the source: in front of it, `late.h` would say another value."""
    root = asking_tree(tmp_path, '#include "late.h"\n')
    lines = write_in_turn(root)
    assert lines.index("#define DIM 1") < lines.index('#include "late.h"')
    compile_well(["gcc", "-fsyntax-only", "-Wall", "drv/main.c"], root)
    assert "nothing to do" in split(root).stderr


def test_a_macro_that_main_lacks_goes_where_the_source_has_it(tmp_path: Path) -> None:
    """What main includes above it stands above it in the source as well."""
    source = SOURCE.replace("GUARD\n", "").replace("END\n", "").replace("VALUE", "LATE")
    source = source.replace("#ifdef HAVE_LIMITS_H\n#include <limits.h>\n#endif\n", "")
    source = source.replace(
        '#include "ops.h"', '#include "ops.h"\n#define DIM 1\n#include "late.h"'
    )
    late = "#ifdef DIM\n#define LATE 1\n#else\n#define LATE 2\n#endif\n"
    root = tree(tmp_path, source, late=late)
    (root / "vtsplit.toml").write_text(SPLIT + 'first_ops = "foo_first_ops"\n')
    write(root)
    assert "DIM" not in (root / "drv/main.c").read_text()
    both = "".join(f'{old} = "{new}"\n' for old, new in BOTH.items())
    (root / "vtsplit.toml").write_text(SPLIT + both)
    lines = (write(root) / "drv/main.c").read_text().splitlines()
    order = [line for line in lines if line.startswith("#")]
    wanted = ['#include "ops.h"', "#define DIM 1", '#include "late.h"', '#include "foo_ops.h"']
    assert order[-4:] == wanted
    compile_well(["gcc", "-fsyntax-only", "-Wall", "drv/main.c"], root)
    assert "nothing to do" in split(root).stderr


def test_a_macro_that_would_change_what_main_has(tmp_path: Path) -> None:
    """Main has a function of its own, for which no one has asked."""
    root = asking_tree(tmp_path)
    own = '#include "config.h"\n#include "ops.h"\n\nint kind(void) { return KIND; }\n'
    (root / "drv/main.c").write_text(own)
    spec = root / "vtsplit.toml"
    spec.write_text(SPLIT + 'first_ops = "foo_first_ops"\n')
    assert "macro 'DIM' changes what the includes below it say" in refused(root)


def test_a_macro_that_the_first_split_has_given_main(tmp_path: Path) -> None:
    """Main has it behind its first include."""
    root = asking_tree(tmp_path)
    lines = write_in_turn(root)
    assert lines.index("#define DIM 1") < lines.index('#include "ops.h"')
    assert lines.index('#include "config.h"') < lines.index("#define DIM 1")
    compile_well(["gcc", "-fsyntax-only", "-Wall", "drv/main.c"], root)


TYPED = """\
struct level { int (*run)(int unit); };

static struct level second_ops[] = { { two } };

int pick(int unit) { return second_ops[0].run(unit); }
"""


def test_a_type_goes_to_the_header_that_an_earlier_split_has_made(tmp_path: Path) -> None:
    """The header includes what has a member of the type's name. It did so before as well."""
    lost = ("GUARD\n", "END\n", "#ifdef HAVE_LIMITS_H\n", "#endif\n", "#include <limits.h>\n")
    source = SOURCE.replace("static struct ops second_ops = { .kind = VALUE, .run = two };", TYPED)
    for text in lost:
        source = source.replace(text, "")
    source = source.replace("one(int unit)", "one(unit_t unit)")
    ops = "typedef int unit_t;\n" + OPS.replace("int kind;", "int kind, level;")
    root = tree(tmp_path, source, ops=f"#ifndef OPS_H\n#define OPS_H\n{ops}#endif\n")
    write_in_turn(root)
    assert "struct level {" in (root / "drv/foo_ops.h").read_text()
    for name in ("main", "foo"):
        compile_well(["gcc", "-fsyntax-only", "-Wall", f"drv/{name}.c"], root)


def test_a_macro_that_each_branch_has(tmp_path: Path) -> None:
    """The main of the first table has both definitions, and the second table's is to have them."""
    root = asking_tree(tmp_path, '#include "late.h"\n')
    text = (root / "drv/foo.c").read_text()
    branches = "#ifdef WIDE\n#define DIM 1\n#else\n#define DIM 2\n#endif\n"
    (root / "drv/foo.c").write_text(text.replace("#define DIM 1\n", branches))
    lines = write_in_turn(root)
    assert [line for line in lines if "DIM" in line] == ["#define DIM 1", "#define DIM 2"]
    assert lines.index("#define DIM 2") < lines.index('#include "late.h"')
    for option in ("-DWIDE", "-UWIDE"):
        compile_well(["gcc", option, "-fsyntax-only", "-Wall", "drv/main.c"], root)
    assert "nothing to do" in split(root).stderr
