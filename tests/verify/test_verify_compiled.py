"""What a compiler has seen of wrappers, and files compiled under values of options."""

import json
import shutil
from pathlib import Path

import pytest

from built import build, record, verify
from dispatch_trees import SPEC, UNDER_OPTION, dispatch_tree
from trees import small_tree, split, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc"),
]

FLAGS = ["-O1", "-Wall"]
SOURCES = ("drv/foo.c", "drv/other.c")
UNSEEN = (
    "1 wrapper: no compiler has seen it: the build has CONFIG_QUX off; --define CONFIG_QUX=y "
    "compiles them"
)


def trees(root: Path, base: str = UNDER_OPTION, *more: str, **pieces: str) -> tuple[Path, Path]:
    """Make a tree with two backends, built, and the same tree after its split."""
    changed = {"drv/other.c": '#include "foo.h"\nint other;\n'}
    before = dispatch_tree(root / "before", changed, base=base, **pieces)
    after = write(shutil.copytree(before, root / "after"))
    return build(before, *SOURCES, *more, flags=FLAGS), after


def judged(trees: tuple[Path, Path], *options: str) -> tuple[int, str]:
    """Verify a split with its spec; return the exit code and what is said."""
    spec = str(trees[0] / "vtsplit.toml")
    result = verify(*trees, "--spec", spec, *options)
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def optional(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A split under an option that the build has off. To read only."""
    return trees(tmp_path_factory.mktemp("optional"))


def edited(trees: tuple[Path, Path], to: Path, path: str, old: str, new: str) -> tuple[Path, Path]:
    """Copy the tree after, with a file changed."""
    after = shutil.copytree(trees[1], to / "edited")
    text = (after / path).read_text()
    assert old in text
    (after / path).write_text(text.replace(old, new))
    return trees[0], after


def test_wrappers_of_an_option_that_is_off_are_told(optional: tuple[Path, Path]) -> None:
    code, said = judged(optional)
    assert code == 0, said
    assert UNSEEN in said


def test_defined_option_has_them_compiled(optional: tuple[Path, Path]) -> None:
    code, said = judged(optional, "--define", "CONFIG_QUX=y")
    assert code == 0, said
    assert "  1 wrapper: compiled with CONFIG_QUX=y (4 files)\n" in said
    assert "no compiler" not in said


def test_second_backend_is_not_compiled_without_its_option(tmp_path: Path) -> None:
    guard = "#ifndef CONFIG_QUX\n#error only with the option\n#endif\n"
    both = trees(tmp_path, second=f"{guard}int qux_open(struct unit *unit)\n{{\n\treturn 0;\n}}\n")
    for options in ([], ["--define", "CONFIG_QUX=y"]):
        code, said = judged(both, *options)
        assert code == 0, said


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("CONFIG_QUX=m", "CONFIG_QUX=m leaves CONFIG_QUX off; --define CONFIG_QUX=y compiles"),
        ("CONFIG_QXU=y", "no file that was compiled names CONFIG_QXU"),
    ],
)
def test_value_that_leaves_them_out_is_told(
    optional: tuple[Path, Path], value: str, says: str
) -> None:
    code, said = judged(optional, "--define", value)
    assert code == 0, said
    assert says in said
    assert "1 wrapper: no compiler has seen it" in said


def test_wrappers_that_are_always_there_are_compiled(tmp_path: Path) -> None:
    code, said = judged(trees(tmp_path, SPEC, "drv/qux.c"))
    assert code == 0, said
    assert "1 wrapper: compiled as the build is configured (4 files)" in said


def test_json_has_what_was_seen(optional: tuple[Path, Path]) -> None:
    code, said = judged(optional, "--define", "CONFIG_QUX=y", "--json")
    verdict = json.loads(said)
    assert (code, verdict["unseen"]) == (0, [])
    seen = {one["config"]: one["seen"] for one in verdict["compiled"]}
    assert seen == {"": [], "CONFIG_QUX=y": ["bar_open"]}


ERROR = ("drv/qux.c", "return -unit->id;", "return -unit->ident;")
WARNING = ("drv/qux.c", "return -unit->id;", "int unused;\n\treturn -unit->id;")


def test_error_under_the_option_is_a_difference(
    optional: tuple[Path, Path], tmp_path: Path
) -> None:
    changed = edited(optional, tmp_path, *ERROR)
    code, said = judged(changed, "--define", "CONFIG_QUX=y")
    assert code == 1, said
    assert (
        "file 'drv/qux.c' does not compile with CONFIG_QUX=y: 'struct unit' has no member" in said
    )
    assert "  after:  drv/qux.c:9:" in said
    assert "what has changed does not compile with CONFIG_QUX=y" in said


def test_new_warning_under_the_option_is_a_difference(
    optional: tuple[Path, Path], tmp_path: Path
) -> None:
    changed = edited(optional, tmp_path, *WARNING)
    code, said = judged(changed, "--define", "CONFIG_QUX=y")
    assert code == 1, said
    assert "gives a new warning with CONFIG_QUX=y: unused variable 'unused'" in said
    assert "  after:  drv/qux.c:9:" in said


def test_warning_that_was_there_is_none_of_ours(tmp_path: Path) -> None:
    pieces = {
        "functions": "static int foo_open(struct unit *unit)\n{\n\tint spare;\n\n\treturn 0;\n}\n",
        "entries": "\t.open = foo_open,\n",
    }
    both = trees(tmp_path, **pieces)
    code, said = judged(both, "--define", "CONFIG_QUX=y")
    assert code == 0, said


def test_values_that_the_tree_before_does_not_stand_prove_nothing(tmp_path: Path) -> None:
    functions = (
        "#ifndef CONFIG_QUX\n#define START 1\n#endif\n"
        "static int foo_open(struct unit *unit)\n{\n\treturn START;\n}\n"
    )
    both = trees(tmp_path, functions=functions, entries="\t.open = foo_open,\n")
    code, said = judged(both, "--define", "CONFIG_QUX=y")
    assert code == 2, said
    assert "error[VT306]: cannot compile 'drv/foo.c' with CONFIG_QUX=y: 'START' undeclared" in said
    assert "the tree before does not compile either" in said


def test_without_a_build_no_compiler_has_seen_them(tmp_path: Path) -> None:
    before = dispatch_tree(tmp_path / "before", base=UNDER_OPTION)
    both = before, write(shutil.copytree(before, tmp_path / "after"))
    code, said = judged(both)
    assert code == 0, said
    assert "1 wrapper: no compiler has seen it: no build says how files are compiled" in said
    code, said = judged(both, "--define", "CONFIG_QUX=y")
    assert code == 2
    assert "error[VT301]: --define compiles files, but no build says with which flags" in said


@pytest.mark.parametrize("value", ["CONFIG_QUX", "QUX=y", "CONFIG_QUX=1", "CONFIG_QUX=y,n"])
def test_bad_values_are_refused(optional: tuple[Path, Path], value: str) -> None:
    code, said = judged(optional, "--define", value)
    assert code == 2
    assert f"error[VT311]: --define {value} does not have the form" in said


def test_two_values_of_one_option_are_refused(optional: tuple[Path, Path]) -> None:
    code, said = judged(optional, "--define", "CONFIG_QUX=y", "--define", "CONFIG_QUX=n")
    assert (code, "CONFIG_QUX already has the value y" in said) == (2, True)


def test_split_compiles_what_it_would_write(tmp_path: Path) -> None:
    before, _ = trees(tmp_path)
    result = split(before, "--verify", "--define", "CONFIG_QUX=y", "--stat")
    assert result.exit_code == 0, result.stderr
    assert "1 wrapper: compiled with CONFIG_QUX=y (4 files)" in result.stderr
    assert split(before, "--define", "CONFIG_QUX=y").exit_code == 2
    (before / "drv/qux.c").write_text((before / "drv/qux.c").read_text().replace(*ERROR[1:]))
    result = split(before, "--verify", "--define", "CONFIG_QUX=y")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'ident' (line 9 of the result)\n  --> drv/qux.c\n" in result.stderr


def test_wrapper_that_gives_a_warning_is_not_shown(tmp_path: Path) -> None:
    spec = '[op.open]\nbody = "\\tint spare;\\n\\n\\treturn qux_open(unit);\\n"\n'
    before, _ = trees(tmp_path, spec=spec)
    assert split(before, "--verify").exit_code == 0
    result = split(before, "--verify", "--define", "CONFIG_QUX=y")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[VT310]: not proved: file 'drv/main.c' gives a new warning" in result.stderr
    assert "'spare' [-Wunused-variable] (line " in result.stderr
    assert " of the result)\n  --> drv/main.c\n" in result.stderr


def test_plain_split_is_compiled_as_well(tmp_path: Path) -> None:
    source = '#include "foo.h"\n#ifdef CONFIG_X\n#define ID 1\n#else\n#define ID 2\n#endif\n'
    before = small_tree(tmp_path / "before", {"drv/other.c": f"{source}int other = ID;\n"})
    after = shutil.copytree(before, tmp_path / "after")
    build(before, *SOURCES, flags=FLAGS)
    (after / "drv/other.c").write_text(f"{source}int other = IS_ENABLED(ID);\n")
    result = verify(before, after, "--define", "CONFIG_X=n")
    assert result.exit_code == 1
    assert "does not compile with CONFIG_X=n" in result.output


def test_kbuild_option_is_set_behind_its_header(tmp_path: Path) -> None:
    flags = "-O1 -I. -include ./kconfig.h -DMODULE"
    before = dispatch_tree(
        tmp_path / "before", {"kconfig.h": "#undef CONFIG_QUX\n"}, base=UNDER_OPTION
    )
    after = write(shutil.copytree(before, tmp_path / "after"))
    (before / "include/config").mkdir(parents=True)
    (before / "include/config/auto.conf").write_text("")
    for source in SOURCES:
        record(before, source, flags=flags)
    code, said = judged((before, after), "--define", "CONFIG_QUX=y", "--no-objects")
    assert code == 2
    assert "--define compiles" in said
    code, said = judged((before, after), "--define", "CONFIG_QUX=y")
    assert "1 wrapper: compiled with CONFIG_QUX=y" in said, said


# What Kconfig files may gain.

KCONFIG = "config FOO\n\ttristate\n\nconfig BAR\n\tbool\n"
PASTED = KCONFIG.replace("\n\nc", '\n\nconfig QUX\n\tbool "..."\n\thelp\n\t  Pasted.\n\nc')


def with_kconfig(trees: tuple[Path, Path], to: Path, text: str) -> tuple[Path, Path]:
    """Copy both trees, with a Kconfig file."""
    before, after = (shutil.copytree(one, to / one.name) for one in trees)
    (before / "drv/Kconfig").write_text(KCONFIG)
    (after / "drv/Kconfig").write_text(text)
    return before, after


def test_entry_of_the_option_is_by_design(optional: tuple[Path, Path], tmp_path: Path) -> None:
    code, said = judged(with_kconfig(optional, tmp_path, PASTED), "--textual")
    assert code == 0, said
    assert "1 option added" in said


@pytest.mark.parametrize(
    "text",
    [
        PASTED.replace("QUX", "QXU"),
        PASTED.replace("BAR\n\tbool", "BAR\n\ttristate"),
        KCONFIG + "\n# more\n",
        PASTED + "\nconfig QUX\n\tdefault y\n",
    ],
)
def test_more_than_the_entry_differs(
    optional: tuple[Path, Path], tmp_path: Path, text: str
) -> None:
    code, said = judged(with_kconfig(optional, tmp_path, text), "--textual")
    assert code == 1, said
    assert "file 'drv/Kconfig' differs, although the spec does not ask for that" in said
