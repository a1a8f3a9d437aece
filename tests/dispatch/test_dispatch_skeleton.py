"""A second backend that does not exist yet: its first files, made from the spec alone."""

from pathlib import Path

import pytest

from trees import SPEC, refused, small_tree, snapshot, split, write

DISPATCH = """\
[dispatch]
prefix = "bar_"
ops = ["open"]
[dispatch.backend]
prefix = "b_"
source = "drv/b.c"
header = "drv/b.h"
config = "CONFIG_B"
flag = "enable_b"
skeleton = "-5"
[dispatch.when]
"struct unit *" = "is_b({})"
"""
LONG = "called_when_a_unit_that_serves_is_to_stop"
TREE = {
    "vtsplit.toml": SPEC + DISPATCH,
    "drv/foo.c": """\
// SPDX-License-Identifier: GPL-2.0
#include <linux/all.h>
#include "foo.h"

static int foo_open(struct unit *unit)
{
	return unit->number;
}

static struct ops foo_ops = {
	.open = foo_open,
	.number = 1,
};

struct ops *foo_get(void)
{
	return &foo_ops;
}
""",
    "drv/foo.h": f"""\
/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FOO_H
#define FOO_H

struct unit {{
	int number;
}};

struct ops {{
	int (*open)(struct unit *unit);
	int (*{LONG})(struct unit *unit);
	int number;
}};

#endif /* FOO_H */
""",
    "include/linux/all.h": "#include <linux/more.h>\n#include <linux/types.h>\n",
    "include/linux/more.h": "#include <linux/types.h>\nint more(void);\n",
    "include/linux/types.h": "typedef _Bool bool;\nenum {\n\tfalse,\n\ttrue\n};\n",
}
B_HEADER = """\
/* SPDX-License-Identifier: GPL-2.0 */
#ifndef B_H
#define B_H

#include <linux/types.h>

#ifdef CONFIG_B
extern bool enable_b;
#else
#define enable_b false
#endif

struct unit;

static inline bool is_b(struct unit *unit)
{
	return false;	/* To be written. */
}

#endif /* B_H */
"""


def tree(root: Path, more: str = "") -> Path:
    """Make the small tree with `more` behind its spec."""
    return small_tree(root, {**TREE, "vtsplit.toml": TREE["vtsplit.toml"] + more})


def test_a_header_includes_no_more_than_it_uses_and_calls_parameters_as_ops_do(
    tmp_path: Path,
) -> None:
    assert (write(tree(tmp_path)) / "drv/b.h").read_text() == B_HEADER


ONLY_B = f'[op.{LONG}]\nonly = "second"\notherwise = "return 0"\n'


def test_a_long_entry_is_broken_and_goes_as_a_whole(tmp_path: Path) -> None:
    root = write(tree(tmp_path))
    before = snapshot(root)
    spec = root / "vtsplit.toml"
    text = spec.read_text()
    prototype = f"int b_{LONG}(struct unit *unit);\n"
    (root / "drv/b.h").write_text(B_HEADER.replace("\n#endif /* B_H", f"\n{prototype}\n#endif /*"))
    spec.write_text(text + ONLY_B)
    entry = f"\t.{LONG} =\n\t\tbar_op_b_only({LONG}),\n"
    assert entry in (write(root) / "drv/main.c").read_text()
    assert split(root, "--check").exit_code == 0
    spec.write_text(text)
    (root / "drv/b.h").write_text(B_HEADER)
    write(root)
    assert (root / "drv/main.c").read_bytes() == before["drv/main.c"][1]


@pytest.mark.parametrize("policy", ['otherwise = "return 0"', "wrap = false", 'both = "second"'])
def test_an_op_that_may_be_absent(tmp_path: Path, policy: str) -> None:
    plain = snapshot(write(tree(tmp_path / "plain")))
    absent = f"[op.close]\n{policy}\n"
    assert "VT050" in refused(tree(tmp_path / "refused", absent))
    optional = snapshot(write(tree(tmp_path / "optional", f"{absent}optional = true\n")))
    assert {**optional, "vtsplit.toml": None} == {**plain, "vtsplit.toml": None}


def test_the_argument_of_the_choosing_macro_is_no_function(tmp_path: Path) -> None:
    """The source file has a static `open` beside foo_open, which a second run leaves alone."""
    source = TREE["drv/foo.c"].replace(
        "static struct ops", "static int open(void)\n{\n\treturn open();\n}\n\nstatic struct ops"
    )
    root = small_tree(tmp_path, {**TREE, "drv/foo.c": source})
    before = snapshot(write(root))
    assert "bar_op(open)" in (root / "drv/main.c").read_text()
    assert split(root, "--check").exit_code == 0
    assert snapshot(root) == before


NONE_CALLED = (
    DISPATCH.replace('ops = ["open"]\n', "").replace('config = "CONFIG_B"\n', "")
    + '[op.open]\notherwise = "return 0"\n'
)


def test_files_are_made_though_no_wrapper_calls_the_second_backend(tmp_path: Path) -> None:
    """A wrapper asks which backend it is, even where the second one has no function for it."""
    root = small_tree(tmp_path, {**TREE, "vtsplit.toml": SPEC + NONE_CALLED})
    assert "\tif (is_b(unit))\n\t\treturn 0;\n" in (write(root) / "drv/main.c").read_text()
    assert "static inline bool is_b(struct unit *unit)\n" in (root / "drv/b.h").read_text()
    assert (root / "drv/b.c").read_text().endswith('#include "foo_ops.h"\n\nbool enable_b;\n')
    assert split(root, "--check").exit_code == 0


def test_header_without_a_flag_has_one_blank_line_in_a_row(tmp_path: Path) -> None:
    spec = SPEC + NONE_CALLED.replace('flag = "enable_b"\n', "")
    root = write(small_tree(tmp_path, {**TREE, "vtsplit.toml": spec}))
    assert "\n\n\n" not in (root / "drv/b.h").read_text()
    assert (root / "drv/b.c").read_text().endswith('#include "foo_ops.h"\n')


def test_header_is_made_beside_a_source_that_is_there(tmp_path: Path) -> None:
    source = '#include "b.h"\n\nint b_more(void)\n{\n\treturn 0;\n}\n'
    files = {**TREE, "vtsplit.toml": SPEC + NONE_CALLED, "drv/b.c": source}
    root = write(small_tree(tmp_path, files))
    assert "is_b" in (root / "drv/b.h").read_text()
    assert (root / "drv/b.c").read_text() == source


@pytest.mark.parametrize(
    ("changed", "advice"),
    [
        (('header = "drv/b.h"\n', ""), 'name that: [dispatch.backend] header = "..."'),
        (('skeleton = "-5"\n', ""), "write drv/b.h, which is not there, or have it made"),
    ],
    ids=["no header is named", "no skeleton"],
)
def test_advice_fits_what_the_spec_says_already(
    tmp_path: Path, changed: tuple[str, str], advice: str
) -> None:
    files = {**TREE, "vtsplit.toml": SPEC + NONE_CALLED.replace(*changed), "drv/b.c": "int b;\n"}
    said = refused(small_tree(tmp_path, files))
    assert "VT057" in said
    assert advice in said
