"""Made files of a second backend outside of Linux: they include what declares what they use."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from compilations import compile_once, compile_well
from dispatch_trees import gcc
from trees import Files, refused, small_tree, snapshot, split, write
from vtsplit.cli import main

pytestmark = pytest.mark.slow

SPEC = """\
[split]
source = "src/mem.c"
header = "src/mem_ops.h"
main = "src/mem_main.c"
license = "MIT"
[tables]
mem_ops = "mem_ops"
[dispatch]
prefix = "any_"
ops = ["put", "name"]
[dispatch.backend]
prefix = "disk_"
source = "src/disk.c"
header = "src/disk.h"
flag = "enable_disk"
skeleton = "-EOPNOTSUPP"
[dispatch.when]
"struct store *" = "is_disk({})"
"""
STORE = """\
#ifndef STORE_H
#define STORE_H

struct store {
	int used;
	char data[64];
};

struct store_ops {
	int (*put)(struct store *store, int byte);
	const char *(*name)(struct store *store);
};

const struct store_ops *store_default(void);

#endif
"""
MEM = """\
#include "store.h"

static int mem_put(struct store *store, int byte)
{
	store->data[store->used++] = byte;
	return 0;
}

static const char *mem_name(struct store *store)
{
	return store->used ? "mem" : "empty";
}

static const struct store_ops mem_ops = {
	.put = mem_put,
	.name = mem_name,
};

const struct store_ops *store_default(void)
{
	return &mem_ops;
}
"""
APP = """\
#include <stdio.h>
#include "store.h"

int main(void)
{
	struct store store = { 0 };
	const struct store_ops *ops = store_default();

	ops->put(&store, 'x');
	puts(ops->name(&store));
	return 0;
}
"""
MAKEFILE = """\
CFLAGS = -std=gnu11 -Wall -Wmissing-prototypes -Werror
OBJS = src/app.o src/mem.o

app: $(OBJS)
	$(CC) -o $@ $(OBJS)
"""
TREE: Files = {
    "vtsplit.toml": SPEC,
    "src/store.h": STORE,
    "src/mem.c": MEM,
    "src/app.c": APP,
    "Makefile": MAKEFILE,
}
MADE = ("src/disk.c", "src/disk.h", "src/mem_main.c", "src/mem_ops.h", "src/mem.c")


def tree(root: Path, changed: Files | None = None, spec: str = SPEC) -> Path:
    return small_tree(root, {**TREE, "vtsplit.toml": spec, **(changed or {})})


def above_store(text: str) -> Files:
    """Return the store's header with lines above its structures."""
    return {"src/store.h": STORE.replace("struct store {", f"{text}\nstruct store {{", 1)}


def includes(root: Path, path: str) -> list[str]:
    lines = (root / path).read_text().splitlines()
    return [line.partition(" ")[2] for line in lines if line.startswith("#include")]


def made(root: Path, *options: str) -> Path:
    """Split for good; gcc checks each file, and the header alone; a second run has no work."""
    write(root)
    for path in MADE:
        gcc(root / path, *options)
    again = split(root, "--check")
    assert again.exit_code == 0, again.stderr
    return root


