"""Which include of a source file provides a name, so that a new file includes just what it uses."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_letters, digits

import ahocorasick_rs

from vtsplit.survey.headers.includes import Include, IncludeGraph, is_absent
from vtsplit.survey.headers.system_headers import EVERYWHERE, names_of_header

_AGGREGATE_END = re.compile(r"(struct|union|enum)[ \t]+\Z")
_DEFINE = re.compile(r"[ \t]*#[ \t]*define[ \t]+\Z")
_TYPEDEF_END = re.compile(
    r"(?:[ \t]*\[[^\]]*\])*[ \t]*(?:__\w+[ \t]*(?:\([^)]*\))?[ \t]*)*;|\)[ \t]*\("
)
_BODY = re.compile(r"(?:\s|__\w+(?:\([^)]*\))?)*\{")
_ENUMERATOR = re.compile(r"[ \t]*(?:=[^,;\n]*)?(?:,|\s*\}|\s*/[/*]|\s*$)", re.MULTILINE)
_DECLARATOR_END = re.compile(r"(?:[ \t]+__\w+(?:\([^)]*\))?)*[ \t]*[\[;,]")
_DECLARING_CALL = re.compile(r"(?:extern[ \t]+)?(?:DECLARE|DEFINE)_\w+[ \t]*\(")
_WORD = frozenset(ascii_letters + digits + "_$")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class ChosenIncludes:
    """The includes to take, in the source's order, and the names that none of them provides."""

    includes: tuple[Include, ...]
    unresolved: tuple[str, ...]


def find_declaring(
    graph: IncludeGraph,
    paths: Iterable[str],
    names: Iterable[str],
    incomplete: bool = False,
) -> dict[str, set[str]]:
    """Return for each name the headers that declare it: `struct x` is looked for as its tag.

    With `incomplete`, a tag that is declared forward will do.

    The look is at the line the name stands in, not at the whole header.
    """
    wanted: dict[str, list[str]] = {}
    for name in names:
        wanted.setdefault(name.rpartition(" ")[2], []).append(name)
    if not wanted:
        return {}
    words = sorted(wanted)
    automaton = ahocorasick_rs.AhoCorasick(words)
    found: dict[str, set[str]] = {}
    for path in paths:
        if is_absent(path):
            having = names_of_header(path)
            for name in (one for every in wanted.values() for one in every if one in having):
                found.setdefault(name, set()).add(path)
            continue
        text = graph.text(path)
        if not text.isascii():
            # The search takes Unicode only; bytes that are none cannot be part of a name.
            text = _SURROGATE.sub("\ufffd", text)
        for pattern, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            for name in wanted[words[pattern]]:
                if path not in found.get(name, ()) and declares_at(
                    text, start, end, name, incomplete
                ):
                    found.setdefault(name, set()).add(path)
    return found


def declares_at(text: str, start: int, end: int, name: str, incomplete: bool = False) -> bool:
    r"""Tell whether the name at `text[start:end]` is declared there, by the shape of its line.

    >>> declares_at("typedef int a_t;\n", 12, 15, "a_t"), declares_at("\ta_t b;\n", 1, 4, "a_t")
    (True, False)
    >>> declares_at("int f(a_t (*g)(void));\n", 6, 9, "a_t")  # a parameter's type
    False
    """
    if (start and text[start - 1] in _WORD) or (end < len(text) and text[end] in _WORD):
        return False
    before = text[text.rfind("\n", 0, start) + 1 : start]
    line_end = text.find("\n", end)
    after = text[end : line_end if line_end >= 0 else len(text)]
    aggregate = _AGGREGATE_END.search(before)
    if " " in name:
        kind = name.partition(" ")[0]
        if not aggregate or aggregate[1] != kind:
            return False
        forward = before.strip() == kind and after.lstrip().startswith(";")
        return bool(_BODY.match(text, end)) or (incomplete and forward)
    if _DEFINE.match(before):
        return True
    if aggregate or before.rstrip().endswith((".", "->")):
        return False
    if _TYPEDEF_END.match(after) and _is_typedef(text, before, start):
        return True
    is_outside = before.count("(") == before.count(")")
    if after.lstrip().startswith("(") and is_outside and _starts_in_column_0(before):
        return True
    if before.startswith("extern") and "(" not in before and _DECLARATOR_END.match(after):
        return True
    if _DECLARING_CALL.match(before) and after.lstrip().startswith(")"):
        return True
    return not before.strip() and bool(before) and bool(_ENUMERATOR.match(text, end))


def _is_typedef(text: str, before: str, start: int) -> bool:
    if before.startswith("typedef") or before.startswith("}"):
        return True
    # A typedef over several lines: go back to where the declaration starts.
    back = text[max(0, start - 2000) : start]
    statement = re.split(r"[;}]", back)[-1]
    return bool(re.search(r"(?:^|\n)[ \t]*typedef\b", statement))


def _starts_in_column_0(before: str) -> bool:
    if not before:
        return True
    return bool(re.match(r"[^\W\d]|[$\[]", before)) and not re.match(
        r"(?:return|else|case|goto|if|while|for|switch|sizeof)\b", before
    )


def choose_includes(
    graph: IncludeGraph,
    available: Sequence[Include],
    names: Iterable[str],
) -> ChosenIncludes:
    """Choose among the source's includes those that provide the names.

    An include whose own header declares a name is taken first; a name then left is served by an
    include taken already, else by the one in which it lies least deep.
    """
    wanted = list(dict.fromkeys(names))
    paths = list(dict.fromkeys(path for include in available for path in include.files))
    return choose_among(available, wanted, find_declaring(graph, paths, wanted))


def choose_among(
    available: Sequence[Include], wanted: Sequence[str], declaring: Mapping[str, set[str]]
) -> ChosenIncludes:
    """Choose as `choose_includes` does, where it is known which headers declare each name."""
    chosen: dict[int, Include] = {}
    for name in wanted:
        if name in EVERYWHERE:
            # Any header of the library that comes along anyway will do.
            continue
        own = [i for i in available if any(i.files.get(p) == 0 for p in declaring.get(name, ()))]
        if own:
            chosen.setdefault(own[0].index, own[0])
    unresolved = []

    def reaching(name: str) -> int:
        headers = declaring.get(name, set())
        return sum(not include.files.keys().isdisjoint(headers) for include in available)

    # What few includes provide decides first; what all provide is then there already.
    for name in sorted(wanted, key=reaching):
        headers = declaring.get(name, set())
        if any(not include.files.keys().isdisjoint(headers) for include in chosen.values()):
            continue
        best = min(
            (
                (
                    min(include.files[p] for p in headers if p in include.files),
                    include.index,
                    include,
                )
                for include in available
                if not include.files.keys().isdisjoint(headers)
            ),
            key=lambda found: found[:2],
            default=None,
        )
        if best is None:
            unresolved.append(name)
        else:
            chosen.setdefault(best[2].index, best[2])
    return ChosenIncludes(tuple(chosen[index] for index in sorted(chosen)), tuple(unresolved))
