"""docs/dispatch.md is carried out: its specs, on a small tree, give the C that it shows."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from compilations import compile_well
from trees import split, write

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
GCC = [
    "gcc",
    "-std=gnu11",
    "-Wall",
    "-Wextra",
    "-Wno-unused-parameter",
    "-Wmissing-prototypes",
    "-Werror",
]

# The ops of the table, as the first backend has them: the functions get a prefix and a body.
OPS = """\
int open(struct dev *dev)
void close(struct dev *dev)
int start(struct queue *queue, u32 depth)
u32 get_caps(void)
void signal(struct event *event, int cpu)
int attach(struct queue *queue, struct dev *dev)
int detach(struct queue *queue, struct dev *dev)
void poll(struct dev *dev)
bool has_reg(struct dev *dev, u32 index)
void copy(struct dev *dev, void *to, const void *from, size_t size)
int get_rate(struct dev *dev)
bool is_idle(struct dev *dev)
int set_rate(struct dev *dev, unsigned long rate)
void kick(struct dev *dev)
bool is_blocked(struct dev *dev)
int sync(struct dev *dev)
bool is_paused(struct dev *dev)
void refresh(struct dev *dev)
void get_stats(struct dev *dev, struct stats *stats)
void get_range(struct dev *dev, u32 *low, u32 *high, bool *fixed)
int get_address(struct dev *dev, u8 address[6])
void get_error(struct dev *dev, u64 *info, u32 *code)
void get_cause(struct dev *dev, u64 *info)
void raise(struct dev *dev, u32 vector)
int save(struct dev *dev, struct stats *stats)
void disable(void)
void flush_all(void)
void restore_all(void)
int enable(void)
int check(void)
int probe(void)
int reload(void)
int prepare(struct dev *dev)
int arm(struct dev *dev, u64 deadline)
int get_queues(struct dev *dev)
int get_level(struct dev *dev)
int has_reset(u32 line)
void halt(struct dev *dev)
"""
# Ops that the first backend has no function for, and no entry but where it is NULL.
SECOND_OPS = """\
int ioctl(struct dev *dev, void *argument)
void pre_close(struct dev *dev)
bool has_secret(struct dev *dev)
bool has_key(struct dev *dev)
int unlock(struct dev *dev)
"""
# What the second backend has for them, where that is not the same.
SECOND = """\
bool has_reg(u32 index)
void copy(void *to, const void *from, size_t size, struct dev *dev)
int dev_ioctl(struct dev *dev, void *argument)
"""
FIRST_ALONE = """\
get_rate is_idle set_rate kick is_blocked sync is_paused refresh get_stats get_range get_address
get_error save get_queues get_level has_reset halt
""".split()

KERNEL = """\
#ifndef KERNEL_H
#define KERNEL_H
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
#define unlikely(x) __builtin_expect(!!(x), 0)
#define WARN_ON_ONCE(x) warned(x)
static inline bool warned(bool x)
{
	return x;
}
#define __init __attribute__((cold))
#endif
"""
MODULE = """\
#ifndef MODULE_H
#define MODULE_H
#define module_init(fn) int (*const module_start)(void) = fn
#define module_exit(fn) void (*const module_stop)(void) = fn
#define module_param_named(name, value, type, mode) extern type value
#define MODULE_PARM_DESC(name, text) extern int unused_##name
extern int (*const module_start)(void);
extern void (*const module_stop)(void);
#endif
"""
TYPES = """\
#ifndef A_H
#define A_H
#include <linux/kernel.h>

struct dev {
	int kind;
	bool stopped;
};

struct queue {
	struct dev *dev;
};

struct event {
	struct dev *dev;
};

struct stats {
	u64 sent, received;
};

#define DEV_BUG_ON(condition, dev) WARN_ON_ONCE((condition) && ((dev)->stopped = true))

struct bar_ops {
	const char *name;
%s};

int generic_reset(struct dev *dev);
int a_level_of(int kind);
int register_bar(const struct bar_ops *ops);

