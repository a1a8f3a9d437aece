"""The places of a meson.build that compile a source."""

import re
from collections.abc import Iterator
from posixpath import splitext

from vtsplit.survey.build import meson
from vtsplit.verify.lists.branches import branches_at, of_meson
from vtsplit.verify.lists.place import LinkPlace

_TOKEN = re.compile(
    r"#[^\n]*|'''(?P<long>.*?)'''|'(?P<short>(?:\\.|[^'\\\n])*)'|(?P<open>[(\[{])"
    r"|(?P<close>[)\]}])|(?P<line>\n)|\+?=(?!=)|[^\s'#()\[\]{},+=]+|\S",
    re.DOTALL,
)
_HERE = "@"


def places_in_meson(text: str, path: str, source: str) -> Iterator[LinkPlace]:
    r"""Yield where a meson.build has a source in a list.

    >>> text = "a = files('x.c')\na += ['y.c']\n"
    >>> [one.key for name in "xy" for one in places_in_meson(text, "meson.build", f"{name}.c")]
    ['a = @', 'a = @']
    """
    turns = [*of_meson(text)]
    for one in meson.find_listed(text, path, source):
        if one.is_source:
            key = _statement(text, one.entry.start)
            held = branches_at(turns, one.entry.start)
            yield LinkPlace(path, one.line, key.split(" ")[0], key, key.split(" ")[0], held)


def _statement(text: str, place: int) -> str:
    """Return the statement at a place without its files and what joins them.

    That is equal for all files that are added to the same thing: what stays are variables, targets
    and what is asked for, with a mark for the files.

    >>> _statement("s.add(when: 'X', if_true: files('a.c',\\n  'b.c'))", 42)
    "s.add when: 'X' if_true: @"
    """
    words: list[str] = []
    open_: list[str] = []  # what stands in front of each bracket that is open
    is_plain, is_marked = False, False
    for token in _TOKEN.finditer(text):
        if token["open"]:
            open_.append(words[-1] if words and token["open"] == "(" else token["open"])
            # A dictionary has lists of several things.
            words += ["{"] if token["open"] == "{" else []
        elif token["close"]:
            open_ = open_[:-1]
            words += ["}"] if token["close"] == "}" else []
        elif token["line"]:
            if not open_:
                if is_marked:
                    break
                words = []
        elif token.start() <= place < token.end():
            is_plain, is_marked = {*open_} <= {"[", "files"}, True
            words.append(_HERE)
        elif not (token[0].startswith("#") or token[0] in ",+" or _is_file(token)):
            words.append("=" if token[0] == "+=" else token[0])
    if is_plain and words[1:2] == ["="]:
        return f"{words[0]} = {_HERE}"  # whatever else the variable has
    return " ".join(word for word in words if word != "files")


def _is_file(token: re.Match[str]) -> bool:
    strings = (token["long"] or token["short"] or "").split()
    return bool(strings) and all(splitext(one)[1] for one in strings)
