"""Read a file, if it is one: a FIFO or a device would have the reader wait, or fill the memory."""

import errno
import stat
from pathlib import Path

# Bytes of a file of C. The largest header of Linux, which describes registers, has 20 million.
LARGEST = 1 << 25


def read_regular(path: Path, most: int = LARGEST) -> bytes:
    """Return the bytes of a file.

    Raises OSError if it cannot be read, is not a regular file, or has more bytes than `most`.
    """
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a directory", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    if found.st_size > most:
        reason = f"it has {found.st_size:,} bytes, and {most:,} is the most"
        raise OSError(errno.EFBIG, reason, str(path))
    return path.read_bytes()
