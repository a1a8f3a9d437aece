"""The two trees that are compared, and a recipe's command made to read one of them."""

import os
import posixpath
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.example_trees import COMMANDS
from vtsplit.rule import Example, Rule
from vtsplit.survey.search.listing import FileListing
from vtsplit.survey.search.words import find_words
from vtsplit.tree.regular import read_regular
from vtsplit.tree.source_tree import UNREADABLE
from vtsplit.verify.inputs.flags import Recipe
from vtsplit.verify.inputs.made_files import is_made

FOREIGN = Rule(
    "VT305",
    "foreign",
    "the preprocessor would take a file from the other tree",
    "One tree was built, and the flags of that build name its folders. The tree that is "
    "compared lacks a header of it, or has another one there.",
    "Build in that tree, or in a folder of its own (`make O=`), and name that build.",
    "It comes up when `verify BEFORE AFTER` has the build of BEFORE only, and AFTER has no copy of "
    "a header that its sources need.",
)


UNTRUSTED = Rule(
    "VT304",
    "untrusted",
    "a record names a program that vtsplit does not run",
    "A record of a build may come with the tree from anybody. So vtsplit runs only a program that "
    "has the name of a C compiler, is not part of a tree, and is found on the search path or named "
    "by an absolute path.",
    "Name the compiler with `--cc`: whatever `--cc` names is run.",
    Example(
        files={"commands.json": COMMANDS.replace("gcc", "./gcc")},
        command="vtsplit split --verify --compile-commands commands.json",
    ),
)


_PATH_OPTIONS = ("-include", "-imacros", "-isystem", "-iquote", "-idirafter", "-I")


@dataclass(frozen=True)
class Side:
    """One of the two trees. `name` is `before` or `after`; `root` is absolute, links followed.

    `home` is the tree that a scratch tree has links to: a search does not follow these.
    """

    name: str
    root: str
    home: str = ""

    def has(self, path: str) -> bool:
        """Tell whether the tree has such a file."""
        return Path(self.root, path).is_file()

    def find(self, path: str) -> str | None:
        """Return a file's text, None where there is none. Links are followed anywhere.

        Raises RefusedError (VT011).
        """
        try:
            return read_regular(Path(self.root, path)).decode("utf-8", "surrogateescape")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            message = f"cannot read '{path}' of the tree {self.name}: {error.strerror}"
            raise RefusedError(Problem(UNREADABLE, message, Site(path))) from error

    def files_with(
        self, names: Collection[str], suffixes: tuple[str, ...] = ()
    ) -> dict[str, set[str]]:
        """Return for each name the files that have it as a word; links are searched in the home.

        With `suffixes`, files of these are searched, else those that are C.
        """
        roots = [Path(root) for root in (self.root, self.home) if root]
        files = {root: FileListing(root, suffixes).files if suffixes else None for root in roots}
        every = [find_words(root, names, files[root]) for root in roots]
        found = {name: {path for words in every for path in words.of(name)} for name in names}
        # The home may have files that this tree has not.
        absent = {path for paths in found.values() for path in paths if not self.has(path)}
        return {name: paths - absent for name, paths in found.items()}


def command_for(recipe: Recipe, side: Side) -> list[str]:
    """Return compiler and flags with all paths of the tree that was built turned to a side's.

    An include folder of the build is searched too, behind the side's own, since a tree that was
    not built has no generated headers. Raises RefusedError (VT304) for a compiler that is not run.

    >>> recipe = Recipe("a.c", "a.o", "/b", "/b", ("cc",), ("-I./include", "-O2"))
    >>> command_for(recipe, Side("after", "/a"))
    ['cc', '-I/a/include', '-I/b/include', '-O2']
    """
    if recipe.distrust:
        message = f"the compiler of '{recipe.source}' is not run: {recipe.distrust}"
        advice = "--cc names the compiler to run, as in `--cc gcc`"
        raise RefusedError(Problem(UNTRUSTED, message, Site(recipe.source), advice))
    command = list(recipe.compiler)
    words = iter(recipe.flags)
    for word in words:
        option = next((o for o in _PATH_OPTIONS if word.startswith(o)), None)
        if option is None or word.startswith("-I-"):
            command.append(word)
            continue
        value = word[len(option) :] or next(words, "")
        joined = option == "-I"
        for path in _mapped(value, recipe, side, is_file=option in {"-include", "-imacros"}):
            command += [option + path] if joined else [option, path]
    return command


def _mapped(value: str, recipe: Recipe, side: Side, is_file: bool) -> Iterator[str]:
    path = posixpath.normpath(posixpath.join(recipe.directory, value))
    inside_build = path == recipe.directory or path.startswith(recipe.directory + "/")
    srctree = recipe.srctree
    in_tree = path == srctree or path.startswith(srctree + "/")
    # A build folder may lie inside of the tree: what is in it is not the tree's.
    if not in_tree or (inside_build and recipe.directory != srctree):
        yield path
        return
    own = posixpath.normpath(posixpath.join(side.root, posixpath.relpath(path, srctree)))
    if own == path:
        yield path
    elif is_file:
        yield own if Path(own).is_file() else path
    else:
        yield own
        if recipe.directory == srctree:
            yield path


def source_path(recipe: Recipe, side: Side) -> str:
    """Return the absolute path of the recipe's source on a side."""
    return posixpath.join(side.root, recipe.source)


def refuse_foreign(
    read: Collection[str], recipe: Recipe, side: Side, differing: Collection[str]
) -> None:
    """Refuse a file that was read from the other tree though this side has it not, or another.

    `read` are the paths that the preprocessor read. Raises RefusedError (VT305).
    """
    if recipe.srctree == side.root:
        return
    for path in read:
        real = os.path.realpath(posixpath.join(recipe.directory, path))
        if not real.startswith(recipe.srctree + "/") or real.startswith(side.root + "/"):
            continue
        inside = posixpath.relpath(real, recipe.srctree)
        if os.path.realpath(posixpath.join(side.root, inside)) == real:
            continue  # this side is made of links, and has that very file
        if inside not in differing and (side.has(inside) or is_made(Path(recipe.srctree), inside)):
            continue
        message = f"'{recipe.source}' would read '{inside}' from the tree that was built"
        advice = f"the tree {side.name} lacks it: build there, and name that build"
        raise RefusedError(Problem(FOREIGN, message, Site(recipe.source), advice))
