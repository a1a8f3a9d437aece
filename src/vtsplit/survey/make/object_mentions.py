"""Where a Makefile names one object or its source file, and what each place does with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from posixpath import basename, dirname, join, normpath, splitext

from vtsplit.survey.make.makefile import MakefileReader, split_name

_FOLDER = r"(?:\$[({](?:obj|src|srctree|objtree)[)}]/)?(?:[\w.+-]+/)*"
_AT_TOP = re.compile(r"\$[({](?:srctree|objtree)[)}]/")
_HERE = re.compile(r"\$[({](?:obj|src)[)}]/")
_COMMENT = re.compile(r"(?:^|[ \t])#")


class MentionRole(StrEnum):
    """What a mention is: part of a setting's name, a rule's target, the source, text, or a use."""

    SETTING = "setting"
    TARGET = "target"
    SOURCE = "source"
    COMMENT = "comment"
    USE = "use"


@dataclass(frozen=True)
class Mention:
    """The offsets of `foo` in what names foo.o or foo.c; line and column from 1.

    `until` is where the whole word ends.
    """

    start: int
    end: int
    until: int
    line: int
    column: int
    role: MentionRole
    shown: str


def find_mentions(text: str, makefile: str, source: str) -> tuple[Mention, ...]:
    r"""Find where a Makefile names the object of `source` or the file itself, in order.

    >>> text = "CFLAGS_foo.o := -DX\nobj-m += foo.o # not foo.c\n$(obj)/foo.o: $(src)/foo.c\n"
    >>> found = find_mentions(text, "a/Makefile", "a/foo.c")
    >>> [(one.role.value, one.line, one.shown) for one in found]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('setting', 1, 'CFLAGS_foo.o'), ('use', 2, 'foo.o'), ('comment', 2, 'foo.c'),
     ('target', 3, '$(obj)/foo.o'), ('source', 3, '$(src)/foo.c')]
    """
    return tuple(sorted(_MentionFinder(text, makefile, source).all(), key=lambda one: one.start))


def composite_names(text: str) -> frozenset[str]:
    """Return the objects, without `.o`, that lists of a Makefile make: `foo` of foo-y and foo-objs.

    >>> sorted(composite_names("obj-m += foo.o b.o\\nfoo-$(CONFIG_A) += a.o\\nflags := foo.o\\n"))
    ['foo']
    """
    split = [split_name(one.name) for one in MakefileReader(text).lists]
    return frozenset(
        stem
        for stem, suffix in split
        if suffix is not None and (suffix == "objs" or stem not in ("obj", "lib"))
    )


class _MentionFinder:
    def __init__(self, text: str, makefile: str, source: str) -> None:
        self.text = text
        self.folder = dirname(makefile)
        self.source = source
        self.stem = splitext(basename(source))[0]
        self.targets = {word.end for word in MakefileReader(text).targets}

    def all(self) -> Iterator[Mention]:
        name = re.escape(self.stem)
        # A setting is named after the object: `CFLAGS_` and the path of foo.o (makefiles.rst, 3.7).
        setting = (
            rf"(?<![\w/.-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_((?:[\w.+-]+/)*)({name})\.o(?![\w.-])"
        )
        for match in re.finditer(setting, self.text):
            if self._is_ours(match[1], ".o") and self._names_variable(match):
                yield self._mention(match, 2, MentionRole.SETTING)
        word = rf"(?<![\w./)}}+-])({_FOLDER})({name})\.([co])(?![\w-]|\.\w)"
        for match in re.finditer(word, self.text):
            if self._is_ours(match[1], f".{match[3]}"):
                yield self._mention(match, 2, self._role(match))

    def _is_ours(self, folder: str, suffix: str) -> bool:
        wanted = splitext(self.source)[0] + suffix
        if _AT_TOP.match(folder):
            return normpath(_AT_TOP.sub("", folder) + self.stem + suffix) == wanted
        written = _HERE.sub("", folder) + self.stem + suffix
        # A fragment's words are those of the Makefile that includes it, which may be the top one.
        return normpath(join(self.folder, written)) == wanted or (
            "/" in written and written == wanted
        )

    def _names_variable(self, match: re.Match[str]) -> bool:
        before = self.text[max(match.start() - 2, 0) : match.start()]
        assigned = re.compile(r"[ \t]*(?:[:+?!]|::)?=").match(self.text, match.end())
        return before in ("$(", "${") or assigned is not None or self._in_comment(match.start())

    def _in_comment(self, at: int) -> bool:
        line = self.text[self.text.rfind("\n", 0, at) + 1 : at]
        # In a recipe it is the shell's.
        return bool(_COMMENT.search(line))

    def _role(self, match: re.Match[str]) -> MentionRole:
        if self._in_comment(match.start()):
            return MentionRole.COMMENT
        if match.end() in self.targets:
            return MentionRole.TARGET
        return MentionRole.SOURCE if match[3] == "c" else MentionRole.USE

    def _mention(self, match: re.Match[str], group: int, role: MentionRole) -> Mention:
        start, end = match.span(group)
        at = match.start()
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1) + 1
        return Mention(start, end, match.end(), line, column, role, match[0])
