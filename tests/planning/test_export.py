"""Tables that move to another module: what is exported there, and what no module can do."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from built import verify
from compilations import compile_well
from how_many import mostly_slow
from trees import refused, split, write

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[2] / "samples" / "two-modules"
OUTPUT = """\
sensor 7: power 50
sensor 7: power 0
sensor 7: power 10
bus: 0, highest level 100
"""

SPEC = """\
[split]
source = "core.c"
header = "foo.h"
main = "bus.c"
export = "gpl"

[tables]
foo_ops = "foo_ops"
"""
CORE = """\
#include <linux/module.h>
#include "foo.h"

#ifdef CONFIG_SLOW
static int foo_open(int unit)
{
	return unit;
}
#else
static int foo_open(int unit)
{
	return 0;
}
#endif

int foo_known(int unit)
{
	return foo_open(unit);
}
EXPORT_SYMBOL(foo_known);

const struct ops foo_ops = {
	.open = foo_open,
	.known = foo_known,
};
EXPORT_SYMBOL_GPL(foo_ops);
"""
OPENED = """\
#ifdef CONFIG_SLOW
int foo_open(int unit)
{
	return unit;
}
EXPORT_SYMBOL_GPL(foo_open);
#else
int foo_open(int unit)
{
	return 0;
}
EXPORT_SYMBOL_GPL(foo_open);
#endif
"""
HEADER = """\
#ifndef FOO_H
#define FOO_H

struct ops {
	int (*open)(int unit);
	int (*known)(int unit);
};

extern const struct ops foo_ops;

int foo_known(int unit);
int foo_other(int unit);
int bus_start(void);

#endif
"""
BUS = """\
#include <linux/module.h>
#include "foo.h"

int bus_start(void)
{
	return foo_ops.open(1);
}
EXPORT_SYMBOL(bus_start);
"""
MODULE_H = """\
#ifndef MODULE_H
#define MODULE_H
#define __init
#define EXPORT_SYMBOL(sym) extern const int __ksymtab_##sym; const int __ksymtab_##sym = 1
#define EXPORT_SYMBOL_GPL(sym) EXPORT_SYMBOL(sym)
#define __stringify(ns) #ns
#define __EXPORT(sym, ns) EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_NS_GPL(sym, ns) __EXPORT(sym, __stringify(ns))
#define MODULE_IMPORT_NS(ns) \\
	static const char imported[] __attribute__((used, section(".modinfo"))) = "import_ns=" #ns
#endif
"""
KCONFIG = """\
config FOO
	tristate

config FOO_BUS
	tristate "Bus"
	select FOO
