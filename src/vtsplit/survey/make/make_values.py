"""What the words of a Makefile become by make's functions, and which word each one came from.

Nothing is run and no condition is decided: a variable has the values of all its assignments. A
variable that has none here stays as it is written. GNU make's manual, 8, has the functions.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vtsplit.survey.make.makefile import REFERENCE, VALUE, MakefileReader, ObjectList, Word
from vtsplit.survey.make.rules.find_command import LeftOut, read_find

_WORDS = re.compile(rf"(?:[^\s$]|{VALUE}|\$.?)+")
_CALL = re.compile(r"([a-z-]+)[ \t]+(.*)", re.DOTALL)
_SAME = frozenset({"sort", "strip", "abspath", "realpath", "if", "or", "and", "wordlist"})
_MOST = 4000  # values of one variable: folders by names by endings are not looked through
_DEPTH = 12


class MakeValue(NamedTuple):
    """A text that a list comes to, and the list and word that it was made of.

    Of files that are taken by a pattern, `glob` is that pattern, and `text` what it has become;
    `without` are patterns of what was taken out of them, and `left_out` what never was in.
    """

    text: str
    object_list: ObjectList
    word: Word
    glob: str = ""
    without: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class MakeValues:
    r"""The values of the variables of one Makefile, and of what it includes.

    >>> reader = MakefileReader("N = a b\nD = obj\nO = $(patsubst %,$(D)/%,$(N:=.o))\nS = *.c\n")
    >>> values = MakeValues(reader)
    >>> [(value.text, value.word.text) for value in values.of_list(reader.lists[2])]
    [('obj/a.o', 'a'), ('obj/b.o', 'b')]
    """

    def __init__(self, *readers: MakefileReader) -> None:
        self.readers = readers
        self._assigned: dict[str, list[ObjectList]] = {}
        for one in (one for reader in readers for one in reader.lists):
            self._assigned.setdefault(one.name, []).append(one)
        self._known: dict[str, tuple[MakeValue, ...]] = {}

    def of_list(self, one: ObjectList) -> tuple[MakeValue, ...]:
        """Return the values of the words of one assignment, one rule's head or one recipe line."""
        found: list[MakeValue] = []
        for word in one.words:
            for prefix in self.texts(word.prefix) if word.prefix else [""]:
                inner = self._expand(word.text, MakeValue("", one, word), 0)
                found += [v._replace(text=prefix + v.text) for v in inner] if prefix else inner
        return tuple(found[:_MOST])

    def texts(self, text: str) -> list[str]:
        """Return the words that a text comes to."""
        nowhere = ObjectList("", "", (), (), 0, 0, 0, (), None)
        start = MakeValue("", nowhere, Word(text, 0, 0, 0, 0))
        return [value.text for value in self._expand(text, start, 0)]

    def _variable(self, name: str) -> tuple[MakeValue, ...]:
        if name not in self._known:
            self._known[name] = ()  # a variable that is made of itself
            values = (value for one in self._assigned.get(name, ()) for value in self.of_list(one))
            unique = {(v.text, id(v.word), v.glob, v.without, v.left_out): v for v in values}
            self._known[name] = tuple(unique.values())[:_MOST]
        return self._known[name]

    def _expand(self, text: str, near: MakeValue, depth: int) -> list[MakeValue]:
        """Return the values of all words of a text; `near` says where the text stands."""
        if depth > _DEPTH:
            return []
        if "$" not in text:
            words = text.split()
            return [near._replace(text=w, glob=w if "*" in w else "") for w in words]
        return [value for word in _WORDS.findall(text) for value in self._word(word, near, depth)][
            :_MOST
        ]

    def _word(self, word: str, near: MakeValue, depth: int) -> list[MakeValue]:
        """Return the values of one word: each value of each variable in it is put in."""
        found, at = [near], 0
        for match in REFERENCE.finditer(word):
            lead = word[at : match.start()]
            inner = self._reference(match[0], near, depth)
            if inner is None:
                inner = [near._replace(text=match[0])]
            # A variable gains another word only where it stands alone: of `out/$(N)` and `$(N).o`
            # the second word would lack what is around the first.
            is_alone = match.span() == (0, len(word))
            found = [
                (value if is_alone else near)._replace(text=one.text + lead + value.text)
                for one in found
                for value in inner
            ][:_MOST]
            at = match.end()
        rest = word[at:]
        if not rest:
            return found
        texts = [one.text + rest for one in found]
        return [near._replace(text=text, glob=text if "*" in rest else "") for text in texts]

    def _reference(self, text: str, near: MakeValue, depth: int) -> list[MakeValue] | None:
        """Return the values of `$(...)`; None for a variable that has no value here."""
        inner = text[2:-1]
        if call := _CALL.fullmatch(inner):
            return self._call(call[1], _split(call[2]), near, depth)
        name, colon, by = inner.partition(":")
        values = self._variable(name)
        if not values or "$" in name:
            return None if name not in self._assigned else []
        if colon and "=" in by:
            old, _, new = by.partition("=")
            if "%" not in old:
                old, new = f"%{old}", f"%{new}"
            return self._patsubst(old, new, values)
        return list(values)

    def _call(self, name: str, given: list[str], near: MakeValue, depth: int) -> list[MakeValue]:
        last = self._expand(given[-1], near, depth + 1)
        match name, given:
            case "wildcard", _:
                return [
                    value._replace(glob=value.text if "*" in value.text else "") for value in last
                ]
            case "shell", [command, *_]:
                return self._shell(command, near, depth)
            case "patsubst", [old, new, _]:
                return [one for o in self._one(old) for one in self._patsubst(o, new, last)]
            case "subst", [old, new, _]:
                olds, news = self._one(old), self._one(new)
                return [v._replace(text=v.text.replace(olds[0], news[0])) for v in last]
            case "addprefix", [prefix, _]:
                return [v._replace(text=p + v.text) for p in self._one(prefix) for v in last]
            case "addsuffix", [suffix, _]:
                return [v._replace(text=v.text + s) for s in self._one(suffix) for v in last]
            case "notdir", _:
                return [v._replace(text=v.text.rsplit("/", 1)[-1]) for v in last]
            case "basename", _:
                return [v._replace(text=re.sub(r"\.[^./]*$", "", v.text)) for v in last]
            case (("filter" | "filter-out"), [patterns, _]):
                return list(_filter(name == "filter", self.texts(patterns), last))
            case "foreach", [variable, values, body]:
                return self._foreach(variable.strip(), values, body, near, depth)
            case _ if name in _SAME:
                return [one for text in given for one in self._expand(text, near, depth + 1)]
        return []

    def _one(self, text: str) -> list[str]:
        """Return what an argument that is no list comes to."""
        return self.texts(text.strip()) or [text.strip()]

    def _patsubst(self, old: str, new: str, values: Iterable[MakeValue]) -> list[MakeValue]:
        head, percent, tail = old.partition("%")
        news, found = self._one(new), []
        for value in values:
            fits = percent and value.text.startswith(head) and value.text.endswith(tail)
            if not fits or len(value.text) < len(head) + len(tail):
                found.append(value)
                continue
            stem = value.text[len(head) : len(value.text) - len(tail)]
            found += [value._replace(text=one.replace("%", stem, 1)) for one in news]
        return found

    def _shell(self, command: str, near: MakeValue, depth: int) -> list[MakeValue]:
        """Return the files that `find`, `ls` or `echo` list; no other command is known."""
        if found := read_find(command):
            return [
                near._replace(text=name, glob=name, left_out=one.left_out)
                for one in found
                for p in self.texts(one.where) or ["."]
                for name in [f"{p}/**/{one.name}"]
            ]
        program, _, rest = command.strip().partition(" ")
        if program not in ("ls", "echo"):
            return []
        return [value for value in self._expand(rest, near, depth + 1) if value.glob]

    def _foreach(
        self, variable: str, values: str, body: str, near: MakeValue, depth: int
    ) -> list[MakeValue]:
        found: list[MakeValue] = []
        for value in self._expand(values, near, depth + 1):
            text = body.replace(f"$({variable})", value.text).replace(
                f"${{{variable}}}", value.text
            )
            inner = self._expand(text, near, depth + 1)
            # A word of the body that is the value itself, with more around it, stays the value's.
            found += [
                value._replace(text=one.text) if one.word is near.word and not one.glob else one
                for one in inner
            ]
        return found[:_MOST]


