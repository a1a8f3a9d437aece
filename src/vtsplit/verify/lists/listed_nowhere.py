"""Whether some build file lists a file at all."""

import re
from collections.abc import Collection
from posixpath import basename, dirname, join

from vtsplit.diagnostics import Problem
from vtsplit.survey.build import cmake, meson, word_lists
from vtsplit.survey.build.build_files import find_listed, has_word_lists, is_cmake
from vtsplit.survey.build.cmake_commands import read_commands
from vtsplit.survey.make.kbuild import MAKEFILES, find_in_makefile, find_object
from vtsplit.tree.folders import folders_up
from vtsplit.verify.lists.place import Read


def listed_nowhere(read: Read, path: str, changed: Collection[str]) -> str | None:
    """Return why a source seems to be in no list; None if some list has it.

    Besides the Makefiles of its folder and those above, any that has `changed` may list it. A
    fragment does not count if nothing says who includes it.
    """
    found = find_object(read, path)
    languages = (meson, cmake, word_lists)
    if not isinstance(found, Problem) or any(one.is_listed(read, path) for one in languages):
        return None
    others = [one for one in changed if has_word_lists(one) or _is_included(read, one)]
    if any(
        one.is_source for other in others for one in find_listed(read(other) or "", other, path)
    ):
        return None
    for makefile in (one for one in changed if basename(one) in MAKEFILES):
        other = find_in_makefile(read(makefile) or "", makefile, path, read)
        if other is not None and other.places:
            return None
    return found.message


def _is_included(read: Read, fragment: str) -> bool:
    """Tell a fragment of CMake's that a CMakeLists.txt of its folder, or of one above, includes."""
    if not is_cmake(fragment):
        return False
    name = rf"(?<![\w.-]){re.escape(basename(fragment).removesuffix('.cmake'))}(?:\.cmake)?"
    return any(
        command.name == "include" and re.fullmatch(rf"(?:.*/)?{name}", command.first)
        for folder in folders_up(dirname(fragment))
        for command in read_commands(read(join(folder, "CMakeLists.txt")) or "")
    )
