"""A split of a kernel's tables, and the judges of its texts."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import judges
from .ctext import find_table, functions, names_in, read, rename_words
from .patches import Hunk, diff_lines, parse_patch
from .tool import HEADER, MAIN, MAKEFILE, Job, Report


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
    pattern = re.compile(r'^#include ([<"]\S+[>"])', re.MULTILINE)
    found = pattern.findall(split.new(MAIN))
    allowed = {*pattern.findall(split.old()), f'"{HEADER}"'}
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
        f"{path} changed"
        for path in split.touched
        if not path.startswith(f"{split.job.folder}/") and path != MAKEFILE
    ]


def judge_accounts(split: Split) -> list[str]:
    """The report gives steps for each hunk of the patch, and for no other."""
    return judges.judge_accounts(split.hunks(), split.report.spans())


def judge_exposed(split: Split) -> list[str]:
    """The judges above had something to judge."""
    defined = {found.name for found in functions(split.new(split.job.source)) if found.defined}
    missing = sorted(split.exposed() - defined)
    return [f"{name} is not defined any more" for name in missing] or (
        [] if len(split.exposed()) > 50 else [f"only {len(split.exposed())} functions exposed"]
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
