"""Preprocess a file for comparison: its own flags, with macros that name lines and files fixed."""

import os
import posixpath
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from vtsplit.children import run_child
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.example_trees import COMMANDS, edited
from vtsplit.rule import Example, Rule
from vtsplit.verify.inputs.flags import Recipe
from vtsplit.verify.inputs.sides import Side, command_for, source_path

NO_COMPILER = Rule(
    "VT304",
    "no-compiler",
    "the compiler cannot be run",
    "The build's compiler, or the one that `--cc` names, is not installed here or cannot be run.",
    "Install it, or name another one, as in `--cc 'ccache gcc'`.",
    Example(
        files={"commands.json": COMMANDS.replace("gcc", "no-such-gcc")},
        command="vtsplit split --verify --compile-commands commands.json",
    ),
)

NOT_COMPILED = Rule(
    "VT306",
    "not-compiled",
    "the compiler refuses a file",
    "A file of one of the trees does not compile, so there is nothing to compare. The first "
    "error is shown.",
    "Correct the file or the build.",
    Example(
        files={
            "commands.json": COMMANDS,
            **edited("lamp.c", ('lamp.h"\n', 'lamp.h"\n#include "absent.h"\n')),
        },
        command="vtsplit split --verify --compile-commands commands.json",
    ),
)


# C11 6.10.8.1 and GCC's own (CPP manual, "Common Predefined Macros"). They change when a line moves
# or a file gets another name, which a split may do. KBUILD_BASENAME is Kbuild's word for the file.
FIXED = (
    "-D__LINE__=0",
    "-D__COUNTER__=0",
    '-D__FILE__="file"',
    '-D__BASE_FILE__="file"',
    '-D__DATE__="date"',
    '-D__TIME__="time"',
    '-D__TIMESTAMP__="time"',
    "-D__INCLUDE_LEVEL__=0",
)
MARKER = re.compile(r'^# (\d+) "((?:\\.|[^"\\])*)"([ \d]*)$', re.MULTILINE)
_MARKER_LINES = re.compile(r'^# \d+ "(?:\\.|[^"\\\n])*"[ \d]*\n|\n+', re.MULTILINE)
_LIMIT = 600  # seconds for one file


@dataclass(frozen=True)
class Config:
    """CONFIG_ symbols to set to y, m or n; `header` is a file that holds what `text` says."""

    values: Mapping[str, str] = field(default_factory=dict)
    header: str = ""

    @property
    def text(self) -> str:
        """The header's text."""
        lines = []
        for name, value in self.values.items():
            lines += [f"#undef {name}", f"#undef {name}_MODULE"]
            suffix = {"y": "", "m": "_MODULE"}.get(value)
            lines += [f"#define {name}{suffix} 1"] if suffix is not None else []
        return "".join(f"{line}\n" for line in lines)


NO_CONFIG = Config()


@dataclass(frozen=True)
class Preprocessed:
    """A file preprocessed: the text has line markers, with paths as the compiler names them."""

    recipe: Recipe
    side: Side
    text: str

    @cached_property
    def read(self) -> frozenset[str]:
        """The files that were read. What a `#line` of theirs names is none."""
        return frozenset(one for one in files_at(MARKER.finditer(self.text)) if one[:1] != "<")

    @cached_property
    def read_paths(self) -> frozenset[str]:
        """The files that were read, as paths in the tree where they are in it."""
        return frozenset(map(self.relative, self.read))

    def relative(self, path: str) -> str:
        """Return a path as it is in the tree, the side's or the one that was built."""
        recipe, root = self.recipe, self.side.root
        full = posixpath.normpath(posixpath.join(recipe.directory, path))
        for top in (root, recipe.srctree):
            if full.startswith(top + "/"):
                return full[len(top) + 1 :]
        real = os.path.realpath(full)
        return real[len(root) + 1 :] if real.startswith(root + "/") else full

    @cached_property
    def bare(self) -> str:
        """The text without line markers and empty lines: equal for equal programs."""
        return _MARKER_LINES.sub(lambda m: "" if m[0].startswith("#") else "\n", self.text)


