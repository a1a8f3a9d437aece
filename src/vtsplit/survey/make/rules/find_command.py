"""What a plain `find` of the shell lists: by which names, and what it leaves out (find(1))."""

import re
import shlex
from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import basename
from typing import NamedTuple

_COMMAND = re.compile(r"find(?:[ \t]+-[LHP])*[ \t]+(?P<where>.*?)(?=(?:^|\s)(?:-|!|\\?\()|$)", re.S)
_NAME = frozenset({"-name", "-iname"})
_PATH = frozenset({"-path", "-wholename", "-ipath"})
_OR = frozenset({"-o", "-or"})
_NOT = frozenset({"!", "-not"})
_GREP = re.compile(r"(?:e?grep)[ \t]+-(?:v|vE|Ev)[ \t]+(?P<pattern>\S+|'[^']*'|\"[^\"]*\")\s*$")


class LeftOut(NamedTuple):
    """What leaves a file out: `test` is `-name`, `-path` or `grep`, and `pattern` what it asks."""

    test: str
    pattern: str

    def has(self, path: str) -> bool:
        """Tell whether a file is left out, by its path from the folder of the Makefile.

        >>> LeftOut("-name", "*_main.c").has("a/x_main.c"), LeftOut("-path", "./b/*").has("a/x.c")
        (True, False)
        """
        if self.test == "-name":
            return fnmatchcase(basename(path), self.pattern)
        if self.test == "grep":
            return re.search(self.pattern, path) is not None
        return any(fnmatchcase(front + path, self.pattern) for front in ("", "./", "/"))

    def __str__(self) -> str:
        """Return it as the command has it, more or less."""
        return f"grep -v {self.pattern}" if self.test == "grep" else f"! {self.test} {self.pattern}"


class ListedNames(NamedTuple):
    """A name that `find` looks for, the folders in which it looks, and what it leaves out."""

    where: str
    name: str
    left_out: tuple[LeftOut, ...]


def read_find(command: str) -> tuple[ListedNames, ...]:
    r"""Return what a command lists; nothing if it is no `find` by names.

    >>> [one] = read_find("find src -type f -name '*.c' ! -name 'x*' | grep -v _main")
    >>> one.where, one.name, [str(out) for out in one.left_out]
    ('src', '*.c', ['! -name x*', 'grep -v _main'])
    >>> [(one.name, len(one.left_out)) for one in read_find(
    ...     r"find . -path ./t -prune -o \( -name '*.c' -o -name '*.S' \) -print")]
    [('*.c', 2), ('*.S', 2)]
    >>> read_find("ls *.c")
    ()
    """
    command, *behind = command.strip().split("|")
    head = _COMMAND.match(command)
    if head is None:
        return ()
    try:
        words = shlex.split(command[head.end() :])
    except ValueError:
        return ()
    names, left_out = _tests(words)
    for one in behind:
        if grep := _GREP.match(one.strip()):
            left_out += _of_grep(grep["pattern"].strip("'\""))
    return tuple(ListedNames(head["where"], name, tuple(left_out)) for name in names)


def _tests(words: list[str]) -> tuple[list[str], list[LeftOut]]:
    """Return the names that tests ask for, and what other tests leave out."""
    names: list[str] = []
    left_out: list[LeftOut] = []
    for term in _terms(words):
        pruned = any(word == "-prune" for _, word, _ in term)
        for denied, test, pattern in term:
            if test in _NAME and not denied and not pruned:
                names.append(pattern)
            elif test in _NAME and denied and not pruned:
                left_out.append(LeftOut("-name", pattern))
            elif test in _NAME and pruned:
                left_out.append(LeftOut("-path", f"*/{pattern}/*"))
            elif test in _PATH and (denied or pruned):
                left_out.append(LeftOut("-path", pattern))
                left_out += [LeftOut("-path", f"{pattern}/*")] if pruned else []
    return names, left_out


def _terms(words: list[str]) -> Iterator[list[tuple[bool, str, str]]]:
    """Yield the tests between two `-o`: whether each is denied, what it is, and its argument."""
    term: list[tuple[bool, str, str]] = []
    denied, depth = False, 0
    for at, word in enumerate(words):
        behind = words[at + 1] if at + 1 < len(words) else ""
        if word in _OR and not depth:
            yield term
            term = []
        elif word in _NOT:
            denied = True
            depth = int(behind == "(")
        elif word == ")":
            denied, depth = False, 0
        elif word[:1] == "-" and word not in _OR:
            term.append((denied, word, behind))
            denied = denied and depth > 0
    yield term


def _of_grep(pattern: str) -> list[LeftOut]:
    try:
        re.compile(pattern)
    except re.error:
        return []
    return [LeftOut("grep", pattern)]
