"""Which rules of a Makefile link an object by its own name, and which use it in some other way."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from vtsplit.survey.make.makefile import MakeRule, ObjectList, Word
from vtsplit.survey.make.rules.builds_nothing import builds_nothing, says_something

# What links by a rule: the variables of make's catalogue of rules (GNU make manual, 10.2, 10.3),
# libtool, and the programs themselves.
_LINKER = re.compile(
    r"(?:.*[/-])?(?:cc|gcc|g\+\+|c\+\+|clang(?:\+\+)?|ld|ar|libtool)(?:-[\d.]+)?$"
    # Windows' own, whose objects end with .obj.
    r"|(?:lld-)?link(?:\.exe)?$"
    r"|.*\$[({](?:\w*_)?(?:CC|CXX|CCLD|LD|AR|LIBTOOL|LINK|LINK\.\w+|HOSTCC)[)}]$"
)
_ALL = re.compile(r"\$[({]?[\^+]")
_FIRST = re.compile(r"\$[({]?<")
# Files that only are kept, made or removed by that.
_APART = re.compile(
    r"\.[A-Z_]+$|(?:dist|mostly|maintainer-)?clean$|tags$|TAGS$|depend$|dist$|check$"
)


class LinkUse(NamedTuple):
    """A word by which a rule links the object or its source, and the line that it stands in."""

    line: ObjectList
    word: Word


class Uses(NamedTuple):
    """The words that a second object has to stand beside, and those where that is not known.

    Nothing is built of those that are only `named`.
    """

    linked: tuple[LinkUse, ...]
    unclear: tuple[LinkUse, ...]
    named: tuple[LinkUse, ...] = ()


def find_uses(rules: Iterable[MakeRule], is_ours: Callable[[Word], bool], text: str) -> Uses:
    r"""Find the rules that link an object by its name; `is_ours` knows it and its source.

    The rule that makes the object does not count as a use. If a rule compiles the source to another
    object, that use is unclear: main would have to be compiled in the same way. `text` is the
    Makefile's: a command in it may be known to build nothing.

    >>> from vtsplit.survey.make.makefile import MakefileReader
    >>> text = "t: a.o b.o\n\t$(CC) -o t a.o b.o\na.o: a.c\nx: a.o\n\tobjdump a.o > x\n"
    >>> uses = find_uses(MakefileReader(text).rules, lambda word: word.text == "a.o", text)
    >>> [use.word.line for use in uses.linked], [use.word.line for use in uses.unclear]
    ([2, 1, 4], [5])
    """
    linked: list[LinkUse] = []
    unclear: list[LinkUse] = []
    named: list[LinkUse] = []
    for rule in rules:
        if any(is_ours(word) or _APART.match(word.text) for word in rule.targets):
            continue
        lines = [(line, [w for w in _inputs(line) if is_ours(w)]) for line in rule.recipe]
        for line, words in lines:
            into = linked if links_files(line) else unclear
            if builds_nothing(text, line):
                into = named
            into += [LinkUse(line, word) for word in words]
        if _only_looks(rule, text, is_ours):
            if not any(words for _, words in lines):
                needed = rule.prerequisites
                named += [LinkUse(needed, word) for word in needed.words if is_ours(word)]
            continue
        needs = any(words for _, words in lines) or any(takes_all(line) for line in rule.recipe)
        first_only = any(links_first_only([w.text for w in line.words]) for line in rule.recipe)
        for word in rule.prerequisites.words:
            if not is_ours(word):
                continue
            is_compiled = not word.text.endswith(".o") and _compiles(rule)
            if is_compiled or (first_only and word.text[0] != "$"):
                unclear.append(LinkUse(rule.prerequisites, word))
            elif word.text.endswith(".o") or needs:
                linked.append(LinkUse(rule.prerequisites, word))
    return Uses(tuple(linked), tuple(unclear), tuple(named))


def _only_looks(rule: MakeRule, text: str, is_ours: Callable[[Word], bool]) -> bool:
    """Tell a rule that looks at the files that it needs, and builds nothing from them."""
    return all(builds_nothing(text, line) for line in rule.recipe) and any(
        is_ours(word) or _ALL.search(word.text) or _FIRST.search(word.text)
        for line in rule.recipe
        if not says_something(line)
        for word in line.words
    )


def _inputs(line: ObjectList) -> Iterator[Word]:
    """Return the words of a recipe's line but for the names of what it makes."""
    before = ""
    for word in line.words:
        if before not in ("-o", ">", ">>"):
            yield word
        before = word.text


def links_files(line: ObjectList) -> bool:
    """Tell a line that makes one file of several, and does no more than that with them."""
    return is_link([word.text for word in line.words])


def is_link(words: Sequence[str]) -> bool:
    """Tell whether words of a recipe's line make one file of several, and do no more than that.

    >>> is_link(["$(CC)", "-shared", "-o", "$@", "$<"]), is_link(["$(CC)", "-c", "$<"])
    (True, False)
    """
    plain = not {"-c", "-S", "-E", "-M", "-MM", "&&", "||", ";", "|"}.intersection(words)
    return plain and any(_LINKER.match(word.lstrip("@-+")) for word in words)


def links_first_only(words: Sequence[str]) -> bool:
    """Tell a line that links the first of the files that its rule needs, and not the others.

    >>> [links_first_only(["$(CC)", "-o", "$@", word]) for word in ("$<", "$^", "a.o")]
    [True, False, False]
    """
    takes_first = any(map(_FIRST.search, words)) and not any(map(_ALL.search, words))
    return takes_first and is_link(words)


def links_some(rule: MakeRule) -> bool:
    """Tell a rule that may link what it needs: a line of its recipe does, or make's own would."""
    if any(_APART.match(word.text) for word in rule.targets):
        return False
    return not rule.recipe or any(
        any(_LINKER.match(word.text.lstrip("@-+")) for word in line.words)
        and "-c" not in (word.text for word in line.words)
        for line in rule.recipe
    )


def _compiles(rule: MakeRule) -> bool:
    """Tell a rule that makes one object of a source file, which another one would be made for."""
    compiled = any(word.text == "-c" for line in rule.recipe for word in line.words)
    return compiled or any(word.text.endswith((".o", ".lo")) for word in rule.targets)


def takes_all(line: ObjectList) -> bool:
    """Tell a line that takes all files that its rule needs."""
    return any(_ALL.search(word.text) for word in line.words)
