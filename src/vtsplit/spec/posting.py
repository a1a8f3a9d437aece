"""The section of the spec about a series of patches: `[series]`."""

import re
from typing import Annotated

from msgspec import Meta, Struct

from vtsplit.spec.values import Refusal

_TRAILER = re.compile(r"[A-Za-z][A-Za-z0-9-]*: \S.*")


def _check_line(text: str) -> Refusal | None:
    if not text.strip() or not text.isprintable():
        return Refusal("one line of text")
    return None


def _check_text(text: str) -> Refusal | None:
    shown = all(char.isprintable() or char in "\n\t" for char in text)
    return None if text.strip() and shown else Refusal("text of printable characters")


def _check_trailer(text: str) -> Refusal | None:
    if text.isprintable() and _TRAILER.fullmatch(text):
        return None
    return Refusal("a trailer", 'such as "Link: https://example.org/1"')


Line = Annotated[str, Meta(extra={"check": _check_line})]
Text = Annotated[str, Meta(extra={"check": _check_text})]
Trailer = Annotated[str, Meta(extra={"check": _check_trailer})]


class Posting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[series]`: how the patches of `vtsplit series` read."""

    prefix: Line | None = None  # what each subject begins with, such as "KVM: VMX:"
    trailers: tuple[Trailer, ...] = ()  # the last lines of each patch
    subject: Line | None = None  # of the cover letter
    text: Text | None = None  # the first paragraphs of the cover letter

    @property
    def beginning(self) -> str | None:
        """Return the prefix with a blank behind it."""
        return None if self.prefix is None else f"{self.prefix.rstrip()} "
