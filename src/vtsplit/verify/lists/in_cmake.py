"""The places of a CMake file that compile a source."""

import re
from collections.abc import Hashable, Iterator
from posixpath import splitext

from vtsplit.survey.build import cmake
from vtsplit.survey.build.cmake_commands import Command, read_commands
from vtsplit.survey.build.listed import ListRole
from vtsplit.verify.lists.branches import Branches, branches_at, of_cmake
from vtsplit.verify.lists.place import LinkPlace

_ROLES = {ListRole.SOURCE, ListRole.ALONE, ListRole.REMOVED}
_TARGETS = {"add_executable", "add_library", "target_sources"}
_KEYWORD = re.compile(r"[A-Z][A-Z0-9_]*")
# Words in front of sources that part them, and say who else compiles them.
_FOR_OTHERS = {"PUBLIC", "INTERFACE"}


def places_in_cmake(text: str, path: str, source: str) -> Iterator[LinkPlace]:
    """Yield where a CMake file compiles a source, takes it by a pattern or out of a list.

    >>> text = "set(S x.c)\\nlist(APPEND S y.c)\\n"
    >>> [one.key for name in "xy" for one in places_in_cmake(text, "CMakeLists.txt", f"{name}.c")]
    [('source', 'variable', 'S'), ('source', 'variable', 'S')]
    """
    commands, turns = read_commands(text), [*of_cmake(text)]
    for one in cmake.find_listed(text, path, source):
        if one.role not in _ROLES:
            continue
        command = [each for each in commands if each.start <= one.entry.start][-1]
        held: Branches = branches_at(turns, command.start)
        if one.entry.text.startswith("$<"):
            held += ((one.entry.text.rpartition(":")[0],),)
        role = "removed" if one.role is ListRole.REMOVED else "source"
        key, family = _key(command, one.entry.start)
        name = _name(command)
        yield LinkPlace(path, one.line, name, (role, *key), (role, *family), held)
    for glob in cmake.find_globs(text, path, source):
        command = next(each for each in commands if _line(text, each) == glob.line)
        texts = [argument.text for argument in command.arguments]
        key = ("source", "variable", texts[1]) if len(texts) > 1 else ("pattern", glob.pattern)
        held = branches_at(turns, command.start)
        yield LinkPlace(path, glob.line, glob.pattern, key, key, held)


def _line(text: str, command: Command) -> int:
    return text.count("\n", 0, command.start) + 1


def _name(command: Command) -> str:
    at = command.name == "list" and len(command.arguments) > 1
    return f"{command.name}({command.arguments[at].text})"


def _key(command: Command, place: int) -> tuple[tuple[Hashable, ...], tuple[Hashable, ...]]:
    """Return what is equal for all files of a variable or a target, and for those of a command."""
    front = [argument.text for argument in command.arguments if argument.start < place]
    if command.name == "set":
        key = "variable", command.first
        return key, key
    if command.name == "list" and len(front) > 1:
        key = "variable", front[1]
        return key, key
    words = [word for word in front if not splitext(word)[1]]
    if command.name in _TARGETS:
        keyword = next((word for word in reversed(words) if _KEYWORD.fullmatch(word)), "")
        return ("target", command.first, keyword in _FOR_OTHERS and keyword), ("target",)
    # A command of the project itself: what stands in front may be a condition.
    return (command.name, *words), (command.name,)
