"""Where flags come from, and how a command is turned to another tree."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from built import verify
from trees import SMALL, small_tree, write
from vtsplit.diagnostics import RefusedError
from vtsplit.verify.inputs.flags import Recipe, Records, read_build
from vtsplit.verify.inputs.preprocess import Config, with_config
from vtsplit.verify.inputs.sides import Side, command_for, refuse_foreign

RECORD = """\
{prefix}_a/foo.o := ccache gcc -Wp,-MMD,a/.foo.o.d -nostdinc -I{up}include -I ./include/generated \
-include {up}include/kconfig.h -DKBUILD_BASENAME='"foo"' -DX='"a b\\#$$"' -MD -MF x.d -c \
-o a/foo.o {source} ; ./tools/objtool/objtool a/foo.o

source_a/foo.o := {source}

deps_a/foo.o := \\
    $(wildcard include/config/X) \\
  {up}include/x.h \\
  /usr/include/y.h \\

a/foo.o: $(deps_a/foo.o)
"""


def leave(root: Path, **parts: str) -> Path:
    (root / "a").mkdir(parents=True)
    (root / "a/.foo.o.cmd").write_text(RECORD.format(**parts))
    return root.resolve()


@pytest.mark.parametrize("prefix", ["cmd", "savedcmd"])
def test_record_of_a_build_in_the_tree(tmp_path: Path, prefix: str) -> None:
    top = leave(tmp_path / "linux", prefix=prefix, up="./", source="a/foo.c")
    found = read_build(top).recipes["a/foo.c"]
    assert found.compiler == ("ccache", "gcc")
    assert (found.srctree, found.directory) == (str(top), str(top))
    assert '-DX="a b#$"' in found.flags
    assert not {"-c", "-o", "-MD", "-MF", "x.d", "a/foo.c", "a/foo.o"} & set(found.flags)
    assert found.dependencies == frozenset({"a/foo.c", "include/x.h", "/usr/include/y.h"})


@pytest.mark.parametrize("source", ["../linux/a/foo.c", "/gone/linux/a/foo.c"])
def test_record_of_a_build_outside_of_the_tree(tmp_path: Path, source: str) -> None:
    """The second was built where nothing is any more."""
    up = source.removesuffix("a/foo.c")
    top = leave(tmp_path / "out", prefix="cmd", up=up, source=source)
    found = read_build(top).recipes["a/foo.c"]
    linux = "/gone/linux" if source.startswith("/") else str(top.parent / "linux")
    assert (found.srctree, found.directory) == (linux, str(top))
    command = command_for(replace(found, compiler=("clang",)), Side("after", "/after"))
    assert command[:4] == ["clang", "-nostdinc", "-I/after/include", f"-I{top}/include/generated"]
    # That tree has no such header. Should this one be read instead, it is refused (VT305).
    assert f"{linux}/include/kconfig.h" in command


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
def test_assembly_that_reads_a_changed_header_is_compared_in_its_order(tmp_path: Path) -> None:
    files = {"drv/bar.S": '#include "bar.h"\nA\nB\n', "drv/bar.h": "#define A nop\n#define B ret\n"}
    before = small_tree(tmp_path / "before", files)
    swapped = "#define A ret\n#define B nop\n"
    after = small_tree(tmp_path / "after", {**files, "drv/bar.h": swapped})
    command = "gcc -D__ASSEMBLY__ -c -o drv/bar.o drv/bar.S"
    (before / "drv/.bar.o.cmd").write_text(
        f"cmd_drv/bar.o := {command}\n\nsource_drv/bar.o := drv/bar.S\n\n"
        "deps_drv/bar.o := \\\n  drv/bar.h \\\n"
    )
    result = verify(before, after, "--build", str(before), "--no-objects")
    assert result.exit_code == 1
    assert "assembly 'drv/bar.S' is not the same" in result.output
    (after / "drv/bar.h").write_text(files["drv/bar.h"] + "/* more */\n")
    result = verify(before, after, "--build", str(before))
    assert result.exit_code == 0, result.output


def test_new_file_takes_the_flags_of_one_beside_it_that_changed() -> None:
    def recipe(path: str, flag: str) -> Recipe:
        return Recipe(path, path[:-2] + ".o", "/b", "/b", ("cc",), (flag,))

    found = {p: recipe(p, f) for p, f in (("a/x.c", "-Dx"), ("a/y.c", "-Dy"), ("b/z.c", "-Dz"))}
    records = Records("/b", found, "")
    made = records.for_new("a/new.c", ["a/y.c"])
    assert made is not None
    assert (made.flags, made.object) == (("-Dy",), "a/new.o")
    assert records.for_new("c/new.c", ["a/y.c"]) is None


def test_config_is_set_behind_the_header_that_sets_it() -> None:
    config = Config({"CONFIG_X": "m"}, "/tmp/o.h")
    assert config.text == "#undef CONFIG_X\n#undef CONFIG_X_MODULE\n#define CONFIG_X_MODULE 1\n"
    command = with_config(["cc", "-include", "a/kconfig.h", "-include", "b.h"], config)
    assert command == ["cc", "-include", "a/kconfig.h", "-include", "/tmp/o.h", "-include", "b.h"]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
def test_one_build_outside_serves_both_sides(tmp_path: Path) -> None:
    """Generated headers come from the build, all others from the side that is looked at."""
    header = "#include <generated/number.h>\n" + SMALL["drv/foo.h"]
    before = small_tree(tmp_path / "before", {"drv/foo.h": header})
    after = write(small_tree(tmp_path / "after", {"drv/foo.h": header}))
    out = tmp_path / "out"
    (out / "drv").mkdir(parents=True)
    (out / "include/generated").mkdir(parents=True)
    (out / "include/generated/number.h").write_text("#define NUMBER 1\n")
    for name in ("foo", "other"):
        command = f"gcc -I../before -I./include -c -o drv/{name}.o ../before/drv/{name}.c"
        subprocess.run(command.split(), cwd=out, check=True)
        (out / f"drv/.{name}.o.cmd").write_text(
            f"cmd_drv/{name}.o := {command}\n\nsource_drv/{name}.o := ../before/drv/{name}.c\n"
        )
    result = verify(before, after, "--build", str(out))
    assert result.exit_code == 0, result.output
    # Read from the tree that was built, a header that only it has would prove nothing.
    (after / "drv/foo.h").unlink()
    result = verify(before, after, "--build", str(out), "--no-objects")
    assert result.exit_code == 2
    assert "error[VT306]" in result.output


@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
def test_header_of_the_tree_that_was_built_is_not_taken_for_another(tmp_path: Path) -> None:
    files = {"drv/foo.c": '#include "inc/x.h"\nint f(void) { return X; }\n', "drv/inc.txt": ""}
    for name in ("before", "after"):
        small_tree(tmp_path / name, {**files, "include/inc/x.h": "#define X 1\n"})
    before, after = tmp_path / "before", tmp_path / "after"
    (before / "drv/.foo.o.cmd").write_text(
        "cmd_drv/foo.o := gcc -I./include -c -o drv/foo.o drv/foo.c\n\n"
        "source_drv/foo.o := drv/foo.c\n\ndeps_drv/foo.o := \\\n  include/inc/x.h \\\n"
    )
    (after / "include/inc/x.h").unlink()
    result = verify(before, after, "--build", str(before), "--no-objects")
    assert result.exit_code == 2
    assert "error[VT305]: 'drv/foo.c' would read 'include/inc/x.h'" in result.output


def test_tree_of_links_has_the_files_that_they_lead_to(tmp_path: Path) -> None:
    built = small_tree(tmp_path / "built")
    linked = tmp_path / "linked"
    (linked / "drv").mkdir(parents=True)
    for name in ("foo.c", "foo.h"):
        (linked / "drv" / name).symlink_to(built / "drv" / name)
    recipe = Recipe("drv/foo.c", "drv/foo.o", str(built), str(built), ("gcc",), ())
    side, read = Side("after", str(linked)), [str(built / "drv/foo.h")]
    refuse_foreign(read, recipe, side, {"drv/foo.h"})
    (linked / "drv/foo.h").unlink()
    for text in (None, "int other;\n"):
        if text:
            (linked / "drv/foo.h").write_text(text)
        with pytest.raises(RefusedError):
            refuse_foreign(read, recipe, side, {"drv/foo.h"})


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
def test_folder_where_a_compiler_ran_is_no_file_that_it_read(tmp_path: Path) -> None:
    """With -g, the preprocessor's output names the folder; make runs in each folder of a tree."""
    before = small_tree(tmp_path / "before")
    after = write(small_tree(tmp_path / "after"))
    commands = [
        {
            "directory": str(before / "drv"),
            "arguments": ["gcc", "-g", "-I.", "-c", "-o", f"{name}.o", f"{name}.c"],
            "file": f"{name}.c",
        }
        for name in ("foo", "other")
    ]
    database = tmp_path / "commands.json"
    database.write_text(json.dumps(commands))
    result = verify(before, after, "--compile-commands", str(database))
    assert result.exit_code == 0, result.output
