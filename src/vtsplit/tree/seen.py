"""What a tree was like when it was read, as far as the system tells it for nothing."""

import os
import stat

# Another inode, size or time says that a file may have changed; the time is that of the inode,
# which no program can set. Of a folder it counts only that it is there.
_Stamp = tuple[int, ...] | None


class Seen:
    """Remembers for each path what was there when it was first asked for."""

    def __init__(self, top: str) -> None:
        self._top = top
        self._stamps: dict[str, _Stamp] = {}

    def status(self, path: str) -> os.stat_result | None:
        """Return the status of a path, None where nothing is. Raises OSError."""
        found = _status(self._top + path)
        self._stamps.setdefault(path, _stamp(found))
        return found

    def changed(self) -> list[str]:
        """Return the paths at which something else is now."""
        return [path for path, stamp in self._stamps.items() if self._now(path) != stamp]

    def _now(self, path: str) -> _Stamp:
        try:
            return _stamp(_status(self._top + path))
        except OSError:
            return ()


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return None


def _stamp(found: os.stat_result | None) -> _Stamp:
    if found is None:
        return None
    if stat.S_ISDIR(found.st_mode):
        return (stat.S_IFDIR,)
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
