"""Reading a unified diff, and applying one the way its readers do."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True, order=True)
class Span:
    """Where a hunk stands: first line and number of lines, before and after."""

    path: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int


@dataclass
class Hunk:
    """A hunk: its place, its lines with their mark, and the patch's line its first line is on."""

    span: Span
    position: int
    lines: list[str] = field(default_factory=list)

    def marked(self, mark: str) -> list[str]:
        """Return the lines that carry a mark ("+", "-" or " "), without it."""
        return [line[1:] for line in self.lines if line.startswith(mark)]


def parse_patch(text: str) -> list[Hunk]:
    """Split a git-style patch into its hunks; paths lose the `a/` or `b/` in front."""
    hunks: list[Hunk] = []
    old = new = 0
    path = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if old > 0 or new > 0:
            hunks[-1].lines.append(line)
            old -= line[:1] in ("-", " ", "")
            new -= line[:1] in ("+", " ", "")
        elif line.startswith("--- ") and line != "--- /dev/null":
            path = line[4:].split("\t")[0].removeprefix("a/")
        elif line.startswith("+++ ") and line != "+++ /dev/null":
            path = line[4:].split("\t")[0].removeprefix("b/")
        elif match := HUNK.match(line):
            old_start, old, new_start, new = (int(part or 1) for part in match.groups())
            hunks.append(Hunk(Span(path, old_start, old, new_start, new), number + 1))
    return hunks


def line_at(hunks: list[Hunk], number: int) -> str | None:
    """Return line `number` (from 1) of the patch with its mark; None outside of all hunks."""
    for hunk in hunks:
        if 0 <= number - hunk.position < len(hunk.lines):
            return hunk.lines[number - hunk.position]
    return None


def apply(command: list[str], patch: bytes, folder: Path) -> str:
    """Feed a patch to `git apply` or `patch -p1` in a folder; returns all that it said.

    A git repository further up would make `git apply` skip every file without a word, so it is
    kept from looking there.
    """
    result = subprocess.run(
        command,
        cwd=folder,
        input=patch,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    said = result.stdout.decode(errors="replace")
    if result.returncode:
        raise AssertionError(f"{' '.join(command)} failed:\n{said}")
    return said


def diff_lines(old: Path, new: Path) -> list[Hunk]:
    """Compare two files line by line, with no context, by git's algorithm."""
    command = [
        "git",
        "diff",
        "--no-index",
        "--no-color",
        "--no-ext-diff",
        "-U0",
        str(old),
        str(new),
    ]
    result = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if result.returncode not in (0, 1):
        raise AssertionError(f"git diff failed on {old} and {new}")
    return parse_patch(result.stdout.decode("utf-8", "surrogateescape"))
