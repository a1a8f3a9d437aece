"""The cases: which tree, which spec, what is built."""

import json
import re
import shlex
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

import kernel
from kernel import userspace
from kernel.builds import FULL, make
from postings.history import built_kernel, commit
from postings.programs import FailedError, git, run, vtsplit
from postings.subject import Build, Subject, gists, must

_SPECS = Path(kernel.__file__).parent
_E1000 = "drivers/net/ethernet/intel/e1000"
_FLAGS = "CFLAGS=-g -O2 -Wall -Wmissing-prototypes"


@dataclass(frozen=True)
class Kernel:
    """A split of a kernel: the spec, what is built, and an option that the series adds."""

    version: str
    spec: tuple[str, ...]
    targets: tuple[str, ...]
    folder: str
    option: str = ""
    scanned: str = ""


_KVM = ("arch/x86/kvm/", "arch/x86/kvm/vmx")
KERNELS = {
    "kvm-tdx": Kernel("6.1", ("--preset", "kvm-tdx"), _KVM[:1], _KVM[1], "KVM_INTEL_TDX"),
    "kvm-vt": Kernel("6.1", ("--preset", "kvm-vt"), _KVM[:1], _KVM[1]),
    "svm": Kernel("6.1", ("--spec", str(_SPECS / "svm.toml")), _KVM[:1], "arch/x86/kvm/svm"),
    "composite": Kernel("6.1", (), (f"{_E1000}/",), _E1000, scanned=_E1000),
    "single": Kernel(
        "6.1",
        ("--spec", str(_SPECS / "thermal.toml")),
        ("drivers/thermal/intel/",),
        "drivers/thermal/intel",
    ),
    "kvm-tdx-6.12": Kernel("6.12", ("--preset", "kvm-tdx"), _KVM[:1], _KVM[1], "KVM_INTEL_TDX"),
}
USERSPACE = {
    "undo_io": "lib/ext2fs/undo_io.c:struct_undo_manager",
    "test_io": "lib/ext2fs/test_io.c:struct_test_manager",
    "quotaio_v2": "lib/support/quotaio_v2.c:quotafile_ops_2",
}


@contextmanager
def open_kernel(name: str) -> Iterator[Subject]:
    """Lend the subject of a case of a kernel."""
    case = KERNELS[name]
    with built_kernel(case.version) as tree, tempfile.TemporaryDirectory() as folder:
        base = git(tree, "rev-parse", "HEAD")
        work = Path(folder).resolve()
        spec = case.spec or _proposed(tree, _choose(tree / case.scanned, case.scanned), work)
        build = _kernel_build(tree, case)
        defines = ("--define", f"CONFIG_{case.option}=y") if case.option else ()
        yield Subject(name, tree, base, work, spec, build, lambda: defines, is_kernel=True)


def _choose(folder: Path, path: str) -> str:
    """Return the table of a folder that has the most functions, of those that can be split."""
    said = must(vtsplit("scan", folder, "--json"), "scan").out
    tables = [one for one in json.loads(said)["tables"] if one["status"] == "clear"]
    best = max(tables, key=lambda one: len(one["functions"]))
    return f"{path}/{Path(best['path']).name}:{best['table']}"


def _proposed(tree: Path, table: str, work: Path, *more: str) -> tuple[str, ...]:
    """Have `vtsplit init` write the spec for a table."""
    spec = work / "spec.toml"
    must(vtsplit("init", tree, table, *more, "-o", spec), "init")
    return ("--spec", str(spec))


def _kernel_build(tree: Path, case: Kernel) -> Build:
    """Return how the folder of a split is built, with the option off and on once it is there."""
    for path in (tree / case.folder).glob("*.o"):
        path.unlink()

    def set_option(letter: str) -> None:
        must(run(tree, "scripts/config", letter, case.option), "scripts/config")
        _made(make(tree, FULL, "olddefconfig"))

    def build() -> dict[str, Counter[str]]:
        if not case.option or run(tree, "git", "grep", "-q", f"^config {case.option}$").code:
            return {"": _made(make(tree, FULL, *case.targets))}
        found = {}
        for letter, setting in (("-e", "option on"), ("-d", "option off")):
            set_option(letter)
            found[setting] = _made(make(tree, FULL, *case.targets))
        return found

    return build


def _made(done: "subprocess.CompletedProcess[str]") -> Counter[str]:
    if done.returncode:
        raise FailedError(f"make: {done.stderr[-1500:]}")
    return gists(done.stderr)


@contextmanager
def open_userspace(name: str) -> Iterator[Subject]:
    """Lend the subject of a table of e2fsprogs, built in its tree by its own Makefiles."""
    built, source = userspace.build(), userspace.fetch()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder).resolve()
        tree = work / "tree"
        shutil.copytree(built, tree, symlinks=True)
        # What configure and make have made is beside the sources, and git does not track it.
        sources = (path for path in source.rglob("*") if path.is_symlink() or path.is_file())
        base = commit(tree, [path.relative_to(source).as_posix() for path in sources])
        for part in ("lib/ext2fs", "lib/support"):
            must(run(tree, "make", "-s", "-C", part, "clean"), "make clean")

        said = list[str]()

        def build() -> dict[str, Counter[str]]:
            ran = must(run(tree, "make", "-w", "V=1", "libs", _FLAGS), "make libs")
            said.append(ran.out)
            return {"": gists(ran.err)}

        # Built before the series is made: a plan reads the headers that make has made as well.
        waiting = [build()]

        def again() -> dict[str, Counter[str]]:
            return waiting.pop() if waiting else build()

        def proof() -> tuple[str, ...]:
            database = work / "compile_commands.json"
            found = {(one.directory, one.file): one for one in _compilations(said, tree)}
            database.write_bytes(msgspec.json.encode(list(found.values())))
            return ("--compile-commands", str(database))

        spec = _proposed(tree, USERSPACE[name], work)
        yield Subject(name, tree, base, work, spec, again, proof)


class Compilation(msgspec.Struct, frozen=True):
    """An entry of a compilation database."""

    directory: str
    file: str
    arguments: tuple[str, ...]


def _compilations(said: Iterable[str], tree: Path) -> Iterator[Compilation]:
    """Yield what make compiled, as it printed the commands, build by build."""
    for text in said:
        folders = [str(tree)]
        for line in text.split("\n"):
            if entered := re.match(r"make(?:\[\d+\])?: Entering directory '(.*)'", line):
                folders.append(entered[1])
            elif re.match(r"make(?:\[\d+\])?: Leaving directory", line):
                folders.pop()
            elif re.match(r"\s*(?:gcc|cc) .*-c ", line):
                words = shlex.split(line)
                sources = [word for word in words if word.endswith(".c")]
                if len(sources) == 1:
                    yield Compilation(folders[-1], sources[0], tuple(words))
