"""Which Makefiles include which (GNU make manual, 3.3; Automake manual, 14)."""

import re
from collections.abc import Callable, Iterable, Iterator
from posixpath import dirname, join, normpath

from vtsplit.survey.make.make_values import MakeValues, matches
from vtsplit.survey.make.makefile import INCLUDE, read_makefile
from vtsplit.tree.folders import folders_up

_FOLDER = re.compile(r"^(?:\./|\$[({](?:src|srctree|(?:top_)?srcdir)[)}]/)+")


def included_texts(read: Callable[[str], str | None], makefile: str, text: str) -> dict[str, str]:
    """Return the texts that a Makefile includes from its own folder, the tree's or one below.

    The words of such a fragment are those of the Makefile. A name made of other variables is not
    followed.

    >>> included_texts({"a/x.mk": "A = b"}.get, "a/Makefile", "include $(srcdir)/x.mk")
    {'a/x.mk': 'A = b'}
    """
    found: dict[str, str] = {}
    pending = [text]
    while pending:
        for match in INCLUDE.finditer(pending.pop()):
            for word in match[1].split("#")[0].split():
                name = _FOLDER.sub("", word)
                if "$" in name or name.startswith(("/", "..")):
                    continue
                for path in {normpath(join(dirname(makefile), name)): 0, normpath(name): 0}:
                    if path in found or path == makefile:
                        break
                    inner = read(path)
                    if inner is not None:
                        found[path] = inner
                        pending.append(inner)
                        break
    return found


def including_texts(
    read: Callable[[str], str | None], names: Iterable[str], path: str
) -> Iterator[str]:
    """Yield the Makefiles of a folder or one above, with some names, that include a file.

    >>> tree = {"Makefile": "D = a b\\ninclude $(D:%=%/x.mk)\\n", "b/Makefile": "include x.mk\\n"}
    >>> list(including_texts(tree.get, ["Makefile"], "a/x.mk")) == [tree["Makefile"]]
    True
    """
    for folder in folders_up(dirname(path)):
        for name in names:
            other = join(folder, name)
            text = read(other) if other != path else None
            if text and "include" in text and _includes(text, folder, path):
                yield text


def _includes(text: str, folder: str, path: str) -> bool:
    values = MakeValues(read_makefile(text))
    for match in INCLUDE.finditer(text):
        for word in values.texts(match[1].split("#")[0]):
            if matches(normpath(join(folder, _FOLDER.sub("", word))), path):
                return True
    return False
