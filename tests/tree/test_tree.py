"""The tree reads texts byte for byte, follows links inside itself, and refuses by name."""

import os
from pathlib import Path

import pytest

from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.tree.source_tree import SourceTree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "drivers/net").mkdir(parents=True)
    (root / "Makefile").write_bytes(b"obj-y += a.o\n")
    (root / "drivers/net/tun.c").write_bytes(b"int tun;\n")
    (root / "drivers/net/tap.c").write_bytes(b"int tap;\n")
    (tmp_path / "outside.c").write_bytes(b"int outside;\n")
    return root


def refusal(root: Path, path: str) -> Problem:
    with pytest.raises(RefusedError) as refused:
        SourceTree(root).read(path)
    (problem,) = refused.value.problems
    assert problem.site is not None
    assert problem.site.path == path
    return problem


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"int a;\r\nint b;\n\rint c;\r",
        b"no last newline",
        b"caf\xe9 \xff\xfe \xed\xa0\x80 \xc3\xa9\n",
        b"\xef\xbb\xbfint a;\x0c\x0b\x1a\n",
    ],
)
def test_bytes_survive(root: Path, data: bytes) -> None:
    (root / "a.c").write_bytes(data)
    tree = SourceTree(root)
    assert tree.read_bytes("a.c") == data
    assert tree.read("a.c").encode("utf-8", "surrogateescape") == data
    assert tree.read_bytes("a.c") == data


def test_a_text_is_read_once(root: Path) -> None:
    tree = SourceTree(root)
    first = tree.read("Makefile")
    (root / "Makefile").write_bytes(b"changed\n")
    assert tree.read("./drivers/../Makefile") == first
    assert tree.read_bytes("Makefile") == first.encode()


def test_look_ups(root: Path) -> None:
    tree = SourceTree(root)
    assert tree.listdir() == ["Makefile", "drivers"]
    assert tree.listdir("drivers/net/") == ["tap.c", "tun.c"]
    assert tree.exists("drivers/net")
    assert tree.exists("drivers/net/tun.c")
    assert not tree.exists("drivers/net/tun.h")
    assert not tree.exists("../outside.c")
    assert tree.find("drivers/net/tun.h") is None
    assert tree.find("no/such/folder.h") is None
    assert tree.find("Makefile/a.c") is None
    (root / "Makefile").chmod(0o755)
    assert tree.mode("Makefile") == 0o755


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("makefile", "did you mean 'Makefile'?"),
        ("driver/net/tun.c", "did you mean 'drivers'?"),
        ("drivers/bet/tun.c", "did you mean 'drivers/net'?"),
        ("drivers/net/tum.c", "did you mean 'drivers/net/tun.c' or 'drivers/net/tap.c'?"),
        ("drivers/net/zzz", ""),
        ("Makefile/a.c", ""),
    ],
)
def test_missing(root: Path, path: str, advice: str) -> None:
    problem = refusal(root, path)
    assert problem.code == "VT010"
    assert problem.help == advice
    with pytest.raises(RefusedError):
        SourceTree(root).read_bytes(path)
    with pytest.raises(RefusedError):
        SourceTree(root).mode(path)


def test_unreadable(root: Path) -> None:
    assert refusal(root, "drivers").message == "cannot read 'drivers': it is a directory"
    assert refusal(root, "").code == "VT011"
    assert refusal(root, "x" * 300).code == "VT011"
    os.mkfifo(root / "pipe")
    assert refusal(root, "pipe").message == "cannot read 'pipe': it is not a regular file"
    (root / "loop").symlink_to("loop")
    assert refusal(root, "loop").code == "VT011"
    with pytest.raises(RefusedError, match="Not a directory"):
        SourceTree(root).listdir("Makefile")


def test_no_permission(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "Makefile").chmod(0)
    if os.geteuid() == 0:  # root may read it all the same

        def closed(path: Path) -> bytes:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(Path, "read_bytes", closed)
    problem = refusal(root, "Makefile")
    assert problem.code == "VT011"
    assert problem.message == "cannot read 'Makefile': Permission denied"


def test_binary(root: Path) -> None:
    (root / "logo.c").write_bytes(b"int a;\0\n")
    problem = refusal(root, "logo.c")
    assert problem.code == "VT012"
    assert problem.message == "'logo.c' is binary: byte 7 is NUL"
    assert SourceTree(root).read_bytes("logo.c") == b"int a;\0\n"


@pytest.mark.parametrize("path", ["..", "../outside.c", "a/../../outside.c", "/etc/passwd", "a\0b"])
def test_outside(root: Path, path: str) -> None:
    assert refusal(root, path).code == "VT013"
    with pytest.raises(RefusedError):
        SourceTree(root).find(path)


def test_links(root: Path) -> None:
    (root / "out.c").symlink_to("../outside.c")
    (root / "etc").symlink_to("/etc")
    (root / "beside").symlink_to(f"../{root.name}-2")  # shares the root's name as a prefix
    assert refusal(root, "out.c").code == "VT013"
    assert refusal(root, "etc/passwd").code == "VT013"
    assert refusal(root, "beside/a.c").code == "VT013"

    (root / "net").symlink_to("drivers/net")
    (root / "drivers/net/veth.c").symlink_to("tun.c")
    (root / "dangling.c").symlink_to("nowhere.c")
    tree = SourceTree(root)
    assert tree.real("net/veth.c") == "drivers/net/tun.c"
    assert tree.real("net/new.c") == "drivers/net/new.c"
    assert tree.read("net/veth.c") == "int tun;\n"
    assert tree.listdir("net") == tree.listdir("drivers/net")
    assert tree.find("dangling.c") is None
    assert refusal(root, "dangling.c").code == "VT010"


def test_root_through_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(root)
    (root / "again.c").symlink_to(root / "Makefile")
    assert SourceTree(tmp_path / "linked").read("again.c") == "obj-y += a.o\n"


def test_bad_root(root: Path) -> None:
    for path, reason in ((root / "none", "no such directory"), (root / "Makefile", "not a dir")):
        with pytest.raises(RefusedError, match=reason) as refused:
            SourceTree(path)
        assert refused.value.problems[0].code == "VT014"


@pytest.mark.parametrize(
    ("asked", "has"), [("a/b", "a"), ("a/b/c", "a"), ("a", "a/b"), ("a/b", "a/b/d")]
)
def test_a_tree_that_is_too_deep_or_too_high_is_told(tmp_path: Path, asked: str, has: str) -> None:
    for folder in (asked, has):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / has / "x").mkdir()
    (tmp_path / has / "x/foo.c").touch()
    (tmp_path / asked / "y").mkdir()
    with pytest.raises(RefusedError) as error:
        SourceTree(tmp_path / asked).read("x/foo.c")
    assert error.value.problems[0].help == f"'{tmp_path / has}' has it: is that the tree?"
