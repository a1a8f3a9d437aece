"""The second backend's option: a warning where Kconfig has none, or the entry that is stated."""

import json
from pathlib import Path

import pytest

from dispatch_trees import UNDER_OPTION, dispatch_tree
from trees import files, refused, split, write
from vtsplit.survey.build.governing_option import governing_option

MAKEFILE = "obj-$(CONFIG_FOO_DRV) += foo-drv.o\nfoo-drv-y := foo.o other.o\n"
KCONFIG = """\
# Drivers of units.
menu "Units"

config FOO_DRV
\ttristate "Foo"
\thelp
\t  Mind this:
\t  config QUX
\t    is no entry here.

config BAR
\tbool "Bar"

endmenu
"""
STATED = """
[dispatch.backend.kconfig]
file = "drv/Kconfig"
prompt = "Units of kind qux"
help = '''
What it does, in words enough for more than one line of the text that make menuconfig shows.

  - as it is

If unsure, say N.'''
"""
ENTRY = """\
config QUX
\tbool "Units of kind qux"
\tdepends on FOO_DRV
\thelp
\t  What it does, in words enough for more than one line of the text that
\t  make menuconfig shows.

\t    - as it is

\t  If unsure, say N.
"""


def tree(root: Path, stated: str = STATED, kconfig: str | None = KCONFIG, **more: str) -> Path:
    """Make a tree with an option; `more` are files, `__` in a name stands for a slash."""
    changed = {path.replace("__", "/"): text for path, text in more.items()}
    changed.setdefault("drv/Makefile", MAKEFILE)
    spec = UNDER_OPTION.replace("[dispatch.when]", f"{stated}\n[dispatch.when]")
    return dispatch_tree(root, {"drv/Kconfig": kconfig, **changed}, base=spec)


def added(before: str, after: str, above: str, below: str = "") -> bool:
    """Tell whether the entry stands between two pieces of a text, and nothing else has changed."""
    assert after.replace(f"\n{ENTRY}", "", 1) == before, after
    return f"{above}\n{ENTRY}\n{below}" in f"{after}\n"


def test_entry_stands_behind_the_option_of_the_source(tmp_path: Path) -> None:
    root = write(tree(tmp_path))
    after = (root / "drv/Kconfig").read_text()
    assert added(KCONFIG, after, "\t    is no entry here.\n", 'config BAR\n\tbool "Bar"\n')


def test_entry_is_a_step_with_a_reason(tmp_path: Path) -> None:
    result = split(tree(tmp_path), "--json")
    report = json.loads(result.stdout)
    steps = [step for step in report["steps"] if step["action"] == "option"]
    assert [(s["new"], s["path"], s["line"]) for s in steps] == [("QUX", "drv/Kconfig", 9)]
    assert "behind FOO_DRV" in steps[0]["reason"]["name"]
    assert "1 option added" in result.stderr
    assert "+config QUX" in split(tmp_path).stdout


def test_second_run_adds_nothing(tmp_path: Path) -> None:
    root = write(tree(tmp_path))
    before = files(root)
    result = split(root, "--write")
    assert "nothing to do" in result.stderr
    assert files(root) == before


@pytest.mark.parametrize("place", ["drv/Kconfig", "arch/Kconfig.qux", "drv/Kconfig.more"])
def test_option_that_is_defined_stays_as_it_is(tmp_path: Path, place: str) -> None:
    root = tree(tmp_path)
    (root / place).parent.mkdir(exist_ok=True)
    there = root / place
    text = there.read_text() if there.exists() else ""
    there.write_text(f"{text}\nconfig QUX\n\tdef_bool y\n")
    result = split(root, "-v")
    assert "Kconfig" not in result.stdout + result.stderr


STATED_WITHOUT = STATED.replace('file = "drv/Kconfig"', 'file = "drv/Kconfig"\ndepends = "BAR"')
IN_CHOICE = KCONFIG.replace("menu ", "choice\n\tprompt ").replace("endmenu", "endchoice")


@pytest.mark.parametrize(
    ("stated", "kconfig"),
    [
        (STATED, IN_CHOICE),
        (STATED_WITHOUT, KCONFIG),
        (STATED_WITHOUT, KCONFIG.replace('menu "Units"', "if X").replace("endmenu", "endif")),
        (STATED.replace("prompt", 'depends = "FOO_DRV || BAR"\nprompt'), KCONFIG),
    ],
)
def test_entry_leaves_blocks_that_would_change_its_meaning(
    tmp_path: Path, stated: str, kconfig: str
) -> None:
    kconfig += "\nconfig LAST\n\tbool\n"
    root = write(tree(tmp_path, stated, kconfig))
    after = (root / "drv/Kconfig").read_text()
    assert "\n\nconfig QUX" in after[after.index("\nend") :]
    assert after.index("\nconfig QUX") < after.index("\nconfig LAST")


