"""Which files of a tree can be linked into one program with the source file."""

import re
from collections.abc import Callable
from posixpath import basename, splitext

from vtsplit.diagnostics import Problem
from vtsplit.survey.make.kbuild import ListKind, find_object
from vtsplit.survey.make.makefile import read_lists

# Kbuild's own programs and documents are linked into no kernel (Documentation/kbuild/kbuild.rst).
_APART = frozenset({"tools", "scripts", "samples", "usr", "Documentation"})
_GOAL = re.compile(r"(?:obj|lib)-")


class Linkage:
    """Tells which files meet the source file at link time, as far as Makefiles say.

    An object of `obj-$(CONFIG_X)` is built-in code whenever X is `y`, so that it can meet any
    other. Only `obj-m` makes it a module always (Documentation/kbuild/makefiles.rst, 3.1 and 3.3),
    and modules share no names that are not exported. What no list tells of may meet the source.
    """

    def __init__(
        self, find: Callable[[str], str | None], exists: Callable[[str], bool], source: str
    ) -> None:
        self._find = find
        self.source = source
        self.is_kernel = exists("Kbuild")
        self._modules: dict[str, frozenset[str] | None] = {}

    def meets(self, path: str) -> bool:
        """Tell whether the file's object and the source's can be in one program."""
        if self.is_foreign(path):
            return False
        theirs, ours = self._only_modules(path), self._only_modules(self.source)
        if theirs is None or ours is None:
            return True
        return not (theirs or ours) or bool(theirs & ours)

    def is_foreign(self, path: str) -> bool:
        """Tell whether a file is of another architecture or of none, in a kernel tree.

        >>> linkage = Linkage({}.get, lambda _: True, "arch/x86/a.c")
        >>> [linkage.is_foreign(path) for path in ("arch/arm/a.c", "arch/x86/b.c", "tools/a.c")]
        [True, False, True]
        """
        if not self.is_kernel:
            return False
        top, own = path.split("/"), self.source.split("/")
        if top[0] in _APART and top[0] != own[0]:
            return True
        return top[0] == own[0] == "arch" and len(top) > 1 and top[1] != own[1]

    def _only_modules(self, path: str) -> frozenset[str] | None:
        """Return the modules of which an object is part if it is always a part of one.

        Empty for what can be built in, None where no list tells.
        """
        if path not in self._modules:
            self._modules[path] = self._read_modules(path)
        return self._modules[path]

    def _read_modules(self, path: str) -> frozenset[str] | None:
        found = find_object(self._find, path)
        if isinstance(found, Problem) or any(
            place.kind is ListKind.PLAIN for place in found.places
        ):
            return None
        modules = {place.module or splitext(basename(path))[0] for place in found.places}
        goals = {
            one.name
            for one in read_lists(self._find(found.makefile) or "")
            for word in one.words
            if word.text.endswith(".o") and splitext(basename(word.path))[0] in modules
        }
        if goals == {"obj-m"}:
            return frozenset(modules)
        # `foo-y` is a goal where a module is made of modules: what becomes of it is not known.
        return frozenset() if goals and all(_GOAL.match(goal) for goal in goals) else None
