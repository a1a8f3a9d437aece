"""Where a spec is: the file that is named, stdin, or `vtsplit.toml` in a folder or above it."""

import os
import stat
import sys
from pathlib import Path

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.spec.document import SPEC_FILE
from vtsplit.spec.rules import UNREADABLE_SPEC
from vtsplit.spec.toml_sites import LARGEST

STDIN = Path("-")


def find_spec(start: Path) -> Path | None:
    """Return the spec in a folder, or in the nearest one above it.

    The search ends at the top of a repository, and does not go on to a folder that everybody may
    write to, such as /tmp, or to another file system.
    """
    folder = start.absolute()
    device = folder.stat().st_dev
    while True:
        if (folder / SPEC_FILE).is_file():
            return folder / SPEC_FILE
        if os.path.lexists(folder / ".git") or folder.parent == folder:
            return None
        folder = folder.parent
        above = folder.stat()
        if above.st_dev != device or above.st_mode & stat.S_IWOTH:
            return None


def seen_from_here(path: Path) -> Path:
    """Return a path as it is seen from the current folder."""
    return Path(os.path.relpath(path))


class SpecFile:
    """A spec that was named or found; stdin is read once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_stdin = path == STDIN
        self._text: str | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return str(self.path)

    @property
    def title(self) -> str:
        """What a report calls it."""
        return "stdin" if self.is_stdin else self.path.stem

    def read(self) -> str:
        """Return its text. Raises RefusedError."""
        if self.is_stdin and self._text is not None:
            return self._text
        try:
            data = _read_stdin() if self.is_stdin else _read_bounded(self.path)
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            problem = Problem(UNREADABLE_SPEC, f"cannot read the spec: {reason}", Site(self.name))
            raise RefusedError(problem) from error
        self._text = data.decode("utf-8", "surrogateescape")
        return self._text

    def is_as_read(self, text: str) -> bool:
        """Tell whether it still has the text that it was read with."""
        if self.is_stdin:
            return True
        try:
            now = self.path.read_bytes().decode("utf-8", "surrogateescape")
        except OSError:
            return False
        return now.removeprefix("\ufeff") == text


def _read_stdin() -> bytes:
    return sys.stdin.buffer.read(4 * LARGEST + 1)


def _read_bounded(path: Path) -> bytes:
    """Return the bytes of a file; of a device, or of a large file, no more than tells that."""
    if path.is_file() and path.stat().st_size <= 4 * LARGEST:
        return path.read_bytes()
    with path.open("rb") as file:
        return file.read(4 * LARGEST + 1)