def test_entry_stands_at_the_end_where_no_place_is_told(tmp_path: Path) -> None:
    kconfig = "config BAR\n\tbool\n\thelp\n\t  No end of line"
    root = write(tree(tmp_path, STATED_WITHOUT, kconfig))
    after = (root / "drv/Kconfig").read_text()
    assert after == f"{kconfig}\n\n" + ENTRY.replace("FOO_DRV", "BAR")


@pytest.mark.parametrize("context", ["0", "3"])
@pytest.mark.parametrize(
    "kconfig",
    [
        "config BAR\n\tbool\n",
        "config BAR\n\tbool\n\n\n",
        "config FOO_DRV\n\tbool\n\thelp\n\t  If unsure, say N.\n\nconfig BAR\n\tbool\n",
        "",
    ],
)
def test_lines_that_a_diff_may_show_are_accounted_for(
    tmp_path: Path, kconfig: str, context: str
) -> None:
    result = split(tree(tmp_path, kconfig=kconfig), "-U", context)
    assert "+config QUX" in result.stdout


def test_line_ends_are_those_of_the_file(tmp_path: Path) -> None:
    root = tree(tmp_path)
    (root / "drv/Kconfig").write_bytes(KCONFIG.replace("\n", "\r\n").encode())
    after = (write(root) / "drv/Kconfig").read_bytes()
    assert after.count(b"\n") == after.count(b"\r\n")
    assert ENTRY.replace("\n", "\r\n").encode() in after


def test_default_and_indent(tmp_path: Path) -> None:
    stated = STATED.replace("prompt", 'default = "y if BAR"\nprompt')
    root = write(tree(tmp_path, stated, KCONFIG.replace("\t", "    ")))
    after = (root / "drv/Kconfig").read_text()
    assert "    depends on FOO_DRV\n    default y if BAR\n    help\n      What it" in after


def test_warning_shows_the_entry_and_its_file(tmp_path: Path) -> None:
    root = tree(tmp_path, "")
    result = split(root, "-v")
    assert "drv/Kconfig" not in result.stdout
    assert (
        "vtsplit.toml:15:11: no Kconfig file defines QUX: CONFIG_QUX can never be set"
        in result.stderr
    )
    assert "into drv/Kconfig, behind FOO_DRV (line 9)" in result.stderr
    assert 'config QUX\n\tbool "..."\n\tdepends on FOO_DRV\n\thelp\n\t  ...\n' in result.stderr


def test_warning_names_the_file_of_the_option_wherever_it_is(tmp_path: Path) -> None:
    more = {"Kconfig": 'source "misc/Kconfig.units"\n', "misc/Kconfig.units": KCONFIG}
    root = tree(tmp_path, "", None)
    for path, text in more.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    assert "into misc/Kconfig.units, behind FOO_DRV (line 9)" in split(root, "-v").stderr


def test_warning_names_the_nearest_file_where_no_option_is_told(tmp_path: Path) -> None:
    root = tree(tmp_path, "", **{"drv/Makefile": "obj-m += foo-drv.o\nfoo-drv-y := foo.o\n"})
    assert "into drv/Kconfig, or have it" in split(root, "-v").stderr


@pytest.mark.parametrize("spec", [UNDER_OPTION, UNDER_OPTION.replace('config = "CONFIG_QUX"', "")])
def test_no_warning_without_kconfig_or_option(tmp_path: Path, spec: str) -> None:
    has_option = "config" in spec
    kconfig = None if has_option else KCONFIG
    root = dispatch_tree(tmp_path, {"drv/Kconfig": kconfig}, base=spec)
    assert "Kconfig" not in split(root, "-v").stderr


