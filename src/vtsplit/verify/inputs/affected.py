"""Which compiled files a change can reach: by what their records say that they read."""

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname, join, normpath

from vtsplit.survey.build.build_files import is_build_file
from vtsplit.verify.inputs.differing import Differing
from vtsplit.verify.inputs.flags import Recipe, Records
from vtsplit.verify.inputs.sides import Side

_FEW = 64  # files that are simply all looked at where nothing says what they read


def affected_recipes(records: Records, differing: Differing, side: Side) -> list[Recipe]:
    """Return the recipes of files that changed, or that read one that did.

    A new header counts where it may stand in front of another one of that name.
    """
    gone_or_changed = differing.changed | differing.removed
    headers = {
        path for path in differing.paths if not path.endswith(".c") and not is_build_file(path)
    }
    unknown = [r for r in records.recipes.values() if r.dependencies is None]
    named = frozenset(map(basename, headers))
    reading = _readers(headers, side) if headers and len(unknown) > _FEW else None
    found = []
    for recipe in records.recipes.values():
        if recipe.source in differing.paths:
            found.append(recipe)
        elif recipe.dependencies is not None:
            if recipe.dependencies & gone_or_changed or any(
                _may_read(recipe, path) for path in differing.added
            ):
                found.append(recipe)
        elif headers and (reading is None or recipe.source in reading):
            found.append(recipe)
        elif any(name in word for word in recipe.flags for name in named):
            found.append(recipe)  # `-include force.h`
    return sorted(found, key=lambda recipe: recipe.source)


def _may_read(recipe: Recipe, new: str) -> bool:
    """Tell whether a new header may be read in place of one that a recipe reads.

    What they share of their paths is how it is named; the folder that is left has to be one that is
    searched, that of a file which includes (C11 6.10.2) or one of the command, or to hold one, as a
    name may begin with `..`.

    >>> reads = frozenset({"a/x.c", "include/asm/b.h"})
    >>> recipe = Recipe("a/x.c", "a/x.o", "/t", "/t", ("cc",), ("-Iinclude",), reads)
    >>> [_may_read(recipe, new) for new in ("a/b.h", "d/b.h", "d/asm/b.h", "include/b.h")]
    [True, False, False, True]
    """
    name = basename(new)
    alike = [one for one in recipe.dependencies or () if basename(one) == name]
    if not alike:
        return False
    searched = {dirname(one) for one in recipe.dependencies or ()} | set(_searched(recipe))
    folders = {parent for one in searched for parent in _with_parents(one)}
    for one in alike:
        ours, theirs = new.split("/"), one.split("/")
        while ours and theirs and ours.pop() == theirs.pop():
            if "/".join(ours) in folders:
                return True
    return False


def _with_parents(folder: str) -> Iterator[str]:
    while folder and folder != "/":
        yield folder
        folder = dirname(folder)
    yield ""


def _searched(recipe: Recipe) -> Iterator[str]:
    """Yield the folders of the tree that a command searches for headers."""
    words = iter(recipe.flags)
    for word in words:
        option = next(
            (o for o in ("-isystem", "-iquote", "-idirafter", "-I") if word.startswith(o)), ""
        )
        if option:
            path = normpath(join(recipe.directory, word[len(option) :] or next(words, "")))
            yield "" if path == recipe.srctree else path.removeprefix(f"{recipe.srctree}/")


def _readers(headers: Iterable[str], side: Side) -> set[str]:
    """Return all files that name one of the headers, or one that does, and so on."""
    found: set[str] = set()
    names = {basename(path) for path in headers}
    asked: set[str] = set()
    while names - asked:
        files = side.files_with(names - asked)
        asked |= names
        paths = {path for found_in in files.values() for path in found_in}
        found |= paths
        names = {basename(path) for path in paths if not path.endswith(".c")}
    return found
