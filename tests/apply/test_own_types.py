"""Tables that are declared together with their type: the type gets a declaration of its own."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from small_programs import PAIR, Case, check_case, check_split, lay
from trees import split
from vtsplit.cli import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc"),
]

ENTRIES = "{ foo_open, 1 }, { foo_close, 2 }"
SETUP = """\
int setup(void)
{
	int sum = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(foo_ops); i++)
		sum += foo_ops[i].run(foo_ops[i].unit) * sizeof(foo_ops[i]);
	return sum;
}
"""


def declared(head: str, behind: str = "") -> str:
    body = "\tint (*run)(int unit);\n\tint unit;\n"
    return f"{PAIR}\n{head} {{\n{body}}} {behind}foo_ops[2] = {{\n\t{ENTRIES}\n}};\n\n{SETUP}"


def named(state: str, entry: str, behind: str = "") -> str:
    """Return a file with a table that names an object, which is declared with its type."""
    return (
        f"{PAIR}struct item {{ int (*run)(int unit); const void *data; }};\n"
        f"{state}\nstatic struct item foo_ops = {{ foo_open, {entry} }};\n\n{behind}"
        "int setup(void) { return foo_ops.run(3) + foo_close(1) + (foo_ops.data != NULL); }\n"
    )


STATE = "static struct state {\n\tint unit;\n\t/* and */\n\tint more;\n} foo_state = { 3 };\n"

CASES = {
    "an object that the table names": Case(named(STATE, "&foo_state")),
    "a member of an object": Case(named(STATE, "&foo_state.more")),
    "an array that the table names": Case(
        named("static struct state { int unit; } foo_state[3];\n", "&foo_state[1]")
    ),
    "an object that is declared first": Case(
        named(
            "static struct state { int unit; } foo_state;\n",
            "&foo_state",
            "static struct state foo_state = { 3 };\n",
        )
    ),
    "a type that the table names": Case(
        f"{PAIR}struct item {{ int (*run)(int unit); long size; }};\n"
        "struct state { int unit; } foo_state;\n"
        "static struct item foo_ops = { foo_open, sizeof(struct state) };\n"
        "int setup(void) { return foo_ops.run(3) + foo_close(1) + foo_ops.size; }\n"
    ),
    "an object whose type has no tag": Case(
        named("static struct { int unit; } foo_state;\n", "&foo_state")
    ),
    "name in a line of its own": Case(declared("static struct item", "\n\n")),
    "plain": Case(declared("static struct item")),
    "const": Case(declared("static const struct item")),
    "const behind": Case(declared("static struct item", "const ")),
    "packed": Case(declared("static struct item", "__attribute__((packed)) ")),
    "packed in front": Case(declared("static struct __attribute__((packed)) item")),
    "kernel's attribute": Case(
        declared("static struct item", "__packed "),
        above="#define __packed __attribute__((packed))\n",
    ),
    "union": Case(
        f"{PAIR}static union item {{ int (*run)(int); long unit; }} foo_ops = {{ foo_open }};\n"
        "int setup(void) { return foo_ops.run(3) + foo_close(1) + sizeof(union item); }\n"
    ),
    "used by nobody else": Case(
        f"{PAIR}struct list {{ const void *all; }};\n"
        f"static struct item {{ int (*run)(int unit); int unit; }} foo_ops[] = {{ {ENTRIES} }};\n"
        "int setup(void) { struct list l = { foo_ops }; return l.all != NULL; }\n"
    ),
    "#if in the type": Case(
        declared("static struct item").replace(
            "\tint unit;\n", "#ifdef A\n\tint a;\n#endif\n\tint unit;\n", 1
        )
    ),
    "a comment behind": Case(declared("static struct item", "/* all */ ")),
    "no tag": Case(declared("static struct")),
    "no tag, and an attribute": Case(declared("static const struct __attribute__((packed))")),
    "no tag, a union": Case(
        f"{PAIR}static union {{ int (*run)(int); long unit; }} foo_ops = {{ foo_open }};\n"
        "int setup(void) { return foo_ops.run(3) + foo_close(1) + sizeof(foo_ops); }\n"
    ),
    "no tag, and the object's name is a tag": Case(
        declared("static struct"), "VT024", above="union foo_ops { int a; };\n"
    ),
    "no tag, and a system's header has the name as a tag": Case(
        declared("static struct").replace("foo_ops", "tm"), "VT024", table="tm"
    ),
    "several names": Case(
        f"{PAIR}static struct item {{ int (*run)(int); }} foo_ops = {{ foo_open }}, more;\n"
        "int setup(void) { return foo_ops.run(3) + foo_close(1) + (more.run != NULL); }\n",
        "VT024",
    ),
    "a macro of its own, which may be the type's": Case(
        declared("static struct item", "TIGHT "),
        "VT024",
        above="#define TIGHT __attribute__((packed))\n",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_split_or_refused(case: Case, tmp_path: Path) -> None:
    check_split(tmp_path, case)


QUICK = ("const", "packed", "no tag")
RUN = [
    pytest.param(case, id=name, marks=[] if name in QUICK else pytest.mark.slow)
    for name, case in CASES.items()
]


@pytest.mark.parametrize("case", RUN)
def test_the_program_does_the_same(case: Case, tmp_path: Path) -> None:
    check_case(tmp_path, case)


def verify(before: Path, after: Path) -> str:
    arguments = ["verify", str(before), str(after), "--spec", str(before / "foo.toml"), "--textual"]
    return CliRunner().invoke(main, arguments, catch_exceptions=False).output


def test_places_are_those_on_disk_and_the_step_is_told(tmp_path: Path) -> None:
    root = lay(tmp_path, CASES["const"])
    lines = (root / "foo.c").read_text().split("\n")
    said = split(root, "--spec", str(root / "foo.toml"), "--explain").stdout
    line = lines.index("static const struct item {") + 1
    assert f"foo.c:{line}" in said
    assert "separate  struct item" in said
    (root / "foo.c").write_text("\n".join([*lines, "int bar_ops;\n"]))
    spec = root / "foo.toml"
    spec.write_text(spec.read_text().replace('foo_ops = "foo_ops"', 'foo_ops = "bar_ops"'))
    refused = split(root, "--spec", str(spec))
    assert refused.exit_code == 2
    assert f"exists already, at foo.c:{len(lines) + 1}:1" in refused.stderr


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_nobody_takes_apart_stays_together(newline: str, tmp_path: Path) -> None:
    """Main needs no more than the name of the type."""
    root = lay(tmp_path, CASES["an object that the table names"])
    source = (root / "foo.c").read_text().replace("\n", newline).encode()
    (root / "foo.c").write_bytes(source)
    spec = ("--spec", str(root / "foo.toml"))
    said = split(root, *spec, "--explain").stdout
    assert "separate" not in said
    assert "expose    foo_state" in said
    assert split(root, *spec, "--write").exit_code == 0
    kept = STATE.removeprefix("static ").replace("\n", newline).encode()
    assert kept in (root / "foo.c").read_bytes()
    assert split(root, *spec, "--check").exit_code == 0


def test_line_ends_stay(tmp_path: Path) -> None:
    root = lay(tmp_path, CASES["plain"])
    (root / "foo.c").write_bytes((root / "foo.c").read_bytes().replace(b"\n", b"\r\n"))
    assert split(root, "--spec", str(root / "foo.toml"), "--write").exit_code == 0
    for path in root.glob("foo*.[ch]"):
        if path.name != "foo.h":
            text = path.read_bytes()
            assert text.count(b"\n") == text.count(b"\r\n"), path


CHANGES = {
    "a member": ("\tint unit;\n", "\tlong unit;\n"),
    "the keyword": ("struct item {", "union item {"),
    "an entry": ("{ foo_close, 2 }", "{ foo_close, 3 }"),
}


@pytest.mark.parametrize("name", ["const", "no tag"])
@pytest.mark.parametrize(("old", "new"), CHANGES.values(), ids=CHANGES)
def test_verify_sees_through_it(old: str, new: str, name: str, tmp_path: Path) -> None:
    before = lay(tmp_path / "before", CASES[name])
    after = shutil.copytree(before, tmp_path / "after")
    assert split(after, "--spec", str(after / "foo.toml"), "--write").exit_code == 0
    assert verify(before, after).startswith("proved")
    for path in after.glob("foo_*.[ch]"):
        changed = old.replace("item", "foo_ops") if name == "no tag" else old
        text = new.replace("item", "foo_ops") if name == "no tag" else new
        path.write_text(path.read_text().replace(changed, text))
    assert "\ndiffers: " in verify(before, after)


def test_two_types_do_not_get_one_name(tmp_path: Path) -> None:
    """Verify gives a type the object's name, but not if another type has it."""
    text = "struct foo_ops {{ {} a; }};\nstatic struct {{ {} a; }} foo_ops;\n"
    use = "int setup(void) { return foo_ops.a; }\n"
    for name, members in (("before", ("int", "long")), ("after", ("long", "int"))):
        root = lay(tmp_path / name, CASES["plain"])
        (root / "foo.c").write_text(f'#include "foo.h"\n{text.format(*members)}{use}')
    arguments = ["verify", str(tmp_path / "before"), str(tmp_path / "after"), "--textual"]
    assert CliRunner().invoke(main, arguments).exit_code == 1
