"""The comparable program: units of chunks, each with what it says and where it stands."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

from vtsplit.cst.conditions import decide
from vtsplit.cst.heads.declarator_list import declared_apart
from vtsplit.cst.heads.own_type import separated, tag_pattern, with_tag
from vtsplit.cst.lexer import TRIVIA, Kind, lex
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import Site
from vtsplit.survey.order.macros_in_force import MacroDirectives
from vtsplit.verify.inputs.preprocess import Preprocessed
from vtsplit.verify.tokens.chunks import Chunk, Chunks, SourceLine
from vtsplit.verify.tokens.entities import Entity, read_entity, rename_text

_DIRECTIVE_INSIDE = re.compile(r"\n[ \t]*#")
_WORD = re.compile(r"[\w$]+")
_WITH_BODY = re.compile(
    r"(?:(?!(?:struct|union|enum|typedef)\b)[\w$]+\s+)*+(?:struct|union|enum)\b[^;{}()=]*+\{"
)
_BRACE = re.compile(r"[{}]")
_OUTSIDE_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|[,(){}\[\]]')
EntityKey = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Thing:
    """A chunk of a unit, or one of its names; `text` has the names it is to have.

    `written` is the same under the names that it has in its own file.
    """

    unit: "Unit"
    chunk: Chunk
    text: str
    written: str

    @property
    def key(self) -> EntityKey:
        """What is equal for equal things: text and pragmas in force."""
        return self.text, self.chunk.pragmas

    @property
    def entity(self) -> Entity:
        """What it is."""
        return read_entity(self.text)

    @property
    def origin(self) -> str:
        """The file it stands in: the unit's own or a header."""
        return self.unit.origin(self.chunk)

    @property
    def is_own(self) -> bool:
        """Whether it stands in the unit's own file."""
        return self.origin == self.unit.path

    @property
    def is_conditional(self) -> bool:
        """Whether pragmas or, in a text as it is written, conditions have to do with it."""
        return bool(self.chunk.pragmas) or bool(_DIRECTIVE_INSIDE.search(self.text))

    @property
    def conditions(self) -> tuple[str, ...]:
        """The `#if` conditions that it stands under, in a text as it is written."""
        return self.chunk.pragmas[: self.chunk.conditions]

    @property
    def is_no_c(self) -> bool:
        """Whether only a C++ compiler reads it; as it is written, `#if`s stand beside pragmas."""
        return any(decide(one, {"__cplusplus": False}) is False for one in self.chunk.pragmas)

    def site(self, token: int = 0) -> Site:
        """Return the place of one of its tokens, blanks and comments not counted."""
        return self.unit.site(self.chunk, token)


class Front(Protocol):
    """What a file includes, and the macros that it defines above."""

    @property
    def own_macros(self) -> frozenset[str]:
        """The names that the file defines as macros, or ends."""

    @property
    def unsettled(self) -> frozenset[str]:
        """The macros of which a line stands below an item that has the name."""

    def macros_at(self, offset: int) -> MacroDirectives:
        """Return the lines that count for each macro of the file that an item has, by its place."""

    @property
    def reached(self) -> frozenset[str]:
        """The headers that the file reaches."""

    @property
    def ways(self) -> Mapping[str, frozenset[tuple[str, ...]]]:
        """The conditions of the file's own includes by which it comes to each header."""

    def names(self, path: str, name: str) -> bool:
        """Tell whether a header has a word."""

    @property
    def features(self) -> frozenset[tuple[str, str]]:
        """The macros for headers of the system that its includes set, each with its header."""

    def has(self, path: str) -> bool:
        """Tell whether the file's tree has a header."""

    def lacks(self, target: str) -> bool:
        """Tell whether an include, as it is written, leads to no header of the tree."""

    @property
    def macros(self) -> frozenset[str]:
        """The macros that the file defines in front of an include, as they are written."""

    def asked_for(self, reached: frozenset[str], names: Iterable[str]) -> Iterable[tuple[str, str]]:
        """Return macros, with their text, that another file needs which reaches these headers."""


class ChunkSource(Protocol):
    """A text cut into chunks, preprocessed or as it is written."""

    text: str
    chunks: tuple[Chunk, ...]

    def path(self, offset: int) -> str:
        """Return the file that an offset comes from."""

    def place(self, offset: int) -> SourceLine:
        """Return the file and line of an offset."""


