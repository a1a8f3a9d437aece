"""The option that a source file is built under, and the Kconfig file that defines it.

By Documentation/kbuild/makefiles.rst, 3: `obj-$(CONFIG_FOO) += foo.o`, `foo-y := a.o`, and a folder
that the Makefile above it names, `obj-$(CONFIG_FOO) += foo/`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from posixpath import commonpath, dirname, join

from vtsplit.diagnostics import Problem
from vtsplit.survey.build.build_files import BuildFiles, is_kconfig
from vtsplit.survey.build.kconfig import ConfigEntry, find_entries
from vtsplit.survey.make.kbuild import MAKEFILES, find_object
from vtsplit.survey.make.makefile import MakeCondition, ObjectList, read_lists
from vtsplit.tree.folders import folders_up

_OPTION = re.compile(r"\bCONFIG_(\w+)")
_IS_SET = re.compile(
    r"(?:ifdef[ \t]+CONFIG_(\w+)|ifeq[ \t]*\([ \t]*\$\(CONFIG_(\w+)\)[ \t]*,[ \t]*[ym][ \t]*\)"
    r"|ifneq[ \t]*\([ \t]*\$\(CONFIG_(\w+)\)[ \t]*,[ \t]*n?[ \t]*\))[ \t]*(?:#.*)?$"
)
Read = Callable[[str], str | None]


@dataclass(frozen=True)
class Defined:
    """An entry of an option, and the Kconfig file that has it."""

    path: str
    entry: ConfigEntry


def governing_option(read: Read, source: str) -> str | None:
    r"""Return the option that the object of a source file depends on; None where none is told.

    It is the nearest one: of the list, of the module that the list makes, of the folder.

    >>> tree = {"a/Makefile": "obj-$(CONFIG_FOO) += foo.o\nfoo-y := b/x.o\n"}
    >>> governing_option(tree.get, "a/b/x.c")
    'FOO'
    """
    found = find_object(read, source)
    if isinstance(found, Problem):
        return None
    options = {_of_list(place.object_list) for place in found.places}
    if options == {None}:
        text = read(found.makefile) or ""
        modules = {place.module for place in found.places if place.module}
        options = {
            _of_list(one)
            for one in read_lists(text)
            if any(word.path in {f"{module}.o" for module in modules} for word in one.words)
        } or {None}
    if options == {None}:
        return _of_folder(read, dirname(found.makefile))
    return options.pop() if len(options) == 1 else None


def _of_folder(read: Read, folder: str) -> str | None:
    """Return the option under which the Makefile above names a folder, or one that holds it."""
    while folder:
        above = dirname(folder)
        for path in (join(above, name) for name in MAKEFILES):
            inside = folder.removeprefix(f"{above}/") if above else folder
            lists = [
                one
                for one in read_lists(read(path) or "")
                if any(
                    word.path.rstrip("/") == inside and word.text != inside for word in one.words
                )
            ]
            options = {_of_list(one) for one in lists} - {None}
            if options:
                return options.pop() if len(options) == 1 else None
        folder = above
    return None


def _of_list(one: ObjectList) -> str | None:
    """Return the option of a list: of its name, else of the innermost condition it stands under."""
    named = _OPTION.findall(one.name)
    if named:
        return named[0] if len(named) == 1 else None
    return next(filter(None, map(_of_condition, reversed(one.conditions))), None)


def _of_condition(condition: MakeCondition) -> str | None:
    # The condition of another branch begins with `else`.
    match = _IS_SET.match(condition.text.strip())
    return next(filter(None, match.groups()), None) if match else None


def find_defined(read: Read, files: BuildFiles, symbol: str, near: str) -> list[Defined]:
    """Return all entries of an option in the tree's Kconfig files; the nearest to a file first.

    What stands from its folder up to the top is enough where that defines the option.
    """
    found = list(_defined(read, kconfig_files_above(read, near), symbol))
    if not found:
        paths = [path for path in files.having([symbol]) if is_kconfig(path)]
        found = list(_defined(read, paths, symbol))
    return sorted(found, key=lambda one: -len(commonpath([dirname(one.path) or ".", near])))


def _defined(read: Read, paths: Iterable[str], symbol: str) -> Iterator[Defined]:
    for path in paths:
        text = read(path)
        for entry in (find_entries(text, symbol) or ()) if text and symbol in text else ():
            yield Defined(path, entry)


def kconfig_files_above(read: Read, source: str) -> list[str]:
    """Return the `Kconfig` files from the folder of a source file up to the top, nearest first."""
    paths = (join(folder, "Kconfig") for folder in folders_up(dirname(source)))
    return [path for path in paths if read(path) is not None]
