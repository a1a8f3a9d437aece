"""A module of one object becomes a composite: the lists, the rename, and what follows it."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

import trees
from built import verify
from trees import SOURCE, commit, files, small_tree, snapshot, split, with_spec, write
from vtsplit.apply.account import account
from vtsplit.change.changes import ChangeSet, FileChange
from vtsplit.change.diff import similarity
from vtsplit.change.write import write as write_changes
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.planning.edits import HeaderEdit, MainEdit, Plan, SourceEdit
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Step
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.survey.make.object_mentions import find_mentions

ONE = "obj-$(CONFIG_FOO) += foo.o\n"
DONE = ONE + "foo-y := foo_core.o main.o\n"
TRISTATE = "config FOO\n\ttristate 'Foo'\n"
BOOL = "config FOO\n\tbool 'Foo'\n"


def tree(root: Path, **changed: str | None) -> Path:
    """Make the small tree with a module of one object; `makefile=` and the like change files."""
    paths = {"makefile": "drv/Makefile", "maintainers": "MAINTAINERS", "kconfig": "drv/Kconfig"}
    paths |= {"source": "drv/foo.c", "spec": "vtsplit.toml", "core": "drv/foo_core.c"}
    paths |= {"document": "Documentation/foo.rst", "other": "drv/sub/Makefile", "top": "Makefile"}
    content = {paths[key]: text for key, text in changed.items()}
    return small_tree(root, {"drv/Makefile": ONE, **content})


def read(root: Path, path: str) -> str:
    return (root / path).read_bytes().decode()


# (what it shows, the Makefile before, and after)
LISTS = [
    ("one line", ONE, DONE),
    ("no last newline", ONE[:-1], DONE[:-1]),
    ("a backslash at the end", ONE[:-1] + " \\", ONE[:-1] + " \\\n\n" + DONE[len(ONE) : -1]),
    ("and a newline", ONE[:-1] + " \\\n", ONE[:-1] + " \\\n\n" + DONE[len(ONE) :]),
    (
        "a backslash that is a word's",
        ONE[:-1] + " a\\\\",
        ONE[:-1] + " a\\\\\n" + DONE[len(ONE) : -1],
    ),
    (
        "CRLF",
        "obj-m += foo.o\r\nx := 1\r\n",
        "obj-m += foo.o\r\nfoo-y := foo_core.o main.o\r\nx := 1\r\n",
    ),
    (
        "its layout",
        "obj-$(CONFIG_A)\t\t+= foo.o # one\nobj-m\t\t\t+= bar.o\n",
        "obj-$(CONFIG_A)\t\t+= foo.o # one\nfoo-y\t\t\t:= foo_core.o main.o\nobj-m\t\t\t+= bar.o\n",
    ),
    (
        "below a list of several lines",
        "obj-m += bar.o \\\n\tfoo.o \\\n\tbaz.o\nx := 1\n",
        "obj-m += bar.o \\\n\tfoo.o \\\n\tbaz.o\nfoo-y := foo_core.o main.o\nx := 1\n",
    ),
    (
        "named as others are",
        "obj-m += foo.o bar.o\nbar-objs := b.o\n",
        "obj-m += foo.o bar.o\nfoo-objs := foo_core.o main.o\nbar-objs := b.o\n",
    ),
    (
        "within a conditional",
        "ifdef A\n  obj-m += foo.o\nendif\n",
        "ifdef A\n  obj-m += foo.o\n  foo-y := foo_core.o main.o\nendif\n",
    ),
    (
        "above conditionals that differ",
        "x := 1\nifdef A\nobj-m += foo.o\nelse\nobj-y += foo.o\nendif\n",
        None,
    ),
    (
        "lists under different conditions",
        "x := 1\nifdef A\nobj-m += foo.o\nelse\nobj-$(CONFIG_B) += foo.o\nendif\n",
        "x := 1\nfoo-y := foo_core.o main.o\nifdef A\nobj-m += foo.o\nelse\n"
        "obj-$(CONFIG_B) += foo.o\nendif\n",
    ),
    (
        "two symbols",
        "obj-$(CONFIG_A) += foo.o\nobj-$(CONFIG_B) += foo.o\n",
        "obj-$(CONFIG_A) += foo.o\nfoo-y := foo_core.o main.o\nobj-$(CONFIG_B) += foo.o\n",
    ),
    (
        "settings",
        f"CFLAGS_foo.o := -DX\n{ONE}CFLAGS_REMOVE_foo.o = $(CFLAGS_foo.o)\n"
        "KASAN_SANITIZE_foo.o := n\n"
        "CFLAGS_bar_foo.o := 1\n$(obj)/foo.o: $(obj)/gen.h\n$(obj)/x: $(src)/foo.c\n",
        f"CFLAGS_foo_core.o := -DX\n{DONE}CFLAGS_REMOVE_foo_core.o = $(CFLAGS_foo_core.o)\n"
        "KASAN_SANITIZE_foo_core.o := n\n"
        "CFLAGS_bar_foo.o := 1\n$(obj)/foo_core.o: $(obj)/gen.h\n$(obj)/x: $(src)/foo_core.c\n",
    ),
]


@pytest.mark.parametrize(
    ("makefile", "after"), [row[1:] for row in LISTS], ids=[row[0] for row in LISTS]
)
def test_lists(makefile: str, after: str | None, tmp_path: Path) -> None:
    root = tree(tmp_path / "tree", makefile=makefile)
    if after is None:
        assert "VT060" in split(root).stderr
        return
    original = shutil.copytree(root, tmp_path / "before")
    write(root)
    assert read(root, "drv/Makefile") == after
    assert not (root / "drv/foo.c").exists()
    assert "int foo_open(int unit)" in read(root, "drv/foo_core.c")
    before = snapshot(root)
    assert split(root, "--check").exit_code == 0
    assert snapshot(root) == before
    verdict = verify(original, root, "--textual")
    assert verdict.exit_code == 0, verdict.output


def test_long_list_is_broken(tmp_path: Path) -> None:
    name = "main_of_a_driver_with_a_name_that_is_rather_long_for_a_file.c"
    spec = with_spec(("drv/main.c", f"drv/{name}"))["vtsplit.toml"]
    root = write(tree(tmp_path, spec=spec))
    assert read(root, "drv/Makefile") == f"{ONE}foo-y := foo_core.o \\\n\t {name[:-2]}.o\n"


def test_bool_symbol_needs_no_rename(tmp_path: Path) -> None:
    root = write(tree(tmp_path, kconfig=BOOL))
    assert read(root, "drv/Makefile") == "obj-$(CONFIG_FOO) += foo.o main.o\n"
    assert (root / "drv/foo.c").exists()
    assert split(root, "--check").exit_code == 0


@pytest.mark.parametrize("kconfig", [TRISTATE, BOOL + TRISTATE, "config FOO\n\tdefault y\n"])
def test_what_may_be_a_module_is_a_composite(kconfig: str, tmp_path: Path) -> None:
    assert read(write(tree(tmp_path, kconfig=kconfig)), "drv/Makefile") == DONE


def test_hyphens_and_the_name_of_the_spec(tmp_path: Path) -> None:
    spec = with_spec(("drv/foo.c", "drv/foo-a.c"))["vtsplit.toml"]
    root = tree(tmp_path / "a", spec=spec, makefile="obj-m += foo-a.o\n", source=None)
    (root / "drv/foo-a.c").write_text(SOURCE)
    assert read(write(root), "drv/Makefile") == "obj-m += foo-a.o\nfoo-a-y := foo-a-core.o main.o\n"
    spec = with_spec(("header =", 'core = "drv/base.c"\nheader ='))["vtsplit.toml"]
    root = write(tree(tmp_path / "b", spec=spec))
    assert read(root, "drv/Makefile") == ONE + "foo-y := base.o main.o\n"
    assert split(root, "--check").exit_code == 0


@pytest.mark.parametrize(
    ("module", "suffix"),
    [
        *((name, "objs") for name in ("lib", "extra", "subdir", "always", "ccflags", "targets")),
        *((name, "objs") for name in ("hostprogs", "subdir-asflags", "ldflags")),
        *((name, "y") for name in ("library", "extras", "bar")),
    ],
)
def test_names_of_lists_that_kbuild_has_are_not_taken(
    module: str, suffix: str, tmp_path: Path
) -> None:
    spec = with_spec(("drv/foo.c", f"drv/{module}.c"))["vtsplit.toml"]
    root = tree(tmp_path, spec=spec, makefile=f"obj-m += {module}.o\n", source=None)
    (root / f"drv/{module}.c").write_text(SOURCE)
    core = module + ("-core" if "-" in module else "_core")
    after = f"obj-m += {module}.o\n{module}-{suffix} := {core}.o main.o\n"
    assert read(write(root), "drv/Makefile") == after
    assert split(root, "--check").exit_code == 0


MAINTAINERS = (
    "FOO\nF:\tdrv/foo.c\nX:\tdrv/foo.c\nF:\tdrv/foo.[ch]\nF:\tdrv/foo*\nK:\tdrv/foo.c\n"
    "\nBAR\nF:\tdrv/foo.*\nM:\tA\n\nBAZ\nF:\tdrv/\nF:\tdrv/foo.?\n"
)
DOCUMENT = (
    "In drv/foo.c:\n\n.. kernel-doc:: drv/foo.c\n   :internal:\n.. kernel-doc:: old/drv/foo.c\n"
)


def test_what_names_the_file_follows(tmp_path: Path) -> None:
    other = "# ../foo.c\n$(obj)/x: $(srctree)/drv/foo.c ../foo.c foo.c\n"
    root = tree(tmp_path, maintainers=MAINTAINERS, document=DOCUMENT, other=other)
    told = split(root, "--explain").stdout
    write(root)
    assert read(root, "MAINTAINERS") == MAINTAINERS.replace(
        ":\tdrv/foo.c", ":\tdrv/foo_core.c", 2
    ).replace("drv/foo.*\n", "drv/foo.*\nF:\tdrv/foo_core.c\n")
    assert read(root, "Documentation/foo.rst") == DOCUMENT.replace(
        ":: drv/foo.c", ":: drv/foo_core.c"
    )
    assert read(root, "drv/sub/Makefile") == (
        "# ../foo.c\n$(obj)/x: $(srctree)/drv/foo_core.c ../foo_core.c foo.c\n"
    )
    for place in (
        "Documentation/foo.rst:1: drv/foo.c is named here, but it is called foo_core.c now",
        "drv/sub/Makefile:1:3: a comment names ../foo.c, but the source is called foo_core.c now",
    ):
        assert f"warning: {place}; change it by hand\n" in told


def test_a_new_pattern_stands_where_checkpatch_wants_it(tmp_path: Path) -> None:
    """In the order of bytes, not right behind the pattern that it is added for."""
    entry = "FOO\nF:\tdrv/?oo.c\nF:\tdrv/bar.c\nF:\tdrv/z\nX:\tdrv/?o?.c"
    root = write(tree(tmp_path, maintainers=entry))
    assert read(root, "MAINTAINERS") == (
        entry.replace("drv/z\n", "drv/foo_core.c\nF:\tdrv/z\n") + "\nX:\tdrv/foo_core.c"
    )
    assert split(root, "--check").exit_code == 0


@pytest.mark.parametrize("pattern", ["drv/foo.c", "drv/foo.*"])
@pytest.mark.parametrize("context", ["-U0", "-U3"])
def test_a_line_that_goes_far_away_has_its_reason(
    pattern: str, context: str, tmp_path: Path
) -> None:
    others = "".join(f"F:\tdrv/foo{letter}.c\n" for letter in "ABCDEFGHIJ")
    root = tree(tmp_path, maintainers=f"FOO\nF:\t{pattern}\n{others}M:\tA\n")
    result = split(root, context)
    assert (result.exit_code, "\n+F:\tdrv/foo_core.c\n" in result.stdout) == (0, True)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("F:\tdrv/foo.c\nF:\tdrv/foo_api.c\n", "F:\tdrv/foo_api.c\nF:\tdrv/foo_core.c\n"),
        ("F:\tdrv/foo.c\nF:\tdrv/foo_api.c", "F:\tdrv/foo_api.c\nF:\tdrv/foo_core.c"),
        ("X:\tdrv/foo.c\nX:\tdrv/foo.h\n", "X:\tdrv/foo.h\nX:\tdrv/foo_core.c\n"),
        ("F:\tdrv/foo.c\nF:\tdrv/z\n", "F:\tdrv/foo_core.c\nF:\tdrv/z\n"),
        # What is in no order is not put into one.
        ("F:\tz\nF:\tdrv/foo.c\nF:\tdrv/foo.h\n", "F:\tz\nF:\tdrv/foo_core.c\nF:\tdrv/foo.h\n"),
    ],
)
def test_a_renamed_path_stands_in_the_order_of_its_entry(
    entry: str, expected: str, tmp_path: Path
) -> None:
    """As scripts/parse-maintainers.pl of Linux sorts an entry, and checkpatch wants it."""
    root = write(tree(tmp_path, maintainers=f"FOO\nM:\tA\n{entry}"))
    found = read(root, "MAINTAINERS").rstrip("\n")
    assert found == f"FOO\nM:\tA\n{expected}".rstrip("\n")
    assert split(root, "--check").exit_code == 0


@pytest.mark.parametrize("again", [("drv/Makefile",), ("drv/foo_core.c",), ("MAINTAINERS",)])
def test_half_done_is_finished(again: tuple[str, ...], tmp_path: Path) -> None:
    """Each piece of the end state put back to what it was: the same end state comes of it."""
    first = {"maintainers": MAINTAINERS, "makefile": f"CFLAGS_foo.o := 1\n{ONE}"}
    done = files(write(tree(tmp_path / "done", **first)))
    before = files(tree(tmp_path / "before", **first))
    root = tree(tmp_path / "half", **first)
    for path, (_, content) in done.items():
        (root / path).write_bytes(content)
    (root / "drv/foo.c").unlink()
    for path in again:
        if path == "drv/foo_core.c":
            (root / path).rename(root / "drv/foo.c")
        else:
            (root / path).write_bytes(before[path][1])
    assert split(root, "--check").exit_code == 1
    assert files(write(root)) == done


REFUSED = [
    ("new name taken", {"core": "int x;\n"}, "VT062", "drv/foo_core.c' exists already"),
    (
        "new object taken",
        {"makefile": f"{ONE}obj-m += foo_core.o\nfoo_core-y := other.o\n"},
        "VT062",
        "'foo_core.o' is another object here, but the object of drv/foo_core.c needs",
    ),
    ("main taken", {"makefile": f"{ONE}obj-m += main.o\nmain-y := other.o\n"}, "VT062", "'main.o'"),
    ("main listed", {"makefile": f"{ONE}obj-m += x.o\nx-y := main.o\n"}, "VT062", "Makefile:3:8"),
    ("main is the module", {"makefile": "obj-m += main.o\nmain-y := foo.o\n"}, "VT062", "'main.o'"),
    ("in two modules", {"makefile": f"{ONE}obj-m += x.o\nx-y := foo.o\n"}, "VT060", "part of x-y"),
    ("used in a rule", {"makefile": f"{ONE}$(obj)/x: $(obj)/foo.o\n"}, "VT060", "also used here"),
    ("used elsewhere", {"other": "obj-m += x.o\nx-y := ../foo.o\n"}, "VT060", "sub/Makefile:2:8"),
    ("listed above", {"makefile": None, "top": "obj-m += drv/foo.o\n"}, "VT060", "another folder"),
    (
        "its own name",
        {"source": SOURCE.replace("return unit;", "return puts(KBUILD_BASENAME);")},
        "VT063",
        "KBUILD_BASENAME would become 'foo_core', since",
    ),
    (
        "its own name in the table",
        {"source": SOURCE.replace("\t.free", "\t.data = KBUILD_BASENAME,\n\t.free")},
        "VT063",
        "KBUILD_BASENAME would be another string in main",
    ),
    (
        "the module's name in built-in code",
        {
            "source": SOURCE.replace("\t.free", "\t.data = KBUILD_MODNAME,\n\t.free"),
            "kconfig": BOOL,
        },
        "VT063",
        "KBUILD_MODNAME would be another string in main",
    ),
]


@pytest.mark.parametrize(
    ("changed", "code", "says"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(changed: dict[str, str | None], code: str, says: str, tmp_path: Path) -> None:
    said = trees.refused(tree(tmp_path, **changed))
    assert said.startswith(f"error[{code}]")
    assert says in said


INCLUDES = [
    ("$(src)/../common.mk", "common.mk"),
    ("$(srctree)/mk/a.mk", "mk/a.mk"),
    ("mk/a.mk", "mk/a.mk"),
    ("$(D)/a.mk # x", "mk/a.mk"),
]


@pytest.mark.parametrize(("word", "path"), INCLUDES)
@pytest.mark.parametrize("said", ["CFLAGS_foo.o := -DX", "$(obj)/foo.o: $(obj)/gen.h"])
def test_what_other_folders_say_of_the_object_is_not_lost(
    word: str, path: str, said: str, tmp_path: Path
) -> None:
    root = tree(tmp_path, makefile=f"D := $(srctree)/mk\ninclude {word}\n{ONE}")
    common = root / path
    common.parent.mkdir(exist_ok=True)
    common.write_text(f"x := 1\n{said}\n")
    told = trees.refused(root)
    assert told.startswith("error[VT060]: drv/Makefile includes this")
    assert f"{path}:2:1\n" in told
    common.write_text(f"{said}\n{said.replace('foo.', 'foo_core.')}\n")
    assert split(write(root), "--check").exit_code == 0
    if "CFLAGS" in said:
        common.write_text(f"{said}\n")
        assert "VT060" in split(root, "--check").stderr


@pytest.mark.parametrize(
    "said", ["# CFLAGS_foo.o := -DX", "CFLAGS_a_foo.o := -DX", "X := sub/foo.o"]
)
def test_what_is_said_of_others_is_left_alone(said: str, tmp_path: Path) -> None:
    root = tree(tmp_path, makefile=f"include $(src)/../common.mk\ninclude no.mk\n{ONE}")
    (root / "common.mk").write_text(f"{said}\n")
    assert split(write(root), "--check").exit_code == 0


def test_module_name_in_the_table_of_a_module_stays(tmp_path: Path) -> None:
    text = SOURCE.replace("\t.free", "\t.data = KBUILD_MODNAME,\n\t.free")
    assert "KBUILD_MODNAME" in read(write(tree(tmp_path, source=text)), "drv/main.c")


def test_symbolic_link_is_refused(tmp_path: Path) -> None:
    root = tree(tmp_path)
    (root / "drv/foo.c").rename(root / "drv/real.c")
    (root / "drv/foo.c").symlink_to("real.c")
    said = trees.refused(root)
    assert "symbolic link to drv/real.c" in said
    assert "vtsplit explain VT060/link" in said


@pytest.mark.parametrize("apply", ["git apply", "patch -p1 -s"])
def test_patch_renames(apply: str, tmp_path: Path) -> None:
    big = SOURCE + "".join(f"\nint number_{n};\n" for n in range(40))
    kept = {"maintainers": MAINTAINERS, "document": DOCUMENT, "source": big}
    root = tree(tmp_path / "a", **kept)
    commit(root)
    patch = split(root).stdout_bytes
    subprocess.run([*apply.split()], input=patch, cwd=root, check=True, timeout=20)
    assert files(root) == files(write(tree(tmp_path / "b", **kept)))
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    asked = ["git", "diff", "--cached", "-M", "--abbrev=12"]
    assert subprocess.run(asked, cwd=root, check=True, capture_output=True).stdout == patch
    shown = subprocess.run([*asked, "--stat=80"], cwd=root, check=True, capture_output=True).stdout
    assert shown.decode() == split(tree(tmp_path / "c", **kept), "--stat").stdout


def test_binary_files_with_the_name_are_passed_over(tmp_path: Path) -> None:
    root = tree(tmp_path)
    for path in ("drv/notes.txt", "drv/other.mk", "drv/a.yaml"):
        (root / path).write_bytes(b"drv/foo.c foo.o FOO\0")
    assert read(write(root), "drv/Makefile") == DONE


def test_link_to_nowhere_is_in_the_way(tmp_path: Path) -> None:
    root = tree(tmp_path)
    (root / "drv/foo_core.c").symlink_to("nowhere.c")
    assert "'drv/foo_core.c' exists already" in trees.refused(root)


def test_uncommitted_source_is_not_renamed(tmp_path: Path) -> None:
    root = tree(tmp_path)
    commit(root)
    (root / "drv/foo.c").write_text(SOURCE + "\n")
    assert "'drv/foo.c' has content that git does not have" in trees.refused(root)


MOVE = FileChange("new.c", b"int a;\n", b"int b;\n", old_path="old.c")


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({"old.c": b"int x;\n"}, "'old.c' is changed on disk"),
        ({"new.c": b""}, "'old.c' is gone|'new.c' is in the way"),
        ({"old.c": b"int a;\n", "new.c": b"int b;\n"}, "'new.c' is in the way"),
    ],
)
def test_move_never_overwrites(there: dict[str, bytes], said: str, tmp_path: Path) -> None:
    for path, content in there.items():
        (tmp_path / path).write_bytes(content)
    with pytest.raises(RefusedError) as refused:
        write_changes(ChangeSet([MOVE]), tmp_path)
    messages = [problem.message for problem in refused.value.problems]
    assert [
        message.startswith(part) for message, part in zip(messages, said.split("|"), strict=True)
    ]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == there


def test_failed_move_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.c").write_bytes(b"int a;\n")
    replace_file = Path.replace

    def failing(path: Path, target: Path) -> Path:
        if path.suffix == ".new":
            raise OSError(28, "No space left on device")
        return replace_file(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(RefusedError):
        write_changes(ChangeSet([MOVE]), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old.c": b"int a;\n"}


def test_changed_line_of_a_renamed_file_needs_a_step() -> None:
    symbol, reason = Symbol.kept("a", Role.FUNCTION), Reason(Why.STATED)
    steps = (Step(Action.EXPOSE, symbol, Site("old.c", 1), reason, ((1, 1),)),)
    source = SourceEdit("old.c", becomes="new.c")
    plan = Plan(source, HeaderEdit("old.h"), MainEdit("main.c"), steps=steps)
    assert [one.steps for one in account(plan, ChangeSet([MOVE]))] == [(0,)]
    with pytest.raises(RefusedError) as refused:
        account(replace(plan, steps=()), ChangeSet([MOVE]))
    assert {str(problem.site) for problem in refused.value.problems} == {"old.c:1"}


def test_similarity_is_what_git_says(tmp_path: Path) -> None:
    draw = Random(5)
    pairs = []
    for number in range(12):
        lines = [f"{number} {n} {'x' * draw.choice((3, 50, 61, 62, 90, 200))}\n" for n in range(40)]
        kept = [line for line in lines if draw.random() < 0.85] + ["new\n"] * draw.randrange(3)
        draw.shuffle(kept)
        pairs.append(("".join(lines).encode(), "".join(kept).removesuffix("\n").encode()))
        (tmp_path / f"old{number}").write_bytes(pairs[-1][0])
    commit(tmp_path)
    for number, (_, new) in enumerate(pairs):
        (tmp_path / f"old{number}").unlink()
        (tmp_path / f"new{number}").write_bytes(new)
    trees.git(tmp_path, "add", "-A")
    asked = ["git", "diff", "--cached", "-M"]
    said = subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    for number, (old, new) in enumerate(pairs):
        wanted = f"similarity index {similarity(old, new)}%\nrename from old{number}\n"
        assert wanted in said


def test_mode_is_kept(tmp_path: Path) -> None:
    root = tree(tmp_path)
    (root / "drv/foo.c").chmod(0o777)
    write(root)
    assert (root / "drv/foo_core.c").stat().st_mode & 0o777 == 0o777


def test_mentions_are_whole_words() -> None:
    text = "a-foo.o foo.ok foo.o.x x/foo.o $(obj)/foo.o $(X)/foo.o foo.o, ../drv/foo.o drv/foo.o\n"
    found = [one.shown for one in find_mentions(text, "drv/Makefile", "drv/foo.c")]
    assert found == ["$(obj)/foo.o", "foo.o", "../drv/foo.o", "drv/foo.o"]
