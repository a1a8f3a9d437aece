"""How the subjects of patches begin: `KVM: VMX: `, as history has it, else MAINTAINERS."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import basename, dirname, splitext

from vtsplit.diagnostics import Note, NoteKind, Problem, RefusedError, Site
from vtsplit.series.repository.base import Base
from vtsplit.series.rules import SHALLOW
from vtsplit.survey.build.path_users import find_entry
from vtsplit.tree.source_tree import SourceTree

_PREFIX = re.compile(r"(?:[^\s:\"'`]+(?:[ ][^\s:\"'`]+)?:[ ]+)+")
_LAST = 50  # commits that are looked at
_SHORT = re.compile(r"\(([A-Za-z][\w.-]*(?:/[\w.-]+)*)\)$")  # at the end of a title
_MAINTAINERS = "MAINTAINERS"


@dataclass(frozen=True)
class Beginning:
    """How each subject begins, and a warning if that is a guess."""

    text: str
    note: Note | None = None


def find_prefix(base: Base, tree: SourceTree, source: str) -> Beginning:
    """Return how most subjects begin of the last commits that changed a file, else its folder.

    Without any that begins so, MAINTAINERS or the file's name gives a word, with a warning. Raises
    RefusedError if that is because the clone is shallow: then there is a better answer elsewhere.
    """
    for path in (source, dirname(source) or "."):
        if prefix := common_beginning(_subjects(base, path)):
            return Beginning(prefix)
    entry = find_entry(tree.find_text(_MAINTAINERS), source)
    prefix, site = prefix_by_name(source), None
    by = "the name of the file"
    if entry is not None:
        title, pattern = entry
        prefix = prefix_by_entry(title, pattern, source)
        by = f"the entry '{title}' in {_MAINTAINERS}"
        site = Site(_MAINTAINERS)
    if base.git.find("rev-parse", "--is-shallow-repository") == "true":
        raise RefusedError(_shallow(source, prefix.rstrip() if entry else ""))
    message = (
        f"git has no commits that say how subjects begin for {source}: they begin with "
        f"'{prefix.rstrip()}', a guess from {by}"
    )
    help_ = "if another prefix is usual, state `prefix` in [series]"
    return Beginning(prefix, Note(message, site, NoteKind.WARNING, help_))


def _shallow(source: str, prefix: str) -> Problem:
    """Return what to say of a clone without the commits that are asked for."""
    like = f", such as '{prefix}' by {_MAINTAINERS}" if prefix else ""
    return Problem(
        SHALLOW,
        f"the clone is shallow: it has no commits that say how subjects begin for {source}",
        Site(source),
        f"state `prefix` in [series]{like}, or run `git fetch --unshallow`",
    )


def _subjects(base: Base, path: str) -> list[str]:
    """Return the subjects of the last commits that changed a path.

    A commit without a parent has all files of the tree, and so has the last one of a shallow clone:
    its subject is about something else.
    """
    only = ["--no-merges", "--min-parents=1", "--format=%s"]
    log = base.git.find("log", f"-{_LAST}", *only, base.commit, "--", base.prefix + path)
    return log.split("\n")


def prefix_by_entry(title: str, pattern: str, source: str) -> str:
    """Return a prefix as an entry of MAINTAINERS suggests it.

    That is the short name in its title, else the folder that its pattern stands for.

    >>> prefix_by_entry("VIRTUAL MACHINE (KVM/x86)", "arch/x86/kvm/", "arch/x86/kvm/vmx/vmx.c")
    'KVM: x86: '
    >>> prefix_by_entry("EXT4 FILE SYSTEM", "fs/ext4/", "fs/ext4/super.c")
    'ext4: '
    >>> prefix_by_entry("LAMP DRIVER (64-bit)", "drivers/lamp*", "drivers/lamp.c")
    'lamp: '
    """
    if short := _SHORT.search(title):
        return "".join(f"{part}: " for part in short[1].split("/"))
    if pattern.endswith("/"):
        return f"{basename(pattern.rstrip('/'))}: "
    return prefix_by_name(source)


def prefix_by_name(source: str) -> str:
    """Return a prefix that is the name of a file."""
    return f"{splitext(basename(source))[0]}: "


def common_beginning(subjects: Sequence[str]) -> str:
    """Return the beginning, up to a colon, that most subjects have; of equals the longest.

    The first subjects are the latest, and count more: habits change.

    >>> common_beginning(["KVM: VMX: Drop a", "KVM: VMX: Add b", "KVM: x86: c", "Merge d"])
    'KVM: VMX: '
    >>> common_beginning(["Fix a", "Fix b"])
    ''
    >>> common_beginning(["lib: a"] * 6 + ["Fix b"] * 20 + ["All: c"] * 9)
    'lib: '
    """
    found = Counter[str]()
    for at, subject in enumerate(subjects):
        if match := _PREFIX.match(subject):
            found[match[0]] += _LAST - at
    return max(found, key=lambda one: (found[one], len(one)), default="")
