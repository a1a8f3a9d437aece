"""Where a file's compiler flags come from: Kbuild's `.NAME.o.cmd` records or compile_commands.json.

A `Recipe` is what compiled one file. Its paths are those of the tree that was built (`srctree`), as
seen from the folder the compiler ran in; `sides` rewrites them for the tree that is looked at.
"""

import os
import posixpath
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.rule import Example, Rule
from vtsplit.tree.regular import read_regular
from vtsplit.verify.inputs.command_words import read_command

_MODULE_NAME = "-DKBUILD_MODNAME="

NO_BUILD_FOLDER = Rule(
    "VT301",
    "no-folder",
    "the build folder does not exist",
    "`--build` names a folder that does not exist.",
    "Correct the path, or build the tree there.",
    Example(command="vtsplit split --verify --build out"),
)

NOT_BUILT = Rule(
    "VT301",
    "not-built",
    "the build folder has no records of Kbuild",
    "Kbuild leaves a record of each command in its output folder. This folder has no such record: "
    "nothing has been built there, or by another build system.",
    "Build the tree there. If Kbuild does not build it, give a compilation database with "
    "`--compile-commands`: `bear -- make` makes one. Without both the texts are compared.",
    Example(command="vtsplit split --verify --build ."),
)

BROKEN_RECORD = Rule(
    "VT302",
    "broken-record",
    "the record of a compilation is broken",
    "A `.NAME.o.cmd` file is there, but it does not say how the object was compiled.",
    "Delete the object and build again.",
    Example(
        files={".lamp.o.cmd": "saved_lamp.o := made by hand\n"},
        command="vtsplit split --verify --build .",
    ),
)

NO_DATABASE = Rule(
    "VT303",
    "no-database",
    "the compilation database cannot be used",
    "The file cannot be read, does not have the form of `compile_commands.json`, or names no C "
    "file of either tree.",
    "Make the build write it again: `cmake -DCMAKE_EXPORT_COMPILE_COMMANDS=ON`, `meson`, or "
    "`bear`.",
    Example(
        files={"commands.json": "{}\n"},
        command="vtsplit split --verify --compile-commands commands.json",
    ),
)


_WRITE_AGAIN = "make the build write this file again, as `bear -- make` does"
DATABASE = "compile_commands.json"
# `cmd_` up to Linux 6.2, `savedcmd_` since (scripts/Kbuild.include, scripts/basic/fixdep.c).
_LARGEST = 1 << 28  # bytes: a database of all of Linux has a twentieth of that
_COMMAND = re.compile(r"^(?:saved)?cmd_(\S+) := (.*)$", re.MULTILINE)
_SOURCE = re.compile(r"^source_\S+ := (.*)$", re.MULTILINE)
_DEPENDENCY = re.compile(r"^ {2}(\S+)(?: \\)?$", re.MULTILINE)


@dataclass(frozen=True)
class Recipe:
    """How one file was compiled.

    `source` is its path in the tree, `object` that below `directory`, where the compiler ran.
    `srctree` is the tree that was built, absolute. `flags` have neither outputs nor the source.
    `dependencies` are paths in the tree, or absolute; None where the record does not tell.
    `left_out` are options that are not passed on, `distrust` says why the compiler is not run.
    """

    source: str
    object: str
    directory: str
    srctree: str
    compiler: tuple[str, ...]
    flags: tuple[str, ...]
    dependencies: frozenset[str] | None = None
    left_out: tuple[str, ...] = ()
    distrust: str = ""


# Gives the options that only the object of a source has.
OwnOptions = Callable[[str], Iterable[str]]


def _no_options(_: str) -> Iterable[str]:
    return ()