"""
TREE = {
    "vtsplit.toml": SPEC,
    "core.c": CORE,
    "other.c": '#include "foo.h"\n\nint foo_other(int unit)\n{\n\treturn unit;\n}\n',
    "bus.c": BUS,
    "foo.h": HEADER,
    "include/linux/module.h": MODULE_H,
    "Kconfig": KCONFIG,
    "Makefile": "obj-$(CONFIG_FOO) += foo.o\nfoo-y := core.o other.o\n"
    "obj-$(CONFIG_FOO_BUS) += bus.o\n",
}


def tree(root: Path, *changed: tuple[str, str, str], **files: str) -> Path:
    """Make the tree; each change is a file, what it has, and what it is to have instead."""
    texts = TREE | {name.replace("_c", ".c"): text for name, text in files.items()}
    for path, old, new in changed:
        assert old in texts[path]
        texts[path] = texts[path].replace(old, new)
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def read(root: Path, path: str) -> str:
    return (root / path).read_text()


@pytest.mark.slow
def test_the_sample_runs_before_and_after(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    shutil.copytree(SAMPLE, root, ignore=shutil.ignore_patterns("*.o", "*.d", "*.so", "loader"))

    def run() -> str:
        command = ["make", "-s", "run"]
        return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout

    assert run() == OUTPUT
    write(root)
    assert run() == OUTPUT
    assert split(root, "--check").exit_code == 0
    # A module sees nothing that is not exported.
    core = read(root, "core.c")
    (root / "core.c").write_text(core.replace("EXPORT_SYMBOL_GPL(sensor_resume);\n", ""))
    result = subprocess.run(["make", "-s"], cwd=root, capture_output=True, text=True, check=False)
    assert "sensor_resume" in result.stderr


def test_each_definition_is_exported_on_the_line_behind_it(tmp_path: Path) -> None:
    root = tree(tmp_path)
    result = write(root)
    core, bus = read(root, "core.c"), read(root, "bus.c")
    assert OPENED in core
    assert core.count("foo_known);") == 1
    assert "EXPORT_SYMBOL_GPL(foo_ops);" in bus
    assert "foo_ops" not in core
    assert read(root, "Makefile") == TREE["Makefile"]
    assert split(root, "--check").exit_code == 0
    assert result


@pytest.mark.parametrize("written", mostly_slow(["FOO", '"FOO"'], 1))
def test_a_namespace_is_written_as_the_tree_takes_it(tmp_path: Path, written: str) -> None:
    root, before = tmp_path / "after", tmp_path / "before"
    tree(root, ("vtsplit.toml", '"gpl"', '"gpl"\nnamespace = "FOO"'))
    if written.startswith('"'):
        path = root / "include/linux/module.h"
        path.write_text(path.read_text().replace("#ns", "ns").replace("__stringify(ns)", "ns"))
    shutil.copytree(root, before)
    write(root)
    assert f"EXPORT_SYMBOL_NS_GPL(foo_open, {written});" in read(root, "core.c")
    assert read(root, "bus.c").endswith(f"\nMODULE_IMPORT_NS({written});\n")
    assert split(root, "--check").exit_code == 0
    result = verify(compiled(before), root)
    assert result.exit_code == 0, result.output
    assert "1 exported, 1 namespace imported" in result.output


def test_plain_exports_and_the_include_for_them(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        ("vtsplit.toml", '"gpl"', '"plain"'),
        ("core.c", "#include <linux/module.h>\n", "#include <linux/init.h>\n"),
        ("core.c", "EXPORT_SYMBOL(foo_known);\n", ""),
        ("core.c", "EXPORT_SYMBOL_GPL(foo_ops);\n", ""),
    )
    write(root)
    core = read(root, "core.c")
    assert core.startswith("#include <linux/init.h>\n#include <linux/export.h>\n")
    assert "EXPORT_SYMBOL(foo_open);" in core
    assert "EXPORT_SYMBOL(foo_known);" in core


def test_nothing_is_exported_within_a_module(tmp_path: Path) -> None:
    makefile = "obj-m += foo.o\nfoo-y := core.o bus.o\n"
    root = tree(tmp_path, ("Makefile", TREE["Makefile"], makefile))
    write(root)
    assert "EXPORT_SYMBOL_GPL" not in read(root, "core.c")


def test_nothing_is_exported_to_what_is_always_built_in(tmp_path: Path) -> None:
    root = tree(tmp_path, ("Kconfig", 'tristate "Bus"', 'bool "Bus"'))
    write(root)
    assert "EXPORT_SYMBOL_GPL" not in read(root, "core.c")


def test_a_new_main_that_the_makefile_lists_already(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        ("vtsplit.toml", 'main = "bus.c"', 'main = "table.c"'),
        ("Makefile", "+= bus.o\n", "+= all.o\nall-y := bus.o table.o\n"),
    )
    write(root)
    assert OPENED in read(root, "core.c")
    assert "const struct ops foo_ops = {" in read(root, "table.c")
    assert split(root, "--check").exit_code == 0


def test_a_new_main_that_is_a_module_of_its_own_lacks_a_licence(tmp_path: Path) -> None:
    root = tree(
        tmp_path,
        ("vtsplit.toml", 'main = "bus.c"', 'main = "table.c"'),
        ("Makefile", "+= bus.o\n", "+= bus.o table.o\n"),
    )
    result = split(root)
    assert result.exit_code == 0
    assert "table.c becomes a module of its own, but has no MODULE_LICENSE" in result.stderr


def test_a_local_of_the_name_is_no_use_of_the_table(tmp_path: Path) -> None:
    user = "int user(int foo_ops)\n{\n\treturn foo_ops;\n}\n"
    kconfig = KCONFIG + "\nconfig USER\n\ttristate\n"
    makefile = TREE["Makefile"] + "obj-$(CONFIG_USER) += user.o\n"
    root = tree(tmp_path, user_c=user, Kconfig=kconfig, Makefile=makefile)
    assert "USER" not in split(root).stderr
    user = '#include "foo.h"\n\nint user(void)\n{\n\treturn foo_ops.open(1);\n}\n'
    (root / "user.c").write_text(user)
    assert "USER builds user.c" in split(root).stderr


def test_without_the_key_the_refusal_names_it(tmp_path: Path) -> None:
    root = tree(tmp_path, ("vtsplit.toml", 'export = "gpl"\n', ""))
    said = refused(root)
    assert "error[VT064]" in said
    assert 'export = "gpl"' in said


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (("core.c", "static int foo_open", "static int __init foo_open"), "VT083", "__init"),
        (("core.c", "= foo_known", "= foo_other"), "VT083", "other.c:3"),
        (("core.c", "return foo_open(unit)", "return foo_ops.open(unit)"), "VT084", "core.c:18"),
        (("other.c", "return unit", "return foo_ops.open(unit)"), "VT084", "other.c:5"),
        (("core.c", "return foo_open(unit)", "return bus_start()"), "VT084", "'bus_start'"),
        (("other.c", "return unit", "return bus_start()"), "VT084", "'bus_start'"),
    ],
)
def test_what_modules_cannot_do_is_refused(
    tmp_path: Path, change: tuple[str, str, str], code: str, words: str
) -> None:
    said = refused(tree(tmp_path, change))
    assert f"error[{code}]" in said
    assert words in said


def test_an_option_that_does_not_bring_the_other_one_is_warned_of(tmp_path: Path) -> None:
    root = tree(tmp_path, ("Kconfig", "\tselect FOO\n", "\thelp\n\t  select FOO\n"))
    result = split(root)
    assert result.exit_code == 0
    assert "Kconfig:4" in result.stderr
    assert "\tselect FOO" in result.stderr
    again = split(tree(tmp_path))
    assert "FOO_BUS" not in again.stderr


def test_a_namespace_needs_the_key(tmp_path: Path) -> None:
    root = tree(tmp_path, ("vtsplit.toml", 'export = "gpl"', 'namespace = "FOO"'))
    assert "error[VT003]" in refused(root)


MODULES = {"core.c": "foo", "other.c": "foo", "bus.c": "bus"}


def compiled(root: Path) -> Path:
    """Leave a compilation database as Kbuild's flags would make it."""
    entries = []
    for source, module in MODULES.items():
        flags = ["-O1", "-Iinclude", "-I.", "-DMODULE", f'-DKBUILD_MODNAME="{module}"']
        command = ["gcc", *flags, "-c", "-o", source.replace(".c", ".o"), source]
        compile_well(command, root)
        entries.append({"directory": str(root), "file": source, "arguments": command})
    (root / "compile_commands.json").write_text(json.dumps(entries))
    return root


