"""Which objects are linked together, by what the build says."""

import re
from collections.abc import Collection, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

from vtsplit.verify.inputs.flags import Recipe, Records, module_name
from vtsplit.verify.objects.objects import ObjectFile, read_object


@dataclass(frozen=True)
class LinkedObjects:
    """The objects of a build that some others are linked with; `name` says of what.

    `objects` are absolute paths by the name the build has for them. `modules` tell the module of
    each object, those that are asked for among them; it is empty for what is built in.
    """

    name: str
    objects: Mapping[str, Path]
    modules: Mapping[str, str] = field(default_factory=dict)


def find_link_set(records: Records, recipes: Collection[Recipe]) -> LinkedObjects:
    """Return what the recipes' objects are linked with, themselves left out.

    Kbuild lists a module's objects in its `.mod` file. What is built in is linked with all else
    that is; a compilation database tells no more than its files.
    """
    ours = {recipe.object for recipe in recipes}
    kbuild = any(module_name(recipe) for recipe in recipes)
    if not kbuild:
        others = (r for r in records.recipes.values() if r.object not in ours)
        return LinkedObjects(
            "the program", {r.object: Path(records.build, r.object) for r in others}
        )
    modular = [recipe for recipe in recipes if "-DMODULE" in recipe.flags]
    objects: set[str] = set()
    names = sorted({module_name(recipe) or "" for recipe in modular})
    modules: dict[str, str] = {}
    for recipe in modular:
        listed = {recipe.object, *_listed(records, recipe)}
        modules |= dict.fromkeys(listed, module_name(recipe) or "")
        objects |= listed
    if len(modular) < len(recipes):
        built_in = (r for r in records.recipes.values() if "-DMODULE" not in r.flags)
        objects |= {recipe.object for recipe in built_in if module_name(recipe)}
        names.append("the kernel")
    paths = {name: Path(records.build, name) for name in sorted(objects - ours)}
    modules = dict.fromkeys(objects | ours, "") | modules
    return LinkedObjects(" and ".join(names), paths, modules)


def _listed(records: Records, recipe: Recipe) -> set[str]:
    """Return the objects of a recipe's module: its `.mod` file's, else those of its name."""
    name = module_name(recipe)
    build = Path(records.build)
    folder = Path(recipe.object).parent
    for parent in (folder, *folder.parents):
        for spelling in (name or "", (name or "").replace("_", "-")):
            listing = build / parent / f"{spelling}.mod"
            if listing.is_file():
                words = listing.read_text(errors="replace").split("\n\n")[0].split()
                return {word for word in words if re.search(r"\.o\Z", word)}
    same = (r for r in records.recipes.values() if module_name(r) == name)
    return {other.object for other in same}


def read_all(objects: Mapping[str, Path], pool: Executor) -> dict[str, ObjectFile]:
    """Read the symbols of objects. Raises RefusedError (VT307)."""
    made = pool.map(lambda name: read_object(objects[name], name, False), objects)
    return dict(zip(objects, made, strict=True))
