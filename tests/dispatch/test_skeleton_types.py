"""The header of a skeleton: it brings what the types of its predicates need."""

from pathlib import Path

import pytest

from dispatch_trees import gcc
from trees import Files, refused, small_tree, split, write

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
style = "stubs"
ops = ["put"]
[dispatch.backend]
prefix = "disk_"
source = "src/disk.c"
header = "src/disk.h"
config = "CONFIG_DISK"
flag = "enable_disk"
skeleton = "-1"
[dispatch.when]
"TYPE" = "is_disk({})"
"""
STORE = """\
#ifndef STORE_H
#define STORE_H

struct store {
	int used;
};

DECLARED
struct store_ops {
	int (*put)(struct store *store, TYPE of);
};

const struct store_ops *store_default(void);

#endif
"""
SOURCE = """\
INCLUDES#include "store.h"

static int mem_put(struct store *store, TYPE of)
{
	(void)of;
	return store->used++;
}

static const struct store_ops mem_ops = {
	.put = mem_put,
};

const struct store_ops *store_default(void)
{
	return &mem_ops;
}
"""
KBUILD = "obj-m += store.o\nstore-y := mem.o\n"
HANDLE = '#include "handle.h"\n'

# The type, what declares it in the store's header, the source's further includes, those wanted.
CASES = {
    "a pointer's typedef": ("handle_t", "typedef struct store *handle_t;", "", ['"store.h"']),
    "a number": ("number_t", "typedef unsigned short number_t;", "", ['"store.h"']),
    "a pointer to a typedef": ("const store_t *", "typedef struct store store_t;", "",
                               ['"store.h"']),
    "behind const": ("store_t *const", "typedef struct store store_t;", "", ['"store.h"']),
    "a structure": ("struct key", "struct key {\n\tint id;\n};", "", ['"store.h"']),
    "a volatile structure": ("volatile struct key *", "struct key {\n\tint id;\n};", "", []),
    "an enumeration": ("enum kind", "enum kind {\n\tSMALL,\n\tGREAT\n};", "", ['"store.h"']),
    "a typedef of several lines": ("kind_t", "typedef enum {\n\tSMALL,\n\tGREAT\n} kind_t;", "",
                                   ['"store.h"']),
    "of the library": ("uint32_t", "#include <stdint.h>", "", ["<stdint.h>"]),
    "in a header of its own": ("handle_t", "", HANDLE, ['"handle.h"']),
    "with what stands in front of its header": (
        "key_t_", "typedef handle_t key_t_;", HANDLE, ['"handle.h"', '"store.h"']),
    "a plain type": ("unsigned long", "", "", []),
}  # fmt: skip


def tree(root: Path, kind: str, declared: str, includes: str) -> Path:
    """Make a tree whose op has a parameter of a type, by which its wrapper chooses."""
    files: Files = {
        "vtsplit.toml": SPEC.replace("TYPE", kind),
        "src/store.h": STORE.replace("TYPE", kind).replace("DECLARED", declared),
        "src/mem.c": SOURCE.replace("TYPE", kind).replace("INCLUDES", includes),
        "src/handle.h": "typedef struct store *handle_t;\n" if includes else None,
        "src/Makefile": KBUILD,
    }
    return small_tree(root, files)


@pytest.mark.parametrize("case", CASES)
def test_the_header_compiles_alone(case: str, tmp_path: Path) -> None:
    kind, declared, includes, expected = CASES[case]
    root = write(tree(tmp_path, kind, declared, includes))
    text = (root / "src/disk.h").read_text()
    found = [line.split()[1] for line in text.splitlines() if line.startswith("#include")]
    assert sorted(found) == sorted({"<stdbool.h>", *expected})
    paths = ["src/disk.h", "src/mem_main.c", "src/mem.c"]
    for path in paths:
        gcc(root / path)
    for path in [*paths, "src/disk.c"]:
        gcc(root / path, "-DCONFIG_DISK")
    assert split(root, "--check").exit_code == 0


def test_a_type_that_only_the_source_has(tmp_path: Path) -> None:
    """The split moves it to the header that the source includes, where the predicate finds it."""
    root = tree(tmp_path, "void *", "", "")
    spec = root / "vtsplit.toml"
    spec.write_text(spec.read_text().replace('"void *"', '"mem_handle_t"'))
    source = root / "src/mem.c"
    text = source.read_text().replace("void * of", "mem_handle_t of")
    typedef = "typedef void *mem_handle_t;\n\n"
    text = text.replace("static int mem_put", f"{typedef}static int mem_put")
    source.write_text(text)
    write(root)
    assert '#include "mem_ops.h"' in (root / "src/disk.h").read_text()
    for path in ["src/disk.h", "src/disk.c", "src/mem_main.c", "src/mem.c"]:
        gcc(root / path, "-DCONFIG_DISK")


def test_a_type_that_nothing_declares_is_refused(tmp_path: Path) -> None:
    root = tree(tmp_path, "handle_t", "typedef struct store *handle_t;", "")
    spec = root / "vtsplit.toml"
    spec.write_text(spec.read_text() + '"handel_t" = "is_old({})"\n')
    said = refused(root)
    assert "src/disk.h is to use 'handel_t', which is not declared" in said
    assert "another value" not in said
