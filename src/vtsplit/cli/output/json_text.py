"""Values as JSON text, whatever bytes a path or a line of a file holds."""

import msgspec

from vtsplit.diagnostics import Site


def place(site: Site | None) -> dict[str, object]:
    """Return a site as JSON has it; line 0 means the file as a whole."""
    if site is None:
        return {"path": None, "line": 0, "column": 0}
    return {"path": site.path, "line": site.line, "column": site.column}


def encode(value: object) -> bytes:
    """Return a value as indented JSON; bytes that are no text are replaced."""
    text = msgspec.json.encode(printable(value))
    return msgspec.json.format(text, indent=2) + b"\n"


def printable(value: object) -> object:
    """Replace bytes that are no text, which a path or a line may hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value
