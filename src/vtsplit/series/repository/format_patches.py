"""Write a series as `git format-patch` does, with a cover letter that says how it was made."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from vtsplit.change.output import fault_of_folder, reason_of
from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.series.repository.base import Base
from vtsplit.series.repository.find import failed
from vtsplit.series.rules import OUTPUT
from vtsplit.tree.git import Git, GitError

_SUBJECT, _BLURB = "*** SUBJECT HERE ***", "*** BLURB HERE ***"


@dataclass(frozen=True)
class Cover:
    """The subject and text of a cover letter."""

    subject: str
    text: str


@dataclass(frozen=True)
class Sending:
    """How a series is posted: with which letter, which posting it is, to whom.

    `to` and `copies` are addresses; `previous` is the branch of the last posting, with which the
    letter compares this one.
    """

    cover: Cover | None
    version: int = 1
    to: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    previous: str | None = None


def refuse_output(folder: Path) -> None:
    """Raise RefusedError unless a folder is empty, or can be made."""
    try:
        if folder.is_dir():
            fault = "it is not empty" if any(folder.iterdir()) else ""
        else:
            fault = "it is not a folder" if os.path.lexists(folder) else ""
        # The patches appear at once, in place of an empty folder.
        if fault := fault or fault_of_folder(folder.absolute().parent):
            raise _unusable(folder, fault)
    except OSError as error:
        raise _unusable(folder, reason_of(error)) from error


def write_patches(
    git: Git, base: Base, commits: Sequence[str], sending: Sending, folder: Path
) -> list[Path]:
    """Write the patches, and a cover letter if there is one; return their paths in order.

    All of them appear at once. Raises RefusedError.
    """
    parent = folder.absolute().parent
    try:
        made = Path(mkdtemp(prefix=".vtsplit-", dir=parent))
    except OSError as error:
        raise _unusable(folder, reason_of(error)) from error
    try:
        _format(git.under(base.identity), base, commits, sending, made)
        made.chmod(0o777 & ~_mask())
        made.replace(folder.absolute())
    except OSError as error:
        raise _unusable(folder, reason_of(error)) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return sorted(folder.iterdir())


def _format(git: Git, base: Base, commits: Sequence[str], sending: Sending, folder: Path) -> None:
    options = ["--output-directory", str(folder), f"--base={base.commit}", "--find-renames"]
    options += ["--src-prefix=a/", "--dst-prefix=b/", "--no-ext-diff", "--no-textconv"]
    options += ["--no-attach", "--no-thread", "--no-signature", "--stat=75", "--summary", "--quiet"]
    cover = sending.cover
    options.append("--cover-letter" if cover else "--no-cover-letter")
    if sending.version > 1:
        options.append(f"--reroll-count={sending.version}")
    options += [f"--to={one}" for one in sending.to]
    options += [f"--cc={one}" for one in sending.copies]
    if sending.previous:
        options.append(f"--range-diff={sending.previous}")
    # What a user's settings could change in ways that `git am` does not read.
    settings = ["-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false"]
    settings += ["-c", "diff.relative=false", "-c", "color.ui=false", "-c", "format.pretty="]
    try:
        git.run(*settings, "format-patch", *options, f"{base.commit}..{commits[-1]}")
    except GitError as error:
        raise failed(error, "write the patches") from error
    if cover:
        letter = min(folder.iterdir())
        text = letter.read_bytes().decode("utf-8", "surrogateescape")
        text = text.replace(_SUBJECT, cover.subject, 1).replace(_BLURB, cover.text, 1)
        letter.write_bytes(text.encode("utf-8", "surrogateescape"))


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unusable(folder: Path, why: str) -> RefusedError:
    message = f"cannot write patches to '{folder}': {why}"
    return RefusedError(Problem(OUTPUT, message, None, "name another folder, or empty this one"))