@dataclass(frozen=True)
class Records:
    """All recipes of a build by source, and the folder with what the build made.

    `new` are recipes of files that only a build of the later tree knows.
    """

    build: str
    recipes: dict[str, Recipe]
    origin: str
    broken: dict[str, Problem] = field(default_factory=dict)
    new: dict[str, Recipe] = field(default_factory=dict)

    def get(self, source: str) -> Recipe | None:
        """Return the recipe of a source. Raises RefusedError where its record is broken (VT302)."""
        if source in self.broken:
            raise RefusedError(self.broken[source])
        return self.recipes.get(source)

    def for_new(
        self, source: str, changed: Iterable[str], own: OwnOptions = _no_options
    ) -> Recipe | None:
        """Return the recipe of a file that the build does not know: a sibling's, made over.

        Of the files in its folder one that changed too comes first. `own` are the options of the
        sibling's object that the new file's does not get.
        """
        if source in self.new:
            return self.new[source]
        folder = posixpath.dirname(source)
        beside = [s for s in self.recipes if posixpath.dirname(s) == folder and s.endswith(".c")]
        if not beside:
            return None
        sibling = self.recipes[min(beside, key=lambda path: (path not in set(changed), path))]
        left = list(sibling.flags)
        for word in own(sibling.source):
            if word in left:
                left.reverse()  # what stands last is the object's own
                left.remove(word)
                left.reverse()
        return adopt(replace(sibling, flags=tuple(left)), source)


def adopt(sibling: Recipe, source: str) -> Recipe:
    r"""Return a sibling's recipe for another file; Kbuild's own name of the file follows.

    >>> old = Recipe("a/foo.c", "a/foo.o", "/b", "/b", ("cc",), ('-DKBUILD_BASENAME="foo"',))
    >>> adopt(old, "a/bar.c").object, adopt(old, "a/bar.c").flags
    ('a/bar.o', ('-DKBUILD_BASENAME="bar"',))
    """
    stem = posixpath.basename(source).removesuffix(".c")
    name = stem.replace("-", "_")
    flags = tuple(
        f'-DKBUILD_BASENAME="{name}"' if flag.startswith("-DKBUILD_BASENAME=") else flag
        for flag in sibling.flags
    )
    place = posixpath.join(posixpath.dirname(sibling.object), f"{stem}.o")
    return replace(sibling, source=source, object=place, flags=flags, dependencies=frozenset())


def by_other_names(records: Records, renamed: Sequence[tuple[str, str]]) -> Records:
    """Return records that also know a source by the names that it has in other commits.

    `renamed` are old and new paths, the oldest first. A build has compiled it under one of them.
    """
    recipes = dict(records.recipes)
    later = [(new, old) for old, new in reversed(renamed)]
    for known, other in (*later, *renamed):
        if known in recipes and other not in recipes and other not in records.broken:
            made = adopt(recipes[known], other)
            if (read := recipes[known].dependencies) is not None:
                read = frozenset(other if one == known else one for one in read)
            recipes[other] = replace(made, dependencies=read)
    return replace(records, recipes=recipes)


def module_name(recipe: Recipe) -> str | None:
    """Return Kbuild's name of a recipe's module, `a:b` for a part of two; None without Kbuild."""
    for flag in recipe.flags:
        if flag.startswith(_MODULE_NAME):
            return flag.removeprefix(_MODULE_NAME).strip('"')
    return None


def in_module(recipe: Recipe, module: str) -> Recipe:
    r"""Return a recipe with Kbuild's name of another module; what is built in has no such name.

    >>> old = Recipe("a/foo.c", "a/foo.o", "/b", "/b", ("cc",), ('-DKBUILD_MODNAME="foo"',))
    >>> in_module(old, "foo-i2c").flags
    ('-DKBUILD_MODNAME="foo_i2c"',)
    >>> in_module(replace(old, flags=('-DKBUILD_MODFILE="a/foo:a/bar"',)), "bar").flags
    ('-DKBUILD_MODFILE="a/bar"',)
    """
    if not module:
        return recipe
    return replace(recipe, flags=tuple(_of_module(flag, module) for flag in recipe.flags))


