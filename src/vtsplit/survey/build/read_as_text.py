"""Where a build reads a source as text, to test or to make something of it, and not to compile it.

    FILE(READ "${CMAKE_CURRENT_SOURCE_DIR}/lib/digest.c" DIGEST_C)     CMake
    AC_LINK_IFELSE([AC_LANG_SOURCE([$(cat "$srcdir/lib/digest.c")])])  autoconf

A test of configure that links such a text alone would miss what has moved out of it.
"""

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath

_CAT = re.compile(r"\bcat[ \t]+(?P<quote>[\"']?)(?P<path>[^\s\"'()|;&<>]+)(?P=quote)")
_VARIABLE = re.compile(r"(?:\$\w+|\$\{\w+\}|\$\(\w+\)|@\w+@)/")


def find_cat(text: str, path: str, source: str) -> Iterator[int]:
    """Yield the lines of a build file that `cat` a source file of the tree.

    >>> text = 'X=`cat "$srcdir/lib/digest.c"`\\ncat ../digest.c >x\\n# cat lib/digest.c\\n'
    >>> list(find_cat(text, "configure.ac", "lib/digest.c"))
    [1]
    """
    for found in _CAT.finditer(text):
        start = text.rfind("\n", 0, found.start()) + 1
        if text[start : found.start()].lstrip().startswith(("#", "dnl")):
            continue
        named = _VARIABLE.sub("", found["path"], count=1)
        if source in {normpath(join(dirname(path), named)), normpath(named)}:
            yield text.count("\n", 0, found.start()) + 1