def matches(pattern: str, path: str) -> bool:
    """Tell a path that a pattern of the shell's matches; `**/` is any folder below, or none.

    >>> matches("a/*.c", "a/x.c"), matches("a/*.c", "a/b/x.c"), matches("a/**/*.c", "a/x.c")
    (True, False, True)
    """
    parts = re.split(r"(\*\*/|\*|\?)", pattern)
    known = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return bool(re.fullmatch("".join(known.get(p, re.escape(p)) for p in parts), path))


def _filter(keeps: bool, patterns: list[str], values: Iterable[MakeValue]) -> Iterator[MakeValue]:
    for value in values:
        if value.glob:
            # Of files that are not known by name, only what is taken out can be told.
            yield value if keeps else value._replace(without=(*value.without, *patterns))
        elif any(is_like(pattern, value.text) for pattern in patterns) is keeps:
            yield value


def is_like(pattern: str, text: str) -> bool:
    """Tell a word that a pattern of make's matches: `%` is anything.

    >>> is_like("test_%.c", "test_a.c"), is_like("a.c", "b.c")
    (True, False)
    """
    head, percent, tail = pattern.partition("%")
    if not percent:
        return pattern == text
    long_enough = len(text) >= len(head) + len(tail)
    return long_enough and text.startswith(head) and text.endswith(tail)


def _split(text: str) -> list[str]:
    """Split the arguments of a call at the commas that stand in no reference."""
    found, at = [], 0
    start = 0
    while at < len(text):
        reference = REFERENCE.match(text, at)
        if reference:
            at = reference.end()
            continue
        if text[at] == ",":
            found.append(text[start:at])
            start = at + 1
        at += 1
    return [*found, text[start:]]
