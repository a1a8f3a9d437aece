"""Files and folders that outlast a power cut, where the file system can."""

import contextlib
import errno
import os
from collections.abc import Iterable
from pathlib import Path

# Said by file systems that cannot sync a folder, or for one that may be written but not listed.
_CANNOT = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM}


def create(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file that is not there yet, down to the disk. Raises OSError.

    The mode passes through the umask, or the default ACL of the folder.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, mode & 0o777), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def create_whole(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, all of it or nothing. Raises OSError.

    It has no name until it is complete, if the file system has such files; Linux has them.
    """
    flags = os.O_WRONLY | getattr(os, "O_TMPFILE", os.O_EXCL)
    try:
        handle = os.open(path.parent, flags, 0o666)
    except OSError:
        _create_or_remove(path, content)
        return
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
        # With the number of a folder, any one, Python follows the link to the file without a name.
        os.link(f"/proc/self/fd/{handle}", path, src_dir_fd=handle, follow_symlinks=True)
    with contextlib.suppress(OSError):
        sync_folders([path.parent])


def _create_or_remove(path: Path, content: bytes) -> None:
    try:
        create(path, content)
    except FileExistsError:
        raise
    except OSError:
        remove(path)
        raise


def replace_whole(path: Path, content: bytes) -> None:
    """Give a file that exists another content, all of it or nothing. Its mode stays.

    Raises OSError.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        create(beside, content)
        beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    except OSError:
        remove(beside)
        raise
    with contextlib.suppress(OSError):
        sync_folders([path.parent])


def sync_file(path: Path) -> None:
    """Bring the content of a file down to the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folders(folders: Iterable[Path]) -> None:
    """Bring the names in these folders down to the disk. Raises OSError."""
    for folder in dict.fromkeys(folders):
        try:
            sync_file(folder)
        except OSError as error:
            if error.errno not in _CANNOT:
                raise


def remove(path: Path) -> bool:
    """Remove a file; tell whether none is there now."""
    try:
        path.unlink()
    except OSError:
        return _is_absent(path)  # a read-only disk does not say so
    return True


def _is_absent(path: Path) -> bool:
    """Tell whether nothing has a name, as far as the disk answers."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        pass
    return False


def remove_folder(path: Path) -> None:
    """Remove a folder, if it is empty."""
    with contextlib.suppress(OSError):
        path.rmdir()
