"""The folders in which headers are looked for, as the `-I` of a folder's Makefile names them."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from posixpath import join, normpath

from vtsplit.diagnostics import RefusedError
from vtsplit.survey.make.kbuild import MAKEFILES
from vtsplit.survey.make.makefile import INCLUDE

_FLAG = re.compile(r"(?<!\S)-I[ \t]*((?:\$\([a-z]+ [^()\n]*\)|\S)+)")
# What GNU make has for a path that is to be the same in every folder.
_ABSOLUTE = re.compile(r"\$[({](?:abspath|realpath)[ \t]+([^\s(){}]+)[)}]")
# Variables with the flags of C sources, as `ccflags-y`, `CFLAGS_foo.o`, `INCLUDES`.
_FLAGS = re.compile(
    r"[ \t]*(?:(?:override|export)[ \t]+|[^\s:=]+:[ \t]*)?"
    r"(?!\S*(?i:host|user))[\w.$(){}-]*(?i:flags|inc)[\w.$(){}-]*[ \t]*[+:?]*="
)
_ASSIGNMENT = re.compile(r"^(\w+)[ \t]*[:?]?=[ \t]*(\S+)[ \t]*$", re.MULTILINE)
_REFERENCE = re.compile(r"\$[({](\w+)[)}]")
_MOST = 8  # files that a Makefile brings by `include`


class SearchFlags:
    r"""The `-I` of the Makefile of one folder, and of what that Makefile includes.

    >>> files = {"a/Makefile": "include ../rules\n", "rules": "CFLAGS += -I$(abspath ../b)\n"}
    >>> [*SearchFlags("a", files.get, lambda path: path == "b").of(compiles=True)]
    ['../b', 'b']
    """

    def __init__(
        self, place: str, find: Callable[[str], str | None], exists: Callable[[str], bool]
    ) -> None:
        self.place = place
        self._find = find
        self._exists = exists

    def of(self, compiles: bool) -> Iterator[str]:
        """Yield the folders that the flags name, as far as they can be told.

        Those of flags that compile sources, or those of all else: host programs, single recipes.
        """
        known = variables("\n".join(self._texts), self.place)
        lines = (line for text in self._texts if "-I" in text for line in text.split("\n"))
        for line in lines:
            if bool(_FLAGS.match(line)) is not compiles:
                continue
            for flag in _FLAG.findall(line):
                written = _ABSOLUTE.sub(r"\1", flag)
                path = expand(written, known)
                if path is None:
                    continue
                yield path
                # Kbuild compiles at the top of the tree, plain make in the folder itself.
                near = normpath(join(self.place, path))
                if written[0] not in "$/" and not near.startswith("..") and self._exists(near):
                    yield near

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        """The texts of the Makefile and of what it includes, lines joined that go on.

        Plain make finds an included file from the folder in which it runs, Kbuild from the top.
        """
        own = (self._find(join(self.place, name)) for name in MAKEFILES)
        pending = [next((text for text in own if text), "")]
        found: dict[str, None] = {}
        while pending and len(found) < _MOST:
            text = pending.pop(0).replace("\\\n", " ")
            if text in found:
                continue
            found[text] = None
            known = variables(text, self.place)
            words = (word for line in INCLUDE.findall(text) for word in line.split())
            paths = (expand(word, known) for word in words if not word.startswith("/"))
            pending += [self._read(path) for path in paths if path]
        return tuple(found)

    def _read(self, path: str) -> str:
        near = normpath(join(self.place, path))
        try:
            return next((t for p in (near, path) if p[:2] != ".." and (t := self._find(p))), "")
        except RefusedError:  # it is no text
            return ""


def variables(text: str, place: str) -> dict[str, str]:
    """Return the variables of a Makefile in a folder that paths are made of."""
    found = dict.fromkeys(("srctree", "objtree", "top_srcdir", "top_builddir"), ".")
    found |= dict.fromkeys(("src", "obj", "srcdir", "builddir"), place or ".")
    for name, value in _ASSIGNMENT.findall(text):
        found.setdefault(name, value.strip())
    return found


def expand(path: str, known: Mapping[str, str]) -> str | None:
    """Return the path from the top of the tree that a flag names.

    None if that cannot be told, or is a folder of the system.
    """
    for _ in range(4):
        path = _REFERENCE.sub(lambda m: known.get(m[1], m[0]), path)
    return None if "$" in path or path.startswith("/") else normpath(path or ".")
