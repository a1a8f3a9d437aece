"""Running vtsplit on a kernel tree, and reading what it reports."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from .patches import Span

KVM = "arch/x86/kvm"


class Change(msgspec.Struct):
    """A file of the change set, as `--json` reports it."""

    path: str
    added: int
    removed: int


class Step(msgspec.Struct):
    """A step, as `--json` reports it; the line is that of the tree before."""

    action: str
    old: str
    new: str
    path: str
    line: int


class ReportedHunk(msgspec.Struct):
    """A hunk of the diff, with the indices of the steps that made it."""

    path: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    steps: list[int]


class Report(msgspec.Struct):
    """What `--json` prints; unknown keys are let through."""

    changes: list[Change]
    steps: list[Step]
    hunks: list[ReportedHunk]

    def spans(self) -> dict[Span, list[str]]:
        """Return the steps of each hunk, as texts to show."""
        return {
            Span(hunk.path, hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines): [
                f"{self.steps[index].action} {self.steps[index].new or self.steps[index].old}"
                for index in hunk.steps
            ]
            for hunk in self.hunks
        }


@dataclass(frozen=True)
class Job:
    """What is to be split: arguments of the tool, and the names in the spec that they stand for."""

    name: str
    arguments: tuple[str, ...]
    folder: str
    source: str
    module: str
    tables: dict[str, str]

    def path(self, name: str) -> str:
        """Return the path in the tree of a file beside the source."""
        return f"{self.folder}/{name}"


# The preset is to be found by itself.
VMX = Job(
    "vmx",
    (),
    f"{KVM}/vmx",
    "vmx.c",
    f"{KVM}/kvm-intel.o",
    {"vmx_x86_ops": "vt_x86_ops", "vmx_init_ops": "vt_init_ops"},
)
SVM = Job(
    "svm",
    ("--spec", str(Path(__file__).with_name("svm.toml"))),
    f"{KVM}/svm",
    "svm.c",
    f"{KVM}/kvm-amd.o",
    {"svm_x86_ops": "sv_x86_ops", "svm_init_ops": "sv_init_ops"},
)
TDX = Job(
    "tdx",
    ("--spec", str(Path(__file__).with_name("tdx.toml"))),
    VMX.folder,
    VMX.source,
    VMX.module,
    VMX.tables,
)
# The preset that makes the wrappers as well, which is never found by itself.
WRAPPED = Job("wrapped", ("--preset", "kvm-tdx"), VMX.folder, VMX.source, VMX.module, VMX.tables)
HEADER, MAIN, MAKEFILE = "x86_ops.h", "main.c", f"{KVM}/Makefile"


@dataclass(frozen=True)
class Ran:
    """How a run of the tool ended; stdout in bytes, as a patch may hold any."""

    code: int
    out: bytes
    err: str


def run_tool(tree: Path, *arguments: str, command: str = "split") -> Ran:
    """Run a command of vtsplit on a tree, as a user would, by the program that pip installed."""
    installed = Path(sys.executable).with_name("vtsplit")
    words = [str(installed), command, str(tree), *arguments]
    result = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False
    )
    return Ran(result.returncode, result.stdout, result.stderr.decode(errors="replace"))


def must_run(tree: Path, *arguments: str) -> Ran:
    """Run the tool where nothing but success will do."""
    ran = run_tool(tree, *arguments)
    assert ran.code == 0, f"vtsplit split {' '.join(arguments)}: exit {ran.code}\n{ran.err}"
    return ran


def take_snapshot(tree: Path) -> dict[str, tuple[int, ...]]:
    """Return mode, size and times of everything in a tree, folders too.

    The change time moves with any write or chmod and cannot be set back.
    """
    found: dict[str, tuple[int, ...]] = {}
    for top, folders, files in os.walk(tree):
        for name in (".", *folders, *files):
            path = os.path.join(top, name)  # noqa: PTH118 - 80,000 times; a Path costs too much
            stat = os.lstat(path)
            facts = (stat.st_mode, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            found[os.path.relpath(path, tree)] = facts
    return found


def changed_files(tree: Path, before: dict[str, tuple[int, ...]]) -> set[str]:
    """Return the paths of files that came, went or changed since a snapshot."""
    after = take_snapshot(tree)
    changed = {path for path, facts in after.items() if before.get(path) != facts}
    return {path for path in changed | (before.keys() - after.keys()) if not (tree / path).is_dir()}