def both(tmp_path: Path) -> tuple[Path, Path]:
    """Return the tree before, built, and the tree after."""
    before, after = tree(tmp_path / "before"), tree(tmp_path / "after")
    write(after)
    return compiled(before), after


@pytest.mark.parametrize("options", [(), ("--textual",)])
def test_verify_lists_exports_that_are_needed(tmp_path: Path, options: tuple[str, ...]) -> None:
    result = verify(*both(tmp_path), *options)
    assert result.exit_code == 0, result.output
    assert "1 exported" in result.output


@pytest.mark.parametrize("more", ["\n/* The end. */\n", "\n\f\nint foo_last;\n"])
def test_verify_reads_what_stands_behind_the_last_item(tmp_path: Path, more: str) -> None:
    """A comment at the end is no item, and a form feed ends no line."""
    roots = [tree(tmp_path / name) for name in ("before", "after")]
    for root in roots:
        core = root / "core.c"
        core.write_text(core.read_text().replace("\n\n", f"\n{more}\n", 1) + more)
    write(roots[1])
    result = verify(compiled(roots[0]), roots[1], "--textual")
    assert result.exit_code == 0, result.output
    assert "1 exported" in result.output


@pytest.mark.parametrize("options", [(), ("--textual",)])
@pytest.mark.parametrize(
    ("path", "old", "new"),
    mostly_slow(
        [
            # Nobody else names it.
            (
                "core.c",
                "int foo_known(",
                "int foo_more(int a)\n{\n\treturn a;\n}\n\nint foo_known(",
            ),
            ("core.c", "EXPORT_SYMBOL(foo_known);", "EXPORT_SYMBOL(foo_known); int more;"),
            (
                "core.c",
                "EXPORT_SYMBOL_GPL(foo_open);\n#else",
                "EXPORT_SYMBOL_GPL(foo_open); int a;\n#else",
            ),
            (
                "bus.c",
                "EXPORT_SYMBOL(bus_start);",
                "EXPORT_SYMBOL(bus_start);\nEXPORT_SYMBOL(foo_open);",
            ),
            (
                "bus.c",
                "EXPORT_SYMBOL(bus_start);\n",
                "EXPORT_SYMBOL(bus_start);\nMODULE_IMPORT_NS(X);\n",
            ),
        ],
        4,
    ),
)
def test_verify_finds_exports_that_are_not(
    tmp_path: Path, path: str, old: str, new: str, options: tuple[str, ...]
) -> None:
    before, after = both(tmp_path)
    text = read(after, path)
    assert old in text
    (after / path).write_text(text.replace(old, new))
    result = verify(before, after, *options)
    assert result.exit_code == 1, result.output


