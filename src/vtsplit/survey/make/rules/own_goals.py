"""Lists that are called as Kbuild's are, and that a Makefile links by rules of its own.

    obj-$(CONFIG_FOO) += foo.o
    prog: $(obj-y)
            $(CC) -o $@ $^

Kbuild's own Makefiles have no such rule: its scripts link what the lists say
(Documentation/kbuild/makefiles.rst, 3.1).
"""

import re
from collections.abc import Callable, Collection, Iterable

from vtsplit.survey.make.link_rules import links_some
from vtsplit.survey.make.make_paths import MakePaths
from vtsplit.survey.make.makefile import MakefileReader, read_makefile, split_name
from vtsplit.survey.make.rules.inclusion import included_texts, including_texts

# Where one of these is, it reads the Makefiles of the tree by paths that are not written in them.
_KBUILD = (
    "scripts/Makefile.build",
    "scripts/Kbuild.include",
    "tools/build/Makefile.build",
)
_GOAL = re.compile(r"\$[({](?:obj|lib)-")
_USED = re.compile(r"\$[({](?:[a-z]+[ \t]+(?:[^\s(){}]*,)?)?([\w.+-]+)[)}:,]?")
_NAMES = ("GNUmakefile", "makefile", "Makefile")


def own_goals(read: Callable[[str], str | None], path: str) -> frozenset[str]:
    r"""Return the lists that rules link, of a Makefile or of those that include it.

    None count in a tree that has the scripts of Kbuild.

    >>> text = "obj-$(A) += x.o\np: $(obj-y)\n\t$(CC) -o $@ $^\n"
    >>> sorted(own_goals({"Makefile": text}.get, "Makefile"))
    ['obj-y']
    >>> own_goals({"Makefile": text, "scripts/Makefile.build": ""}.get, "Makefile")
    frozenset()
    """
    if any(read(one) is not None for one in _KBUILD):
        return frozenset()
    own = read(path) or ""
    named = (read(one) or "" for one in MakePaths(read_makefile(own), path).included())
    texts = [own, *included_texts(read, path, own).values(), *named]
    texts += including_texts(read, _NAMES, path)
    if not any(map(_GOAL.search, texts)):
        return frozenset()
    linked = _linked(map(read_makefile, texts))
    return frozenset(name for name in linked if name.startswith(("obj-", "lib-")))


def called_in(names: Collection[str], name: str) -> tuple[str, ...]:
    """Return those of some names by which rules may use a list: `obj-$(A)` may be `obj-1`.

    >>> called_in({"obj-y", "obj-1", "x-y"}, "obj-$(A)"), called_in({"obj-y"}, "obj-m")
    (('obj-1', 'obj-y'), ())
    """
    stem, suffix = split_name(name)
    if suffix and "$" in suffix:
        return tuple(sorted(one for one in names if one.startswith(f"{stem}-")))
    return (name,) if name in names else ()


def _linked(readers: Iterable[MakefileReader]) -> frozenset[str]:
    """Return all variables that rules link, by themselves or by others that have their words."""
    every = tuple(readers)
    names: set[str] = set()
    for reader in every:
        for rule in reader.rules:
            if rule.recipe and links_some(rule):
                for one in (rule.prerequisites, *rule.recipe):
                    names.update(_USED.findall(reader.text[one.start : one.end]))
    while True:
        more = {
            name
            for reader in every
            for one in reader.lists
            if one.name in names
            for name in _USED.findall(reader.text[one.start : one.end])
        }
        if more <= names:
            return frozenset(names)
        names |= more
