"""Where a CMake file lists a source, by itself or by a pattern, and what that list is for.

The commands are those of cmake-commands(7). Commands of a project itself are known by their names.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from posixpath import dirname, join, normpath
from typing import NamedTuple

from vtsplit.survey.build.cmake_commands import Argument, Command, read_commands
from vtsplit.survey.build.listed import Listed, ListedPath, ListRole
from vtsplit.survey.make.make_values import matches
from vtsplit.tree.folders import folders_up

_OWN = re.compile(
    r"\w*(?:library|executable|add_(?:module|plugin|program|exe|lib)|_sources?)(?:_\w+)?$"
)
_NOT_SOURCES = re.compile(
    r"(?:set|get)_.*|source_group|add_(?:custom_\w+|dependencies|test|subdirectory|definitions)"
    r"|target_(?!sources).*|link_libraries|find_.*|install|export|configure_file|file|message|if"
    r"|elseif|while|string|include|return|math|foreach|unset|option"
)
_KEYWORD = re.compile(r"[A-Z][A-Z0-9_]*$")
_FOR_SOURCES = frozenset(
    "SOURCES SOURCE SRCS SRC PRIVATE PUBLIC INTERFACE STATIC SHARED MODULE OBJECT EXCLUDE_FROM_ALL "
    "WIN32 MACOSX_BUNDLE APPEND PREPEND INSERT".split()
)
_GIVEN = frozenset("SOURCES SOURCE SRCS SRC".split())
_ENDS = frozenset({"CACHE", "PARENT_SCOPE"})
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_LIST = re.compile(r"[^;]+")
_EXPRESSION = re.compile(r"\$<.*:([^<>:]+)>+$")
_TOP = re.compile(r"(?:CMAKE|PROJECT|\w+)_SOURCE_DIR$")
_HERE = re.compile(r"CMAKE_CURRENT_(?:SOURCE|LIST)_DIR$")


class CMakeGlob(NamedTuple):
    """A pattern by which a CMake file takes sources, and its line."""

    pattern: str
    line: int


def find_listed(text: str, path: str, source: str) -> tuple[Listed, ...]:
    r"""Find where the CMake file `path` names a source file of the tree.

    >>> text = "set(S x.c\n  y.c)\nadd_library(l ${S})\ninstall(FILES x.c)\n"
    >>> [(one.line, one.role.value) for one in find_listed(text, "d/CMakeLists.txt", "d/x.c")]
    [(1, 'source'), (4, 'other')]
    """
    return tuple(_ListFinder(text, path, source).all())


def find_globs(text: str, path: str, source: str) -> tuple[CMakeGlob, ...]:
    """Find the patterns by which a CMake file takes a source, by `file(GLOB)` or a whole folder.

    >>> find_globs("file(GLOB S src/*.c)", "CMakeLists.txt", "src/x.c")
    (CMakeGlob(pattern='src/*.c', line=1),)
    """
    return tuple(_ListFinder(text, path, source).globs())


def is_listed(read: Callable[[str], str | None], source: str) -> bool:
    """Tell whether a CMakeLists.txt, from the source's folder up to the root, takes it as a source.

    >>> is_listed({"CMakeLists.txt": "add_executable(p d/x.c)"}.get, "d/x.c")
    True
    """
    for folder in folders_up(dirname(source)):
        path = join(folder, "CMakeLists.txt")
        text = read(path)
        if text is not None and (
            any(one.is_source for one in find_listed(text, path, source))
            or find_globs(text, path, source)
        ):
            return True
    return False


class _ListFinder:
    def __init__(self, text: str, path: str, source: str) -> None:
        self.text = text
        self.folder = dirname(path)
        self.source = source
        self.commands = read_commands(text)
        # A fragment's paths relate to the CMakeLists.txt that includes it, which may be any above.
        self.folders = [self.folder]
        while path.endswith((".cmake", ".in")) and self.folders[-1]:
            self.folders.append(dirname(self.folders[-1]))
        self.prefixes: dict[str, list[str]] = {}
        self.values: dict[str, list[str]] = {}
        for one in self.commands:
            texts = [argument.text for argument in one.arguments]
            if one.name == "set" and len(texts) == 2:
                self.values.setdefault(texts[0], []).append(texts[1])
            if one.name == "list" and [*map(str.upper, texts[:1]), *texts[2:3]] == [
                "TRANSFORM",
                "PREPEND",
            ]:
                self.prefixes.setdefault(texts[1], []).append(texts[3] if texts[3:] else "")

    def all(self) -> Iterator[Listed]:
        alone = set(self._made_one_by_one())
        for command in self.commands:
            holder = self._holder(command)
            for entries, role, separator in self._sections(command):
                for entry in entries:
                    if self.source not in self._paths(entry.text, self.prefixes.get(holder, ())):
                        continue
                    actual = ListRole.ALONE if holder in alone and role is ListRole.SOURCE else role
                    line = self.text.count("\n", 0, entry.start) + 1
                    yield Listed(entry, line, entries, actual, separator)

    def globs(self) -> Iterator[CMakeGlob]:
        for command in self.commands:
            texts = [argument.text for argument in command.arguments]
            patterns: list[str] = []
            if command.name == "file" and texts and texts[0].upper().startswith("GLOB"):
                deep = texts[0].upper() == "GLOB_RECURSE"
                for text in texts[2:]:
                    folder, slash, name = text.rpartition("/")
                    patterns.append(f"{folder}{slash}**/{name}" if deep else text)
            elif command.name == "aux_source_directory" and texts:
                patterns.append(f"{texts[0]}/*.c")
            for pattern in patterns:
                if any(matches(path, self.source) for path in self._paths(pattern)):
                    line = self.text.count("\n", 0, command.start) + 1
                    yield CMakeGlob(pattern, line)

    def _sections(self, command: Command) -> Iterator[tuple[tuple[ListedPath, ...], ListRole, str]]:
        """Yield the lists of a command, what each is for, and what stands between two paths.

        Words in capitals part the arguments of most commands.
        """
        keyword = ""
        entries: list[ListedPath] = []
        # The first names a target or a variable, but where a project's own command has none.
        has_name = not _names_file(command.first) and command.first not in _GIVEN
        for argument in command.arguments[has_name:]:
            if _KEYWORD.match(argument.text) and not argument.quote:
                yield tuple(entries), self._role(command, keyword), ""
                entries, keyword = [], argument.text
                continue
            parts = tuple(_split(argument))
            if len(parts) > 1:
                yield parts, self._role(command, keyword), ";"
            elif parts and _names_file(parts[0].text):
                entries.append(parts[0])
        yield tuple(entries), self._role(command, keyword), ""

    def _holder(self, command: Command) -> str:
        if command.name == "list" and len(command.arguments) > 1:
            return command.arguments[1].text
        return command.first

    def _role(self, command: Command, keyword: str) -> ListRole:
        name, first = command.name, command.first.upper()
        if name == "set":
            return ListRole.OTHER if keyword in _ENDS else ListRole.SOURCE
        if name == "list":
            if first in ("APPEND", "PREPEND", "INSERT"):
                return ListRole.SOURCE
            return ListRole.REMOVED if first in ("REMOVE_ITEM", "FILTER") else ListRole.OTHER
        if name == "file" and first in ("READ", "STRINGS"):
            return ListRole.READ
        if name == "set_source_files_properties":
            return ListRole.SETTING
        if name == "set_property" and first == "SOURCE":
            return ListRole.SETTING
        if keyword in _GIVEN:
            return ListRole.SOURCE
        if _NOT_SOURCES.fullmatch(name) or not _OWN.match(name):
            return ListRole.OTHER
        return ListRole.SOURCE if not keyword or keyword in _FOR_SOURCES else ListRole.OTHER

    def _made_one_by_one(self) -> Iterator[str]:
        """Yield the variables whose every file is made a target of its own, by `foreach`."""
        loops: list[set[str]] = []
        for command in self.commands:
            if command.name == "foreach":
                texts = [argument.text for argument in command.arguments[1:]]
                loops.append({*texts, *(_VARIABLE.sub(r"\1", text) for text in texts)})
            elif command.name == "endforeach" and loops:
                loops.pop()
            elif loops and _OWN.match(command.name) and "${" in command.first:
                for names in loops:
                    yield from names

    def _paths(self, text: str, prefixes: Iterable[str] = ()) -> set[str]:
        """Return the paths, from the top of the tree, that a word may stand for."""
        expression = _EXPRESSION.match(text)
        word = expression[1] if expression else text
        found: set[str] = set()
        for one in (word, *(prefix + word for prefix in prefixes)):
            for full in self._expanded(one, 0):
                bases = [""] if full.startswith("/") else self.folders
                found |= {normpath(join(base, full.lstrip("/"))) for base in bases}
        return found

    def _expanded(self, text: str, depth: int) -> Iterator[str]:
        match = _VARIABLE.search(text)
        if match is None:
            if "$" not in text:
                yield text
            return
        name = match[1]
        values = self.values.get(name, [])
        if _HERE.match(name):
            values = [f"/{self.folder}"]
        elif not values and _TOP.match(name):
            values = ["/", f"/{self.folder}"]
        for value in values[:8] if depth < 8 else ():
            rest = text[: match.start()] + value + text[match.end() :]
            yield from self._expanded(re.sub(r"^/+", "/", rest), depth + 1)


def _split(argument: Argument) -> Iterator[ListedPath]:
    """Yield the parts of an argument, `"a.c;b.c"`; a generator expression is one."""
    if "$<" in argument.text:
        yield ListedPath(argument.start, argument.end, argument.text, argument.quote)
        return
    found = list(_LIST.finditer(argument.text))
    # The quotes of a list stand around all of it.
    quote = argument.quote if len(found) == 1 else ""
    for match in found:
        at = argument.start
        yield ListedPath(at + match.start(), at + match.end(), match[0], quote)


def _names_file(text: str) -> bool:
    return "." in text.rsplit("/", 1)[-1]