class Unit:
    """One file of one side with all that it includes; `relative` shortens a path to the tree's.

    `macro_of` knows macros of headers, for a text in which they are not expanded. `front` tells
    what the file includes, and the macros above that.
    """

    def __init__(
        self,
        path: str,
        chunks: ChunkSource,
        relative: Callable[[str], str],
        macro_of: MacroOf = lambda _: None,
        front: "Callable[[], Front] | None" = None,
    ) -> None:
        self.path = path
        self.chunks = chunks
        self.macro_of = macro_of
        self.front = front
        self._relative = relative
        self._paths: dict[str, str] = {}
        self._origins: dict[int, str] = {}

    def origin(self, chunk: Chunk) -> str:
        """Return the path in the tree of the file that a chunk begins in."""
        known = self._origins.get(chunk.start)
        if known is None:
            known = self._origins[chunk.start] = self._short(self.chunks.path(chunk.start))
        return known

    def _short(self, path: str) -> str:
        if path not in self._paths:
            self._paths[path] = self._relative(path)
        return self._paths[path]

    def site(self, chunk: Chunk, token: int = 0) -> Site:
        """Return the place of a chunk's token."""
        offset = chunk.start
        # The first token stands where the chunk starts.
        for piece in lex(self.chunks.text[chunk.start : chunk.end]) if token else ():
            if piece.kind not in TRIVIA and piece.kind is not Kind.DIRECTIVE:
                if not token:
                    break
                token -= 1
            offset += len(piece.text)
        place = self.chunks.place(offset)
        return Site(self._short(place.path), place.line)

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        """All chunks, as they are written; stray semicolons say nothing.

        A type that is defined together with an object is a thing of its own. If it has no tag, it
        gets the object's name, as a split gives it. Each name of `int a, b;` is one as well.
        """
        return tuple(
            Thing(self, chunk, text, text)
            for chunk in self.chunks.chunks
            if chunk.text != ";"
            for text in _apart(chunk.text, self._is_free)
        )

    def _is_free(self, tag: str) -> bool:
        """Tell whether nothing here has a tag: otherwise two types would have one name."""
        return not tag_pattern(tag).search(self.chunks.text)

    def renamed(self, names: Mapping[str, str]) -> tuple[Thing, ...]:
        """Return all chunks as they are to be after a rename."""
        if not names:
            return self.things
        found = dict(names)
        changed = {id(thing) for _, thing in mentions(self.things, names)}
        return tuple(
            Thing(self, thing.chunk, rename_text(thing.text, found), thing.written)
            if id(thing) in changed
            else thing
            for thing in self.things
        )


def _apart(text: str, is_free: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the declarations of a type and objects that are declared at once, else the text."""
    start = _WITH_BODY.match(text)
    if start is None:
        return _each_name(text)
    depth, end = 1, start.end()
    while depth and (brace := _BRACE.search(text, end)):
        depth += 1 if brace[0] == "{" else -1
        end = brace.end()
    # Nearly all are types alone: to parse these would take time.
    if text[end:].strip() == ";" or (item := _one_declaration(text)) is None:
        return (text,)
    named = with_tag(item)
    if named:
        return (is_free(item.name) and separated(named)) or (text,)
    return separated(item) or (text,)


def _each_name(text: str) -> tuple[str, ...]:
    """Return a declaration for each name of `int a, b;`, of all else the text.

    As it is written it may have an `#if` inside: then it stays in one piece.

    >>> _each_name("static int a, *b = 0;"), _each_name("int f(int a, int b);")
    (('static int a;', 'static int *b = 0;'), ('int f(int a, int b);',))
    """
    if not _has_outer_comma(text) or (item := _one_declaration(text)) is None:
        return (text,)
    if "typedef" in item.head.storage or any(one.kind is Kind.DIRECTIVE for one in item.tokens):
        return (text,)
    names = declared_apart(item)
    return names if len(names) > 1 else (text,)


def _has_outer_comma(text: str) -> bool:
    """Tell whether a comma stands outside of all brackets: nearly no text has one."""
    if "," not in text or not text.endswith(";"):
        return False
    depth = 0
    for mark in _OUTSIDE_STRINGS.findall(text):
        if mark == "," and not depth:
            return True
        depth += (mark in "([{") - (mark in ")]}")
    return False


@lru_cache(maxsize=1 << 16)
def _one_declaration(text: str) -> Declaration | None:
    items = parse_module(text).items
    return items[0] if len(items) == 1 and isinstance(items[0], Declaration) else None


def mentions(things: Iterable[Thing], names: Iterable[str]) -> Iterator[tuple[str, Thing]]:
    """Yield each thing with each of the names that is a word in it."""
    wanted = frozenset(names)
    if not wanted:
        return
    for thing in things:
        for name in wanted & words(thing.text):
            yield name, thing


@lru_cache(maxsize=1 << 17)
def words(text: str) -> frozenset[str]:
    """Return all words of a text, those in strings too.

    What headers say is the same in every unit, so that it is worth keeping.
    """
    return frozenset(_WORD.findall(text))


def unit_of(made: Preprocessed) -> Unit:
    """Make a unit of a preprocessed file."""
    return Unit(made.recipe.source, Chunks(made.text), made.relative)
