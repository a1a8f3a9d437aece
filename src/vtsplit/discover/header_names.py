"""What headers declare names as, for many names at once: the line of each name tells."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import ahocorasick_rs

from vtsplit.discover.ops_tables import EntryKind, is_part
from vtsplit.survey.headers.name_lines import before_name, is_defined_behind, may_end_enumerator
from vtsplit.tree.regular import read_regular

_CALL = re.compile(r"\s*\(")
_OBJECT = re.compile(r"\s*(?:\[[^\]]*\]\s*)*(?:__\w++\s*)*;")

# A function may be an inline or a macro where it is configured out: its prototype tells more.
CERTAIN = (EntryKind.ELSEWHERE, EntryKind.INLINE, EntryKind.MACRO, EntryKind.DATA)


def sort_names(root: Path, names: Iterable[str], paths: Sequence[str]) -> dict[str, EntryKind]:
    """Return what headers declare names as: a function, inline or not, a macro, or data."""
    words = sorted(names)
    automaton = ahocorasick_rs.AhoCorasick(
        words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
    )
    found: dict[str, EntryKind] = {}
    for path in paths:
        try:
            text = read_regular(root / path).decode("latin-1")
        except OSError:
            continue
        for pattern, start, end in automaton.find_matches_as_indexes(text):
            if is_part(text[start - 1 : start]) or is_part(text[end : end + 1]):
                continue
            kind = kind_at(text, start, end)
            if kind is not None:
                name = words[pattern]
                found[name] = min(found.get(name, kind), kind, key=CERTAIN.index)
    return found


def kind_at(text: str, start: int, end: int) -> EntryKind | None:
    r"""Return what the name at `text[start:end]` is declared as there; None for a mere use.

    >>> kind_at("int foo(void);\n", 4, 7).value
    'elsewhere'
    >>> kind_at("static inline int\nfoo(void)\n{\n}\n", 18, 21).value
    'inline'
    >>> kind_at("enum { A,\n\tB = 2,\n};\n", 11, 12).value
    'data'
    >>> kind_at("\treturn foo(1);\n", 8, 11)
    """
    before = before_name(text, start)
    if is_defined_behind(before):
        return EntryKind.MACRO
    if before.startswith(("/", "*", "#", " *")) or "(" in before or before.endswith((".", ">")):
        return None
    if _CALL.match(text, end):
        if before[:1].isspace():
            return None
        # The specifiers may stand on the line above.
        line = start - len(before)
        above = text[text.rfind("\n", 0, max(line - 1, 0)) + 1 : line]
        own = before if before.strip() else above + before
        return EntryKind.INLINE if "inline" in own.split() else EntryKind.ELSEWHERE
    if before.startswith("extern") and _OBJECT.match(text, end):
        return EntryKind.DATA
    return EntryKind.DATA if not before.strip() and may_end_enumerator(text, end) else None
