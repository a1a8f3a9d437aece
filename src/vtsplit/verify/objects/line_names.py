"""Names that a macro makes of the line where it is called.

Tokens have `methods_0` for `methods_2759`, since they are compared with 0 for every line. No object
can be compiled like that, with two equal names. One more line above changes the name in the object.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from vtsplit.verify.objects.objects import Content, ObjectFile, TableRelocation

_NUMBER = re.compile(r"\d+")
_RANK = "#"  # in no name of C


def without_lines(one: ObjectFile, defined: Collection[str]) -> ObjectFile:
    """Give the static symbols of an object the names that they have where every line is 0.

    `defined` are the names that its tokens define. Where several would have one name, they are
    told apart by their order: `methods_0`, `methods_0#2`.
    """
    lines: dict[str, list[tuple[int, str]]] = {}
    taken = {symbol.name for symbol in one.symbols}
    for symbol in one.symbols:
        if not symbol.section or symbol.is_global or symbol.name in defined:
            continue
        found = {
            (plain, line)
            for plain, line in _readings(symbol.name)
            if plain in defined and plain not in taken
        }
        if len(found) == 1:
            plain, line = found.pop()
            lines.setdefault(plain, []).append((line, symbol.name))
    names: dict[str, str] = {}
    for plain, same in lines.items():
        for rank, (_, name) in enumerate(sorted(same), 1):
            names[name] = plain if rank == 1 else f"{plain}{_RANK}{rank}"
    return _renamed(one, lambda name: names.get(name, name)) if names else one


def ranked(one: ObjectFile) -> set[str]:
    """Return the names that `without_lines` gave to the second and later ones of a name."""
    return {symbol.name for symbol in one.symbols if _RANK in symbol.name}


def plain_name(name: str) -> str:
    """Return a name as the tokens have it, also if `without_lines` has told it apart."""
    return name.partition(_RANK)[0]


def _readings(name: str) -> list[tuple[str, int]]:
    """Return what a name may be without a line, and the line: any number, or the end of one."""
    return [
        (name[:at] + "0" + name[number.end() :], int(name[at : number.end()]))
        for number in _NUMBER.finditer(name)
        for at in range(number.start(), number.end())
        if name[at] != "0"
    ]


def _renamed(one: ObjectFile, new: Callable[[str], str]) -> ObjectFile:
    def reference(was: TableRelocation) -> TableRelocation:
        ends = frozenset((new(name), size) for name, size in was.ends)
        return replace(was, names=frozenset(map(new, was.names)), ends=ends)

    def content(was: Content) -> Content:
        return replace(was, references=tuple(map(reference, was.references)))

    symbols = tuple(replace(symbol, name=new(symbol.name)) for symbol in one.symbols)
    contents = {new(name): content(was) for name, was in one.contents.items()}
    return replace(one, symbols=symbols, contents=contents)
