"""Patterns of Makefiles that take one of two files, or link each file that they take alone."""

from collections.abc import Callable, Iterable, Iterator
from posixpath import dirname, join
from typing import NamedTuple

from vtsplit.survey.make.followed import Glob, follower_of
from vtsplit.survey.make.rules.inclusion import included_texts
from vtsplit.tree.folders import folders_up


class TakenApart(NamedTuple):
    """A pattern in a Makefile that takes the one file, or only the other one.

    If `is_alone`, each of its files becomes a program.
    """

    makefile: str
    glob: Glob
    is_first: bool
    is_alone: bool = False


def taken_apart(
    read: Callable[[str], str | None], names: Iterable[str], first: str, second: str
) -> Iterator[TakenApart]:
    r"""Yield the patterns by which Makefiles, with some names, take only one of two files.

    >>> text = "P = $(wildcard *_main.c)\nall: $(P:_main.c=)\np: $(wildcard *.c)\n\t$(CC) $^\n"
    >>> found = list(taken_apart({"Makefile": text}.get, ["Makefile"], "x.c", "x_main.c"))
    >>> [(one.glob.line, one.is_first, one.is_alone) for one in found]
    [(1, False, True)]
    """
    every = tuple(names)
    for folder in folders_up(dirname(first)):
        for path in (join(folder, name) for name in every):
            text = read(path)
            if text is None:
                continue
            parts = {path: text, **included_texts(read, path, text)}
            if any("*" in one for one in parts.values()):
                for part in parts:
                    yield from _apart(part, parts, dirname(path), (first, second))


def _apart(
    part: str, parts: dict[str, str], base: str, files: tuple[str, str]
) -> Iterator[TakenApart]:
    others = (text for path, text in parts.items() if path != part)
    follower = follower_of((parts[part], *others), base)
    one, two = (follower.follow(path, lambda _: False) for path in files)
    for glob in sorted(one.globs ^ two.globs):
        yield TakenApart(part, glob, glob in one.globs)
    known = {word.start for word in one.alone}
    for word in two.alone:
        if word.start not in known:
            yield TakenApart(part, Glob("", word.text, word.line, word.column), False, True)
