"""Makefiles as they are written: assignments and rules, with the place of each word.

Nothing is expanded or run. What is a comment, a recipe or a word is GNU make's rule, which automake
shares; what a list means is told by `kbuild`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache


@dataclass(frozen=True)
class Word:
    """One word of a list: offsets into the text, line and column from 1 (a tab is one column).

    `prefix` is what a surrounding `$(addprefix ...)` puts before it; words of one such call share
    a `group`, and 0 is the list itself.
    """

    text: str
    start: int
    end: int
    line: int
    column: int
    prefix: str = ""
    group: int = 0

    @property
    def path(self) -> str:
        """The file that it names, without what stands for the Makefile's or the tree's folder.

        >>> one = Word("$(obj)/a.o", 0, 10, 1, 1)
        >>> one.path, Word("a.o", 0, 3, 1, 1, "lib/").path
        ('a.o', 'lib/a.o')
        """
        return _HERE.sub("", self.prefix + self.text)


@dataclass(frozen=True)
class MakeCondition:
    """A branch in force: its line, the offset of the `if` that opened the chain, its number.

    `earlier` are the lines of the branches in front of it, which do not hold then.
    """

    text: str
    chain: int
    branch: int
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class ObjectList:
    """One assignment `name operator words`, from the start of its line to the end of its last.

    `backslashes` are the offsets of those that continue a line, `comment` that of its `#`.
    """

    name: str
    operator: str
    words: tuple[Word, ...]
    conditions: tuple[MakeCondition, ...]
    start: int
    end: int
    line: int
    backslashes: tuple[int, ...]
    comment: int | None

    @property
    def stem(self) -> str:
        """What lists of one module share: `foo` of foo-y, foo-objs and foo-$(CONFIG_X)."""
        return split_name(self.name)[0]


@dataclass(frozen=True)
class MakeRule:
    """A rule: its targets, what it depends on, and the lines of its recipe, as lists of words.

    The operator of the first list is `:`, that of a recipe's line is a tab; both are named after
    the targets. `sets` is the variable that it sets for them instead (GNU make manual, 6.11).
    """

    targets: tuple[Word, ...]
    prerequisites: ObjectList
    recipe: tuple[ObjectList, ...]
    sets: ObjectList | None = None


def join_lines(text: str) -> str:
    r"""Return a Makefile's text with each logical line in one (GNU make manual, 3.1.1).

    Of two backslashes none is left to join: they stand for one.

    >>> join_lines("a = b \\\n c\nd = e\\\\\nf \\")
    'a = b   c\nd = e\\\\\nf  '
    """
    return _JOINED.sub(r"\1 ", text)


def _nested(opener: str, closer: str, depth: int) -> str:
    inner = rf"|\{opener}{_nested(opener, closer, depth - 1)}\{closer}" if depth else ""
    return rf"(?:[^{opener}{closer}]++{inner})*+"


_LOGICAL = re.compile(r"((?:[^\\\n]++|\\(?:\r\n|[\s\S])?+)*+)\n?")
_CONTINUED = re.compile(r"\\\r?\n")
_JOINED = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:\r?\n|\Z)")
_SPACE = re.compile(r"(?:[ \t\r\n\f\v]|\\\r?\n)*")
# The value of a variable, `$(name)` or `${name}`, as a pattern. make counts the parentheses, or the
# braces; no Makefile nests them this deep.
VALUE = rf"\$\({_nested('(', ')', 9)}\)|\$\{{{_nested('{', '}', 2)}\}}"
REFERENCE = re.compile(VALUE)
_WORD = re.compile(rf"(?:[^ \t\r\n\f\v$#\\]|\\#|\\(?!\r?\n)|{VALUE}|\$.?)+")
_NAME = re.compile(rf"(?:[^ \t\r\n\f\v$#\\:=+?!]|[+?!](?!=)|{VALUE}|\$.?)+")
_OPERATOR = re.compile(r":{0,3}=|[+?]=")
# `if NAME` is automake's (Automake manual, 20.1); make has no line of that form.
_CONDITIONAL = re.compile(
    r"(ifdef|ifndef|ifeq|ifneq|else|endif|if(?=[ \t]+!?[ \t]*\w+[ \t]*(?:#|\r?$)))(?![^ \t\r\n(#])",
    re.MULTILINE,
)
# configure comments a line out by what it puts for a word like `@FOO_CMT@` at its start.
_RECIPE = re.compile(r"(?:@\w+@)?\t")
_MODIFIER = re.compile(r"(?:(?:override|export|private)[ \t]+)+")
_DEFINE = re.compile(r"(?:(?:override|export|private)[ \t]+)*define[ \t]+(?![:+?]*=)")
_ADDPREFIX = re.compile(rf"\$[({{]addprefix[ \t]+((?:[^$,]|{VALUE})*),")
# Kbuild's words for the Makefile's and the tree's folder, and those of autoconf.
_HERE = re.compile(
    r"^(?:\./|\$[({](?:obj|src|srctree|objtree|(?:abs_)?(?:top_)?(?:src|build)dir)[)}]/"
    r"|@(?:top_)?srcdir@/)+"
)
# What a Makefile includes (GNU make manual, 3.3).
INCLUDE = re.compile(r"^ *(?:-|s)?include[ \t]+(.*)$", re.MULTILINE)
_FAMILY = re.compile(rf"(.+?)-(y|m|objs|(?:{VALUE})+|)")


def read_lists(text: str) -> tuple[ObjectList, ...]:
    r"""Read each assignment of a Makefile; comments, recipes and `define` blocks have none.

    >>> [one] = read_lists("foo-$(CONFIG_A) += a.o \\\n\tb.o # c.o\n")
    >>> one.name, one.operator, [(word.text, word.line, word.column) for word in one.words]
    ('foo-$(CONFIG_A)', '+=', [('a.o', 1, 20), ('b.o', 2, 2)])
    """
    return MakefileReader(text).lists


@lru_cache(maxsize=16)
def read_makefile(text: str) -> "MakefileReader":
    """Return what a Makefile says; all sources of a folder ask for the same one."""
    return MakefileReader(text)


class MakefileReader:
    """One pass over a Makefile: its assignments, and its rules."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._conditions: list[MakeCondition] = []
        self._groups = 0
        self.rules: list[MakeRule] = []
        self.lists = tuple(self._read())

    @property
    def targets(self) -> Iterator[Word]:
        """The targets of all rules, in order."""
        return (word for rule in self.rules for word in rule.targets)

    def _read(self) -> Iterator[ObjectList]:
        text, defining, in_rule = self.text, 0, False
        for line in _LOGICAL.finditer(text):
            start, end = line.span(1)
            end -= line.end() > end and text.endswith("\r", start, end)
            first = _after(_SPACE, text, start, end)
            define = _DEFINE.match(text, first, end)
            if defining or define:
                defining += 1 if define else -text.startswith("endef", first)
                in_rule = False
            # A tab makes a recipe only below a rule; kernel Makefiles indent assignments with it.
            elif in_rule and (tab := _RECIPE.match(text, start, end)):
                self._recipe(start, tab.end(), end)
            elif first == end or text[first] == "#":
                continue
            elif conditional := _CONDITIONAL.match(text, first, end):
                self._enter(conditional[1], first, end)
            elif found := self._assignment(start, first, end):
                in_rule = False
                yield found
            else:
                in_rule = self._rule(start, first, end)

    def _enter(self, keyword: str, first: int, end: int) -> None:
        shown = " ".join(_CONTINUED.sub(" ", self.text[first:end]).split())
        if keyword.startswith("if"):
            self._conditions.append(MakeCondition(shown, first, 0))
        elif self._conditions:
            last = self._conditions.pop()
            if keyword == "else":
                earlier = *last.earlier, last.text
                branch = last.branch + 1
                self._conditions.append(MakeCondition(shown, last.chain, branch, earlier))

    def _operator(self, at: int, end: int) -> tuple[str, re.Match[str]] | None:
        """Find name and operator of an assignment, as make does: a name holds no bare space."""
        start = _after(_MODIFIER, self.text, at, end)
        stop = _after(_NAME, self.text, start, end)
        operator = _OPERATOR.match(self.text, _after(_SPACE, self.text, stop, end), end)
        return (self.text[start:stop], operator) if operator and stop > start else None

    def _assignment(self, start: int, first: int, end: int) -> ObjectList | None:
        found = self._operator(first, end)
        if found is None:
            return None
        name, operator = found
        return self._list(name, operator[0], start, operator.end(), end)

    def _list(self, name: str, operator: str, start: int, at: int, end: int) -> ObjectList:
        """Make a list of the words of text[at:end], on lines that begin at `start`."""
        self._groups, words = 0, list[Word]()
        comment = self._words(words, at, end, "", 0)
        used = end if comment is None else comment
        cuts = tuple(match.start() for match in _CONTINUED.finditer(self.text, start, used))
        line, branches = bisect_right(self._starts, start), tuple(self._conditions)
        return ObjectList(name, operator, tuple(words), branches, start, end, line, cuts, comment)

    def _words(self, words: list[Word], at: int, end: int, prefix: str, group: int) -> int | None:
        """Collect the words of text[at:end]; return the offset of the comment that ends them."""
        text = self.text
        while (start := _after(_SPACE, text, at, end)) < end:
            if text[start] == "#" and not group:
                return start
            # Inside a call a '#' is text like any other.
            at = max(_after(_WORD, text, start, end), start + 1)
            call = _ADDPREFIX.match(text, start, at)
            if call and REFERENCE.fullmatch(text, start, at):
                self._groups += 1
                inner = prefix + call[1].strip()
                self._words(words, call.end(), at - 1, inner, self._groups)
            else:
                words.append(self._word(start, at, prefix, group))
        return None

    def _word(self, start: int, end: int, prefix: str = "", group: int = 0) -> Word:
        line = bisect_right(self._starts, start)
        column = start - self._starts[line - 1] + 1
        return Word(self.text[start:end], start, end, line, column, prefix, group)

    def _rule(self, start: int, at: int, end: int) -> bool:
        """Note a rule; tell whether a recipe may follow."""
        text, targets = self.text, []
        while (at := _after(_SPACE, text, at, end)) < end and text[at] not in ":#":
            first, at = at, max(_after(_NAME, text, at, end), at + 1)
            targets.append(self._word(first, at))
        if at >= end or text[at] != ":":
            return False
        at += 1 + text.startswith("::", at)
        # `target: NAME = value` sets a variable and has no recipe.
        sets = self._assignment(start, _after(_SPACE, text, at, end), end)
        inline = -1 if sets else text.find(";", at, end)
        stop = at if sets else end if inline < 0 else inline
        name = " ".join(word.text for word in targets)
        needs = self._list(name, ":", start, at, stop)
        self.rules.append(MakeRule(tuple(targets), needs, (), sets))
        if inline >= 0:
            self._recipe(start, inline + 1, end)
        return sets is None

    def _recipe(self, start: int, at: int, end: int) -> None:
        """Note a line of the last rule's recipe."""
        rule = self.rules[-1]
        line = self._list(rule.prerequisites.name, "\t", start, at, end)
        self.rules[-1] = replace(rule, recipe=(*rule.recipe, line))


def split_name(name: str) -> tuple[str, str | None]:
    """Split `foo-y` into what it builds and when; None for a name of no such form."""
    family = _FAMILY.fullmatch(name)
    return (family[1], family[2]) if family else (name, None)


def _after(pattern: re.Pattern[str], text: str, at: int, end: int) -> int:
    match = pattern.match(text, at, end)
    return match.end() if match else at
