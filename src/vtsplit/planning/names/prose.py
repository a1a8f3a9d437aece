"""Texts other than C that have a name which changes: they stay, and a note or warning says so."""

import re
from collections.abc import Iterable, Mapping, Sequence

from vtsplit.diagnostics import Site, number
from vtsplit.planning.steps import Ledger

_NAMED = 3


def note_prose(
    mentions: Mapping[str, Sequence[str]], certain: Iterable[str], ledger: Ledger
) -> None:
    """Say which files have which names; `mentions` are paths by name.

    Those names that are `certain` change now and can mean nothing else in code: of these somebody
    has to look, once for each file. A name that may be a plain word says nothing in prose.
    """
    sure = {name for name in certain if not is_plain_word(name)}
    by_path: dict[str, list[str]] = {}
    for name, paths in mentions.items():
        if name in sure:
            for path in paths:
                by_path.setdefault(path, []).append(name)
        else:
            more = f", and in {number(len(paths) - 1, 'more file')}" if paths[1:] else ""
            message = f"'{name}' is mentioned there{more}: left alone, as the text is not C"
            ledger.note(message, Site(paths[0]))
    for path, names in by_path.items():
        verb = "changes" if len(names) == 1 else "change"
        message = f"{shown(names)} {verb}, but this text is not C and is left alone"
        ledger.warn(message, Site(path), "change it by hand")


def is_plain_word(name: str) -> bool:
    """Tell a name that a text in plain English may have: letters alone, no capital inside.

    >>> is_plain_word("formats"), is_plain_word("foo_formats"), is_plain_word("fooFormats")
    (True, False, False)
    """
    return re.fullmatch(r"[A-Za-z][a-z]*", name) is not None


def shown(names: Sequence[str]) -> str:
    """Return some names, and how many more there are.

    >>> shown(["a"]), shown(["a", "b"]), shown(["a", "b", "c", "d", "e"])
    ("'a'", "'a' and 'b'", "'a', 'b', 'c' and 2 more names")
    """
    quoted = [f"'{name}'" for name in names]
    left = len(quoted) - _NAMED
    if left > 0:
        return f"{', '.join(quoted[:_NAMED])} and {left} more name{'s' if left > 1 else ''}"
    return " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))
