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
_ORDER = frozenset({"sort", "uniq", "tac", "tr"})  # they change order and blanks alone
_SUBSTITUTION = re.compile(r"s([^\w\s]).*\1.*\1g?")  # of sed: a file keeps its place in the list
# A piece of a regular expression: what is escaped, a class, or an operator (grep(1)).
_PIECE = re.compile(r"\\(.)|\[\^?\]?(?:\[:\w+:\]|[^\]])*\]|([|(){}+?])", re.DOTALL)


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
            return any(re.search(self.pattern, front + path) for front in ("", "./", "/"))
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
    command, *behind = _split(command.strip())
    head = _COMMAND.match(command)
    if head is None:
        return ()
    try:
        words = shlex.split(command[head.end() :])
        filters = [shlex.split(one) for one in behind]
    except ValueError:
        return ()
    names, left_out = _tests(words)
    if _is_more(words):
        return ()
    for one in filters:
        out = _of_filter(one)
        if out is None:
            return ()
        left_out += out
    return tuple(ListedNames(head["where"], name, tuple(left_out)) for name in names)


def _split(command: str) -> list[str]:
    """Split a command at the pipes that are not quoted."""
    pieces, quote = [""], ""
    for char in command:
        if char == "|" and not quote:
            pieces.append("")
            continue
        if char in {"'", '"'} and quote in {"", char}:
            quote = "" if quote else char
        pieces[-1] += char
    return pieces


def _is_more(words: list[str]) -> bool:
    """Tell tests that `_tests` does not read: a group that is pruned, a path to be looked for."""
    for at, word in enumerate(words):
        if word == "-prune" and words[at - 1] == ")":
            return True
        pruned = "-prune" in words[at:][: next(iter(_places(words[at:], _OR)), None)]
        if word in _PATH and not pruned and not any(one in _NOT for one in words[:at]):
            return True
    return False


def _places(words: list[str], wanted: frozenset[str]) -> Iterator[int]:
    return (at for at, word in enumerate(words) if word in wanted)


def _of_filter(words: list[str]) -> list[LeftOut] | None:
    """Return what a command behind a pipe leaves out, None if that is not known."""
    program, *rest = words or [""]
    plain = [word for word in rest if word[:1] != "-"]
    if program in _ORDER or (program == "sed" and all(map(_SUBSTITUTION.fullmatch, plain))):
        return []
    if program not in {"grep", "egrep", "fgrep"}:
        return None
    options = "".join(word[1:] for word in rest if word[:1] == "-")
    if "v" not in options or set(options) - set("vEeF") or len(plain) != 1:
        return None
    if "F" in options or program == "fgrep":
        return [LeftOut("grep", re.escape(plain[0]))]
    found = _regular(plain[0], extended="E" in options or program == "egrep")
    return None if found is None else [LeftOut("grep", found)]


def _regular(pattern: str, extended: bool) -> str | None:
    """Return a pattern of grep as one of Python; None if it may mean something else there."""
    if "[:" in pattern or (extended and "\\" in re.sub(r"\\[.|(){}+?*\[\]\\^$/]", "", pattern)):
        return None

    def turned(match: re.Match[str]) -> str:
        if match[1] and match[1] in "|(){}+?":
            return match[1]
        return f"\\{match[2]}" if match[2] else match[0]

    found = pattern if extended else _PIECE.sub(turned, pattern)
    try:
        re.compile(found)
    except re.error:
        return None
    return found


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
