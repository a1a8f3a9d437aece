"""The source tree on disk, read only: a split reads the files of the tree through this class.

Paths are POSIX strings relative to the root, `drivers/net/tun.c`. What is asked for and is not a
text inside the tree is refused by name: missing (VT010), unreadable (VT011), binary (VT012),
outside the tree (VT013); a root that is no directory is VT014.
"""

import os
import posixpath
import stat
from difflib import get_close_matches
from pathlib import Path

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.example_trees import LAMP
from vtsplit.rule import Example, Rule
from vtsplit.tree.journal import refuse_half_written
from vtsplit.tree.memo import Memo
from vtsplit.tree.regular import read_regular
from vtsplit.tree.seen import Seen

MISSING = Rule(
    "VT010",
    "missing-file",
    "the tree has no such file",
    "The spec or the command names a file that the tree does not have.",
    "Correct the path, or name another folder as TREE.",
    Example(files={"lamp.c": None, "lump.c": LAMP["lamp.c"]}),
)

UNREADABLE = Rule(
    "VT011",
    "unreadable",
    "a file cannot be read",
    "The permissions of the file do not let vtsplit read it, it is a folder or a device, it is too "
    "large to be C, or it has gone while vtsplit was running.",
    "Correct the permissions or the path. If another program is writing the tree, run vtsplit "
    "again when it is done.",
    Example(files={"lamp.c": None, "lamp.c/lamp.c": LAMP["lamp.c"]}),
)

BINARY = Rule(
    "VT012",
    "binary",
    "a file that should be C is binary",
    "The file has a NUL byte, which C text never has.",
    "Check that the spec names the right file.",
    Example(files={"lamp.c": LAMP["lamp.c"] + "\0"}),
)

OUTSIDE = Rule(
    "VT013",
    "outside",
    "a path leads out of the tree",
    "Nothing outside of the tree is read or written. The path leads there by `..` or through a "
    "symbolic link, or it has a character that no path has.",
    "Give as TREE the folder that holds all of the files.",
    "It comes up when a file that the spec names is a symbolic link to a file outside of the tree.",
)

NO_TREE = Rule(
    "VT014",
    "no-tree",
    "the tree is not a folder",
    "The argument TREE must name a folder that exists.",
    "Correct the path.",
    Example(command="vtsplit split lamps"),
)


CHANGED = Rule(
    "VT071",
    "changed",
    "a file has changed in the meantime",
    "The file is not the one that the plan was made for. If vtsplit wrote it, that change would "
    "be lost.",
    "Run the command again.",
    "It comes up when another program changes a file while vtsplit runs.",
)

_FEW = 4096  # paths that are remembered: a large tree is asked for a hundred times as many
_ABOVE = 3  # folders above a tree in which a missing file is looked for
_C = frozenset({".c", ".h"})  # endings of what is no near name of each other, nor is an object


def refuse_no_tree(root: Path) -> None:
    """Raise RefusedError for what is no folder (VT014)."""
    if not os.path.isdir(root):  # noqa: PTH112 - a disk that fails raises nothing
        what = "not a directory" if os.path.lexists(root) else "no such directory"
        raise RefusedError(Problem(NO_TREE, f"'{root}': {what}", Site(str(root))))


