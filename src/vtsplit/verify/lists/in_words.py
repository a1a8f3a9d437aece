"""The places of a build file of plain lists that compile a source."""

import re
from collections.abc import Iterator
from posixpath import basename

from vtsplit.survey.build import word_lists
from vtsplit.verify.lists.place import LinkPlace

_ADDED = re.compile(r"(?P<name>[\w.$\[\]/-]+)\s*\+?=[\s\\\[\"'(]*$")
_BRACES = re.compile(r"[{}]")
# Where blocks have braces: what a script says of a block is not looked at.
_BRACED = re.compile(r".*\.(?:gni?|pr[oi])|BUILD\.gn")


def places_in_words(text: str, path: str, source: str) -> Iterator[LinkPlace]:
    r"""Yield where such a file lists a source.

    Two lists are one if they are added to the same variable in the same block.

    >>> text = "sources = [ 'x.c' ]\nif (a) {\n  sources += [ 'y.c' ]\n}\nsources += [ 'z.c' ]\n"
    >>> keys = [p.key for n in "xyz" for p in places_in_words(text, "BUILD.gn", f"{n}.c")]
    >>> keys[0] == keys[1], keys[0] == keys[2]
    (False, True)
    """
    for one in word_lists.find_listed(text, path, source):
        start = one.entries[0].start
        found = _ADDED.search(text, 0, start) if _BRACED.fullmatch(basename(path)) else None
        name, block = (found["name"], _block(text, start)) if found else (basename(path), start)
        yield LinkPlace(path, one.line, name, (name, block), name if found else start, ())


def _block(text: str, place: int) -> int:
    """Return where the brace of the block stands that has a place; less than 0 if none has."""
    open_: list[int] = []
    for brace in _BRACES.finditer(text, 0, place):
        if brace[0] == "{":
            open_.append(brace.start())
        elif open_:
            open_.pop()
    return open_[-1] if open_ else -1
