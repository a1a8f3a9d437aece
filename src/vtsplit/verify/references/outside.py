"""Files that do not differ, and that name what has changed: their words may mean something else."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from posixpath import basename

from vtsplit.survey.search.words import find_words
from vtsplit.verify.inputs.differing import is_c
from vtsplit.verify.inputs.sides import Side
from vtsplit.verify.references.occurrences import USES, find_names, string_words, without_comments
from vtsplit.verify.tokens.chunks import Chunk
from vtsplit.verify.tokens.entities import EntityKind, read_entity
from vtsplit.verify.tokens.program import Unit, words
from vtsplit.verify.tokens.textual import WrittenChunks

ASSEMBLY = (".S", ".s", ".asm")


def global_names(units: Mapping[str, Unit]) -> frozenset[str]:
    """Return what files define for all others."""
    found: set[str] = set()
    for unit in units.values():
        own = [thing.entity for thing in unit.things if thing.is_own]
        static = {entity.name for entity in own if entity.is_static}
        found |= {entity.name for entity in own if entity.is_definition} - static
    return frozenset(found)


@dataclass(frozen=True)
class ReadElsewhere:
    """Whether files that differ, and that others may include, name something that changes.

    `sources` are the names of C files, which hardly any file includes.
    """

    headers: bool
    sources: frozenset[str]

    def has(self, text: str) -> bool:
        """Tell whether a file may read some of them."""
        return self.headers or any(f'{name}"' in text for name in self.sources)


def read_elsewhere(texts: Iterable[tuple[str, str]], names: Set[str]) -> ReadElsewhere:
    """Look at the texts of files that differ, by path. A declaration alone is no use."""
    using = {path for path, text in texts if _uses(_naming(path, text, names), names)}
    sources = {path for path in using if path.endswith(".c")}
    return ReadElsewhere(sources != using, frozenset(map(basename, sources)))


class Elsewhere:
    """The files of the tree before that are not compared."""

    def __init__(self, trees: Sequence[Side], differing: Iterable[str]) -> None:
        self._trees = trees
        self._root = Path(trees[0].root)
        self._differing = [path for path in differing if is_c(path)]

    def naming(self, names: Iterable[str], known: Set[str]) -> list[str]:
        """Return C files, and assembly, whose code names some of these, or defines them for all.

        A file that has something static of the name means that, unless it reads some of what
        differs. `known` are files that need no look.
        """
        wanted = frozenset(names)
        found = find_words(self._root, wanted)
        named: dict[str, set[str]] = {}
        for name in wanted:
            for path in found.of(name):
                if (is_c(path) or path.endswith(ASSEMBLY)) and path not in known:
                    named.setdefault(path, set()).add(name)
        if not named:
            return []

        @cache
        def read() -> ReadElsewhere:
            both = ((path, side.find(path)) for path in self._differing for side in self._trees)
            return read_elsewhere(((path, text) for path, text in both if text), wanted)

        return sorted(path for path, one in named.items() if _is_user(self._root, path, one, read))


def _is_user(root: Path, path: str, names: Set[str], read: Callable[[], ReadElsewhere]) -> bool:
    try:
        text = (root / path).read_text("utf-8", "surrogateescape")
    except OSError:
        return True
    if path.endswith(ASSEMBLY):
        return not names.isdisjoint(words(without_comments(text)))
    chunks = _naming(path, text, names)
    static = _static(chunks, names)
    return _uses(chunks, names - static) or (bool(static) and read().has(text))


def _naming(path: str, text: str, names: Set[str]) -> list[Chunk]:
    """Return what may have some of the names, comments and strings looked at as well."""
    chunks = WrittenChunks(path, text).chunks
    return [one for one in chunks if any(name in one.text for name in names)]


def _static(chunks: Iterable[Chunk], names: Set[str]) -> frozenset[str]:
    """Return the names that a file always has for itself."""
    # Only what says so can be static: the rest need not be read.
    said = (one for one in chunks if "static" in one.text and not one.pragmas)
    entities = (read_entity(one.text) for one in said)
    return frozenset(one.name for one in entities if one.is_static and one.name in names)


def _uses(chunks: Iterable[Chunk], names: Set[str]) -> bool:
    """Tell whether code uses or defines some of the names; a declaration alone is no use."""
    return any(_used(one.text, names) for one in chunks)


def _used(text: str, names: Set[str]) -> Set[str]:
    if not any(name in text for name in names):
        return frozenset()
    found = {one.name for one in find_names(text, names) if one.meaning in USES}
    if found and (entity := read_entity(text)).sort is EntityKind.DECLARATION:
        found.discard(entity.name)
    return found | (string_words(text) & names)
