"""What links the source's object in other ways than by its own list, and would not main's."""

from pathlib import Path

import pytest

import trees
from trees import files, small_tree, split, write

COMPOSITE = "obj-m += mod.o\nmod-y := foo.o x.o\n"
BUILTIN = "obj-y += foo.o x.o\n"
SINGLE = "obj-m += foo.o\n"
BOOL = "obj-$(CONFIG_FOO) += foo.o\n"
KCONFIG = "config FOO\n\tbool 'Foo'\n"
OWN = [COMPOSITE, BUILTIN, SINGLE, BOOL]

# (what it shows, the other Makefile, where the object, or its source, is linked)
LINKED = [
    ("by its path", "obj-m += o.o\no-y := p.o ../drv/foo.o\n", "2:12"),
    ("from its folder", "o-y := $(obj)/../drv/foo.o\n", "1:8"),
    ("by a variable", "D := ../drv\nobj-m += o.o\no-y := p.o $(D)/foo.o\n", "3:12"),
    (
        "by several",
        "U := ..\nD = $(srctree)/$(src)/$U$(U)\nE := ${U}/drv\no-y := $(E)/foo.o\n",
        "4:8",
    ),
    ("by either value", "ifdef A\nD := ../x\nelse\nD := ../drv\nendif\no-y := $(D)/foo.o\n", "6:8"),
    ("by addprefix", "o-y += $(addprefix ../drv/, foo.o p.o)\n", "1:29"),
    ("by addprefix of a list", "n := foo.o\nobj-y += $(addprefix ../drv/,$(n))\n", "1:6"),
    ("a rule", "$(obj)/foo.o: $(srctree)/drv/foo.c FORCE\n\tcc\no-y := foo.o\n", "1:15"),
    ("a rule from the top", "$(obj)/p.o: drv/foo.c\n", "1:13"),
    ("a rule by a pattern", "$(obj)/%.o: $(srctree)/drv/%.c FORCE\n\tcc\no-y := foo.o\n", "1:13"),
]

# The same, where nothing links it.
APART = [
    ("another folder", "D := ../x\no-y := $(D)/foo.o foo.o ../foo.o\n"),
    ("a variable of no known value", "D := $(shell pwd)\no-y := $(D)/foo.o $(E)/foo.o\n"),
    ("another name", "o-y := ../drv/a_foo.o ../drv/foo.o.o\n"),
    ("files to make or remove", "targets += ../drv/foo.o\nclean-files := ../drv/foo.o\n"),
    ("a comment", "# o-y := ../drv/foo.o\no-y := p.o # ../drv/foo.o\n"),
    ("a recipe", "clean:\n\trm -f ../drv/foo.o\n"),
    ("a setting", "CFLAGS_foo.o := -DX\n"),
    ("a rule for something else", "$(obj)/gen.h: $(srctree)/drv/foo.c\n"),
    ("how the object itself is made", "$(obj)/../drv/foo.o: $(srctree)/drv/foo.c\n"),
    ("a pattern for others", "$(obj)/%.o: $(srctree)/drv/%.c # foo.o\no-y := p.o\n"),
    ("a source of that name", "$(obj)/foo.o: $(srctree)/x/foo.c\n"),
    ("a nearer source", "$(obj)/foo.o: sub/foo.c\n"),
    ("main is there too", "o-y := ../drv/foo.o ../drv/main.o\n"),
    ("main is compiled too", "$(obj)/foo.o: drv/foo.c\n$(obj)/main.o: drv/main.c\n"),
]


def tree(root: Path, own: str, other: str) -> Path:
    return small_tree(root, {"drv/Makefile": own, "e/Makefile": other, "drv/Kconfig": KCONFIG})


@pytest.mark.parametrize("own", OWN, ids=["composite", "obj-y", "single", "bool"])
@pytest.mark.parametrize(
    ("other", "at"), [row[1:] for row in LINKED], ids=[row[0] for row in LINKED]
)
def test_refused(own: str, other: str, at: str, tmp_path: Path) -> None:
    said = trees.refused(tree(tmp_path, own, other))
    assert said.startswith("error[VT060]")
    assert f"e/Makefile:{at}\n" in said
    assert said.count("error[") == 1
    assert ("composite by hand" if own == SINGLE else "object-list = false") in said


@pytest.mark.parametrize("own", [COMPOSITE, BUILTIN])
@pytest.mark.parametrize("other", [row[1] for row in APART], ids=[row[0] for row in APART])
def test_left_alone(own: str, other: str, tmp_path: Path) -> None:
    root = write(tree(tmp_path, own, other))
    assert files(root)["e/Makefile"][1].decode() == other
    assert split(root, "--check").exit_code == 0


# (what is added to the own Makefile, where it names the object)
TAKEN_OUT = [
    ("ifdef A\nobj-y := $(filter-out foo.o,$(obj-y))\nendif\n", "3:10"),
    ("x := $(filter x.o $(obj)/foo.o, $(obj-y))\n", "2:6"),
    ("x := ${patsubst foo.o,y.o,$(obj-y)}\n", "2:6"),
    ("x := $(sort $(subst foo.o,y.o,$(obj-y)))\n", "2:6"),
    ("$(obj)/x: $(filter-out x.o, $(X) foo.o)\n\tcc\n", "2:11"),
]
LEFT_IN = [
    "obj-y := $(filter-out x.o,$(obj-y))\n",
    "obj-y := $(filter-out ../x/foo.o a_foo.o foo.obj,$(obj-y))\n",
    "# obj-y := $(filter-out foo.o,$(obj-y))\n",
    "clean:\n\techo $(filter-out foo.o,$(obj-y))\n",
    "targets := $(filter-out foo.o,$(obj-y))\n",
    "obj-y := $(filter-out foo.o main.o,$(obj-y))\n",
]


@pytest.mark.parametrize(("more", "at"), TAKEN_OUT)
def test_taken_out_again_is_refused(more: str, at: str, tmp_path: Path) -> None:
    said = trees.refused(tree(tmp_path, BUILTIN + more, ""))
    assert said.startswith("error[VT060]")
    assert f"drv/Makefile:{at}\n" in said


def test_a_setting_of_the_object_alone_is_a_warning(tmp_path: Path) -> None:
    said = split(tree(tmp_path, f"{BUILTIN}CFLAGS_foo.o := -DX\n", "")).stderr
    assert (
        "warning: drv/Makefile:2:1: this line names 'CFLAGS_foo.o', but not 'main.o'; if main "
        "needs such a line, add it by hand or by `make depend`\n"
    ) in said


@pytest.mark.parametrize("more", LEFT_IN)
def test_other_calls_are_left_alone(more: str, tmp_path: Path) -> None:
    root = write(tree(tmp_path, BUILTIN + more, ""))
    assert files(root)["drv/Makefile"][1].decode().endswith(more)
