"""What checkpatch says of patches, and did not say of the lines before they moved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from postings.checks import Checks
from postings.programs import FailedError, git, run
from postings.subject import Posting, Subject

_SAID = re.compile(r"^.*?:(\d+): (?:ERROR|WARNING|CHECK):([A-Z_]+): (.*)$", re.MULTILINE)
_WORD = re.compile(r"\w+")
# A new file has no entry in MAINTAINERS: whether it needs one is not for a program to say.
_ALWAYS = {"FILE_PATH_CHANGES"}
# Where an option is off, a macro for functions of the second backend is NULL whatever its argument.
_UNUSED, _NULL = "MACRO_ARG_UNUSED", re.compile(r"#\s*define\s+\w+\(\w+\)\s+NULL")
# What a definition has and its declaration has not, or the other way round.
_LINKAGE = {"static", "extern", "inline"}


@dataclass(frozen=True)
class Remark:
    """What checkpatch says of a line."""

    kind: str
    text: str
    line: str

    @property
    def words(self) -> frozenset[str]:
        """The words of the line, as they are with any linkage."""
        return frozenset(_WORD.findall(self.line)) - _LINKAGE


def check_style(subject: Subject, posting: Posting, checks: Checks) -> None:
    """Run checkpatch on each patch, and on the files that it changes as they were before."""
    subject.back()
    known = [one for path in _changed(subject) for one in _remarks(subject.tree, path, "-f")]
    for patch in posting.patches:
        new = [
            one
            for one in _remarks(subject.tree, patch)
            if not (_is_meant(one) or _was_there(one, known))
        ]
        told = "\n".join(f"{one.kind}: {one.text}: {one.line}" for one in new)
        checks.see(f"{patch.name[:4]} pleases checkpatch", not new, told)


def _is_meant(one: Remark) -> bool:
    """Tell whether a remark is one that docs/series.md names."""
    return one.kind in _ALWAYS or (one.kind == _UNUSED and _NULL.match(one.line) is not None)


def _was_there(one: Remark, known: list[Remark]) -> bool:
    """Tell whether checkpatch said the same of such a line before; one name may differ."""
    return any(
        one.kind == other.kind and len(one.words - other.words) <= 1 and other.words
        for other in known
    )


def _changed(subject: Subject) -> Iterator[Path]:
    """Yield the C files that the series changes and that were there before."""
    said = git(subject.tree, "diff", "--name-only", "--diff-filter=d", "posting", subject.base)
    for path in said.split("\n"):
        if path.endswith((".c", ".h")):
            yield subject.tree / path


def _remarks(root: Path, file: Path, *options: str) -> list[Remark]:
    command = ["perl", "scripts/checkpatch.pl", "--strict", "--show-types", "--terse"]
    ran = run(root, *command, "--no-signoff", *options, file)
    if ran.code not in {0, 1}:
        raise FailedError(f"checkpatch: {ran.end}")
    lines = file.read_text(errors="surrogateescape").split("\n")
    start = 0 if "-f" in options else 1  # a patch has a sign in front of each line
    return [
        Remark(kind, text, lines[int(at) - 1][start:]) for at, kind, text in _SAID.findall(ran.out)
    ]
