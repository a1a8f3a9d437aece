"""Names that become global: which other files of that name stand in the way."""

from pathlib import Path

import pytest

from trees import HEADER, SOURCE, SPEC, small_tree, split
from vtsplit.survey.make.linkage import Linkage

GLOBAL = "int foo_open(int unit)\n{\n\treturn unit;\n}\n"
LIST = "foo-drv-y := foo.o other.o\n"


def makefile(source: str, other: str) -> str:
    return f"{source} += foo-drv.o\n{LIST}{other}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("same module", makefile("obj-m", "foo-drv-y += bar.o\n")),
        ("both may be built in", makefile("obj-$(CONFIG_FOO)", "obj-$(CONFIG_BAR) += bar.o\n")),
        ("both are built in", makefile("obj-y", "obj-y += bar.o\n")),
        ("in a library", makefile("obj-y", "lib-y += bar.o\n")),
        ("in no list", makefile("obj-m", "")),
        ("in a list of unknown use", makefile("obj-m", "extra := bar.o\n")),
    ],
)
def test_global_that_can_be_linked_takes_the_name(name: str, text: str, tmp_path: Path) -> None:
    root = small_tree(tmp_path, {"drv/Makefile": text, "drv/bar.c": GLOBAL})
    result = split(root)
    assert result.exit_code == 2
    assert (
        "error[VT041]: 'foo_open' would become global, but the name is taken at drv/bar.c:1:1"
        in result.stderr
    )


@pytest.mark.parametrize(
    "text",
    [
        makefile("obj-m", "obj-m += bar.o\n"),
        makefile("obj-m", "obj-m += bar-drv.o\nbar-drv-y := bar.o\n"),
        makefile("obj-m", "obj-y += bar.o\n"),
        makefile("obj-$(CONFIG_FOO)", "obj-m += bar.o\n"),
    ],
)
def test_global_of_another_module_is_reported(text: str, tmp_path: Path) -> None:
    root = small_tree(tmp_path, {"drv/Makefile": text, "drv/bar.c": GLOBAL})
    result = split(root, "-v")
    assert result.exit_code == 0
    assert "note: drv/bar.c:1:1: 'foo_open' is also a name in another module" in result.stderr


def test_static_of_another_file_is_no_collision(tmp_path: Path) -> None:
    root = small_tree(tmp_path, {"drv/other.c": f"static {GLOBAL}"})
    assert split(root).exit_code == 0


def test_static_of_a_file_that_would_see_the_declaration(tmp_path: Path) -> None:
    files = {
        "drv/foo_ops.h": "#pragma once\n",
        "drv/other.c": f'#include "foo_ops.h"\nstatic {GLOBAL}',
    }
    result = split(small_tree(tmp_path, files))
    assert result.exit_code == 2
    assert "the name is taken at drv/other.c:2:1" in result.stderr


def test_macro_of_a_header_that_the_source_sees(tmp_path: Path) -> None:
    header = HEADER.replace("struct ops", "#define foo_close(x) 0\nstruct ops", 1)
    source = SOURCE.replace("foo_open", "foo_close")
    result = split(small_tree(tmp_path, {"drv/foo.h": header, "drv/foo.c": source}))
    assert result.exit_code == 2
    assert "error[VT041]: 'foo_close'" in result.stderr


@pytest.mark.parametrize("other", ["int foo_open(int unit);", "#define foo_open 0"])
def test_what_another_configuration_has_instead(other: str, tmp_path: Path) -> None:
    own = SOURCE[SOURCE.index("static int foo_open") : SOURCE.index("static int foo_free_unit")]
    files = {
        "drv/foo.h": HEADER.replace("int foo_init", f"#ifdef A\n{other}\n#endif\nint foo_init"),
        "drv/foo.c": SOURCE.replace(own, f"#ifndef A\n{own}#endif\n"),
        "vtsplit.toml": SPEC + '[rename]\nfoo_open = "foo_unit_open"\n',
    }
    result = split(small_tree(tmp_path, files))
    assert result.exit_code == 2
    assert "drv/foo.h:13:1 defines it for another configuration" in result.stderr
    # There is but one that the source can mean.
    plain = small_tree(tmp_path / "plain", {**files, "drv/foo.c": SOURCE})
    assert split(plain).exit_code == 0


def test_other_architectures_and_programs_are_no_part_of_a_kernel() -> None:
    linkage = Linkage(dict[str, str]().get, lambda path: path == "Kbuild", "arch/x86/a.c")
    assert not linkage.meets("arch/arm/b.c")
    assert not linkage.meets("scripts/b.c")
    assert linkage.meets("arch/x86/b.c")
    assert linkage.meets("drivers/b.c")
