"""The section of the spec about a series of patches: `[series]`."""

import re
from enum import StrEnum
from string import Formatter
from typing import Annotated

from msgspec import Meta, Struct

from vtsplit.spec.values import Refusal


class StageKind(StrEnum):
    """The steps of a series, in their order."""

    RENAME = "rename"
    PREFIX = "prefix"
    DECLARE = "declare"
    SOURCE = "source"  # it gets another path
    MOVE = "move"
    SECOND = "second"
    WRAP = "wrap"
    START = "start"


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


def _check_stage(name: str) -> Refusal | None:
    known = [*StageKind]
    return None if name in known else Refusal(f"a step of a series, one of {', '.join(known)}")


def _check_template(text: str) -> Refusal | None:
    what = f"text in which {{name}} stands for a fact, one of {', '.join(FACTS)}"
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        return Refusal(what, f"{error}; write {{{{ and }}}} for braces")
    for _, name, form, conversion in parts:
        if name is not None and (name not in FACTS or form or conversion):
            return Refusal(what, "write {{ and }} for braces")
    return _check_text(text)


def _check_subject(text: str) -> Refusal | None:
    return _check_line(text) or _check_template(text)


# What the words of a step can say.
FACTS = ("count", "names", "tables", "source", "header", "main")

Line = Annotated[str, Meta(extra={"check": _check_line})]
Text = Annotated[str, Meta(extra={"check": _check_text})]
Trailer = Annotated[str, Meta(extra={"check": _check_trailer})]


StageName = Annotated[str, Meta(extra={"check": _check_stage})]
Subject = Annotated[str, Meta(extra={"check": _check_subject})]
Template = Annotated[str, Meta(extra={"check": _check_template})]


class Wording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[series.words.STEP]`: the words of one step, in place of vtsplit's."""

    subject: Subject | None = None
    text: Template | None = None


class Posting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[series]`: how the patches of `vtsplit series` read."""

    prefix: Line | None = None  # what each subject begins with, such as "KVM: VMX:"
    trailers: tuple[Trailer, ...] = ()  # the last lines of each patch
    subject: Line | None = None  # of the cover letter
    text: Text | None = None  # the first paragraphs of the cover letter
    words: dict[StageName, Wording] = {}

    @property
    def beginning(self) -> str | None:
        """Return the prefix with a blank behind it."""
        return None if self.prefix is None else f"{self.prefix.rstrip()} "
