"""Whether a new file is linked where what it comes from is, and with the same options."""

import json
from pathlib import Path
from time import perf_counter

import pytest

from built import verify
from compilations import compile_well
from vtsplit.verify.build_files import FileChanges, compare_build_files
from vtsplit.verify.object_lists import settings_of
from vtsplit.verify.verdict import Verdict

FILES = {
    "foo.h": "struct ops { int (*open)(void); int most; };\n",
    "other.c": "int other;\n",
}
OPEN = "int foo_open(void) { return 1; }\n"
LIMIT = "#ifndef LIMIT\n#define LIMIT 2\n#endif\n"
TABLE = "struct ops foo_ops = { .open = foo_open, .most = MOST };\n"
KBUILD = "obj-m += foo-drv.o\nfoo-drv-y := foo.o other.o\n"
WITH = KBUILD.replace("foo.o ", "foo.o main.o ")
PLAIN = "OBJS = foo.o other.o\nprog: $(OBJS)\n\t$(CC) -o prog $(OBJS)\n"
OWN = "CFLAGS_foo.o := -DLIMIT=5\n"


def trees(top: Path, was: str, now: str, most: str = "3", front: str = "") -> tuple[Path, Path]:
    """Write a program with a table, and the same one split by hand, with these Makefiles."""
    start, table = '#include "foo.h"\n' + front, TABLE.replace("MOST", most)
    declared = "int foo_open(void);\n"
    both = (
        {"foo.c": f"{start}static {OPEN}{table}", "Makefile": was},
        {"foo.c": start + OPEN, "main.c": start + declared + table, "Makefile": now},
    )
    for name, files in zip(("before", "after"), both, strict=True):
        (top / name).mkdir()
        for path, text in {**FILES, **files}.items():
            (top / name / path).write_text(text)
    return top / "before", top / "after"


@pytest.mark.parametrize(
    ("was", "now", "list_name"),
    [
        (KBUILD, f"{KBUILD}obj-n += main.o\n", "obj-n"),
        (KBUILD, f"{KBUILD}obj-m += main.o\n", "obj-m"),
        (KBUILD, f"{KBUILD}lib-y += main.o\n", "lib-y"),
        (KBUILD, f"{KBUILD}foo-drv-$(CONFIG_NEVER) += main.o\n", "foo-drv-$(CONFIG_NEVER)"),
        (PLAIN, f"{PLAIN}UNUSED += main.o\n", "UNUSED"),
        (
            f"{KBUILD}ifdef X\nfoo-drv-y += x.o\nendif\n",
            f"{KBUILD}ifdef X\nfoo-drv-y += x.o main.o\nendif\n",
            "foo-drv-y",
        ),
    ],
)
def test_another_list_is_found(was: str, now: str, list_name: str, tmp_path: Path) -> None:
    result = verify(*trees(tmp_path, was, now))
    assert result.exit_code == 1, result.output
    assert f"makefile 'main.c' is in the list '{list_name}'" in result.output


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (KBUILD, WITH),
        (KBUILD, KBUILD + "foo-drv-objs += main.o\n"),
        (PLAIN, PLAIN.replace("foo.o ", "foo.o main.o ")),
        (
            PLAIN.replace("$(OBJS)", "$(OBJS) $(MORE)") + "MORE = a.o\n",
            PLAIN.replace("$(OBJS)", "$(OBJS) $(MORE)") + "MORE = a.o main.o\n",
        ),
        (KBUILD, f"# Main has the table.\n\n{WITH}"),
        ("OBJS = foo.o # all\n", "OBJS = foo.o main.o # all of them\n"),
        (OWN + KBUILD, f"{OWN}CFLAGS_main.o := -DLIMIT=5\n{WITH}"),
        (KBUILD + "foo.o: CFLAGS += -DX\n", WITH + "foo.o: CFLAGS += -DX\nmain.o: CFLAGS += -DX\n"),
    ],
)
def test_what_changes_nothing_is_proved(was: str, now: str, tmp_path: Path) -> None:
    result = verify(*trees(tmp_path, was, now))
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "more", ["CFLAGS_main.o := -DLIMIT=6\n", "CFLAGS_other.o := -DLIMIT=5\n", "# x\nX := y\n"]
)
def test_what_says_more_is_found(more: str, tmp_path: Path) -> None:
    result = verify(*trees(tmp_path, OWN + KBUILD, OWN + WITH + more))
    assert result.exit_code == 1, result.output