def test_verify_finds_an_export_without_a_user(tmp_path: Path) -> None:
    before, after = tree(tmp_path / "before"), tree(tmp_path / "after")
    text = read(after, "core.c").replace("static int foo_open", "int foo_open")
    text = text.replace("}\n#", "}\nEXPORT_SYMBOL_GPL(foo_open);\n#")
    (after / "core.c").write_text(text)
    result = verify(compiled(before), after)
    assert result.exit_code == 1
    assert "foo_open" in result.output


def test_verify_finds_a_name_that_its_user_cannot_see(tmp_path: Path) -> None:
    before, after = both(tmp_path)
    text = read(after, "core.c").replace("EXPORT_SYMBOL_GPL(foo_open);\n", "")
    (after / "core.c").write_text(text)
    result = verify(before, after)
    assert result.exit_code == 1
    assert "symbol 'foo_open' is not exported to bus, which names it" in result.output


def test_verify_finds_modules_that_need_each_other(tmp_path: Path) -> None:
    before, after = both(tmp_path)
    for root in (before, after):
        code = read(root, "other.c").replace("return unit", "return bus_start()")
        (root / "other.c").write_text(code)
        code = read(root, "bus.c").replace("return foo_ops.open(1)", "return 0")
        (root / "bus.c").write_text(code)
    compiled(before)
    result = verify(before, after)
    assert result.exit_code == 1
    assert "module 'bus' needs foo, which needs it" in result.output


def test_verify_compiles_a_new_main_as_a_part_of_its_own_module(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for root in (before, after):
        tree(
            root,
            ("vtsplit.toml", 'main = "bus.c"', 'main = "table.c"'),
            ("Makefile", "+= bus.o\n", "+= all.o\nall-y := bus.o table.o\n"),
        )
    write(after)
    compiled(before)
    database = before / "compile_commands.json"
    database.write_text(database.read_text().replace('\\"bus\\"', '\\"all\\"'))
    result = verify(before, after)
    assert result.exit_code == 0, result.output
    core = read(after, "core.c").replace("EXPORT_SYMBOL_GPL(foo_open);\n", "")
    (after / "core.c").write_text(core)
    assert "'foo_open' is not exported to all" in verify(before, after).output
