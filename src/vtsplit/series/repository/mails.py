"""Patches in mails: taken out of a mailbox, and where the header of a mail is damaged."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vtsplit.tree.git import Git

_MAIL = re.compile(rb"(?:From .*\n)?(?:[A-Za-z-]+:.*\n(?:[ \t].*\n)*)*Subject:", re.IGNORECASE)
_PATCH = re.compile(rb"^(?:diff --git |--- \S)", re.MULTILINE)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]|>?From ")
_MAIL_FIELD = re.compile(
    rb"^(?:From|Subject|Date|Message-ID|MIME-Version|Content-[a-z-]+):",
    re.IGNORECASE | re.MULTILINE,
)
_ENCODED = re.compile(
    rb"^Content-Transfer-Encoding:[ \t]*(?:quoted-printable|base64)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True)
class PatchPart:
    """A part of a file of patches: a mail, or all of it; `patch` is empty if it has none."""

    patch: bytes
    number: int
    text: bytes

    @property
    def damage(self) -> str:
        """Say where the header of an encoded mail is damaged; "" if that is not so.

        A mail that is not encoded has its patch as it was, whatever the header says.
        """
        line = damaged_line(self.text) if _ENCODED.search(self.text) else 0
        return f"the header of mail {self.number} is damaged in line {line}" if line else ""


def read_parts(data: bytes, git: Git, scratch: Path) -> Iterator[PatchPart]:
    """Yield the parts of a file, free of what mail makes of patches. Raises GitError."""
    if not _MAIL.match(data):
        yield PatchPart(data if _PATCH.search(data) else b"", 1, data)
        return
    mails = scratch / "mails"
    mails.mkdir()
    git.run("mailsplit", "-b", f"-o{mails}", data=data)
    for number, mail in enumerate(sorted(mails.iterdir()), 1):
        text = mail.read_bytes()
        git.run("mailinfo", *(str(scratch / part) for part in ("message", "patch")), data=text)
        patch = (scratch / "patch").read_bytes()
        yield PatchPart(patch if _PATCH.search(patch) else b"", number, text)


def damaged_line(text: bytes) -> int:
    r"""Return which line of a mail's header is none of a header; 0 if each is, or it is no mail.

    A mail program takes the header to end there, and does not decode what follows.

    >>> damaged_line(b"From: A\nDa te: 1\nSubject: x\n\nhello\n"), damaged_line(b"From: A\n\nx\n")
    (2, 0)
    >>> damaged_line(b"Index: a.c\n=====\n--- a.c\n")
    0
    """
    header = re.split(rb"\r?\n\r?\n", text, maxsplit=1)[0]
    if not _FIELD.match(header) or not _MAIL_FIELD.search(header):
        return 0
    lines = enumerate(header.split(b"\n"), 1)
    return next((number for number, line in lines if not _FIELD.match(line)), 0)
