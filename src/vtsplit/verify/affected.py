"""Which compiled files a change can reach: by what their records say that they read."""

from collections.abc import Iterable
from pathlib import Path
from posixpath import basename

from vtsplit.survey.build_files import is_build_file
from vtsplit.survey.words import find_words
from vtsplit.verify.differing import Differing
from vtsplit.verify.flags import Recipe, Records

_FEW = 64  # files that are simply all looked at where nothing says what they read


def affected_recipes(records: Records, differing: Differing, tree: Path) -> list[Recipe]:
    """Return the recipes of files that changed, or that read one that did.

    A new header counts by its name: it may stand in front of another one of that name.
    """
    gone_or_changed = differing.changed | differing.removed
    new_names = {basename(path) for path in differing.added}
    headers = {
        path for path in differing.paths if not path.endswith(".c") and not is_build_file(path)
    }
    unknown = [r for r in records.recipes.values() if r.dependencies is None]
    reading = _readers(headers, tree) if headers and len(unknown) > _FEW else None
    found = []
    for recipe in records.recipes.values():
        if recipe.source in differing.paths:
            found.append(recipe)
        elif recipe.dependencies is not None:
            if recipe.dependencies & gone_or_changed or (
                new_names and any(basename(one) in new_names for one in recipe.dependencies)
            ):
                found.append(recipe)
        elif headers and (reading is None or recipe.source in reading):
            found.append(recipe)
    return sorted(found, key=lambda recipe: recipe.source)


def _readers(headers: Iterable[str], tree: Path) -> set[str]:
    """Return all files that name one of the headers, or one that does, and so on."""
    found: set[str] = set()
    names = {basename(path) for path in headers}
    asked: set[str] = set()
    while names - asked:
        words = find_words(tree, names - asked)
        asked |= names
        paths = {path for name in names for path in words.of(name)}
        found |= paths
        names = {basename(path) for path in paths if not path.endswith(".c")}
    return found