class SourceTree:
    """Files below `root`, as texts. A text is read once, so that all steps see the same one.

    `known` is what others have worked out of it, for as long as it is taken not to change.
    """

    def __init__(self, root: Path) -> None:
        refuse_no_tree(root)
        self.root = root.resolve()
        refuse_half_written(self.root, [self.root])
        self._top = str(self.root).rstrip("/") + "/"
        self._folders = {"": ""}  # folder as asked for -> folder with its links followed
        self._real: dict[str, str] = {}  # path as asked for -> the same of a path
        self._texts: dict[str, str] = {}  # by real path
        self._absent: set[str] = set()  # real paths at which there is no file
        self._seen = Seen(self._top)
        self.known = Memo()

    def read(self, path: str, keep: bool = True) -> str:
        """Return the text of a file: UTF-8, other bytes as surrogates, line ends as they are.

        `keep` is for files that are asked for again, or changed.
        """
        text = self.find(path) if keep else _decoded(path, self.read_bytes(path))
        if text is None:
            raise self._not_there(path)
        return text

    def find(self, path: str) -> str | None:
        """Return the text of a file as `read` does, or None where there is no such file.

        A directory is no file: it may be called `Build` or `x.c`.
        """
        real = self.real(path)
        if real not in self._texts:
            if real in self._absent:
                return None
            data = self._load(path, real)
            if data is None:
                if len(self._absent) < _FEW:
                    self._absent.add(real)
                return None
            self._texts[real] = _decoded(path, data)
        return self._texts[real]

    def find_text(self, path: str) -> str:
        """Return the text of a file that is only searched: "" for one that cannot be read."""
        try:
            return self.find(path) or ""
        except RefusedError:
            return ""

    def read_bytes(self, path: str) -> bytes:
        """Return the bytes of a file, binary or not; they are kept only if `read` has kept them."""
        real = self.real(path)
        if real in self._texts:
            return self._texts[real].encode("utf-8", "surrogateescape")
        data = self._load(path, real)
        if data is None:
            raise self._not_there(path)
        return data

    def exists(self, path: str) -> bool:
        """Tell whether the tree has such a file or directory; what lies outside it has not."""
        try:
            return self._status(path, self.real(path)) is not None
        except RefusedError:
            return False

    def listdir(self, path: str = "") -> list[str]:
        """Return the sorted names of what a directory holds."""
        real = self.real(path)
        try:
            return sorted(entry.name for entry in self._at(real).iterdir())
        except FileNotFoundError:
            raise self._missing(path) from None
        except OSError as error:
            raise _unreadable(path, error.strerror) from error

    def mode(self, path: str) -> int:
        """Return the permission bits of a file, such as 0o644."""
        found = self._status(path, self.real(path))
        if found is None:
            raise self._missing(path)
        return stat.S_IMODE(found.st_mode)

    def real(self, path: str) -> str:
        """Follow symbolic links: the path, below the root, of what `path` is or would become.

        `..` is taken as written, before any link is followed, as an editor or a patch takes it.
        """
        known = self._real.get(path)
        if known is None:
            known = self._find_real(path)
            if len(self._real) < _FEW:
                self._real[path] = known
        return known

    def _find_real(self, path: str) -> str:
        asked = posixpath.normpath(path)
        if asked == ".":
            return ""
        if "\0" in asked:
            raise _refused(OUTSIDE, path, f"{path!r} cannot be a path: it has a NUL character")
        if asked.startswith("/") or asked == ".." or asked.startswith("../"):
            raise _refused(OUTSIDE, path, f"'{path}' is outside the tree '{self.root}'")
        folder, name = posixpath.split(asked)
        return self._follow(path, self._folder(path, folder), name)

    def _folder(self, path: str, folder: str) -> str:
        """Follow the links of a folder, once: a look-up in a large tree then costs one lstat."""
        unknown = []
        while folder not in self._folders:
            unknown.append(folder)
            folder = posixpath.dirname(folder)
        real = self._folders[folder]
        for folder in reversed(unknown):
            real = self._follow(path, real, posixpath.basename(folder))
            self._folders[folder] = real
        return real

    def _follow(self, path: str, folder: str, name: str) -> str:
        """Follow `name`, if it is a link, from a folder that is real already."""
        here = posixpath.join(folder, name)
        try:
            # Headers are looked for by the ten thousand, most where they are not: no Path for each.
            if not stat.S_ISLNK(os.lstat(self._top + here).st_mode):
                return here
        except (FileNotFoundError, NotADirectoryError):
            return here
        except OSError:  # in a closed folder; who reads the file is told so
            return here
        target = os.path.realpath(self._top + here)
        if not (target + "/").startswith(self._top):
            message = f"'{path}' is outside the tree '{self.root}': a symbolic link leads to"
            raise _refused(OUTSIDE, path, f"{message} '{target}'")
        return target[len(self._top) :]

    def _at(self, real: str) -> Path:
        return Path(self._top + real)

    def changed(self) -> list[str]:
        """Return the files that are not as they were when this tree, or one over it, read them."""
        return [
            real
            for real in self._seen.changed()
            if real not in self._texts or not self._is_same(self._texts[real], real)
        ]

    def refuse_changed(self) -> None:
        """Refuse the tree if it is half written (VT075), or not as it was read (VT071)."""
        self.refuse_half_written()
        if changed := self.changed():
            raise RefusedError(*map(not_as_read, changed))

    def refuse_half_written(self, *, alone: bool = False) -> None:
        """Refuse the tree if a folder that was looked into is half written (VT075).

        `alone` says that no run can be writing at this moment.
        """
        folders = [self._at(real) for real in {*self._folders.values()}]
        refuse_half_written(self.root, folders, alone)

    def _is_same(self, text: str, real: str) -> bool:
        try:
            return self._at(real).read_bytes() == text.encode("utf-8", "surrogateescape")
        except OSError:
            return False

    def _status(self, path: str, real: str) -> os.stat_result | None:
        try:
            return self._seen.status(real)
        except OSError as error:
            raise _unreadable(path, error.strerror) from error

    def _load(self, path: str, real: str) -> bytes | None:
        found = self._status(path, real)
        if found is None or stat.S_ISDIR(found.st_mode):
            return None
        try:
            return read_regular(self._at(real))
        except OSError as error:
            raise _unreadable(path, error.strerror) from error

    def _not_there(self, path: str) -> RefusedError:
        if self.exists(path):
            return _unreadable(path, "it is a directory")
        return self._missing(path)

    def _missing(self, path: str) -> RefusedError:
        return _refused(MISSING, path, f"there is no '{path}' in the tree", self._suggest(path))

    def _other_root(self, path: str) -> Path | None:
        """Return a folder above the tree or in it that has a file of this path."""
        if not path or path.startswith("/") or ".." in path.split("/"):
            return None
        above = [*self.root.parents][:_ABOVE]
        try:
            inside = sorted(entry for entry in self.root.iterdir() if entry.is_dir())
        except OSError:
            inside = []
        return next((root for root in (*above, *inside) if _is_there(root / path)), None)

    def _suggest(self, path: str) -> str:
        """Name the tree that has `path`, or what is spelt as its first part that is not there.

        For a source or a header, those are of its kind: no object is meant by `foo.c`.
        """
        other = self._other_root(path)
        if other is not None:
            return f"'{other}' has it: is that the tree?"
        folder = ""
        for part in self.real(path).split("/"):
            here = posixpath.join(folder, part)
            if self.exists(here):
                folder = here
                continue
            try:
                entries = sorted(self._at(folder).iterdir())
            except OSError:
                return ""
            suffix = Path(part).suffix if here == self.real(path) else None
            fitting = [one for one in entries if suffix not in _C or one.suffix == suffix]
            near = get_close_matches(part, [one.name for one in fitting])
            shown = " or ".join(f"'{posixpath.join(folder, name)}'" for name in near)
            return f"did you mean {shown}?" if near else ""
        return ""


def not_as_read(path: str) -> Problem:
    """Return the refusal for a file that is not as the plan read it."""
    message = f"'{path}' has changed since the plan was made"
    return Problem(CHANGED, message, Site(path), "run the command again")


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _decoded(path: str, data: bytes) -> str:
    if b"\0" in data:
        where = f"byte {data.index(0) + 1} is NUL"
        raise _refused(BINARY, path, f"'{path}' is binary: {where}")
    return data.decode("utf-8", "surrogateescape")


def _unreadable(path: str, reason: str | None) -> RefusedError:
    return _refused(UNREADABLE, path, f"cannot read '{path}': {reason or 'unknown error'}")


def _refused(rule: Rule, path: str, message: str, advice: str = "") -> RefusedError:
    return RefusedError(Problem(rule, message, Site(path), advice))
