"""What the tests compile once: the same is not compiled again, and nothing else is taken for it."""

import shutil
from pathlib import Path

import pytest

import compilations
from built import build, verify
from compilations import Compilations
from trees import small_tree, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc"),
]
FILES = {
    "drv/a.c": '#include "a.h"\nint a(void) { return A; }\n',
    "drv/b.c": '#include "a.c"\n',
    "drv/c.c": "#include NAME\n",
    "include/a.h": "#define A 1\n",
}
FLAGS = ["-Iinclude", '-DNAME="a.c"', "-Wall"]


def tree(root: Path, **changed: str) -> Path:
    for path, text in {
        **FILES,
        **{key.replace("_", "/", 1): changed[key] for key in changed},
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.fixture
def shared(tmp_path: Path) -> Compilations:
    return Compilations(tmp_path)


def compiled(shared: Compilations, root: Path, source: str, *more: str) -> tuple[int, str, bytes]:
    """Compile a file; return the exit status, what is said, and the object."""
    target = root / "x.o"
    command = ["gcc", *FLAGS, *more, "-c", "-o", "x.o", source]
    done = shared.run(command, cwd=root, capture_output=True, check=False)
    made = target.read_bytes() if target.exists() else b""
    return done.returncode, done.stderr.decode(), made


@pytest.mark.parametrize("source", ["drv/a.c", "drv/b.c", "drv/c.c"])
def test_the_same_is_compiled_once(shared: Compilations, tmp_path: Path, source: str) -> None:
    first = compiled(shared, tree(tmp_path / "one"), source)
    assert first[0] == 0, first
    assert compiled(shared, tree(tmp_path / "two"), source) == first
    assert shared.runs == 1
    assert compiled(shared, tmp_path / "two", source, "-O1") != first
    assert shared.runs == 2


@pytest.mark.parametrize("source", ["drv/a.c", "drv/b.c", "drv/c.c"])
@pytest.mark.parametrize("path", ["drv/a.c", "drv/a.h", "include/a.h"])
def test_what_is_read_counts(shared: Compilations, tmp_path: Path, source: str, path: str) -> None:
    """A header counts that was not there, too: the compiler finds it before the other."""
    first = compiled(shared, tree(tmp_path / "one"), source)
    root = tree(tmp_path / "two")
    (root / path).write_text("#define A 2\nint a(void);\n")
    second = compiled(shared, root, source)
    assert second[0] == 0, second
    assert second[2] != first[2]
    assert shared.runs == 2


def test_what_verify_compiles_is_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It runs the compiler by its path, whatever the build has called it."""
    runs = []
    for name in ("one", "two"):
        top = tmp_path_factory.mktemp(name)
        before = build(small_tree(top / "before"), "drv/foo.c", flags=["-O1"])
        after = write(small_tree(top / "after"))
        proved = verify(before, after)
        assert proved.exit_code == 0, proved.output
        runs.append(compilations.known[0].runs)
    assert runs[0] == runs[1]


@pytest.mark.parametrize("path", ["drv_b.c", "other_a.c"])
def test_a_file_that_is_not_read_does_not(shared: Compilations, tmp_path: Path, path: str) -> None:
    first = compiled(shared, tree(tmp_path / "one"), "drv/a.c")
    assert compiled(shared, tree(tmp_path / "two", **{path: "int b;\n"}), "drv/a.c") == first
    assert shared.runs == 1


def test_errors_name_the_tree_that_is_compiled(shared: Compilations, tmp_path: Path) -> None:
    for name in ("one", "two"):
        root = tree(tmp_path / name, **{"drv_a.c": "int a = b;\n"})
        (root / "x.o").write_bytes(b"old")
        status, said, made = compiled(shared, root, str(root / "drv/a.c"))
        assert (status, made) == (1, b"old")
        assert f"{root}/drv/a.c:1:9: error: " in said
    assert shared.runs == 1


def test_a_linked_program_can_be_run(shared: Compilations, tmp_path: Path) -> None:
    for name in ("one", "two"):
        root = tree(tmp_path / name, **{"drv_a.c": "int main(void) { return 0; }\n"})
        shared.run(["gcc", "drv/a.c", "-o", "a"], cwd=root, capture_output=True, check=True)
        assert (root / "a").stat().st_mode & 0o111
    assert shared.runs == 1


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("int a;\n", 1),
        ("#if CONFIG_QUX\nint b;\n#endif\n", 2),
        ("int a = IS_ENABLED(CONFIG_QUX);\n", 2),
        ("#define ON(x) CONFIG_##x\nint a = ON(QUX);\n", 2),
    ],
)
def test_options_that_are_asked_for(
    shared: Compilations, tmp_path: Path, text: str, runs: int
) -> None:
    root = tree(tmp_path / "one", **{"drv_a.c": text})
    for flags in (["-DCONFIG_QUX=1"], ["-UCONFIG_QUX"]):
        compiled(shared, root, "drv/a.c", "-DIS_ENABLED(x)=x", *flags)
    assert shared.runs == runs


def test_a_tree_that_is_elsewhere_is_always_compiled(tmp_path: Path) -> None:
    """What may change there is not looked at."""
    shared = Compilations(tmp_path / "tests")
    here = tree(tmp_path / "tests/one")
    there = tree(tmp_path / "there")
    for _ in range(2):
        compiled(shared, there, "drv/a.c", f"-I{here}")
        compiled(shared, here, "drv/a.c", f"-I{there}")
    assert shared.runs == 4
    compiled(shared, here, "drv/a.c", "-I/usr/include")
    compiled(shared, here, "drv/a.c", "-I/usr/include")
    assert shared.runs == 5


def test_a_name_that_is_searched_for_counts(shared: Compilations, tmp_path: Path) -> None:
    for name, number in (("one", 1), ("two", 2)):
        root = tree(tmp_path / name, **{"include_b.h": f"enum {{ B = {number} }};\n"})
        compiled(shared, root, "drv/a.c", "-include", "b.h")
    assert shared.runs == 2
