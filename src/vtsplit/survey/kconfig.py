"""The types of configuration symbols, read from Kconfig files as far as a split needs them.

Nothing is evaluated. The grammar is that of Documentation/kbuild/kconfig-language.rst.
"""

import re
from collections.abc import Iterable, Iterator

_ENTRY = re.compile(
    r"[ \t]*(?:(?:menu)?config[ \t]+(\w+)|(?:choice|endchoice|comment|menu|endmenu|mainmenu|if"
    r"|endif|[or]?source|orsource)\b)"
)
_NAMED = re.compile(r"^[ \t]*(?:menu)?config[ \t]+(\w+)", re.MULTILINE)
_TYPE = re.compile(r"[ \t]*(bool|boolean|def_bool|tristate|def_tristate|int|hex|string)\b")
_HELP = re.compile(r"[ \t]*(?:---[ \t]*help[ \t]*---|help)[ \t]*$")
_BOOL = frozenset({"bool", "boolean", "def_bool"})


def entries(text: str) -> set[str]:
    r"""Return the symbols that a Kconfig file has entries of, and maybe words of its help texts.

    >>> sorted(entries("config FOO\n\tbool\n\tmenuconfig  BAR\n"))
    ['BAR', 'FOO']
    """
    return set(_NAMED.findall(text))


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
    current, help_column = "", -1  # 0 until the first line of a help text gives its column
    for line in text.splitlines():
        column = len(line.expandtabs()) - len(line.expandtabs().lstrip())
        if not line.strip():
            continue
        if help_column >= 0:
            help_column = help_column or column
            if column and column >= help_column:
                continue
            help_column = -1
        if entry := _ENTRY.match(line):
            current = entry[1] or ""
        elif current == symbol and (stated := _TYPE.match(line)):
            yield stated[1]
        if _HELP.match(line):
            help_column = 0
