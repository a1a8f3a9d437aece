"""Running vtsplit on a kernel, and what came of it."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from . import judges
from .ctext import find_table, functions, names_in, read, rename_words
from .patches import Hunk, Span, diff_lines, parse_patch

KVM = "arch/x86/kvm"


class Change(msgspec.Struct):
    """A file of the change set, as `--json` reports it."""

    path: str
    added: int
    removed: int


class Step(msgspec.Struct):
    """A step, as `--json` reports it; the line is that of the tree before."""

    action: str
    subject: str
    path: str
    line: int
    why: str


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
                f"{self.steps[index].action} {self.steps[index].subject}" for index in hunk.steps
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
HEADER, MAIN, MAKEFILE = "x86_ops.h", "main.c", f"{KVM}/Makefile"


@dataclass(frozen=True)
class Ran:
    """How a run of the tool ended; stdout in bytes, as a patch may hold any."""

    code: int
    out: bytes
    err: str


def run_tool(tree: Path, *arguments: str) -> Ran:
    """Run `vtsplit split` on a tree, as a user would, by the command that pip installed."""
    installed = Path(sys.executable).with_name("vtsplit")
    command = [str(installed), "split", str(tree), *arguments]
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False
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
    found = {}
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
    return {
        path for path in changed | (before.keys() - after.keys()) if not (tree / path).is_dir()
    }


@dataclass(frozen=True)
class Split:
    """A split that was made: the trees before and after, both to read only, and its outputs."""

    job: Job
    before: Path
    after: Path
    patch: bytes
    report: Report
    touched: set[str]

    def hunks(self) -> list[Hunk]:
        """Return the patch's hunks."""
        return parse_patch(self.patch.decode("utf-8", "surrogateescape"))

    def old(self) -> str:
        """Return the source file's text before."""
        return read(self.before / self.job.path(self.job.source))

    def new(self, name: str) -> str:
        """Return the text after of a file beside the source."""
        return read(self.after / self.job.path(name))

    def tables(self) -> list[tuple[str, str]]:
        """Return the text of each table before and after."""
        pairs = []
        for was, now in self.job.tables.items():
            before, after = find_table(self.old(), was), find_table(self.new(MAIN), now)
            assert before, f"no {was} before"
            assert after, f"no {now} in {MAIN}"
            pairs.append((before, after))
        return pairs

    def renames(self) -> dict[str, str]:
        """Return old name -> new name of the tables and of everything in them."""
        found = dict(self.job.tables)
        for before, after in self.tables():
            found.update(judges.pair_names(before, after))
        return found

    def exposed(self) -> set[str]:
        """Return the new names of all functions that had to become global."""
        names = set().union(*(names_in(before) for before, _ in self.tables()))
        renames = self.renames()
        return {renames.get(name, name) for name in names & judges.static_names(self.old())}

    def texts(self, names: set[str]) -> dict[str, str]:
        """Return the texts of all C files of the tree after that mention one of some words."""
        words = "\n".join(sorted(names))
        command = ["grep", "-rlwF", "--include=*.[ch]", "-f", "-", "."]
        result = subprocess.run(
            command, cwd=self.after, input=words, capture_output=True, text=True, check=False
        )
        return {path: read(self.after / path) for path in result.stdout.splitlines()}


def judge_tables(split: Split) -> list[str]:
    """The tables moved byte for byte, but for names and `static`."""
    renames = split.renames()
    return [
        complaint
        for before, after in split.tables()
        for complaint in judges.judge_table(before, after, renames)
    ]


def judge_statics(split: Split) -> list[str]:
    """Nothing that a table needs stayed static."""
    return judges.judge_statics([after for _, after in split.tables()], split.new(split.job.source))


def judge_declared_once(split: Split) -> list[str]:
    """Each exposed function has one declaration in the whole tree."""
    return judges.judge_declared_once(split.exposed(), split.texts(split.exposed()))


def judge_header(split: Split) -> list[str]:
    """All that the header declares is defined beside it."""
    folder = split.after / split.job.folder
    return judges.judge_header(
        split.new(HEADER), {path.name: read(path) for path in folder.glob("*.c")}
    )


def judge_prototypes(split: Split) -> list[str]:
    """The header's prototypes are in kernel style."""
    return judges.judge_prototypes(split.new(HEADER))


def judge_guards(split: Split) -> list[str]:
    """The header's prototypes stand under the guards of their definitions."""
    return judges.judge_guards(split.new(HEADER), split.new(split.job.source))


def judge_changes(split: Split) -> list[str]:
    """The source file changed in nothing else."""
    path = split.job.path(split.job.source)
    hunks = diff_lines(split.before / path, split.after / path)
    return judges.judge_changes(hunks, HEADER, split.new(MAIN), split.renames())


def judge_includes(split: Split) -> list[str]:
    """The new file includes what the source included, and the new header, each once."""
    pattern = re.compile(r'^#include [<"](?:\S*/)?([^/\s]+)[>"]', re.MULTILINE)
    found = pattern.findall(split.new(MAIN))
    allowed = {*pattern.findall(split.old()), HEADER}
    complaints = [f"{name} is included twice" for name in set(found) if found.count(name) > 1]
    return complaints + [f"{name} comes from nowhere" for name in found if name not in allowed]


def judge_old_names(split: Split) -> list[str]:
    """No old name of a table is left in the whole tree, nor of a function in the two files."""
    words = [part for name in split.job.tables for part in ("-e", name)]
    command = ["grep", "-rInw", *words, "."]
    result = subprocess.run(command, cwd=split.after, capture_output=True, text=True, check=False)
    complaints = result.stdout.splitlines()
    for name in (split.job.source, MAIN, HEADER):
        text = split.new(name)
        lines = zip(text.split("\n"), rename_words(text, split.renames()).split("\n"), strict=True)
        complaints += [f"{name}: {line}" for line, other in lines if line != other]
    return complaints


def judge_files(split: Split) -> list[str]:
    """What was written is what the patch and the report name, and all of it is near the source."""
    patched = {hunk.span.path for hunk in split.hunks()}
    told = {change.path for change in split.report.changes}
    complaints = []
    if not split.touched == patched == told:
        complaints.append(f"written {split.touched}, in the patch {patched}, reported {told}")
    expected = {MAKEFILE, *(split.job.path(name) for name in (split.job.source, MAIN, HEADER))}
    complaints += [f"{path} did not change" for path in sorted(expected - split.touched)]
    return complaints + [
        f"{path} changed" for path in split.touched if not path.startswith(f"{split.job.folder}/")
        and path != MAKEFILE
    ]


def judge_accounts(split: Split) -> list[str]:
    """The report gives steps for each hunk of the patch, and for no other."""
    return judges.judge_accounts(split.hunks(), split.report.spans())


def judge_exposed(split: Split) -> list[str]:
    """The judges above had something to judge."""
    defined = {found.name for found in functions(split.new(split.job.source)) if found.defined}
    missing = sorted(split.exposed() - defined)
    return [f"{name} is not defined any more" for name in missing] or (
        [] if len(split.exposed()) > 80 else [f"only {len(split.exposed())} functions exposed"]
    )


JUDGES: list[Callable[[Split], list[str]]] = [
    judge_tables,
    judge_statics,
    judge_exposed,
    judge_declared_once,
    judge_header,
    judge_prototypes,
    judge_guards,
    judge_changes,
    judge_includes,
    judge_old_names,
    judge_files,
    judge_accounts,
]
