"""`[[series.group]]`: ops whose wrappers come in one patch, as the spec names them."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from dispatch_trees import SPEC, dispatch_files
from repositories import clone, committed, git, patches, repository, series, subjects
from trees import copy_sample, files, write

pytestmark = pytest.mark.slow

NAMES = ("open", "close", "reset", "read")
POLICIES = '[op.close]\notherwise = "return 0"\n[op.reset]\nboth = "first"\n'


def functions(prefix: str, names: tuple[str, ...]) -> str:
    head = "int {}{}(struct unit *unit)\n{{\n\treturn 1;\n}}\n"
    return "\n".join(head.format(prefix, name) for name in names)


PIECES = {
    "members": "".join(f"\tint (*{name})(struct unit *unit);\n" for name in NAMES),
    "functions": functions("foo_", NAMES).replace("int foo", "static int foo"),
    "entries": "".join(f"\t.{name} = foo_{name},\n" for name in NAMES),
    "second": functions("qux_", ("open", "reset")),
}


def tree(root: Path, groups: str, more: str = POLICIES) -> Path:
    spec = more + '[series]\nprefix = "foo:"\n' + groups
    return repository(root, dispatch_files(**PIECES, spec=spec))


def group(subject: str, *ops: str, more: str = "") -> str:
    listed = ", ".join(f'"{op}"' for op in ops)
    return f'[[series.group]]\nsubject = "{subject}"\nops = [{listed}]\n{more}'


def bodies(texts: list[str]) -> dict[str, str]:
    """Return the text of each patch by its subject."""
    found = (text.partition("\n\n")[2].partition("\n---\n")[0] for text in texts)
    return dict(zip(subjects(texts), found, strict=True))


def entries_set(text: str) -> list[str]:
    """Return the ops whose entries a patch makes name wrappers."""
    return re.findall(r"^\+\t\.(\w+) = (?:bar_|vt_)", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((), [["open"], ["reset"], ["close"]]),
        ((("A", "close", "open"),), [["open", "close"], ["reset"]]),
        ((("A", "reset"), ("B", "close")), [["reset"], ["close"], ["open"]]),
        ((("A", "*"), ("B", "open")), [["close", "reset"], ["open"]]),
        ((("A", "?????"), ("B", "re*", "*e")), [["close", "reset"], ["open"]]),
    ],
    ids=["none", "one", "order", "name before pattern", "first pattern"],
)
def test_each_group_is_a_patch(
    groups: tuple[tuple[str, ...], ...], expected: list[list[str]], tmp_path: Path
) -> None:
    root = tree(tmp_path / "tree", "".join(group(*one) for one in groups))
    made = tmp_path / "patches"
    texts = patches(root, made)
    found = [ops for text in texts if (ops := entries_set(text))]
    assert found == expected
    copy = clone(root, tmp_path / "applied")
    git(copy, "am", "--quiet", *(str(path) for path in sorted(made.iterdir())[1:]))
    assert files(copy) == files(write(clone(root, tmp_path / "split")))


def test_words_of_a_group(tmp_path: Path) -> None:
    groups = group("Wrap {count} ops of units", "open", "close")
    groups += group("Wrap the rest", "reset", more='text = "Why.\\n\\n{names}"\n')
    found = bodies(patches(tree(tmp_path / "tree", groups), tmp_path / "patches"))
    mixed = found["foo: Wrap 2 ops of units"]
    assert mixed == (
        "Let 2 entries name functions in main.c.\n\n"
        "The function for this op calls a function of foo.c or one of qux.c:\n\n  open\n\n"
        "The function for this op calls a function of foo.c, or gives an answer of\n"
        "its own in place of qux.c:\n\n  close"
    )
    assert found["foo: Wrap the rest"] == "Why.\n\n  reset"


def test_group_without_text_has_the_words_of_its_step(tmp_path: Path) -> None:
    words = '[series.words.wrap]\nsubject = "S"\ntext = "{names}!"\n'
    root = tree(tmp_path / "tree", words + group("Wrap it", "open"))
    assert bodies(patches(root, tmp_path / "patches"))["foo: Wrap it"] == "  open!"


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        (group("A", "zz*", "open"), "no op that 'zz*' matches has a wrapper"),
        (group("A", "read"), "the op 'read' has no wrapper"),
        (group("A", "open") + group("B", "op*"), "each op that 'op*' matches belongs to another"),
    ],
    ids=["nothing", "no wrapper", "taken"],
)
def test_word_that_adds_nothing_is_a_warning(groups: str, says: str, tmp_path: Path) -> None:
    """On another version of a tree that is no reason to stop."""
    root = tree(tmp_path / "tree", groups)
    result = series(root, "-o", str(tmp_path / "patches"), "--quiet")
    assert result.exit_code == 0
    [line] = result.stderr.splitlines()
    assert re.search(r"^warning: .*vtsplit\.toml:\d+:\d+: ", line)
    assert says in line


@pytest.mark.parametrize(
    ("groups", "code", "says"),
    [
        (group("A", "opne"), "VT050", "no entry for op 'opne' in bar_ops|did you mean 'open'?"),
        (group("A", "open") + group("B", "open"), "VT003", "'open' is already in group 1"),
        (group("A", "open", "open"), "VT003", "'open' is already in this group"),
        (group("A"), "VT004", "the group has no op"),
        (group("A", "a-b"), "VT003", "the name of an op, not 'a-b'"),
        (group("{nam}", "open"), "VT003", "one of count, names"),
        (group("{names}", "open"), "VT003", "{names} is a list of lines: write it in `text`"),
        ('[[series.group]]\nsubject = "A"\n', "VT004", "has no 'ops'"),
        ('[[series.group]]\nops = ["open"]\n', "VT004", "has no 'subject'"),
        ('[series.group]\nsubject = "A"\nops = ["open"]\n', "VT003", "write [[series.group]]"),
    ],
)
def test_bad_group(groups: str, code: str, says: str, tmp_path: Path) -> None:
    root = tree(tmp_path / "tree", groups)
    result = series(root, "-o", str(tmp_path / "patches"))
    assert result.exit_code == 2
    assert f"error[{code}]" in result.stderr
    for phrase in says.split("|"):
        assert phrase in result.stderr
    line = (root / "vtsplit.toml").read_text().split("\n").index(groups.split("\n")[0]) + 1
    place = re.search(r"vtsplit\.toml:(\d+):", result.stderr)
    assert place
    assert line <= int(place[1]) <= line + groups.count("\n")
    assert not (tmp_path / "patches").exists()


def test_group_needs_two_backends(tmp_path: Path) -> None:
    plain = SPEC.partition("[dispatch]")[0] + group("A", "open")
    root = repository(tmp_path / "tree", {"vtsplit.toml": plain})
    result = series(root, "-o", str(tmp_path / "patches"))
    assert result.exit_code == 2
    assert "[[series.group]] has no meaning without [dispatch]" in result.stderr


def test_op_that_may_be_absent(tmp_path: Path) -> None:
    """It has a section that says so: a spec for many versions of a tree."""
    policies = POLICIES + '[op.shut]\noptional = true\notherwise = "return"\n'
    root = tree(tmp_path / "tree", group("A", "shut", "open"), policies)
    result = series(root, "-o", str(tmp_path / "patches"))
    assert (result.exit_code, "warning" in result.stderr) == (0, False)


@pytest.mark.slow
def test_part_that_is_done_leaves_the_rest_of_the_groups(tmp_path: Path) -> None:
    groups = group("A", "open", "reset") + group("B", "close")
    root = tree(tmp_path / "tree", groups)
    first = tmp_path / "first"
    every = subjects(patches(root, first))
    at = every.index("foo: A") + 1
    git(root, "am", "--quiet", *(str(path) for path in sorted(first.iterdir())[1 : at + 1]))
    rest = tmp_path / "rest"
    assert subjects(patches(root, rest)) == every[at:]


@pytest.mark.slow
@pytest.mark.parametrize("option", ["y", "n"])
def test_each_patch_of_the_sample_builds_in_groups(option: str, tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "tree", dispatch=True)
    groups = group("A", "mem_enc_ioctl", "vcpu_*", "max_vcpus") + group("B", "*hardware*", "get_*")
    with (root / "vtsplit.toml").open("a") as spec:
        spec.write(groups)
    committed(root, "vmx: Begin")
    made = tmp_path / "patches"
    assert [one for one in subjects(patches(root, made)) if one in ("vmx: A", "vmx: B")]
    copy = clone(root, tmp_path / "applied")
    environment = {key: value for key, value in os.environ.items() if "MAKE" not in key}
    for patch in sorted(made.iterdir())[1:]:
        git(copy, "am", "--quiet", str(patch))
        command = ["make", "-s", "-j2", f"CONFIG_INTEL_TDX={option}"]
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), patch
    subprocess.run(["make", "-s", "clean"], cwd=copy, check=True)
    assert files(copy) == files(write(clone(root, tmp_path / "split")))
