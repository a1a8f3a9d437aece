"""Two copies of a configured kernel, one as it is, one with splits written to it for a while."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename, dirname

from kernel.builds import ALLMOD, build, lend_built, make
from kernel.cache import unpack
from vtsplit.change.changes import ChangeSet
from vtsplit.survey.make.makefile import read_lists
from vtsplit.verify.inputs.differing import is_source
from vtsplit.verify.inputs.flags import Records, read_build

_CHAIN = re.compile(r"(?:In file included from|\s+from) (\S+?):\d+")
_SAID = re.compile(r"(\S+?):\d+(?::\d+)?: ((?:fatal )?(?:error|warning)): (.*)")
_QUOTED = re.compile(r"'[^']*'")
_MODFILE = re.compile(r"""-DKBUILD_MODFILE='?"?([\w./-]+)""")
_MODULE = re.compile(r"""-DKBUILD_MODNAME='?"?(\w+)""")


@dataclass(frozen=True)
class Said:
    """A message of the compiler: the file that was compiled, and the text."""

    unit: str
    text: str

    @property
    def gist(self) -> str:
        """The text without names, which may be others after a split."""
        return _QUOTED.sub("''", self.text)


def read_messages(stderr: str) -> list[Said]:
    """Return the compiler's errors and warnings, each with the file that was compiled."""
    found: list[Said] = []
    chain: list[str] = []
    for line in stderr.splitlines():
        if included := _CHAIN.match(line):
            chain = [included[1]] if line.startswith("In") else [*chain, included[1]]
        elif said := _SAID.match(line):
            found.append(Said(chain[-1] if chain else said[1], f"{said[2]}: {said[3]}"))
            chain = []
    return found


def enters(makefile: str, folder: str) -> bool:
    """Tell whether a Makefile's text has a folder next to it built, `block/` in an object list."""
    return any(word.text == f"{folder}/" for one in read_lists(makefile) for word in one.words)


def is_named(tree: Path, target: str) -> bool:
    """Tell whether a Makefile of an object's folder or above has its name, or makes up names."""
    name = re.compile(rf"(?<![\w-]){re.escape(basename(target))}\b|wildcard|foreach|addsuffix")
    folder = dirname(target)
    while folder:
        for kind in ("Kbuild", "Makefile"):
            path = tree / folder / kind
            if path.is_file() and name.search(path.read_text()):
                return True
        folder = dirname(folder)
    return False


class Workshop:
    """Compiles objects on both sides; `before` is never changed but for what make writes."""

    def __init__(self, pristine: Path, before: Path, after: Path) -> None:
        self.pristine = pristine
        self.before = before
        self.after = after
        self.said: dict[str, list[Said]] = {}

    def build_before(self, objects: Iterable[str]) -> set[str]:
        """Compile objects as they are; return those that the configuration lets be made."""
        wanted = sorted(set(objects))
        self._note(make(self.before, ALLMOD, "-k", *wanted).stderr, self.said)
        return {one for one in wanted if (self.before / one).is_file() and self._is_own(one)}

    def _is_own(self, target: str) -> bool:
        """Tell whether an object is made by its own folder's Makefile, and by no other.

        Where drivers/Makefile enters block/paride, and block as well, a single target is made from
        both at once: from the folder above without knowing of its module. What no Makefile names is
        included by other sources as text, and compiles only because it is asked for.
        """
        file = _MODFILE.search(self._record(self.before, target))
        name = target.removesuffix(".o")
        if file and basename(file[1]) == basename(name) and file[1] != name:
            return False
        if not is_named(self.before, target):
            return False
        folder, above = dirname(target), self.before / dirname(dirname(target))
        lists = [
            path.read_text() for kind in ("Kbuild", "Makefile") if (path := above / kind).is_file()
        ]
        return not lists or any(enters(text, basename(folder)) for text in lists)

    def is_foreign(self, target: str) -> bool:
        """Tell an object that compiles only because the compiler drops what nothing uses.

        Such a file has assembler of another architecture in functions that a split would use.
        """
        (self.after / target).unlink(missing_ok=True)
        made = make(self.after, ALLMOD, "KCFLAGS=-fkeep-static-functions", target)
        (self.after / target).unlink(missing_ok=True)
        return bool(made.returncode)

    def build_after(self, objects: Iterable[str]) -> dict[str, list[Said]]:
        """Compile objects after a split; return what the compiler said, by file compiled."""
        said: dict[str, list[Said]] = {}
        self._note(make(self.after, ALLMOD, "-k", *sorted(set(objects))).stderr, said)
        return said

    @staticmethod
    def _note(stderr: str, said: dict[str, list[Said]]) -> None:
        for one in read_messages(stderr):
            said.setdefault(one.unit, []).append(one)

    def new_messages(
        self, source: str, made: Iterable[str], after: dict[str, list[Said]]
    ) -> list[str]:
        """Return what the compiler says of a split's files and did not say of the source."""
        known = Counter(one.gist for one in self.said.get(source, ()))
        found = []
        for path in made:
            for one in after.get(path, ()):
                if known[one.gist]:
                    known[one.gist] -= 1
                else:
                    found.append(f"{path}: {one.text}")
        return found

    @contextmanager
    def written(self, changes: Iterable[ChangeSet]) -> Iterator[None]:
        """Write what is part of the program to `after`, for as long as the block takes."""
        parts = [part for one in changes for change in one for part in change.apart()]
        parts = [part for part in parts if is_source(basename(part.path))]
        for part in parts:
            _put(self.after / part.path, part.after)
        try:
            yield
        finally:
            for part in parts:
                _put(self.after / part.path, part.before)

    @staticmethod
    def _record(side: Path, target: str) -> str:
        """Return how Kbuild made an object; "" where it did not."""
        record = (side / target).with_name(f".{basename(target)}.cmd")
        return record.read_text() if record.is_file() else ""

    def records(self) -> Records:
        """Return how the objects of `before` were compiled."""
        return read_build(self.before)

    def module_of(self, side: Path, target: str) -> str:
        """Return the module that Kbuild makes an object a part of; "" for what is built in.

        What is built in belongs to no module, and its `KBUILD_MODNAME` is as good as its own name.
        """
        command = self._record(side, target)
        found = _MODULE.search(command)
        return found[1] if found and " -DMODULE " in command else ""


def _put(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


@contextmanager
def open_workshop(version: str) -> Iterator[Workshop]:
    """Yield a workshop for a kernel version; it is unpacked and configured the first time."""
    with ExitStack() as stack:
        built = build(version, ALLMOD)
        before, after = (stack.enter_context(lend_built(built)) for _ in range(2))
        yield Workshop(unpack(version), before, after)