def _of_module(flag: str, module: str) -> str:
    macro, _, value = flag.partition("=")
    name = module.replace("-", "_")
    match macro:
        case "-DKBUILD_MODNAME":
            return f'{macro}="{name}"'
        case "-D__KBUILD_MODNAME":
            return f"{macro}=kmod_{name}"
        case "-DKBUILD_MODFILE":
            folder = posixpath.dirname(value.strip('"').partition(":")[0])
            return f'{macro}="{posixpath.join(folder, module)}"'
    return flag


def read_build(build: Path) -> Records:
    """Read every record of a Kbuild output folder; broken ones are told when they are asked for.

    Raises RefusedError (VT301) where there is none.
    """
    if not build.is_dir():
        raise RefusedError(
            Problem(
                NO_BUILD_FOLDER, f"no such build folder: '{build}'", Site(str(build)), _BUILD_FIRST
            )
        )
    top = str(build.resolve())
    recipes: dict[str, Recipe] = {}
    broken: dict[str, Problem] = {}
    for record in _list_records(top):
        try:
            text = read_regular(Path(top, record)).decode("utf-8", "surrogateescape")
            recipe = _read_record(text, top)
        except (OSError, ValueError) as error:
            folder, name = posixpath.split(record)
            source = posixpath.join(folder, name[1:].removesuffix(".o.cmd") + ".c")
            reason = error.strerror if isinstance(error, OSError) else str(error)
            broken[source] = Problem(
                BROKEN_RECORD,
                f"cannot read how '{source}' was compiled: {reason}",
                Site(record),
                _AGAIN,
            )
            continue
        if recipe is not None:
            recipes[recipe.source] = recipe
    if not recipes and not broken:
        message = f"'{build}' has no records of Kbuild"
        raise RefusedError(Problem(NOT_BUILT, message, Site(str(build)), _OTHER_BUILD))
    return Records(top, recipes, "Kbuild's .cmd files", broken)


_BUILD_FIRST = "build the tree there, or leave --build out to compare the texts"
_OTHER_BUILD = (
    "build the tree there; if that is not done by Kbuild, give --compile-commands FILE, a "
    "compilation database: `bear -- make` makes one"
)
_AGAIN = "delete the object and build again"


def has_records(folder: Path) -> bool:
    """Tell whether a folder is one that Kbuild has prepared or built something in."""
    return (folder / "include" / "config" / "auto.conf").is_file() or (
        folder / "include" / "generated" / "autoconf.h"
    ).is_file()


def _list_records(top: str) -> Iterator[str]:
    for folder, folders, names in os.walk(top):
        # `source` of an O= build is a link to the tree; host programs are not part of the program.
        folders[:] = [name for name in folders if name not in {".git", "tools", "scripts"}]
        for name in names:
            if name.endswith(".o.cmd") and name.startswith("."):
                yield os.path.relpath(os.path.join(folder, name), top)  # noqa: PTH118


def _read_record(text: str, top: str) -> Recipe | None:
    """Read one record; None for what is compiled of neither C nor assembly. Raises ValueError."""
    if "\0" in text:
        raise ValueError("binary data")
    command = _COMMAND.search(text)
    if command is None:
        raise ValueError("the record has no command")
    source = _SOURCE.search(text)
    if source is None or not source[1].endswith((".c", ".S")):
        return None
    # Make's own escapes, in a file that make includes.
    line = command[2].replace("$$", "$").replace("\\#", "#")
    words = []
    for word in shlex.split(line):
        if word == ";":
            break
        words.append(word)
    read = read_command(words, source[1], top)
    target = posixpath.normpath(command[1])
    srctree, path = _place(posixpath.normpath(posixpath.join(top, source[1])), target, top)
    dependencies = frozenset(
        _below(posixpath.normpath(posixpath.join(top, one)), srctree)
        for one in _DEPENDENCY.findall(text)
    )
    return Recipe(
        path, target, top, srctree, read.compiler, read.flags, dependencies | {path}, read.left_out
    )


