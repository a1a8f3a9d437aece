"""A file that the user names for the output: what is refused before any work, and the writing."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vtsplit.change.durable import create_whole, replace_whole
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.rule import Example, Rule

STDOUT = Path("-")

EXISTS = Rule(
    "VT008",
    "exists",
    "the file to write exists already",
    "`-o FILE` would overwrite it. Only an empty file is replaced, and by `vtsplit report` also a "
    "page that it has made.",
    "Name another file, or remove the one that exists.",
    Example(command="vtsplit init . lamp.c:lamp_ops -o vtsplit.toml"),
)

UNWRITABLE = Rule(
    "VT008",
    "unwritable",
    "the file cannot be written",
    "The folder of `-o FILE` does not exist, or you may not write to it. Or FILE is a folder.",
    "Name a file in a folder that you can write to.",
    Example(command="vtsplit init . lamp.c:lamp_ops -o specs/lamp.toml"),
)


@dataclass(frozen=True)
class OwnKind:
    """What an earlier run may have written, so that it can be replaced, and how to tell it."""

    name: str
    has: Callable[[Path], bool]


def refuse_output(path: Path, own: OwnKind | None = None) -> None:
    """Raise RefusedError for a file that cannot be written, or that has somebody's work."""
    if path == STDOUT:
        return
    try:
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            if fault := fault_of_folder(path.absolute().parent):
                raise unwritable(path, fault) from None
            return
        if stat.S_ISDIR(found.st_mode):
            raise unwritable(path, "it is a folder")
        if not stat.S_ISREG(found.st_mode):
            return  # a device or a pipe is written as it is
        if found.st_size and not (own and own.has(path)):
            raise _exists(path, own)
        if not os.access(path, os.W_OK):
            raise unwritable(path, "you may not write to it")
        if fault := fault_of_folder(Path(os.path.realpath(path)).parent):
            raise unwritable(path, fault)  # another file is put in its place
    except OSError as error:
        raise unwritable(path, reason_of(error)) from error


def write_output(path: Path, content: bytes) -> None:
    """Write a file that was not refused, all of it or nothing; a link stays one.

    Raises RefusedError.
    """
    real = Path(os.path.realpath(path))
    try:
        if real.is_file():
            replace_whole(real, content)
        elif real.exists():
            real.write_bytes(content)  # a device or a pipe
        else:
            create_whole(real, content)
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        raise unwritable(path, reason_of(error)) from error


def fault_of_folder(folder: Path) -> str:
    """Return why nothing can be made in a folder, "" if nothing speaks against it.

    Raises OSError.
    """
    if folder.is_dir():
        return "" if os.access(folder, os.W_OK | os.X_OK) else "you may not write to its folder"
    return "its folder is a file" if os.path.lexists(folder) else "its folder does not exist"


def reason_of(error: OSError) -> str:
    """Return in words why the system does not do something."""
    return (error.strerror or "it cannot be written").lower()


def unwritable(path: Path, reason: str) -> RefusedError:
    """Return the refusal of a file that cannot be written."""
    advice = "name a file in a folder that you can write to"
    return RefusedError(Problem(UNWRITABLE, f"cannot write '{path}': {reason}", None, advice))


def _exists(path: Path, own: OwnKind | None = None) -> RefusedError:
    message = f"'{path}' exists already" + (f", and is not {own.name}" if own else "")
    return RefusedError(Problem(EXISTS, message, None, "name another file, or remove it"))