BAD = [
    ('file = "drv/Kconfig.new"', "VT010", "did you mean 'drv/Kconfig'?"),
    ('file = "drv/Makefile"', "VT003", "the path of a Kconfig file"),
    ('file = "../Kconfig"', "VT005", "a path inside the tree"),
    ('file = ""', "VT003", "the path of a Kconfig file"),
    ('file = "$(x)/Kconfig"', "VT005", "letters, digits"),
    ('file = "drv/Kconfig"\ndepends = "$(shell,touch x)"', "VT003", "an expression of Kconfig"),
    ('file = "drv/Kconfig"\ndepends = "$(success,touch x)"', "VT003", "an expression of Kconfig"),
    ('file = "drv/Kconfig"\ndepends = "$(cc-option,a;b)"', "VT003", "an expression of Kconfig"),
    (
        'file = "drv/Kconfig"\ndepends = "A = \'$(shell,touch x)\'"',
        "VT003",
        "an expression of Kconfig",
    ),
    ('file = "drv/Kconfig"\ndepends = "A &&"', "VT003", "an expression of Kconfig"),
    ('file = "drv/Kconfig"\ndepends = "A\\nselect B"', "VT003", "an expression of Kconfig"),
    ('file = "drv/Kconfig"\ndefault = "y if"', "VT003", "a value of Kconfig"),
    ('file = "drv/Kconfig"\ntype = "bool"', "VT002", "unknown key 'type'"),
]


@pytest.mark.parametrize(("line", "code", "says"), BAD)
def test_bad_entry_is_refused(tmp_path: Path, line: str, code: str, says: str) -> None:
    said = refused(tree(tmp_path, STATED.replace('file = "drv/Kconfig"', line)))
    assert said.startswith(f"error[{code}]: "), said
    assert says in said


def test_prompt_and_help_are_checked(tmp_path: Path) -> None:
    said = refused(tree(tmp_path, STATED.replace("Units of", "Units \\\\ of")))
    assert "a prompt of one line" in said


def test_entry_without_option_is_refused(tmp_path: Path) -> None:
    root = tree(tmp_path)
    spec = (root / "vtsplit.toml").read_text()
    (root / "vtsplit.toml").write_text(spec.replace('config = "CONFIG_QUX"\n', ""))
    assert "defines an option, but the spec names none" in refused(root)


@pytest.mark.parametrize(
    "kconfig",
    [KCONFIG + "endif\n", KCONFIG.replace("endmenu", ""), KCONFIG.replace("endmenu", "endif")],
)
def test_file_that_is_not_whole_is_refused(tmp_path: Path, kconfig: str) -> None:
    said = refused(tree(tmp_path, kconfig=kconfig))
    assert said.startswith("error[VT065]: the blocks of 'drv/Kconfig'")


OPTIONS = [
    ({"a/Makefile": "obj-$(CONFIG_X) += x.o\n"}, "X"),
    ({"a/Makefile": "obj-$(CONFIG_X) += mod.o\nmod-y += y.o \\\n\tx.o\n"}, "X"),
    ({"a/Makefile": "obj-$(CONFIG_X) += mod.o\nmod-$(CONFIG_Y) += x.o\n"}, "Y"),
    ({"a/Makefile": "obj-$(subst m,y,$(CONFIG_X)) += x.o\n"}, "X"),
    ({"a/Makefile": "ifdef CONFIG_X\nobj-y += x.o\nendif\n"}, "X"),
    ({"a/Makefile": "ifeq ($(CONFIG_X),y)\nobj-y += x.o\nendif\n"}, "X"),
    ({"a/Makefile": "ifdef CONFIG_X\nelse\nobj-y += x.o\nendif\n"}, None),
    ({"a/Makefile": "ifndef CONFIG_X\nobj-y += x.o\nendif\n"}, None),
    ({"a/Makefile": "obj-y += x.o\n", "Makefile": "obj-$(CONFIG_X) += b/ a/\n"}, "X"),
    ({"a/Makefile": "obj-y += x.o\n", "Makefile": "obj-y += a/\n"}, None),
    ({"a/Makefile": "obj-m += x.o\n"}, None),
    ({"a/Makefile": "obj-$(CONFIG_X) += x.o\nobj-$(CONFIG_Y) += x.o\n"}, None),
    ({}, None),
]


@pytest.mark.parametrize(("makefiles", "option"), OPTIONS)
def test_option_that_a_source_depends_on(makefiles: dict[str, str], option: str | None) -> None:
    assert governing_option(makefiles.get, "a/x.c") == option


def test_a_new_option_gets_a_value_before_the_build(tmp_path: Path) -> None:
    """Else make asks for one, and stops."""
    kernel = ("Makefile", "Kconfig", "scripts__Kbuild.include", ".config")
    root = tree(tmp_path / "tree", **dict.fromkeys(kernel, "# kernel\n"))
    told = split(root, "--write").stderr.splitlines()
    assert f"next: make -C {root} olddefconfig && make -C {root} drv/" in told