OWN = ['"disk.h"', '"mem_ops.h"']
ENUM = "enum { false, true };\ntypedef unsigned char bool;"
CASES = {
    # what the store's header has, what it lacks: the includes of source and header
    "nothing": ("", ["<errno.h>", "<stddef.h>", *OWN], ["<stdbool.h>"]),
    "bool": ("#include <stdbool.h>", ["<errno.h>", "<stddef.h>", *OWN], ['"store.h"']),
    "own bool": (ENUM, ["<errno.h>", "<stddef.h>", *OWN], ['"store.h"']),
    "error": ("#include <errno.h>", ["<stddef.h>", '"store.h"', *OWN], ["<stdbool.h>"]),
    "own error": (
        "enum { EIO = 5, EOPNOTSUPP = 95 };",
        ["<stddef.h>", '"store.h"', *OWN],
        ["<stdbool.h>"],
    ),
    "NULL": ("#include <string.h>", ["<errno.h>", *OWN], ["<stdbool.h>"]),
    "all": (
        "#include <errno.h>\n#include <stdbool.h>\n#include <stddef.h>",
        ['"store.h"', *OWN],
        ['"store.h"'],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_files_include_what_the_sources_headers_lack(case: str, tmp_path: Path) -> None:
    text, source, header = CASES[case]
    root = made(tree(tmp_path, above_store(text)))
    assert includes(root, "src/disk.h") == header
    assert includes(root, "src/disk.c") == source


def test_no_more_is_included_than_is_used(tmp_path: Path) -> None:
    """No function returns NULL or the number of an error here, and nothing is bool."""
    spec = SPEC.replace('"put", "name"', '"put"').replace('"-EOPNOTSUPP"', '"-1"')
    spec = spec.replace('flag = "enable_disk"\n', "")
    spec = (
        spec[: spec.index("[dispatch.when]")] + '[dispatch.when]\n"struct store *" = "is_big({})"\n'
    )
    big = "struct store;\nint is_big(struct store *store);\n"
    root = made(tree(tmp_path, above_store(big), spec))
    assert includes(root, "src/disk.h") == []
    assert includes(root, "src/disk.c") == OWN


def test_one_built_by_init_runs(tmp_path: Path) -> None:
    """What `init --dispatch` proposes is split, built by make, and run: as before."""
    root = tree(tmp_path / "tree", {"vtsplit.toml": None})
    before = shutil.copytree(root, tmp_path / "before")
    spec = tmp_path / "disk.toml"
    command = ["init", str(root), "src/mem.c:mem_ops", "--dispatch", "disk_", "-o", str(spec)]
    assert CliRunner().invoke(main, command).exit_code == 0
    write(root, "--spec", str(spec))
    said = []
    for each in (before, root):
        compile_well(["make", "-s"], each)
        said.append(compile_once(["./app"], each).stdout)
    assert said == ["mem\n", "mem\n"]


OPTION = SPEC.replace('"enable_disk"\n', '"enable_disk"\nconfig = "CONFIG_DISK"\n').replace(
    'ops = ["put"', 'style = "stubs"\nops = ["put"'
)
KBUILD: Files = {"Makefile": None, "src/Makefile": "obj-m += store.o\nstore-y := mem.o\n"}


@pytest.mark.parametrize("options", [[], ["-DCONFIG_DISK"]], ids=["off", "on"])
def test_stubs_of_the_header_have_what_they_return(options: list[str], tmp_path: Path) -> None:
    root = tree(tmp_path, KBUILD, OPTION)
    write(root)
    assert includes(root, "src/mem_ops.h") == ["<errno.h>", "<stddef.h>", '"store.h"']
    for path in MADE if options else MADE[1:]:
        gcc(root / path, *options)


WITHOUT = SPEC.replace('ops = ["put", "name"]\n', "") + (
    '[op.put]\notherwise = "return -EIO"\n[op.name]\notherwise = "return NULL"\n'
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["<errno.h>", "<stddef.h>"]),
        ("#include <errno.h>\n#include <stdlib.h>", []),
    ],
    ids=["nothing", "all"],
)
def test_main_has_what_its_wrappers_return(text: str, expected: list[str], tmp_path: Path) -> None:
    root = made(tree(tmp_path, above_store(text), WITHOUT))
    assert includes(root, "src/mem_main.c") == [*expected, '"store.h"', '"mem_ops.h"', '"disk.h"']


def test_main_has_what_the_made_header_brings(tmp_path: Path) -> None:
    spec = WITHOUT.replace("return -EIO", "return true").replace("return NULL", "return 0")
    root = made(tree(tmp_path, spec=spec))
    assert includes(root, "src/mem_main.c") == ['"store.h"', '"mem_ops.h"', '"disk.h"']


def test_a_header_that_the_source_includes_comes_first(tmp_path: Path) -> None:
    root = made(tree(tmp_path, {"src/mem.c": f"#include <string.h>\n{MEM}"}))
    assert includes(root, "src/disk.c") == ["<string.h>", "<errno.h>", *OWN]


