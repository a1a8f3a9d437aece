"""Where the second backend is: its source beside the first's, its header, its option."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count
from posixpath import basename, dirname, join, splitext

from vtsplit.diagnostics import RefusedError
from vtsplit.discover.proposal import listed_objects
from vtsplit.drafting.types import words_of
from vtsplit.spec.document import Spec
from vtsplit.spec.values import check_path
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.headers.includes import graph_of
from vtsplit.survey.make.kbuild import Membership, ObjectListing, find_object
from vtsplit.tree.source_tree import SourceTree

_OPTION = re.compile(r"\$[({](CONFIG_\w+)[)}]")
_CONDITION = re.compile(r"ifdef\s+(CONFIG_\w+)|ifeq\s*\(\$\((CONFIG_\w+)\),\s*y\)")


@dataclass(frozen=True)
class SecondFiles:
    """The second backend's files.

    `others` are further files with functions for ops. `config` is the option by which the
    Makefile lists it, with the place; `apart` is the place where another module links it.
    """

    source: str
    is_there: bool
    header: str | None
    has_header: bool
    functions: int = 0
    others: tuple[str, ...] = ()
    config: str = ""
    listed: str = ""
    apart: str = ""


def find_second(spec: Spec, tree: SourceTree, prefix: str, names: Collection[str]) -> SecondFiles:
    """Find the file beside the source that has most functions called by prefix and op.

    If there is none, the files are those that a skeleton is to make.
    """
    files = CFiles(tree)
    found = sorted(_sources(spec, files, prefix, names), reverse=True)
    if not found:
        # A path has letters of ASCII alone, a prefix may have others.
        stem = re.sub(r"[^A-Za-z0-9_]", "", prefix).strip("_") or "_"
        source = next(_free(spec, tree, f"{stem}.c"))
        header = next(_free(spec, tree, f"{splitext(basename(source))[0]}.h"))
        return SecondFiles(source, False, header, False)
    score, _, source = found[0]
    file = files.get(source)
    there = _header(spec, tree, file, prefix)
    own = find_object(tree.find, source)
    first = find_object(tree.find, spec.source)
    config, listed, apart = "", "", ""
    if isinstance(own, Membership) and isinstance(first, Membership):
        config, listed = _option(own, first)
        apart = _apart(own, first)
    others = tuple(path for one, _, path in found[1:] if one[0])
    return SecondFiles(
        source, True, there, there is not None, score[0], others, config, listed, apart
    )


def _sources(
    spec: Spec, files: CFiles, prefix: str, names: Collection[str]
) -> Iterator[tuple[tuple[int, int], bool, str]]:
    """Yield files by how many functions are called by an op, or by its words in another order."""
    folder, stem = dirname(spec.source), prefix.strip("_")
    own = {spec.source, spec.main, spec.core}
    tree = files.tree
    # A name's words in another order are the same op's.
    mixed = {frozenset(words_of(name)) for name in names if "_" in name}
    begins = re.compile(rf"\b{re.escape(prefix)}(\w+)\s*\(")
    for name in tree.listdir(folder):
        path = join(folder, name)
        if check_path(path, ".c") or path in own:  # a spec can have no other paths
            continue
        try:
            rests = set(begins.findall(tree.find(path) or ""))
            file = files.get(path) if rests else None
        except RefusedError:
            continue
        if file is None:
            continue
        rests = {r for r in rests if file.definitions.of(f"{prefix}{r}", Sort.FUNCTION)}
        score = len(rests & set(names)), sum(frozenset(words_of(r)) in mixed for r in rests)
        is_called = splitext(name)[0] == stem
        if any(score) or (is_called and rests):
            yield score, is_called, path


def _free(spec: Spec, tree: SourceTree, name: str) -> Iterator[str]:
    """Yield paths beside the source that no file has, nor an object of a Makefile."""
    folder = dirname(spec.source)
    taken = listed_objects(tree, folder)
    stem, suffix = splitext(name)
    own = {spec.source, spec.main, spec.core, spec.header}
    for number in count():
        tail = ("", "_second")[number] if number < 2 else f"_second{number}"
        path = join(folder, f"{stem}{tail}{suffix}")
        if path in own or tree.exists(path) or (suffix == ".c" and f"{stem}{tail}" in taken):
            continue
        yield path


def _header(spec: Spec, tree: SourceTree, file: CFile, prefix: str) -> str | None:
    """Return the header of the second backend's name, else the one it includes that has its names.

    No header will do that the split makes or adds to.
    """
    same = f"{splitext(file.path)[0]}.h"
    if same != spec.header and tree.exists(same):
        return same
    folder = dirname(file.path)
    named = []
    for include in graph_of(tree, file.path).direct(file.module):
        path = next(iter(include.files), "")
        if (
            dirname(path) == folder
            and check_path(path, ".h") is None
            and path != spec.header
            and tree.exists(path)
        ):
            text = tree.find(path) or ""
            if re.search(rf"\b{re.escape(prefix)}\w", text):
                named.append(path)
    return named[0] if len(named) == 1 else None


def _option(own: Membership, first: Membership) -> tuple[str, str]:
    """Return the option that lists the second backend and not the first, and the place."""
    without = {option for place in first.places for option in _options(place)}
    for place in own.places:
        for option in _options(place):
            if option not in without and option.isidentifier():
                return option, f"{own.makefile}:{place.word.line}"
    return "", ""


def _options(place: ObjectListing) -> Iterator[str]:
    """Yield the options without which a list does not count."""
    yield from _OPTION.findall(place.object_list.name)
    for condition in place.object_list.conditions:
        found = _CONDITION.fullmatch(condition.text.strip())
        if found:
            yield found[1] or found[2]


def _apart(own: Membership, first: Membership) -> str:
    """Return where another module than the first backend's links the second."""
    modules = {place.module for place in first.places}
    for place in own.places:
        if place.module not in modules:
            return f"{own.makefile}:{place.word.line}"
    return ""
