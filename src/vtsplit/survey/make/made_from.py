"""Which source file a Makefile makes a file of: by its name, a rule's pattern, or a search path.

GNU make's manual, 4.5 (directory search), 4.12 (static patterns) and 10.5 (pattern rules);
make(1) of BSD has `.PATH`.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import basename, join, normpath, splitext
from typing import NamedTuple

from vtsplit.survey.make.make_values import MakeValues
from vtsplit.survey.make.makefile import MakeRule

OBJECTS = (".o", ".lo", ".obj", ".os", ".po", ".pico")
# How automake and autoconf spell the ending of an object (Automake manual, 9.1).
OBJEXT = r"\.(?:\$[({]OBJEXT[)}]|@OBJEXT@)"
_OBJEXT = re.compile(rf"{OBJEXT}$")
_SEARCH = re.compile(r"^[ ]*vpath[ \t]+(\S+)[ \t]+(.+)$", re.MULTILINE)
_TOP = r"(?:abs_)?(?:srctree|objtree|top_srcdir|top_builddir)"
_HERE = r"(?:abs_)?(?:src|obj|srcdir|builddir)|CURDIR|\.CURDIR|PWD|OUTPUT"
_AT_TOP = re.compile(rf"^(?:\$[({{]{_TOP}[)}}]|@(?:abs_)?top_srcdir@)(?=/|$)")
_AT_HERE = re.compile(rf"^(?:\./|(?:\$[({{](?:{_HERE})[)}}]|@(?:abs_)?srcdir@)(?:/|$))+")


class _Pattern(NamedTuple):
    target: str
    needs: str


class MadeFrom:
    r"""Which source a Makefile makes a file from; `base` is the folder that its words relate to.

    >>> from vtsplit.survey.make.makefile import MakefileReader
    >>> reader = MakefileReader("D = obj\nVPATH = lib\n$(D)/%.o: src/%.c\n\tcc -c $<\n")
    >>> made = MadeFrom(MakeValues(reader), "a")
    >>> sorted(made.sources("obj/x.o", ".c"))
    ['a/lib/obj/x.c', 'a/lib/src/x.c', 'a/obj/x.c', 'a/src/x.c']
    """

    def __init__(self, values: MakeValues, base: str) -> None:
        self.values = values
        self.base = base
        self._known: dict[tuple[str, str, bool], frozenset[str]] = {}

    def sources(self, text: str, suffix: str, in_common: bool = False) -> frozenset[str]:
        """Return the sources that a word may be made from; a source itself is one.

        With `in_common`, a rule for one object by its name does not count.
        """
        key = text, suffix, in_common
        if key not in self._known:
            self._known[key] = frozenset(self._find(*key))
        return self._known[key]

    def _find(self, text: str, suffix: str, in_common: bool) -> Iterator[str]:
        text = _OBJEXT.sub(".o", text)
        names = {text} if text.endswith(suffix) else set[str]()
        stem, end = splitext(text)
        if end in OBJECTS:
            names.add(stem + suffix)
        by_pattern, by_name = self._rules
        for pattern in by_pattern:
            head, _, tail = pattern.target.partition("%")
            fits = text.startswith(head) and text.endswith(tail)
            if fits and len(text) >= len(head) + len(tail):
                between = text[len(head) : len(text) - len(tail)]
                names.add(pattern.needs.replace("%", between))
        # An object with another name, `foo_test.o: foo.c`, has that name for a reason.
        own = by_name.get(text, set()) if not in_common else set()
        names |= {one for one in own if splitext(basename(one))[0] == basename(stem)}
        names = {name for name in names if name.endswith(suffix)}
        for name in names:
            yield from self.paths(name)
        for folder in self._search:
            yield from (normpath(join(folder, name)) for name in names if name[0] not in "/$")

    def is_made_in_common(self, text: str, suffix: str) -> bool:
        """Tell whether a pattern or suffix rule (GNU make manual, 10.7) makes such a file."""
        by_pattern, _ = self._rules
        fitting = (one.target.partition("%") for one in by_pattern if one.needs.endswith(suffix))
        return any(
            text.startswith(head) and text.endswith(tail) for head, _, tail in fitting
        ) or any(
            word.text == suffix + splitext(text)[1]
            for reader in self.values.readers
            for word in reader.targets
        )

    def paths(self, text: str) -> Iterator[str]:
        """Return the path, from the top of the tree, of a word that has no unknown variable."""
        top = _AT_TOP.sub("", text)
        rest = top.lstrip("/") if top != text else _AT_HERE.sub("", text)
        if "$" in rest or rest.startswith(("/", "@")):
            return
        path = normpath(rest if top != text else join(self.base, rest))
        if not path.startswith(".."):
            yield "" if path == "." else path

    @cached_property
    def _rules(self) -> tuple[list[_Pattern], dict[str, set[str]]]:
        """What is made by patterns, and what by names of its own."""
        rules = (rule for reader in self.values.readers for rule in reader.rules)
        found = dict.fromkeys(pattern for rule in rules for pattern in self._of_rule(rule))
        by_name: dict[str, set[str]] = {}
        for one in found:
            if "%" not in one.target:
                by_name.setdefault(one.target, set()).add(one.needs)
        return [one for one in found if "%" in one.target], by_name

    def _of_rule(self, rule: MakeRule) -> Iterator[_Pattern]:
        """Yield what objects a rule makes of a source: by patterns, or by their names."""
        words = [word.text for word in rule.prerequisites.words]
        targets = [word.text for word in rule.targets]
        colon = next((at for at, word in enumerate(words) if word.endswith(":")), None)
        if colon is not None:
            targets = [*words[:colon], words[colon][:-1]]
            words = words[colon + 1 :]
        needs = [text for word in words for text in self.values.texts(word)]
        for target in (text for word in targets if word for text in self.values.texts(word)):
            if splitext(target)[1] in OBJECTS:
                yield from (_Pattern(target, n) for n in needs if ("%" in target) is ("%" in n))

    @cached_property
    def _search(self) -> list[str]:
        """The folders in which make looks for what is not there: VPATH, vpath, `.PATH`."""
        words: list[str] = []
        for reader in self.values.readers:
            for match in _SEARCH.finditer(reader.text.replace("\\\n", " ")):
                words += self.values.texts(match[2].split("#")[0])
            for one in reader.lists:
                if one.name == "VPATH":
                    words += [value.text for value in self.values.of_list(one)]
            for rule in reader.rules:
                if any(re.fullmatch(r"\.PATH(?:\.\w+)?", word.text) for word in rule.targets):
                    words += [value.text for value in self.values.of_list(rule.prerequisites)]
        parts = [part for word in words for part in re.split(r":(?!\w+[)}])", word) if part]
        return list(dict.fromkeys(path for part in parts for path in self.paths(part)))
