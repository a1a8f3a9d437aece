"""The section of the spec about a series of patches: `[series]`."""

import re
from collections.abc import Iterator
from enum import StrEnum
from string import Formatter
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from vtsplit.spec.values import MISSING_KEY, Fault, Refusal, quoted


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


# These change what the program does: the spec says how, and `split --verify` holds them against it.
OTHER_PROGRAM = frozenset({StageKind.SECOND, StageKind.WRAP, StageKind.START})

_OPS = re.compile(r"[\w$*?]+")
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
    refusal = _check_line(text) or _check_template(text)
    if refusal is None and any(name == "names" for _, name, _, _ in Formatter().parse(text)):
        return Refusal("one line of text", "{names} is a list of lines: write it in `text`")
    return refusal


def _check_ops(pattern: str) -> Refusal | None:
    if _OPS.fullmatch(pattern):
        return None
    return Refusal("the name of an op", "* stands for any characters, ? for one")


# What the words of a step can say.
FACTS = ("count", "names", "tables", "source", "header", "main")

MessageLine = Annotated[str, Meta(extra={"check": _check_line})]
MessageText = Annotated[str, Meta(extra={"check": _check_text})]
Trailer = Annotated[str, Meta(extra={"check": _check_trailer})]


StageName = Annotated[str, Meta(extra={"check": _check_stage})]
Subject = Annotated[str, Meta(extra={"check": _check_subject})]
MessageTemplate = Annotated[str, Meta(extra={"check": _check_template})]
Ops = Annotated[str, Meta(extra={"check": _check_ops})]


class Wording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[series.words.STEP]`: the words of one step, in place of vtsplit's."""

    subject: Subject | None = None
    text: MessageTemplate | None = None


class Group(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[series.group]]`: ops whose wrappers come in one patch.

    A name goes before a pattern, whatever their groups; of patterns, the first that matches counts.
    """

    subject: Subject
    ops: tuple[Ops, ...]  # names, or patterns with * and ?
    text: MessageTemplate | None = None


class Posting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[series]`: how the patches of `vtsplit series` read."""

    prefix: MessageLine | None = None  # what each subject begins with, such as "KVM: VMX:"
    trailers: tuple[Trailer, ...] = ()  # the last lines of each patch
    subject: MessageLine | None = None  # of the cover letter
    text: MessageText | None = None  # the first paragraphs of the cover letter
    words: dict[StageName, Wording] = {}
    groups: tuple[Group, ...] = msgspec.field(name="group", default=())

    @property
    def beginning(self) -> str | None:
        """Return the prefix with a blank behind it."""
        return None if self.prefix is None else f"{self.prefix.rstrip()} "


def is_pattern(ops: str) -> bool:
    """Tell a pattern for names of ops from a name.

    >>> is_pattern("vcpu_*"), is_pattern("vcpu_run")
    (True, False)
    """
    return "*" in ops or "?" in ops


def find_group_faults(raw: dict[str, Any]) -> Iterator[Fault]:
    """Find groups of ops that say nothing, or what another group says.

    Values of a wrong type are passed over: the schema has them.
    """
    series = raw.get("series")
    groups = series.get("group") if isinstance(series, dict) else None
    if not isinstance(groups, list):
        return
    if groups and "dispatch" not in raw:
        message = "[[series.group]] has no meaning without [dispatch]"
        yield Fault(("series", "group"), message, of="key")
    seen: dict[str, int] = {}
    for at, group in enumerate(groups):
        ops = group.get("ops") if isinstance(group, dict) else None
        if not isinstance(ops, list):
            continue
        path = ("series", "group", at, "ops")
        if not ops:
            yield Fault(path, "the group has no op", "name its ops, or remove it", MISSING_KEY)
        for index, name in enumerate(ops):
            if not isinstance(name, str):
                continue
            first = seen.setdefault(name, at)
            if first != at or name in ops[:index]:
                where = "this group" if first == at else f"group {first + 1}"
                message = f"{quoted(name)} is already in {where}"
                yield Fault((*path, index), message, "an op has one patch")
