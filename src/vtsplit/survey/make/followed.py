"""What a Makefile links of one source by way of functions, patterns, search paths and wildcards."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from posixpath import basename, relpath, splitext
from typing import NamedTuple

from vtsplit.survey.make.link_rules import links_some
from vtsplit.survey.make.made_from import OBJECTS, MadeFrom
from vtsplit.survey.make.made_one_by_one import is_beside
from vtsplit.survey.make.make_values import MakeValue, MakeValues, is_like, matches
from vtsplit.survey.make.makefile import REFERENCE, MakefileReader, ObjectList, Word
from vtsplit.survey.make.rules.find_command import LeftOut


class Glob(NamedTuple):
    """A pattern that takes files by their names, and where it stands.

    `by` is the list, or the head of the rule, that it is used in. `without` are the patterns of
    what is taken out of its files, and `left_out` is what the command that lists them leaves out.
    """

    by: str
    text: str
    line: int
    column: int
    without: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def taking_out(self, path: str) -> str | None:
        """Return what takes a file out that the pattern itself would take.

        >>> Glob("O", "*.o", 1, 1, ("%_main.o", "x.o")).taking_out("a/x_main.c")
        '%_main.o'
        """
        name = self.text.replace("**/", "").replace("*", splitext(basename(path))[0], 1)
        by = next((one for one in self.without if is_like(one, name)), None)
        return by or next((str(one) for one in self.left_out if one.has(path)), None)


@dataclass(frozen=True)
class Followed:
    """The words that come to the source or its object in lists, and the patterns that take it.

    Of what the words of `alone` take each file is linked alone. Those that are `inside` of a call
    of make's cannot gain another word.
    """

    words: tuple[tuple[ObjectList, Word], ...]
    globs: frozenset[Glob]
    alone: tuple[Word, ...]
    inside: tuple[Word, ...]


@lru_cache(maxsize=32)
def follower_of(texts: tuple[str, ...], base: str) -> "Follower":
    """Return what follows the words of a Makefile; all sources of a folder ask for the same one."""
    return Follower(map(MakefileReader, texts), base)


class Follower:
    r"""Follows the words of a Makefile, and of what it includes, to the sources they stand for.

    >>> reader = MakefileReader("N = x.o y.o\nO = $(addprefix o/,$(N))\no/%.o: s/%.c\n\tcc\n")
    >>> found = Follower([reader], "").follow("s/x.c", lambda name: False)
    >>> [(one.name, word.text) for one, word in found.words]
    [('N', 'x.o')]
    """

    def __init__(self, readers: Iterable[MakefileReader], base: str) -> None:
        self.readers = tuple(readers)
        self.values = MakeValues(*self.readers)
        self.made = MadeFrom(self.values, base)
        self._values: dict[str, dict[str, list[tuple[ObjectList, MakeValue]]]] = {}

    def follow(self, source: str, links_nothing: Callable[[str], bool]) -> Followed:
        """Return what comes to one source by words of the first text.

        Lists that link nothing are left out.
        """
        stem, suffix = splitext(basename(source))
        words: dict[int, tuple[ObjectList, Word]] = {}
        globs: set[Glob] = set()
        for user, value in self._by_source(suffix).get(source, ()):
            names = user.name, value.object_list.name
            if id(value.word) in self._own and not any(map(links_nothing, names)):
                words[id(value.word)] = (value.object_list, value.word)
        for user, value in self._globs:
            if id(value.word) in self._own and self._takes(value, value.text, source):
                at = value.word.line, value.word.column
                globs.add(Glob(user.name, value.text, *at, value.without, value.left_out))
        alone = {
            id(value.word): value.word
            for value in self._alone
            if id(value.word) in self._own and self._takes(value, value.glob, source)
        }
        inside = {at for at, (_, word) in words.items() if stem not in REFERENCE.sub("", word.text)}
        return Followed(
            tuple(pair for at, pair in words.items() if at not in inside),
            frozenset(globs),
            tuple(alone.values()),
            tuple(words[at][1] for at in inside),
        )

    def has_own_rule(self, word: Word, source: str) -> bool:
        """Tell a word for the source's object if only a rule for this one object makes it.

        Of objects make itself knows how to make those that end with `.o` (GNU make manual, 10.2).
        """
        stem, suffix = splitext(basename(source))
        texts = self.values.texts(word.prefix + word.text) if stem in word.text else ()
        made = [text for text in texts if source in self.made.sources(text, suffix)]
        return any(
            source not in self.made.sources(text, suffix, in_common=True)
            or (
                text in self._by_recipe
                and not text.endswith(".o")
                and not self.made.is_made_in_common(text, suffix)
            )
            for text in made
        )

    def is_ours(self, word: Word, source: str) -> bool:
        """Tell a word of a rule that names the source, or its object."""
        stem, suffix = splitext(basename(source))
        texts = self.values.texts(word.text) if stem in word.text else ()
        return any(source in self.made.sources(text, suffix) for text in texts)

    def is_own(self, word: Word) -> bool:
        """Tell a word of the first text."""
        return id(word) in self._own

    def _takes(self, value: MakeValue, pattern: str, source: str) -> bool:
        """Tell whether a pattern takes the source, which nothing has taken out again."""
        stem, suffix = splitext(basename(source))
        names = [text.replace("**/", "").replace("*", stem, 1) for text in (value.text, pattern)]
        if any(is_like(one, name) for one in value.without for name in names):
            return False
        below = relpath(source, self.made.base or ".")
        if any(one.has(below) for one in value.left_out):
            return False
        return any(matches(path, source) for path in self.made.sources(pattern, suffix))

    @cached_property
    def _used(self) -> list[tuple[ObjectList, MakeValue]]:
        """All values of lists, and of lists that rules need, but for patterns."""
        lists = [one for reader in self.readers for one in reader.lists]
        found = [(one, value) for one in lists for value in self.values.of_list(one)]
        for rule in (rule for reader in self.readers for rule in reader.rules):
            needs = rule.prerequisites
            # What a rule names itself is for `link_rules`.
            values = self.values.of_list(needs)
            found += [(needs, value) for value in values if value.object_list is not needs]
        return [(one, value) for one, value in found if not value.glob]

    @cached_property
    def _by_recipe(self) -> frozenset[str]:
        """The files that rules of their own make, by recipes."""
        rules = (rule for reader in self.readers for rule in reader.rules if rule.recipe)
        words = (word for rule in rules for word in rule.targets)
        return frozenset(text for word in words for text in self.values.texts(word.text))

    @cached_property
    def _own(self) -> frozenset[int]:
        """The words of the first text, whose places are told."""
        rules = self.readers[0].rules
        lists = [*self.readers[0].lists, *(rule.prerequisites for rule in rules)]
        lists += [line for rule in rules for line in rule.recipe]
        return frozenset(id(word) for one in lists for word in one.words)

    def _by_source(self, suffix: str) -> dict[str, list[tuple[ObjectList, MakeValue]]]:
        """The values by what they are made of."""
        if suffix not in self._values:
            found: dict[str, list[tuple[ObjectList, MakeValue]]] = {}
            for user, value in self._used:
                for path in self.made.sources(value.text, suffix):
                    found.setdefault(path, []).append((user, value))
            self._values[suffix] = found
        return self._values[suffix]

    @cached_property
    def _globs(self) -> list[tuple[ObjectList, MakeValue]]:
        """The patterns of files that rules link. A list alone may be there to be packed."""
        found: list[tuple[ObjectList, MakeValue]] = []
        for rule in (rule for reader in self.readers for rule in reader.rules):
            if links_some(rule):
                for one in (rule.prerequisites, *rule.recipe):
                    found += [(one, value) for value in self.values.of_list(one) if value.glob]
        # Without a recipe it is objects that make links.
        linked = (pair for pair in found if pair[1].text.endswith((".c", *OBJECTS)))
        return list(
            {
                (u.name, v.text, v.without, v.left_out, id(v.word)): (u, v) for u, v in linked
            }.values()
        )

    @cached_property
    def _alone(self) -> list[MakeValue]:
        """What rules need that is taken by a pattern, and is no object or other file beside it."""
        needed = [rule.prerequisites for reader in self.readers for rule in reader.rules]
        values = (value for one in needed for value in self.values.of_list(one) if value.glob)
        return [one for one in values if not is_beside(one.text) and one.text[-1] != "/"]