def test_a_macro_that_only_the_source_is_compiled_with(tmp_path: Path) -> None:
    roots = trees(tmp_path, OWN + KBUILD, OWN + WITH, "LIMIT", LIMIT)
    said = verify(*roots).output
    assert (
        "makefile 'main.c' names a macro of -DLIMIT=5, which foo.c alone is compiled with" in said
    )


@pytest.mark.slow
@pytest.mark.parametrize(("most", "code"), [("LIMIT", 1), ("3", 0)])
def test_a_new_file_is_compiled_without_the_source_s_own_options(
    most: str, code: int, tmp_path: Path
) -> None:
    header = FILES["foo.h"] + LIMIT + "enum { MOST = LIMIT };\n"
    roots = trees(tmp_path, OWN + KBUILD, OWN + WITH, "MOST" if most == "LIMIT" else most)
    database = []
    for root in roots:
        (root / "foo.h").write_text(header)
    for name, more in (("foo", ["-DLIMIT=5"]), ("other", [])):
        command = ["gcc", "-O1", *more, "-c", "-o", f"{name}.o", f"{name}.c"]
        compile_well(command, roots[0])
        database.append({"directory": str(roots[0]), "file": f"{name}.c", "arguments": command})
    (tmp_path / "all.json").write_text(json.dumps(database))
    result = verify(*roots, "--compile-commands", str(tmp_path / "all.json"))
    assert result.exit_code == code, result.output
    note = "note: Makefile gives foo.c options that main.c does not have: CFLAGS_foo.o"
    assert note in result.output


@pytest.mark.parametrize(("now", "count"), [("['foo.c', 'main.c']", 0), ("['foo.c', 'x.c']", 1)])
def test_a_path_by_itself_may_become_a_list_with_the_new_file(now: str, count: int) -> None:
    texts = ["srcs = []\nsrcs += 'foo.c'\n", f"srcs = []\nsrcs += {now}\n"]
    before, after = ({"meson.build": text}.get for text in texts)
    changes = FileChanges(frozenset({"meson.build"}), frozenset({"main.c"}))
    verdict = Verdict("build")
    compare_build_files(before, after, changes, verdict)
    assert len(verdict.differences) == count


@pytest.mark.parametrize("line", ["A_" * 20_000, "foo.o:" + "FLAGS" * 8_000])
def test_a_long_line_of_a_makefile_is_read_in_a_moment(line: str) -> None:
    start = perf_counter()
    assert not settings_of({"Makefile": f"obj-m += foo.o\n{line}\n"}.get, "foo.c")
    assert perf_counter() - start < 10


def database(root: Path, **options: str) -> None:
    """Build a program of these sources, and leave the record of it."""
    entries = []
    for name, option in options.items():
        words = ["gcc", "-O0", *option.split(), "-c", f"{name}.c", "-o", f"{name}.o"]
        compile_well(words, root)
        entries.append({"directory": str(root), "file": f"{name}.c", "arguments": words})
    (root / "compile_commands.json").write_text(json.dumps(entries))


@pytest.mark.slow
@pytest.mark.parametrize(("option", "code"), [("-DLIMIT=5", 0), ("", 1)])
def test_a_new_file_is_compiled_as_its_own_build_does(
    option: str, code: int, tmp_path: Path
) -> None:
    before, after = trees(
        tmp_path, PLAIN, PLAIN.replace("foo.o other", "foo.o main.o other"), "LIMIT", LIMIT
    )
    database(before, foo="-DLIMIT=5", other="")
    database(after, foo="-DLIMIT=5", other="", main=option)
    result = verify(before, after)
    assert result.exit_code == code, result.output
    assert ("table 'foo_ops' is not the same" in result.output) is bool(code)


@pytest.mark.slow
def test_a_command_that_makes_a_program_of_several_files(tmp_path: Path) -> None:
    """Each file has a record with the same output, the program. No objects are left to read."""
    before, after = trees(tmp_path, PLAIN, PLAIN.replace("foo.o other", "foo.o main.o other"))
    words = ["gcc", "-O1", "-o", "prog", "foo.c", "other.c"]
    entries = [
        {"directory": str(before), "file": name, "arguments": words, **output}
        for name, output in (("foo.c", {}), ("other.c", {"output": "prog"}))
    ]
    (before / "linked.json").write_text(json.dumps(entries))
    options = "--compile-commands", str(before / "linked.json")
    result = verify(before, after, *options, "--no-objects")
    assert result.exit_code == 0, result.output
    assert "cannot read the object 'other.o'" in verify(before, after, *options).output
