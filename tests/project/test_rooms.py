"""The house: which room may import which, and how large rooms, modules and functions may get."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/vtsplit"

# From top to bottom: a room imports what stands below it. The same holds inside a room that has
# rooms of its own; its own modules may import these, and the other way round.
ORDER = {
    "": "__main__ start cli codemod registry series lint drafting discover apply verify planning"
    " codemods change survey spec tree cst diagnostics rule example_trees interrupt progress"
    " workers children",
    "cli": "page about arguments machine output terminal",
    "cli/page": "diff",
    "cst": "visit bodies style meaning heads",
    "planning": "dispatch build modules fronts header rules locals includes names tables",
    "planning/dispatch": "second wrappers",
    "survey": "types order headers cfile build make search",
    "survey/build": "settings",
    "survey/make": "rules",
    "verify": "objects lists tokens inputs",
    "verify/tokens": "references",
    "spec": "presets",
    "codemods": "build dispatch apart",
    "apply": "apart",
    "series": "repository cutting",
}
MODULES = 12
LINES = 400
FUNCTION = 60
PARAMETERS = 6


class Import(NamedTuple):
    """One import: the module that has it, and the module it is of, as paths in the package."""

    of: tuple[str, ...]
    what: tuple[str, ...]


@cache
def modules() -> tuple[Path, ...]:
    return tuple(sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py")))


@cache
def module_of(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a path of names leads to: a module, or a package for a name that it has."""
    path = SOURCE.joinpath(*parts)
    return parts if path.is_dir() or path.with_suffix(".py").exists() else parts[:-1]


def imports() -> Iterator[Import]:
    """Yield every import; the form that ruff gives them needs no parser."""
    pattern = re.compile(r"^from vtsplit([\w.]*) import (?:\(([^)]*)\)|(.*))", re.MULTILINE)
    for path in modules():
        if path.name == "__init__.py":
            continue
        for base, several, one in pattern.findall((SOURCE / path).read_text()):
            for name in re.findall(r"(\w+)(?: as \w+)?", several or one):
                what = module_of((*base.split(".")[1:], name))
                yield Import(path.with_suffix("").parts, what)


def test_pytest_leaves_out_no_folder(request: pytest.FixtureRequest) -> None:
    """Its own default leaves out folders called `build`, without a word."""
    patterns = request.config.getini("norecursedirs")
    folders = [f for part in ("src", "tests") for f in (ROOT / part).rglob("*") if f.is_dir()]
    left = [f for f in folders if f.name != "__pycache__" and any(map(f.match, patterns))]
    assert [f for f in left if f.suffix != ".egg-info"] == []


def test_imports_point_downwards() -> None:
    wrong = []
    for one in imports():
        same = 0
        while one.of[same : same + 1] == one.what[same : same + 1] != ():
            same += 1
        room = "/".join(one.of[:same])
        above, below = one.of[same : same + 1], one.what[same : same + 1]
        order = ORDER.get(room, "").split()
        if not (above and below) or (same and {above[0], below[0]} - set(order)):
            continue  # beside each other in one room, or between a room and its own parts
        if order.index(above[0]) > order.index(below[0]):
            wrong.append(f"{'/'.join(one.of)} imports {'.'.join(one.what)}")
    assert not wrong


def test_the_order_names_each_room() -> None:
    folders = {path.parent for path in modules()}
    for folder in folders - {Path()}:
        order = ORDER["" if folder.parent == Path() else str(folder.parent)].split()
        assert folder.name in order, folder


def test_the_map_names_each_room() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    rooms = {path.parent for path in modules()} - {Path()}
    assert not {str(room) for room in rooms if f"`{room.name}/" not in page}


def test_the_tree_of_c_knows_nothing_else() -> None:
    """Invariant: `cst` has no specs, no tables, no disk."""
    assert not [one for one in imports() if one.of[0] == "cst" != one.what[0]]


def test_no_room_is_crowded() -> None:
    counts: dict[Path, int] = {}
    for path in modules():
        counts[path.parent] = counts.get(path.parent, 0) + (path.name != "__init__.py")
    assert not {str(room): count for room, count in counts.items() if count > MODULES}


def test_no_module_is_long() -> None:
    lengths = {str(path): len((SOURCE / path).read_text().splitlines()) for path in modules()}
    assert not {path: length for path, length in lengths.items() if length > LINES}


@pytest.mark.slow
@pytest.mark.parametrize("room", sorted({path.parts[0] for path in modules()}))
def test_no_function_is_long_or_has_many_parameters(room: str) -> None:
    wrong = []
    for path in (one for one in modules() if one.parts[0] == room):
        for node in ast.walk(ast.parse((SOURCE / path).read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            length = (node.end_lineno or 0) - node.lineno + 1
            names = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
            count = len([name for name in names if name not in ("self", "cls")])
            if length > FUNCTION or (count > PARAMETERS and room != "cli"):
                wrong.append(f"{path}:{node.name}: {length} lines, {count} parameters")
    assert not wrong


def named_in(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each class and each alias of a type: its name, and what it stands for.

    A class is what its place says; aliases of one name may say the same in several modules.
    """
    tree = ast.parse((SOURCE / path).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name, f"{path}:{node.lineno}"
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if re.fullmatch(r"_?[A-Z]+[a-z]\w*", name):
                yield name, ast.unparse(node.value)


@pytest.mark.slow
def test_no_two_classes_share_a_name() -> None:
    """The matchers alone are called as the nodes that they match, as in LibCST."""
    meanings: dict[str, set[str]] = {}
    for path in modules():
        if path != Path("cst/visit/matchers.py"):
            for name, meaning in named_in(path):
                meanings.setdefault(name, set()).add(meaning)
    assert not {name: sorted(found) for name, found in meanings.items() if len(found) > 1}
