"""How the subjects of patches begin: `KVM: VMX: `, as the history of the source has it."""

import re
from collections import Counter
from collections.abc import Iterable
from posixpath import basename, dirname, splitext

from vtsplit.series.repository.base import Base

_PREFIX = re.compile(r"(?:[^\s:\"'`]+(?:[ ][^\s:\"'`]+)?:[ ]+)+")
_LAST = 50  # commits that are looked at


def find_prefix(base: Base, source: str) -> str:
    """Return how most subjects begin of the last commits that changed a file, else its folder.

    Without any that begins so, it is the file's name.
    """
    for path in (source, dirname(source) or "."):
        log = base.git.find(
            "log", f"-{_LAST}", "--no-merges", "--format=%s", base.commit, "--", base.prefix + path
        )
        if prefix := common_beginning(log.split("\n")):
            return prefix
    return f"{splitext(basename(source))[0]}: "


def common_beginning(subjects: Iterable[str]) -> str:
    """Return the beginning, up to a colon, that most subjects have; of equals the longest.

    >>> common_beginning(["KVM: VMX: Drop a", "KVM: VMX: Add b", "KVM: x86: c", "Merge d"])
    'KVM: VMX: '
    >>> common_beginning(["Fix a", "Fix b"])
    ''
    """
    found = Counter(match[0] for subject in subjects if (match := _PREFIX.match(subject)))
    return max(found, key=lambda one: (found[one], len(one)), default="")
