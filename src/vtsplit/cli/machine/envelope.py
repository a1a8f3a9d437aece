"""What the JSON of all commands has in common. The classes are the JSON Schema of it."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from vtsplit import __version__
from vtsplit.diagnostics import Problem, Site
from vtsplit.spec.document import Spec
from vtsplit.tree.repository import head_commit

SCHEMA = 2  # grows by one when a key goes, or gets another meaning


class SpecRead(msgspec.Struct):
    """The spec that was used: what messages call it, and the SHA-256 of its text."""

    name: str
    sha256: str


class Refused(msgspec.Struct):
    """A reason why nothing was done, or why something could not be told."""

    code: str
    slug: str
    message: str
    help: str
    path: str | None
    line: int
    column: int


class Report(msgspec.Struct, kw_only=True):
    """What every command says.

    `schema` is the version of this shape, `tool` and `version` are those of vtsplit. `base` is the
    commit that the tree has checked out. `verdict` is the result in one word. With a verdict of
    `refused` or `half-written` there are `problems`, and what else the command says is empty.
    """

    schema: int = SCHEMA
    tool: str = "vtsplit"
    version: str = __version__
    command: str = ""
    spec: SpecRead | None = None
    base: str | None = None
    verdict: str
    problems: list[Refused] = msgspec.field(default_factory=list)


class Origin(NamedTuple):
    """What a result was made of: the spec and the commit, if there are any."""

    spec: SpecRead | None = None
    base: str | None = None


def origin(spec: Spec | None, tree: Path) -> Origin:
    """Return what a result for a tree is made of."""
    read = None
    if spec is not None:
        text = spec.text.encode("utf-8", "surrogateescape")
        read = SpecRead(spec.file, hashlib.sha256(text).hexdigest())
    return Origin(read, head_commit(tree))


def refused(problems: Iterable[Problem]) -> list[Refused]:
    """Return problems as JSON has them."""
    return [Refused(p.code, p.slug, p.message, p.advice, *place(p.site)) for p in problems]


def place(site: Site | None) -> tuple[str | None, int, int]:
    """Return path, line and column of a site; line 0 is the file as a whole."""
    return (site.path, site.line, site.column) if site else (None, 0, 0)


def as_json(report: Report) -> bytes:
    """Return a report as JSON."""
    return encode(msgspec.to_builtins(report))


def encode(value: object) -> bytes:
    """Return a value as indented JSON; bytes that are no text are replaced."""
    text = escape_hidden(msgspec.json.encode(printable(value)))
    return msgspec.json.format(text, indent=2) + b"\n"


# Beyond ASCII: controls, marks of direction, blanks of no width, ends of lines.
_HIDDEN = re.compile("[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def escape_hidden(text: bytes) -> bytes:
    r"""Escape in JSON what a terminal obeys or does not show. It is the same value.

    >>> escape_hidden('["a\u202eb"]'.encode())
    b'["a\\u202eb"]'
    """
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text.decode()).encode()


def printable(value: object) -> object:
    """Replace bytes that are no text, which a path or a line may hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value
