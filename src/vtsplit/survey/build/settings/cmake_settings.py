"""Macros that a CMake file gives one source alone, as properties of that file.

cmake-properties(7), Properties on Source Files.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vtsplit.survey.build.cmake import find_listed
from vtsplit.survey.build.cmake_commands import Command, read_commands
from vtsplit.survey.build.listed import ListRole

_DEFINITIONS = re.compile(r"COMPILE_DEFINITIONS(?:_\w+)?$")
_OPTIONS = frozenset({"COMPILE_FLAGS", "COMPILE_OPTIONS"})
_DEFINED = re.compile(r"(?:-D)?\s*([A-Za-z_]\w*)")
_MACRO = re.compile(r"(?<![\w/-])[-/][DU]\s*([A-Za-z_]\w*)")
_WHOLE_FILE = re.compile(r"(?<![\w-])-(?:include|imacros)(?!-)")
# `$<$<CONFIG:Debug>:A=1>`: what counts under a condition (cmake-generator-expressions(7)).
_CONDITIONAL = re.compile(r"\$<[^:]*(?::[^:<>]*>)?:([^<>]*)>")
_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class FileMacros:
    """The line of a command that gives a file macros, its words, and the macros' names.

    If another file has the macros, `names` is empty.
    """

    line: int
    column: int
    shown: str
    names: frozenset[str]


def file_macros(text: str, path: str, source: str) -> Iterator[FileMacros]:
    """Yield the macros that the CMake file `path` gives a source alone.

    >>> text = 'set_source_files_properties(x.c PROPERTIES COMPILE_DEFINITIONS "A=1;B")'
    >>> [(one.shown, sorted(one.names)) for one in file_macros(text, "CMakeLists.txt", "x.c")]
    [('COMPILE_DEFINITIONS A=1;B', ['A', 'B'])]
    >>> text = "set_property(SOURCE x.c APPEND PROPERTY COMPILE_OPTIONS -Wall -DC)"
    >>> [(one.shown, sorted(one.names)) for one in file_macros(text, "CMakeLists.txt", "x.c")]
    [('COMPILE_OPTIONS -Wall;-DC', ['C'])]
    """
    listed = find_listed(text, path, source)
    places = {one.entry.start for one in listed if one.role is ListRole.SETTING}
    if not places:
        return
    commands = read_commands(text)
    values: dict[str, str] = {}
    for one in commands:
        words = [argument.text for argument in one.arguments]
        if one.name == "list":
            words = words[1:]
        if one.name in ("set", "list") and words:
            values[words[0]] = ";".join([*values.get(words[0], "").split(";"), *words[1:]])
    for command in commands:
        if any(a.start <= at <= a.end for a in command.arguments for at in places):
            for name, value in _properties(command):
                known = _VARIABLE.sub(lambda found: values.get(found[1], found[0]), value)
                names = _names(name, known)
                if names is not None:
                    start = command.start
                    column = start - (text.rfind("\n", 0, start) + 1) + 1
                    line = text.count("\n", 0, start) + 1
                    yield FileMacros(line, column, f"{name} {value}", names)


def _properties(command: Command) -> Iterator[tuple[str, str]]:
    """Yield the properties that a command sets, with their values."""
    texts = [argument.text for argument in command.arguments]
    if "PROPERTIES" in texts:
        pairs = texts[texts.index("PROPERTIES") + 1 :]
        yield from zip(pairs[::2], pairs[1::2], strict=False)
    elif "PROPERTY" in texts:
        name, *words = texts[texts.index("PROPERTY") + 1 :] or [""]
        yield name, ";".join(words)


def _names(name: str, value: str) -> frozenset[str] | None:
    """Return the macros that a property defines; None if it defines none."""
    if _DEFINITIONS.match(name):
        plain = _CONDITIONAL.sub(r";\1;", value)
        found = (_DEFINED.match(one) for one in plain.split(";"))
        return frozenset(one[1] for one in found if one) or None
    if name not in _OPTIONS:
        return None
    if _WHOLE_FILE.search(value):
        return frozenset()
    return frozenset(_MACRO.findall(value)) or None