#endif
"""
PREDICATES = """\
#ifndef B_H
#define B_H
#include "a.h"

#ifdef CONFIG_B
extern bool enable_b;

static inline bool is_b(struct dev *dev)
{
	return dev->kind == 2;
}

static inline bool b_is_ready(struct dev *dev)
{
	return is_b(dev);
}

static inline int b_max_queues(void)
{
	return 4;
}
#else
#define enable_b false

static inline bool is_b(struct dev *dev)
{
	(void)dev;
	return false;
}

static inline bool b_is_ready(struct dev *dev)
{
	return is_b(dev);
}

static inline int b_max_queues(void)
{
	return 0;
}
#endif

static inline bool is_b_queue(struct queue *queue)
{
	return is_b(queue->dev);
}

void b_restore_all(void);

#endif
"""
REST = """\
#include "a.h"
#include <linux/module.h>

int generic_reset(struct dev *dev)
{
	return dev->kind;
}

int a_level_of(int kind)
{
	return kind;
}

int register_bar(const struct bar_ops *ops)
{
	return ops->open ? 0 : -1;
}

int main(void)
{
	return module_start();
}
"""
MAKEFILE = """\
obj-m += bar.o
bar-y := a.o rest.o
"""


def name_of(prototype: str) -> str:
    return prototype.partition("(")[0].split()[-1]


def function(prototype: str, prefix: str, storage: str = "") -> str:
    """Return a function that uses its parameters and does nothing."""
    head, _, parameters = prototype.partition("(")
    names = [re.findall(r"(\w+)(?:\[6\])?$", text)[0] for text in parameters[:-1].split(", ")]
    lines = [f"\t(void){name};\n" for name in names if name != "void"]
    lines += [] if head.startswith("void ") else ["\treturn 0;\n"]
    named = re.sub(r"(\w+)$", rf"{prefix}\1", head)
    return f"{storage}{named}({parameters}\n{{\n{''.join(lines)}}}\n"


def member(prototype: str) -> str:
    head, _, parameters = prototype.partition("(")
    return re.sub(r"(\w+)$", r"(*\1)", f"\t{head}") + f"({parameters};\n"


def under(config: str, text: str) -> str:
    return f"#ifdef {config}\n{text}#endif\n"


def first_source() -> str:
    functions, entries = [], []
    for prototype in OPS.splitlines():
        name = name_of(prototype)
        entry = f"\t.{name} = a_{name},\n"
        text = function(prototype, "a_", "static ")
        functions.append(under("CONFIG_64BIT", text) if name == "arm" else text)
        entries.append(under("CONFIG_64BIT", entry) if name == "arm" else entry)
        if name == "open":
            entries.append("\t.reset = generic_reset,\n\t.unlock = NULL,\n")
    return "\n".join(
        [
            '// SPDX-License-Identifier: GPL-2.0\n#include "a.h"\n#include <linux/module.h>\n',
            *functions,
            'static struct bar_ops a_ops = {\n\t.name = "bar",\n' + "".join(entries) + "};\n",
            "static int __init a_init(void)\n{\n\treturn register_bar(&a_ops);\n}",
            "module_init(a_init);\n",
            "static void a_exit(void)\n{\n}",
            "module_exit(a_exit);\n",
        ]
    )


def second_source(with_flag: bool) -> str:
    own = {
        name_of(prototype): prototype for prototype in OPS.splitlines() + SECOND_OPS.splitlines()
    }
    for name in [*FIRST_ALONE, "ioctl"]:
        own.pop(name, None)
    own |= {name_of(prototype): prototype for prototype in SECOND.splitlines()}
    own["reset"], own["init"] = "int reset(struct dev *dev)", "int init(void)"
    own["exit"] = "void exit(void)"
    functions = [
        under("CONFIG_64BIT", function(text, "b_")) if name == "arm" else function(text, "b_")
        for name, text in own.items()
    ]
    flag = "bool enable_b;\n\n" if with_flag else ""
    lead = '// SPDX-License-Identifier: GPL-2.0\n#include "b.h"\n#include "bar_ops.h"\n\n'
    return lead + flag + "\n".join(functions)


def tree_files() -> dict[str, str]:
    prototypes = OPS.splitlines()
    prototypes[1:1] = ["int reset(struct dev *dev)", "int unlock(struct dev *dev)"]
    prototypes[6:6] = [text for text in SECOND_OPS.splitlines() if name_of(text) != "unlock"]
    return {
        "include/linux/kernel.h": KERNEL,
        "include/linux/module.h": MODULE,
        "drv/a.h": TYPES % "".join(map(member, prototypes)),
        "drv/a.c": first_source(),
        "drv/b.h": PREDICATES,
        "drv/b.c": second_source(with_flag=False),
        "drv/rest.c": REST,
        "drv/Makefile": MAKEFILE,
    }


class Block(NamedTuple):
    """A fenced block of the document: its language, the run and the file it is about, its text."""

    language: str
    run: str
    file: str
    text: str


def read_blocks() -> list[Block]:
    """Return the blocks. Words behind the language name a run and a file, in any order."""
    text = (ROOT / "docs/dispatch.md").read_text()
    blocks = []
    for info, body in re.findall(r"^```(\w.*)\n((?:.*\n)*?)```$", text, re.MULTILINE):
        language, *words = info.split()
        default = {"make": "Makefile", "kconfig": "Kconfig"}.get(language, "main.c")
        file = next((word for word in words if "." in word), default)
        run = next((word for word in words if "." not in word), "macros")
        blocks.append(Block(language, run, file, body))
    return blocks


BLOCKS = read_blocks()
RUNS = sorted({block.run for block in BLOCKS})


def sections(text: str) -> dict[str, str]:
    """Split TOML at its headers."""
    found = re.split(r"^(\[.*\]).*\n", text, flags=re.MULTILINE)[1:]
    read: dict[str, str] = {}
    for name, body in zip(found[::2], found[1::2], strict=True):
        # A section that stands several times stays whole, with the headers of the others in it.
        read[name] = f"{read[name]}{name}\n{body}" if name in read else body
    return read


def spec_of(run: str) -> str:
    """Return the spec of a run: all sections of the document, its own in place of the others'."""
    texts = {
        name: "".join(block.text for block in BLOCKS if block[:2] == ("toml", name))
        for name in ("macros", run)
    }
    stated = sections(texts["macros"])
    if run == "skeleton":
        stated = {
            name: text for name, text in stated.items() if not name.lstrip("[").startswith("op.")
        }
    return "".join(f"{name}\n{text}" for name, text in {**stated, **sections(texts[run])}.items())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The tree of each run, written; tests only read them."""

    def make(run: str) -> Path:
        root = tmp_path_factory.mktemp(run)
        files = {**tree_files(), "vtsplit.toml": spec_of(run)}
        if run == "skeleton":
            del files["drv/b.c"], files["drv/b.h"]
        if run == "kconfig":
            files["drv/Kconfig"] = 'config BAR\n\ttristate "Devices"\n'
            files["drv/Makefile"] = files["drv/Makefile"].replace("obj-m", "obj-$(CONFIG_BAR)")
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return write(root)

    return {run: make(run) for run in RUNS}


@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if block.language != "toml"],
    ids=lambda block: f"{block.run}-{block.file}-{block.text.split(chr(10))[0][:40]}",
)
def test_what_is_shown_comes_out(made: Mapping[str, Path], block: Block) -> None:
    text = (made[block.run] / "drv" / block.file).read_text()
    assert f"\n{text}".count(f"\n{block.text}") == 1


@pytest.mark.parametrize("run", RUNS)
def test_a_second_run_changes_nothing(made: Mapping[str, Path], run: str) -> None:
    assert split(made[run], "--check").exit_code == 0


@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
@pytest.mark.parametrize(
    ("run", "config"),
    [
        pytest.param(run, config, marks=() if run == "macros" else pytest.mark.slow)
        for run in RUNS
        for config in ("-DCONFIG_B", "-UCONFIG_B")
        if run != "always" or config == "-DCONFIG_B"
    ],
)
def test_what_comes_out_compiles_and_links(
    made: Mapping[str, Path], tmp_path: Path, run: str, config: str
) -> None:
    folder = made[run] / "drv"
    backend = ["b.c"] if config == "-DCONFIG_B" else []
    for more in ("-DCONFIG_64BIT", "-UCONFIG_64BIT"):
        objects = []
        for one in ("a.c", "main.c", "rest.c", *backend):
            objects.append(str(tmp_path / f"{one}{more}.o"))
            compile_well([*GCC, config, more, "-I../include", "-c", one, "-o", objects[-1]], folder)
        compile_well(["gcc", *objects, "-o", str(tmp_path / "program")], folder)


# What the document's last section says of a tree where some of it is done.

GONE = ["reset", "unlock", "ioctl", "pre_close", "has_secret", "has_key", "get_rate", "get_level"]


def without(root: Path, ops: list[str]) -> None:
    """Take the sections of ops out of a tree's spec; `reset` has none, and is not to be wrapped."""
    stated = sections((root / "vtsplit.toml").read_text())
    for op in ops:
        stated.pop(f"[op.{op}]", None)
    stated["[op.reset]"] = "wrap = false\n"
    text = "".join(f"{name}\n{body}" for name, body in stated.items())
    (root / "vtsplit.toml").write_text(text)


