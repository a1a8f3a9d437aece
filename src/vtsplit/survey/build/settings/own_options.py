"""What a plain Makefile gives the object of one source alone: variables of its own, macros.

Main's object needs the same: what stood in the source is read as it was before.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from posixpath import basename, dirname, relpath, splitext

from vtsplit.survey.make.followed import follower_of
from vtsplit.survey.make.kbuild import ListKind, Membership, ObjectListing
from vtsplit.survey.make.made_from import OBJECTS
from vtsplit.survey.make.makefile import MakeRule, ObjectList, Word, read_makefile

# `-DNAME=1`, `-D NAME`, `-UNAME`; a file in front of the source may decide on any macro.
_MACRO = re.compile(r"""['"\\]*-[DU]['"]*([A-Za-z_]\w*)?""")
_WHOLE_FILE = frozenset({"-include", "-imacros"})
# `$(CFLAGS_$*)`, `$($(*F)_FLAGS)`: a variable whose name has the target's in it.
_BY_TARGET = re.compile(
    r"\$[({](?P<before>[\w.-]*)(?:\$[*@<]|\$[({][^(){}]*[*@<][^(){}]*[)}])(?P<after>[\w.-]*)[)}]"
)


@dataclass(frozen=True)
class OwnMacros:
    """Options that define or undefine macros for one object, and the line that has them.

    `names` are the macros; none of them are known where another file has them.
    """

    place: Word
    options: tuple[str, ...]
    names: frozenset[str]


def lines_to_share(text: str, membership: Membership) -> tuple[ObjectListing, ...]:
    r"""Return the lines that set a variable for the source's object, as lists of their targets.

    >>> from vtsplit.survey.make.kbuild import find_object
    >>> text = "p: x.o y.o\n\tcc -o $@ $^\nx.o y.o: CFLAGS += -DX\n"
    >>> [one] = lines_to_share(text, find_object({"Makefile": text}.get, "x.c"))
    >>> one.object_list.name, [word.text for word in one.object_list.words], one.word.line
    ('CFLAGS', ['x.o', 'y.o'], 3)
    """
    return tuple(
        ObjectListing(_targets(rule, rule.sets), word, ListKind.PLAIN, None)
        for rule, word in _rules_of(text, membership)
        if rule.sets
    )


def own_macros(text: str, membership: Membership) -> Iterator[OwnMacros]:
    r"""Yield the macros that a rule, or a variable by its name, gives the source's object alone.

    >>> from vtsplit.survey.make.kbuild import find_object
    >>> text = "p: x.o\n\tcc -o $@ $^\nx.o: x.c\n\tcc -DA=1 -c x.c\n"
    >>> [one] = own_macros(text, find_object({"Makefile": text}.get, "x.c"))
    >>> one.options, sorted(one.names), one.place.line
    (('-DA=1',), ['A'], 4)
    >>> text = "p: x.o\n\tcc -o $@ $^\nF_x = -DB\n%.o: %.c\n\tcc $(F_$*) -c $<\n"
    >>> [one.options for one in own_macros(text, find_object({"Makefile": text}.get, "x.c"))]
    [('-DB',)]
    """
    if not _is_plain(membership):
        return
    reader = read_makefile(text)
    # What makes any object gives main's the same.
    lines = (one for rule in reader.rules if _makes_any(rule) for one in rule.recipe)
    common = {option for line in lines for one in _macros_of(line) for option in one.options}
    for rule, _ in _rules_of(text, membership):
        for line in rule.recipe:
            yield from _macros_of(line, common)
    asked = {
        (found["before"], found["after"])
        for rule in reader.rules
        for line in rule.recipe
        for found in _BY_TARGET.finditer(text, line.start, line.end)
    }
    stem, suffix = splitext(basename(membership.source))
    names = {b + one + a for b, a in asked for one in (stem, f"{stem}.o", stem + suffix)}
    for one in reader.lists:
        if one.name in names:
            yield from _macros_of(one)


def _makes_any(rule: MakeRule) -> bool:
    """Tell a pattern rule, or a suffix rule (GNU make manual, 10.5 and 10.7)."""
    return any("%" in word.text or word.text in (".c.o", ".c.lo") for word in rule.targets)


def _is_plain(membership: Membership) -> bool:
    """Tell a source of no list of Kbuild's, whose options have other names."""
    return not membership.places or membership.kind is ListKind.PLAIN


def _rules_of(text: str, membership: Membership) -> Iterator[tuple[MakeRule, Word]]:
    """Yield each rule that has the source's object for a target, with that word."""
    if not _is_plain(membership):
        return
    source, base = membership.source, dirname(membership.makefile)
    stems = {splitext(place.word.path)[0] for place in membership.places}
    stems.add(splitext(relpath(source, base or "."))[0])
    known = {stem + suffix for stem in stems for suffix in (".o", ".lo")}
    # Where a pattern takes the source, no list has the path of its object.
    follower = follower_of((text,), base)
    for rule in read_makefile(text).rules:
        ours = next(
            (
                word
                for word in rule.targets
                if word.path in known
                or (word.text.endswith(OBJECTS) and follower.is_ours(word, source))
            ),
            None,
        )
        if ours is not None:
            yield rule, ours


def _targets(rule: MakeRule, sets: ObjectList) -> ObjectList:
    """Return the targets as a list, which ends in front of the colon."""
    last = rule.targets[-1]
    cuts = tuple(at for at in sets.backslashes if at < last.end)
    return replace(
        sets, operator=":", words=rule.targets, end=last.end, backslashes=cuts, comment=None
    )


def _macros_of(line: ObjectList, common: Collection[str] = ()) -> Iterator[OwnMacros]:
    options: list[str] = []
    names: set[str] = set()
    words = [word.text for word in line.words]
    for at, word in enumerate(words):
        behind = words[at + 1] if at + 1 < len(words) else ""
        if word in common or f"{word} {behind}" in common:
            continue
        if word in _WHOLE_FILE:
            options.append(f"{word} {behind}")
        elif macro := _MACRO.match(word):
            name = macro[1] or (re.match(r"\w+", behind) or [""])[0]
            options.append(word if macro[1] else f"{word} {behind}")
            names.add(name)
    if options:
        whole = any(option.split()[0] in _WHOLE_FILE for option in options)
        yield OwnMacros(line.words[0], tuple(options), frozenset(() if whole else names))