def files_at(markers: Iterable[re.Match[str]]) -> Iterator[str]:
    """Yield the file that is read behind each marker; a `#line` of it may give another name.

    GCC says 1 where a file begins and 2 where one ends, and neither at a `#line` (CPP manual,
    "Preprocessor Output"). With `-g` it also marks the folder where it ran, as `/d//`.

    >>> lines = ["1 'a.c'", "1 '/d//'", "1 'a.h' 1 3", "7 'a.y' 3", "2 'a.c' 2", "3 'b.y'"]
    >>> text = "".join(f"# {line}\\n" for line in lines).replace("'", '"')
    >>> [*files_at(MARKER.finditer(text))]
    ['a.c', 'a.c', 'a.h', 'a.h', 'a.c', 'a.c']
    """
    inside: list[str] = []
    for match in markers:
        flags = match[3].split()
        if not inside or "1" in flags:
            inside.append(match[2])
        elif "2" in flags and len(inside) > 1:
            inside.pop()
        yield inside[-1]


def preprocess(recipe: Recipe, side: Side, config: Config = NO_CONFIG) -> Preprocessed:
    """Preprocess a recipe's source as it stands on a side. `config` overrides CONFIG_ symbols.

    Raises RefusedError: VT304 where there is no such compiler, VT306 where it fails.
    """
    command = command_for(recipe, side)
    flags = [*FIXED, "-w"]
    if any(word.startswith("-DKBUILD_BASENAME=") for word in command):
        flags += ["-UKBUILD_BASENAME", '-DKBUILD_BASENAME="file"']
    command = with_config([*command, *flags], config)
    done = run_compiler([*command, "-E", source_path(recipe, side)], recipe)
    if done.returncode:
        raise unbuildable(recipe, side, done.stderr, "preprocess")
    return Preprocessed(recipe, side, done.stdout.decode("utf-8", "surrogateescape"))


def with_config(command: list[str], config: Config) -> list[str]:
    """Return a command with the CONFIG_ symbols of `config` set as it says.

    Kbuild defines them in a header that `-include .../kconfig.h` brings, which the compiler reads
    after all -D: behind it they are set by a header of ours, else by -D and -U.

    >>> with_config(["cc", "-include", "k/kconfig.h", "-E"], Config({"CONFIG_X": "n"}, "/o.h"))
    ['cc', '-include', 'k/kconfig.h', '-include', '/o.h', '-E']
    >>> with_config(["cc"], Config({"CONFIG_X": "y"}, "/o.h"))
    ['cc', '-UCONFIG_X', '-UCONFIG_X_MODULE', '-DCONFIG_X=1']
    """
    if not config.values:
        return command
    for at, word in enumerate(command):
        if posixpath.basename(word) == "kconfig.h" and at and command[at - 1] == "-include":
            return [*command[: at + 1], "-include", config.header, *command[at + 1 :]]
    flags = []
    for name, value in config.values.items():
        flags += [f"-U{name}", f"-U{name}_MODULE"]
        flags += {"y": [f"-D{name}=1"], "m": [f"-D{name}_MODULE=1"]}.get(value, [])
    return [*command, *flags]


def run_compiler(command: list[str], recipe: Recipe) -> "subprocess.CompletedProcess[bytes]":
    """Run a command where the build ran it, in plain English. Raises RefusedError (VT304)."""
    # A relative folder of the search path would be one of the tree, and GCC looks there for `as`.
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    absolute = os.pathsep.join(one for one in path if posixpath.isabs(one))
    try:
        environment = os.environ | {"LC_ALL": "C", "PATH": absolute}
        return run_child(command, recipe.directory, environment, _LIMIT)
    except FileNotFoundError as error:
        what = command[0] if os.path.isdir(recipe.directory) else recipe.directory  # noqa: PTH112
        raise _no_compiler(recipe, f"'{what}' is not there") from error
    except subprocess.TimeoutExpired as error:
        raise _no_compiler(recipe, f"'{command[0]}' took more than {_LIMIT} s") from error
    except OSError as error:
        raise _no_compiler(recipe, f"'{command[0]}': {error.strerror}") from error


def _no_compiler(recipe: Recipe, reason: str) -> RefusedError:
    message = f"cannot run the compiler of '{recipe.source}': {reason}"
    advice = "--cc names another compiler, as `--cc 'ccache gcc'`"
    return RefusedError(Problem(NO_COMPILER, message, Site(recipe.source), advice))


def unbuildable(recipe: Recipe, side: Side, said: bytes, verb: str) -> RefusedError:
    """Make a refusal of what a compiler said, with the first error in it."""
    text = said.decode("utf-8", "replace").strip()
    lines = text.split("\n")
    first = next((line for line in lines if "error:" in line), lines[-1])
    message = f"cannot {verb} '{recipe.source}' of the tree {side.name.upper()}: {first.strip()}"
    return RefusedError(
        Problem(NOT_COMPILED, message.replace(f"{side.root}/", ""), Site(recipe.source))
    )
