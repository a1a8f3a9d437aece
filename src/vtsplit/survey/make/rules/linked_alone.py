"""Goals that a rule for any file links of one source alone: `foo.so` by `%.so: %.c`."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from posixpath import splitext
from typing import NamedTuple

from vtsplit.survey.make.followed import Follower
from vtsplit.survey.make.link_rules import links_some
from vtsplit.survey.make.made_one_by_one import is_beside
from vtsplit.survey.make.make_values import MakeValue
from vtsplit.survey.make.makefile import MakeRule, Word

_SUFFIXES = re.compile(r"(\.\w+)(\.\w+)$")


class _Linking(NamedTuple):
    """A pattern of files that are linked, the pattern of what each is made of, and the rule."""

    target: str
    needs: str
    rule: MakeRule


class _Goal(NamedTuple):
    word: Word
    text: str
    needs: str


def linked_alone(follower: Follower, source: str) -> tuple[Word, ...]:
    r"""Return the words for files that a pattern, or suffix, rule links of a source alone.

    >>> from vtsplit.survey.make.makefile import MakefileReader
    >>> text = "P = x.so y.so\nall: $(P)\n%.so: %.c\n\t$(CC) -shared -o $@ $<\n"
    >>> [word.text for word in linked_alone(Follower([MakefileReader(text)], ""), "x.c")]
    ['x.so']
    """
    suffix = splitext(source)[1]
    goals = (one for one in _goals(follower) if source in follower.made.sources(one.needs, suffix))
    return tuple({one.word.start: one.word for one in goals if follower.is_own(one.word)}.values())


@lru_cache(maxsize=32)
def _goals(follower: Follower) -> tuple[_Goal, ...]:
    """Return what rules need, or static patterns make, that a rule for any file links."""
    rules = [rule for reader in follower.readers for rule in reader.rules]
    linking = [one for rule in rules for one in _linking(rule)]
    if not linking:
        return ()
    named = {
        value.text
        for rule in rules
        if rule.recipe and not _is_static(rule)
        for value in _targets(follower, rule)
    }
    found: list[_Goal] = []
    for rule in rules:
        if any(word.text.startswith(".") and word.text[1:].isupper() for word in rule.targets):
            continue  # `.PHONY` needs nothing
        statics = [one for one in linking if one.rule is rule and _is_static(rule)]
        wanted = _targets(follower, rule) if statics else ()
        needed = () if _is_static(rule) else follower.values.of_list(rule.prerequisites)
        pairs = [(value, statics) for value in wanted]
        pairs += [(value, linking) for value in needed if value.text not in named]
        for value, patterns in pairs:
            found += [
                _Goal(value.word, value.text, needs)
                for one in patterns
                if not is_beside(value.text)
                for needs in _made_of(one, value.text)
            ]
    return tuple(found)


def _targets(follower: Follower, rule: MakeRule) -> tuple[MakeValue, ...]:
    return follower.values.of_list(replace(rule.prerequisites, words=rule.targets))


def _is_static(rule: MakeRule) -> bool:
    return any(word.text.endswith(":") for word in rule.prerequisites.words)


def _linking(rule: MakeRule) -> Iterator[_Linking]:
    """Yield the patterns by which a rule links any file (GNU make manual, 4.12, 10.5, 10.7)."""
    if not rule.recipe or not links_some(rule):
        return
    targets = [word.text for word in rule.targets]
    needs = [word.text for word in rule.prerequisites.words]
    if _is_static(rule):
        colon = next(at for at, word in enumerate(needs) if word.endswith(":"))
        targets, needs = [*needs[:colon], needs[colon][:-1]], needs[colon + 1 :]
    for target in filter(None, targets):
        if "%" in target and not is_beside(target):
            yield from (_Linking(target, need, rule) for need in needs if "%" in need)
        elif (both := _SUFFIXES.match(target)) and not is_beside(both[2]):
            yield _Linking(f"%{both[2]}", f"%{both[1]}", rule)


def _made_of(one: _Linking, text: str) -> Iterator[str]:
    head, _, tail = one.target.partition("%")
    between = len(text) - len(head) - len(tail)
    if between > 0 and text.startswith(head) and text.endswith(tail):
        yield one.needs.replace("%", text[len(head) : len(text) - len(tail)])
