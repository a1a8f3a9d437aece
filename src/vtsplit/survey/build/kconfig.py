"""What a split needs to know from Kconfig files: which symbols they define, where, as what type.

Nothing is evaluated. The grammar is that of Documentation/kbuild/kconfig-language.rst.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_ENTRY = re.compile(
    r"[ \t]*(?:(?:menu)?config[ \t]+(\w+)|(choice|endchoice|comment|menu|endmenu|mainmenu|if"
    r"|endif|[or]?source|orsource)\b)"
)
_NAMED = re.compile(r"^[ \t]*(?:menu)?config[ \t]+(\w+)", re.MULTILINE)
_TYPE = re.compile(r"[ \t]*(bool|boolean|def_bool|tristate|def_tristate|int|hex|string)\b")
_HELP = re.compile(r"[ \t]*(?:---[ \t]*help[ \t]*---|help)[ \t]*$")
_BOOL = frozenset({"bool", "boolean", "def_bool"})
_CLOSES = {"endif": "if", "endmenu": "menu", "endchoice": "choice"}


@dataclass(frozen=True)
class MenuBlock:
    """An `if`, `menu` or `choice`, from its first line to the one that ends it, both from 1."""

    word: str
    first: int
    last: int


@dataclass(frozen=True)
class ConfigEntry:
    """A `config` or `menuconfig` entry: its lines, from 1, without blank and comment lines behind.

    `indent` is what its first attribute starts with. `blocks` are those it stands in, outermost
    first.
    """

    symbol: str
    first: int
    last: int
    indent: str
    blocks: tuple[MenuBlock, ...]


def entries(text: str) -> set[str]:
    r"""Return the symbols that a Kconfig file has entries of, and maybe words of its help texts.

    >>> sorted(entries("config FOO\n\tbool\n\tmenuconfig  BAR\n"))
    ['BAR', 'FOO']
    """
    return set(_NAMED.findall(text))


def find_entries(text: str, symbol: str) -> list[ConfigEntry] | None:
    r"""Return the entries of a symbol in a Kconfig file; None where its blocks do not pair.

    >>> text = "if BAR\nconfig FOO\n\tbool\n\thelp\n\t  config BAR\n\n# Bar.\nendif\n"
    >>> find_entries(text, "FOO")[0].last, find_entries(text, "FOO")[0].blocks
    (5, (MenuBlock(word='if', first=1, last=8),))
    >>> find_entries(text, "BAR"), find_entries(text + "endif\n", "FOO")
    ([], None)
    """
    opened: list[tuple[str, int]] = []
    closed: list[MenuBlock] = []
    found: list[ConfigEntry] = []
    current: ConfigEntry | None = None
    for number, line, in_help in _lines(text):
        entry = None if in_help else _ENTRY.match(line)
        if entry and current:
            found.append(current)
            current = None
        if entry and (word := entry[2]) in ("if", "menu", "choice"):
            opened.append((word, number))
        elif entry and entry[2] in _CLOSES:
            if not opened or opened[-1][0] != _CLOSES[entry[2]]:
                return None
            closed.append(MenuBlock(*opened.pop(), number))
        elif entry and entry[1] == symbol:
            current = ConfigEntry(symbol, number, number, "", ())
        elif current and not (entry or (line.lstrip().startswith("#") and not in_help)):
            indent = current.indent or line[: len(line) - len(line.lstrip())]
            current = ConfigEntry(symbol, current.first, number, indent, ())
    found += [current] if current else []
    if opened:
        return None
    return [
        ConfigEntry(one.symbol, one.first, one.last, one.indent, _around(one.first, closed))
        for one in found
    ]


def _around(line: int, blocks: Iterable[MenuBlock]) -> tuple[MenuBlock, ...]:
    inside = (block for block in blocks if block.first < line < block.last)
    return tuple(sorted(inside, key=lambda block: block.first))


def is_bool(symbol: str, texts: Iterable[str]) -> bool:
    r"""Tell whether a symbol is never `m`: all types that these Kconfig files give it are bool.

    False for a symbol without a type there: it may have one that these files do not show.

    >>> text = "config FOO\n\tbool \"Foo\"\n\nconfig BAR\n\ttristate \"Bar\"\n"
    >>> is_bool("FOO", [text]), is_bool("BAR", [text]), is_bool("BAZ", [text])
    (True, False, False)
    """
    types = {stated for text in texts for stated in _types(symbol, text)}
    return bool(types) and types <= _BOOL


def _types(symbol: str, text: str) -> Iterator[str]:
    """Yield the types that the entries of a symbol state, their help texts left out."""
    current = ""
    for _, line, in_help in _lines(text):
        if in_help:
            continue
        if entry := _ENTRY.match(line):
            current = entry[1] or ""
        elif current == symbol and (stated := _TYPE.match(line)):
            yield stated[1]


def _lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield each line that is not blank: its number, its text, whether a help text has it.

    A line that a backslash continues is one with the next, under the number of the last.
    """
    help_column = -1  # 0 until the first line of a help text gives its column
    before = ""
    for number, line in enumerate(text.replace("\r", "").split("\n"), 1):
        column = len(line.expandtabs()) - len(line.expandtabs().lstrip())
        if not line.strip():
            continue
        if help_column >= 0:
            help_column = help_column or column
            if column and column >= help_column:
                yield number, line, True
                continue
            help_column = -1
        whole = before + line
        if line.endswith("\\"):
            before = whole[:-1]
            continue
        before = ""
        yield number, whole, False
        if _HELP.match(whole):
            help_column = 0
