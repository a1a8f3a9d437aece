"""What `verify` runs and where it writes: a record may have come with the tree from anybody."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from built import build, record, verify
from trees import small_tree, write
from vtsplit.verify.inputs.choose_records import NamedRecords, choose_records, judge_compiler
from vtsplit.verify.inputs.command_words import read_command
from vtsplit.verify.no_build import weaker_proof

needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")


def database(root: Path, *words: str, **more: str) -> Path:
    """Leave a database that compiles one file by these words; say where."""
    entry = {"directory": str(root), "file": "drv/foo.c", "arguments": list(words), **more}
    path = root / "named.json"
    path.write_text(json.dumps([entry]))
    return path


def trees(root: Path) -> tuple[Path, Path]:
    before = small_tree(root / "before")
    return before, write(shutil.copytree(before, root / "after"))


def program(path: Path) -> Path:
    """Write a program that leaves a mark beside itself."""
    path.write_text('#!/bin/sh\ntouch "$(dirname "$0")/ran"\nexec gcc "$@"\n')
    path.chmod(0o755)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["./gcc"],
        ["drv/../gcc"],
        ["{tree}/gcc"],
        ["{tree}/link/gcc"],
        ["ccache", "./gcc"],
        ["env", "gcc"],
        ["sh"],
        ["perl"],
        ["ccache", "compiler_check=./gcc", "gcc"],
        ["/proc/self/cwd/gcc"],
    ],
)
def test_program_of_a_record_that_is_not_run(tmp_path: Path, words: list[str]) -> None:
    before, after = trees(tmp_path)
    program(before / "gcc")
    (before / "link").symlink_to(before)
    named = database(before, *(word.format(tree=before) for word in words), "-c", "drv/foo.c")
    result = verify(before, after, "--compile-commands", str(named), "--no-objects")
    assert result.exit_code == 2
    assert "error[VT304]: the compiler of 'drv/foo.c' is not run: '" in result.output
    assert not (before / "ran").exists()


@needs_gcc
def test_program_that_the_user_names_is_run(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    mine = program(before / "my-own-compiler")
    named = database(before, "./evil", "-c", "drv/foo.c")
    options = ["--compile-commands", str(named), "--no-objects", "--cc", str(mine)]
    result = verify(before, after, *options)
    assert result.exit_code == 0, result.output
    assert (before / "ran").exists()


def test_compiler_in_a_relative_folder_of_the_search_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "gcc")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ":/nowhere")
    assert "relative folder" in judge_compiler(("gcc",), ["/tree"])[1]


@pytest.mark.parametrize("quote", ["", "'gcc"])
def test_compiler_that_names_no_program(tmp_path: Path, quote: str) -> None:
    result = verify(*trees(tmp_path), "--cc", quote)
    assert result.exit_code == 2
    assert "Invalid value for '--cc'" in result.output


@pytest.mark.slow
@needs_gcc
@pytest.mark.parametrize("target", ["../victim", "{root}/victim", ".", "drv", "/dev/null"])
def test_objects_go_to_the_scratch_folder_alone(tmp_path: Path, target: str) -> None:
    before, after = trees(tmp_path)
    (tmp_path / "victim").write_text("precious")
    output = target.format(root=tmp_path)
    named = database(before, "gcc", "-c", "drv/foo.c", output=output)
    had = sorted(tmp_path.rglob("*"))
    result = verify(before, after, "--compile-commands", str(named))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "victim").read_text() == "precious"
    assert sorted(tmp_path.rglob("*")) == had


@pytest.mark.slow
@needs_gcc
def test_target_of_a_kbuild_record_is_not_written(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    (tmp_path / "victim.o").write_text("precious")
    record(before, "drv/foo.c", flags="-I.")
    file = before / "drv/.foo.o.cmd"
    file.write_text(file.read_text().replace("cmd_drv/foo.o", "cmd_../victim.o"))
    result = verify(before, after, "--build", str(before))
    assert "Traceback" not in result.output
    assert (tmp_path / "victim.o").read_text() == "precious"


@needs_gcc
def test_option_that_writes_is_left_out(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    words = ["-save-temps", "-fdump-tree-all=victim", "-dumpdir", "x/", "-Wa,-a=victim"]
    words += ["-aux-info", "victim", "-wrapper", "touch,victim", "-Bdrv", "@more", "-MD"]
    (before / "more").write_text("-fplugin=drv/x.so '-specs=drv/specs' -DMORE\n")
    named = database(before, "gcc", *words, "-c", "drv/foo.c", "-o", "victim")
    had = sorted(tmp_path.rglob("*"))
    result = verify(before, after, "--compile-commands", str(named))
    assert result.exit_code == 0, result.output
    assert sorted(tmp_path.rglob("*")) == had
    assert "without -Wa,-a=victim, -wrapper touch,victim, -Bdrv, -fplugin=drv/x.so, -s" in (
        " ".join(result.output.split())
    )


WRITING = """
-ovictim --output=victim -save-temps=obj --save-temps -dA -da -fdump-rtl-all -fopt-info-all=victim
-fplugin=x -fplugin-arg-x-y=z -fpass-plugin=x -Bx --prefix=x -specs=x --specs=x -MFvictim -MMD
-Wp,-MD,victim -Wp,-DX,-MD,victim -Wa,-o,victim -Wa,--MD,victim -Wl,-Map=x -fprofile-note=victim
-ftime-trace=victim -fproc-stat-report=victim -fdiagnostics-format=sarif-file -time=victim
-fdeps-file=victim -fmodule-mapper=|x -include-pch --config=x -xgo -cc1 -foffload=x -fcompare-debug
-fsave-optimization-record -foptimization-record-file=victim -fcrash-diagnostics-dir=victim
-fmodule-output=victim -fsanitize-ignorelist=a/b -fuse-ld=a/b -###
""".split()
READING = """
-DX=1 -Iinclude -I./x -isystemx -include./x.h -std=gnu11 -O2 -g -gdwarf-4 -Wall -Wno-x -Werror=y
-Wframe-larger-than=2048 -Wp,-D_FORTIFY_SOURCE=2 -Wa,-mx86-used-note=no -m64 -mcmodel=kernel
-mindirect-branch=thunk-extern -fno-common -fcf-protection=none -fmacro-prefix-map=./= -nostdinc
-fsanitize=bounds -fpatchable-function-entry=16,16 -frandom-seed=a/b.o -pg -mrecord-mcount -w
--param=allow-store-data-races=0 --target=x86_64-linux-gnu -fintegrated-as -Qunused-arguments
-mstack-protector-guard-symbol=__x -ffile-prefix-map=/a=/b -xc -EL -pthread -undef --sysroot=/x
""".split()


@pytest.mark.parametrize("word", WRITING)
def test_word_that_is_not_passed_on(word: str) -> None:
    assert read_command(["gcc", word, "-w"], "a.c", "/").flags == ("-w",)


@pytest.mark.parametrize("word", READING)
def test_word_that_is_passed_on(word: str) -> None:
    read = read_command(["gcc", word, "-c", "a.c"], "a.c", "/")
    assert (read.flags, read.left_out) == ((word,), ())


def test_what_stands_behind_an_option_goes_with_it() -> None:
    words = "gcc -D X -wrapper sh,-c -Xclang -load -I @a -include b.h -x ada -o -w z.c".split()
    read = read_command(words, "a.c", "/")
    assert read.flags == ("-D", "X", "-include", "b.h")
    assert read.left_out == ("-wrapper sh,-c", "-Xclang -load", "-I @a", "-x ada")


def test_response_files_end(tmp_path: Path) -> None:
    """One that names itself, one that is a FIFO, and one that is a device."""
    (tmp_path / "self").write_text("-DX @self\n")
    subprocess.run(["mkfifo", tmp_path / "fifo"], check=True)
    words = ["gcc", "@self", "@fifo", "@/dev/zero"]
    read = read_command(words, "a.c", str(tmp_path))
    assert set(read.flags) == {"-DX"}
    assert read.left_out == ("@self", "@fifo", "@/dev/zero")


BAD = [
    {"directory": "\0", "file": "a.c", "arguments": ["gcc"]},
    {"directory": ".", "file": "a.c", "command": "gcc \0"},
    {"directory": ".", "file": "a\0.c", "arguments": ["gcc"]},
    {"directory": ".", "file": "a.c", "output": "\0", "arguments": ["gcc"]},
    {"directory": ".", "file": "a.c", "command": "gcc 'a"},
    {"directory": ".", "file": "a.c", "arguments": ["-c"]},
]


@pytest.mark.parametrize("entry", BAD)
def test_entry_that_makes_no_sense(tmp_path: Path, entry: dict[str, object]) -> None:
    before, after = trees(tmp_path)
    (before / "a.c").write_text("int a;\n")
    (before / "bad.json").write_text(json.dumps([entry]))
    result = verify(before, after, "--compile-commands", str(before / "bad.json"))
    assert result.exit_code == 2
    assert "error[VT303]" in result.output


def test_two_files_with_one_output(tmp_path: Path) -> None:
    before, after = trees(tmp_path)
    entries = [
        {"directory": str(before), "file": f"drv/{name}.c", "command": "gcc -o x.o -c"}
        for name in ("foo", "other")
    ]
    (before / "both.json").write_text(json.dumps(entries))
    result = verify(before, after, "--compile-commands", str(before / "both.json"))
    assert result.exit_code == 2
    assert "'drv/other.c' and another file have the output 'x.o'" in result.output


def test_outputs_of_two_folders_are_two(tmp_path: Path) -> None:
    before, _ = trees(tmp_path)
    (before / "lib").mkdir()
    (before / "lib/foo.c").write_text("int x;\n")
    entries = [
        {"directory": str(before / folder), "file": "foo.c", "command": "gcc -o foo.o -c foo.c"}
        for folder in ("drv", "lib")
    ]
    (before / "both.json").write_text(json.dumps(entries))
    records = choose_records(before, before, NamedRecords(database=before / "both.json"))
    assert records is not None
    assert [one.object for one in records.recipes.values()] == ["drv/foo.o", "lib/foo.o"]


# Which record is taken that nobody named, and what is said where none is.


@pytest.mark.parametrize(
    ("path", "text", "offered"),
    [
        ("drv/Makefile", "all: foo.o\n", "--compile-commands FILE"),
        ("drv/Makefile", "obj-m += foo.o\n", "--build DIR or --compile-commands FILE"),
        ("Kbuild", "obj-$(CONFIG_DRV) += drv/\n", "--build DIR or --compile-commands FILE"),
        ("scripts/Makefile.build", "", "--build DIR or --compile-commands FILE"),
    ],
)
def test_only_a_build_that_the_tree_can_have_is_asked_for(
    path: str, text: str, offered: str, tmp_path: Path
) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(text)
    said = weaker_proof([tmp_path], ["drv/foo.c"])
    assert f"nothing was compiled; {offered} gives the full proof" in said


def test_a_database_that_git_tracks_is_named(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "compile_commands.json").write_text("[]")
    said = "git tracks the compile_commands.json that is there"
    assert said not in weaker_proof([tmp_path], ["foo.c"])
    subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)
    assert said in weaker_proof([tmp_path], ["foo.c"])


def test_database_that_no_build_left_is_not_taken(tmp_path: Path) -> None:
    before, _ = trees(tmp_path)
    database(before, "gcc", "-c", "drv/foo.c").rename(before / "compile_commands.json")
    assert choose_records(before, before, NamedRecords()) is None
    (before / "drv/foo.o").write_text("")
    assert choose_records(before, before, NamedRecords()) is not None


@needs_gcc
def test_records_that_git_tracks_came_with_the_tree(tmp_path: Path) -> None:
    before, _ = trees(tmp_path)
    build(before, "drv/foo.c", "drv/other.c", flags=["-I."])
    assert choose_records(before, before, NamedRecords()) is not None
    subprocess.run(["git", "init", "-q", before], check=True)
    assert choose_records(before, before, NamedRecords()) is not None
    subprocess.run(["git", "add", "-A"], cwd=before, check=True)
    assert choose_records(before, before, NamedRecords()) is None
    (before / "compile_commands.json").unlink()
    (before / "include/config").mkdir(parents=True)
    (before / "include/config/auto.conf").write_text("")
    record(before, "drv/foo.c")
    assert choose_records(before, before, NamedRecords()) is not None
    subprocess.run(["git", "add", "-A"], cwd=before, check=True)
    assert choose_records(before, before, NamedRecords()) is None