def test_a_value_that_nothing_declares_is_refused(tmp_path: Path) -> None:
    root = tree(tmp_path, spec=SPEC.replace("EOPNOTSUPP", "ESLIP"))
    before = snapshot(root)
    said = refused(root)
    assert "VT057" in said
    assert "vtsplit.toml:16:13" in said
    assert "'ESLIP', which is not declared: no header that src/mem.c includes declares it" in said
    assert snapshot(root) == before


def test_a_boolean_type_of_the_tree_is_not_replaced(tmp_path: Path) -> None:
    said = refused(tree(tmp_path, above_store("typedef unsigned char bool;")))
    assert "'false', which is not declared: src/store.h declares a boolean type" in said


def test_a_name_may_be_of_a_library_that_is_not_known(tmp_path: Path) -> None:
    spec = SPEC.replace("-EOPNOTSUPP", "LIB_FAILED")
    files = {"src/mem.c": f"#include <lib/some.h>\n{MEM}"}
    root = write(tree(tmp_path, files, spec))
    assert includes(root, "src/disk.c") == ["<lib/some.h>", "<stddef.h>", *OWN]


KERNEL: Files = {
    "include/asm-generic/errno.h": "#define EOPNOTSUPP 95\n",
    "include/linux/errno.h": "#include <asm-generic/errno.h>\n",
    "include/linux/types.h": "#define NULL ((void *)0)\ntypedef _Bool bool;\n"
    "enum {\n\tfalse,\n\ttrue\n};\n",
}


def test_a_kernel_has_headers_of_its_own(tmp_path: Path) -> None:
    root = made(tree(tmp_path, KERNEL), f"-I{tmp_path}/include", "-nostdinc")
    assert includes(root, "src/disk.h") == ["<linux/types.h>"]
    assert includes(root, "src/disk.c") == ["<linux/errno.h>", *OWN]


def test_a_kernel_includes_its_errors_and_not_what_brings_them_along(tmp_path: Path) -> None:
    files = {
        **KERNEL,
        "include/linux/fs.h": "#include <linux/errno.h>\nstruct inode;\n",
        "src/mem.c": f"#include <linux/fs.h>\n{MEM}",
    }
    root = made(tree(tmp_path, files), f"-I{tmp_path}/include", "-nostdinc")
    assert includes(root, "src/disk.c") == ["<linux/errno.h>", *OWN]


def test_a_kernel_without_such_headers_does_not_get_those_of_a_library(tmp_path: Path) -> None:
    files = {**KERNEL, "include/linux/errno.h": None}
    assert "'EOPNOTSUPP', which is not declared" in refused(tree(tmp_path, files))


def test_a_part_of_a_kernel_gets_what_the_whole_has(tmp_path: Path) -> None:
    files = {"src/mem.c": f"#include <linux/module.h>\n{MEM}"}
    root = write(tree(tmp_path, files))
    assert includes(root, "src/disk.h") == ["<linux/types.h>"]
    assert includes(root, "src/disk.c") == ["<linux/errno.h>", "<linux/types.h>", *OWN]


def test_a_configuration_stays_in_front(tmp_path: Path) -> None:
    spec = SPEC.replace("-EOPNOTSUPP", "LIB_FAILED")
    files = {"src/mem.c": f'#include "config.h"\n#include <lib/some.h>\n{MEM}'}
    root = write(tree(tmp_path, files, spec))
    expected = ['"config.h"', "<lib/some.h>", "<stddef.h>", *OWN]
    assert includes(root, "src/disk.c") == expected


@pytest.mark.parametrize(
    ("include", "expected"),
    [("<string.h>", "<errno.h>"), ("<linux/module.h>", "<linux/errno.h>")],
    ids=["library", "kernel"],
)
def test_an_error_that_is_not_known_is_of_errno(
    include: str, expected: str, tmp_path: Path
) -> None:
    """C11 7.31.3 keeps such names for <errno.h>."""
    spec = SPEC.replace("EOPNOTSUPP", "ENOTSUPP")
    root = write(tree(tmp_path, {"src/mem.c": f"#include {include}\n{MEM}"}, spec))
    assert expected in includes(root, "src/disk.c")
