"""Macros that something beside the source may define: a header, a build file, configure."""

import re

from vtsplit.survey.search.listing import TEXT_SUFFIXES, list_sources
from vtsplit.survey.search.words import find_words
from vtsplit.tree.source_tree import SourceTree

# How files end that tell a compiler, or configure, what to define.
_BUILD = (".in", ".ac", ".m4", ".mk", ".mak", ".am", ".cmake", ".build", "akefile", "Kbuild")
# `#define X`, `-DX`, `AC_DEFINE([X])`, `#cmakedefine X`; configure may make one of `#undef X`.
_DEFINES = r"(?:define\w*[ \t]+|-D[ \t]*|DEFINE\w*\([ \t]*\[*\"?){name}\b"
_UNDEFINES = r"|#[ \t]*undef[ \t]+{name}\b"


def is_defined_beside(tree: SourceTree, source: str, name: str) -> bool:
    """Tell whether a file of the tree, but for the source, may define a macro.

    One with a reserved name may be the compiler's or the library's (C11 7.1.3), and an option is
    defined by what Kconfig makes.
    """
    if name.startswith(("_", "CONFIG_")):
        return True
    paths = list_sources(tree.root, TEXT_SUFFIXES + _BUILD)
    found = find_words(tree.root, {name, f"D{name}"}, paths)
    for path in (*found.of(name), *found.of(f"D{name}")):
        pattern = _DEFINES + (_UNDEFINES if path.endswith(".in") else "")
        if path != source and re.search(pattern.format(name=name), tree.find_text(path)):
            return True
    return False
