"""List a second source file in a meson.build beside the one that is there.

foo_sources = files(            foo_sources = files(
  'foo.c',               ->       'foo.c',
)                                 'foo_main.c',
                                )
"""

from collections.abc import Sequence
from posixpath import basename, dirname, join, normpath, relpath

from vtsplit.cst.edits import Edit, apply_edits
from vtsplit.survey.meson import Listed


def list_beside(text: str, listed: Sequence[Listed], source: str, path: str) -> str:
    """Add `path` behind `source` wherever that is listed as a source and `path` is not.

    >>> from vtsplit.survey.meson import find_listed
    >>> text = "lib = static_library('foo', 'a/foo.c')\\n"
    >>> list_beside(text, find_listed(text, "meson.build", "a/foo.c"), "a/foo.c", "a/main.c")
    "lib = static_library('foo', 'a/foo.c', 'a/main.c')\\n"
    """
    edits = []
    for one in listed:
        new = _spelled(text[one.start : one.end], source, path)
        if one.is_source and new not in one.siblings:
            edits.append(_edit(text, one, new))
    return apply_edits(text, edits)


def _spelled(written: str, source: str, path: str) -> str:
    folder = relpath(dirname(path) or ".", dirname(source) or ".")
    return normpath(join(dirname(written), folder, basename(path)))


def _edit(text: str, one: Listed, new: str) -> Edit:
    start, end = (one.start, one.end) if one.is_word else (one.start - 1, one.end + 1)
    quoted = new if one.is_word else f"'{new}'"
    stop = text.find("\n", end)
    rest = text[end : stop if stop >= 0 else len(text)].strip()
    indent = text[text.rfind("\n", 0, start) + 1 : start]
    newline = "\r\n" if text[:stop].endswith("\r") else "\n"
    if one.is_word:
        alone = not indent.strip() and not rest
        return Edit(end, end, f"{newline}{indent}{quoted}" if alone else f" {quoted}")
    if indent.strip() or rest not in ("", ","):
        return Edit(end, end, f", {quoted}")
    # The last of a list may do without a comma.
    return Edit(end, end, f",{newline}{indent}{quoted}")
