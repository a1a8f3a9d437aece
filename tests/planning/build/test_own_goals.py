"""Lists that are called as in Kbuild, and that the Makefile's own rules link."""

import shutil
from pathlib import Path

import pytest

from plain_builds import LINK, make_and_run, plant
from trees import split

LISTS = "obj-y += prog.o\nobj-$(CONFIG_FOO) += foo.o\n"
JOINED = "obj-$(CONFIG_FOO) += foo.o foo_main.o"

# (what it shows, the files of the build, the file that has the list, the line with main's object)
OWN = [
    ("a goal", {"Makefile": f"CONFIG_FOO = y\n{LISTS}prog: $(obj-y)\n{LINK}"}, JOINED),
    (
        "by another list",
        {"Makefile": f"CONFIG_FOO := y\n{LISTS}OBJS := $(sort $(obj-y))\nprog: $(OBJS)\n{LINK}"},
        JOINED,
    ),
    (
        "in the recipe",
        {"Makefile": f"CONFIG_FOO = y\n{LISTS}prog: foo.o prog.o\n\t$(CC) -o $@ ${{obj-y}}\n"},
        JOINED,
    ),
    (
        "by a number",
        {"Makefile": f"CONFIG_FOO = 1\n{LISTS}all: prog\nprog: $(obj-y) $(obj-1)\n{LINK}"},
        JOINED,
    ),
    (
        "an archive",
        {"Makefile": f"CONFIG_FOO = y\n{LISTS}prog: l.a\n{LINK}l.a: $(obj-y)\n\t$(AR) rcs $@ $^\n"},
        JOINED,
    ),
    (
        "of a file that is included",
        {
            "Makefile": f"CONFIG_FOO = y\nall: prog\n{LISTS}include link.mk\n",
            "link.mk": f"prog: $(obj-y)\n{LINK}",
        },
        JOINED,
    ),
]

KEPT = [
    ("no rule", {"Makefile": "obj-$(CONFIG_FOO) += foo.o\n"}),
    (
        "a rule of Kbuild",
        {"Makefile": f"{LISTS}$(obj)/p: $(obj-y) FORCE\n\t$(call if_changed,ld)\n"},
    ),
    ("removed", {"Makefile": "obj-m += foo.o\nclean:\n\trm -f $(obj-m)\n"}),
    ("another goal", {"Makefile": f"obj-m += foo.o\nobj-y = prog.o\nprog: $(obj-y)\n{LINK}"}),
    (
        "the scripts of Kbuild",
        {"Makefile": f"{LISTS}prog: $(obj-y)\n{LINK}", "scripts/Makefile.build": "# rules\n"},
    ),
]


@pytest.mark.parametrize(("build", "line"), [row[1:] for row in OWN], ids=[row[0] for row in OWN])
def test_main_joins_the_list(build: dict[str, str], line: str, tmp_path: Path) -> None:
    root = plant(tmp_path, build)
    ran = split(root, "--table", "foo.c:foo_ops", "--write")
    assert ran.exit_code == 0, ran.stderr
    assert line in (root / "Makefile").read_text().splitlines()
    assert (root / "foo.c").exists()
    assert split(root, "--table", "foo.c:foo_ops", "--check").exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize("build", [row[1] for row in OWN], ids=[row[0] for row in OWN])
def test_make_links_the_same_program(build: dict[str, str], tmp_path: Path) -> None:
    root = plant(tmp_path / "tree", build)
    before = shutil.copytree(root, tmp_path / "before")
    assert split(root, "--table", "foo.c:foo_ops", "--write").exit_code == 0
    assert make_and_run(before) == make_and_run(root) == 1


@pytest.mark.parametrize(
    "text", ["include drv/Makefile\n", "D = drv\n-include $(D:%=%/Makefile)\n"]
)
def test_a_makefile_above_links_it(text: str, tmp_path: Path) -> None:
    above = f"{text}prog: prog.o $(addprefix drv/,$(obj-y))\n{LINK}"
    root = plant(tmp_path, {"Makefile": above, "drv/Makefile": "obj-$(CONFIG_FOO) += foo.o\n"})
    for name in ("foo.c", "foo.h"):
        shutil.move(root / name, root / "drv" / name)
    ran = split(root, "--table", "drv/foo.c:foo_ops", "--write")
    assert ran.exit_code == 0, ran.stderr
    assert (root / "drv/Makefile").read_text() == f"{JOINED}\n"


@pytest.mark.parametrize("build", [row[1] for row in KEPT], ids=[row[0] for row in KEPT])
def test_kbuild_stays_kbuild(build: dict[str, str], tmp_path: Path) -> None:
    ran = split(plant(tmp_path, build), "--table", "foo.c:foo_ops")
    assert ran.exit_code == 0, ran.stderr
    assert "+foo-y := foo_core.o foo_main.o" in ran.stdout


def test_each_object_of_the_list_is_linked_alone(tmp_path: Path) -> None:
    text = f"{LISTS}all: $(obj-m:.o=.so) prog\nprog: $(obj-y) $(obj-m)\n{LINK}"
    ran = split(plant(tmp_path, {"Makefile": text}), "--table", "foo.c:foo_ops")
    assert ran.exit_code == 2
    assert "is linked alone (line 3)" in ran.stderr
