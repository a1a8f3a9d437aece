"""Files that do not differ, and that name what has changed: their words may mean something else."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename

from vtsplit.survey.search.words import find_words
from vtsplit.verify.inputs.differing import is_c
from vtsplit.verify.inputs.sides import Side
from vtsplit.verify.references.occurrences import USES, find_names, string_words, without_comments
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
    using = {path for path, text in texts if _words_of(path, text, names)[0]}
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
        both = ((path, side.find(path)) for path in self._differing for side in self._trees)
        read = read_elsewhere(((path, text) for path, text in both if text), wanted)
        return sorted(path for path, one in named.items() if _is_user(self._root, path, one, read))


def _is_user(root: Path, path: str, names: Set[str], read: ReadElsewhere) -> bool:
    try:
        text = (root / path).read_text("utf-8", "surrogateescape")
    except OSError:
        return True
    if path.endswith(ASSEMBLY):
        return not names.isdisjoint(words(without_comments(text)))
    used, static = _words_of(path, text, names)
    return bool(used - static) or (bool(static) and read.has(text))


def _words_of(path: str, text: str, names: Set[str]) -> tuple[set[str], set[str]]:
    """Return the names that a file's code uses or defines, and those that are static there."""
    used: set[str] = set()
    static: set[str] = set()
    for chunk in WrittenChunks(path, text).chunks:
        if not any(name in chunk.text for name in names):
            continue
        entity = read_entity(chunk.text)
        found = {
            one.name for one in find_names(chunk.text, names, lambda _: None) if one.meaning in USES
        }
        if entity.sort is EntityKind.DECLARATION:
            found.discard(entity.name)
        used |= found | (string_words(chunk.text) & names)
        if entity.is_static and entity.name in names and not chunk.pragmas:
            static.add(entity.name)
    return used, static