@pytest.mark.parametrize("run", ["macros", "stubs"])
def test_ops_that_leave_the_spec(made: Mapping[str, Path], tmp_path: Path, run: str) -> None:
    root = shutil.copytree(made[run], tmp_path / "tree")
    without(root, GONE)
    write(root)
    expected = (made[run] / "drv/main.c").read_text()
    firsts = {"reset": "generic_reset", "get_rate": "a_get_rate", "get_level": "a_get_level"}
    for name in GONE:
        expected = re.sub(rf"static \w+ bar_{name}\([^{{]*{{\n(?:.+\n|\n\t)*}}\n\n", "", expected)
        expected = expected.replace(f"#define bar_{name} generic_{name}\n", "")
        entry = f"\t.{name} = {firsts[name]},\n" if name in firsts else ""
        expected = re.sub(rf"\t\.{name} = .*\n", entry, expected)
    # No op is left that only the second backend serves.
    expected = re.sub(r"#define bar_op_b_only.*\n", "", expected)
    assert (root / "drv/main.c").read_text() == expected
    assert split(root, "--check").exit_code == 0


def test_without_the_mark_nothing_is_dropped(made: Mapping[str, Path], tmp_path: Path) -> None:
    root = shutil.copytree(made["macros"], tmp_path / "tree")
    without(root, GONE)
    main = root / "drv/main.c"
    mark = "/* Wrappers made by vtsplit: what they do is in its spec. */\n\n"
    assert mark in main.read_text()
    main.write_text(main.read_text().replace(mark, ""))
    result = split(root, "-v")
    assert (result.exit_code, result.stdout) == (0, "")
    notes = re.findall(
        r"^note: .*: bar_(\w+) is kept, though the spec says nothing of", result.stderr, re.M
    )
    assert sorted(notes) == sorted({*GONE} - {"reset"})
    assert "bar_reset is kept, though the spec has wrap = false for op 'reset'; if" in result.stderr


def test_an_edited_wrapper_is_kept_until_forced(made: Mapping[str, Path], tmp_path: Path) -> None:
    root = shutil.copytree(made["macros"], tmp_path / "tree")
    main = root / "drv/main.c"
    before = main.read_text()
    edited = before.replace("\ta_close(dev);\n", "\tfrob(dev);\n\ta_close(dev);\n")
    main.write_text(edited)
    result = split(root, "-v")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "bar_close differs from the spec and is kept; --force replaces it" in result.stderr
    write(root, "--force")
    assert main.read_text() == before
