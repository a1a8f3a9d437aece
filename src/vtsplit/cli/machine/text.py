"""Values as JSON text, whatever bytes a path or a line of a file holds."""

import re

import msgspec


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