def _place(source: str, target: str, top: str) -> tuple[str, str]:
    """Return the tree that was built and the source's path in it.

    An object has the path below the build folder that its source has below the tree.

    >>> _place("/src/linux/a/foo.c", "a/foo.o", "/build"), _place("/b/a/foo.c", "a/foo.o", "/b")
    (('/src/linux', 'a/foo.c'), ('/b', 'a/foo.c'))
    """
    path = target.removesuffix(".o") + posixpath.splitext(source)[1]
    if source.endswith("/" + path):
        return source.removesuffix("/" + path), path
    return top, _below(source, top)


def _below(path: str, top: str) -> str:
    return path.removeprefix(top + "/")


class _Entry(msgspec.Struct):
    """An entry of a compilation database (Clang's JSONCompilationDatabase document)."""

    directory: str
    file: str
    command: str | None = None
    arguments: list[str] | None = None
    output: str | None = None


def read_database(file: Path, srctrees: Iterable[Path], *, may_be_empty: bool = False) -> Records:
    """Read compile_commands.json, whose files lie in one of these trees.

    Raises RefusedError (VT303), also for one without such files unless it `may_be_empty`.
    """
    trees = [str(tree.resolve()) for tree in srctrees]
    try:
        entries = msgspec.json.decode(read_regular(file, _LARGEST), type=list[_Entry])
    except OSError as error:
        raise _bad_database(file, (error.strerror or "cannot be read").lower()) from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _bad_database(file, str(error)) from error
    recipes: dict[str, Recipe] = {}
    objects: set[str] = set()
    for entry in entries:
        recipe = _from_entry(entry, file, trees)
        if recipe is None or recipe.source in recipes:
            continue
        if recipe.object in objects:
            reason = f"'{recipe.source}' and another file have the output '{recipe.object}'"
            raise _bad_database(file, reason)
        objects.add(recipe.object)
        recipes[recipe.source] = recipe
    if not recipes and not may_be_empty:
        raise _bad_database(file, f"none of its files is C below {' or '.join(trees)}")
    return Records(str(file.resolve().parent), recipes, file.name)


def _from_entry(entry: _Entry, file: Path, trees: list[str]) -> Recipe | None:
    words = [entry.directory, entry.file, entry.command or "", entry.output or ""]
    if any("\0" in word for word in (*words, *(entry.arguments or ()))):
        raise _bad_database(file, f"the entry of {entry.file!r} has a NUL character")
    base = str(file.resolve().parent)
    directory = os.path.realpath(posixpath.join(base, entry.directory))
    source = os.path.realpath(posixpath.join(directory, entry.file))
    srctree = next((tree for tree in trees if source.startswith(tree + "/")), None)
    if srctree is None or not source.endswith((".c", ".S")):
        return None
    try:
        words = entry.arguments or shlex.split(entry.command or "")
        read = read_command(words, entry.file, directory)
    except ValueError as error:
        raise _bad_database(file, f"the entry of '{entry.file}': {error}") from error
    output = entry.output
    if output is None and "-o" in words[:-1]:
        output = words[words.index("-o") + 1]
    if "-c" not in words and sum(word.endswith((".c", ".S")) for word in words) > 1:
        output = None  # `cc -o prog a.c b.c`: the objects have no names
    path = _below(source, srctree)
    made = posixpath.join(directory, output or posixpath.splitext(path)[0] + ".o")
    place = _below(posixpath.normpath(made), base)
    return Recipe(path, place, directory, srctree, read.compiler, read.flags, None, read.left_out)


def _bad_database(file: Path, reason: str) -> RefusedError:
    message = f"cannot use '{file}': {reason}"
    return RefusedError(Problem(NO_DATABASE, message, Site(str(file)), _WRITE_AGAIN))
