"""What a header declares and what it names, between its includes: read in one pass, by shapes.

There are a thousand headers to read, so they are not parsed. A name that this misses is missed for
the old file and for the new one, and only the difference counts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

from vtsplit.cst.heads.annotations import KEYWORDS, RESERVED, is_annotation_call
from vtsplit.survey.headers.certain_text import Chosen
from vtsplit.survey.headers.includes import IncludeGraph, depths_from, is_absent
from vtsplit.survey.headers.system_headers import names_of_header

# Marks a tag that is known, if only by a forward declaration.
POINTED = " *"

# These start with what is rare in a text, a newline or a letter, as searches for `^` or `\b` take
# several times as long; so a newline is put in front of each text.
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_STRING = re.compile(r'"(?<!\\")(?:[^"\\\n]|\\.)*"')
_DIRECTIVE = re.compile(r"\n[ \t]*#[ \t]*(\w*)((?:.*\\\r?\n)*.*)")
_TARGET = re.compile(r'\s*([<"])([^>"\n]+)[>"]')
_MACRO = re.compile(r"[ \t]*(\w+)(.*)", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_]\w*")
_TAG = re.compile(r"(struct|union|enum)\s+(?:__\w+(?:\([^)]*\))*\s+)*(\w+)(\s*[{;])?")
_LISTED = re.compile(r"[(,]\s*(?:const\s+)?(struct|union|enum)\s+(\w+)(?!\s*\{)")
_LIST_MARK = "in_list_"
_HEAD = re.compile(r"\n([A-Za-z_][^\n;={(]*)\((.*)")
_CALLED = re.compile(r"(\w+)[ \t]*\(")
_BRACKETED = re.compile(r"\A\s*\**\s*(?:const\s+)?(\w+)\s*(?:\[[^\]]*\]\s*)*\)")
_LAST_ARGUMENT = re.compile(r"(\w+)[ \t]*\)[ \t]*;?\s*\Z")
_TYPEDEF = re.compile(r"typedef\b([^;{}]*);")
_BEHIND_STAR = re.compile(r"\(\s*\*+\s*(?:const\s+)?(\w+)\s*\)\s*\(")
_IN_BRACKETS = re.compile(r"\s*(?:\w+\s*\*+\s*)?(\w+)\s*\)\s*\(")
_CLOSING = re.compile(r"\n\}([^;{}\n]*);")
_ENUMERATORS = re.compile(r"enum\b[^;{}()]*\{([^{}]*)\}")
_ENUMERATOR = re.compile(r"(?:^|,)\s*(\w+)")
_OBJECT = re.compile(r"\n(?:extern\b([^;(){}=]*);|static\b([^;(){}=]*)=)")
_NAME = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?=,|\)|$|__)")


class HeaderSection(NamedTuple):
    """What stands in a header up to its next include.

    Of what is `declared`, `values` are variables and enumerators. `early` are tags that a list of
    parameters names first: a tag's scope ends there with the prototype (C11 6.2.1p4).
    `used` and `surely_used` are the words of its code, tags with their keyword, with and without
    what a configuration may take out; `include` is the next one, as a quote and a name.
    """

    declared: frozenset[str]
    values: frozenset[str]
    early: frozenset[str]
    used: frozenset[str]
    surely_used: frozenset[str]
    include: tuple[str, str] | None
    is_sure: bool


@dataclass(frozen=True)
class HeaderParts:
    """A header's pieces, and the definitions of its macros: parameters and body, by name.

    `defaults` are those right below an `#ifndef` of the name; `certain` are macros with another
    definition that no configuration takes out.
    """

    pieces: tuple[HeaderSection, ...]
    macros: dict[str, tuple[str, ...]]
    defaults: dict[str, str]
    certain: frozenset[str]

    @cached_property
    def declared(self) -> frozenset[str]:
        """All that the pieces declare."""
        return frozenset().union(*(piece.declared for piece in self.pieces))

    def declares_value(self, name: str) -> bool:
        """Tell whether a name is a variable, an enumerator or a macro without parameters."""
        if name in self.macros:
            return any(not text.startswith("(") for text in self.macros[name])
        return any(name in piece.values for piece in self.pieces)


def parts_of(graph: IncludeGraph, path: str) -> HeaderParts:
    """Return what a header is made of."""
    return graph.read.recall(path, lambda: read_parts(graph.text(path)))


def declared_by(graph: IncludeGraph, path: str) -> frozenset[str]:
    """Return what a header declares, one of the C library's what it is known to."""
    return names_of_header(path) if is_absent(path) else parts_of(graph, path).declared


def reach_surely(graph: IncludeGraph, path: str) -> dict[str, int]:
    """Return the headers that come with one in every configuration, with their depths."""
    return graph.known.recall(
        ("reached surely", path), lambda: depths_from(path, partial(_included_surely, graph))
    )


def _included_surely(graph: IncludeGraph, path: str) -> tuple[str, ...]:
    return graph.known.recall(("included surely", path), lambda: tuple(_resolve_sure(graph, path)))


def _resolve_sure(graph: IncludeGraph, path: str) -> Iterator[str]:
    for piece in parts_of(graph, path).pieces:
        if piece.include is not None and piece.is_sure:
            yield graph.resolve(*piece.include, path) or f"<{piece.include[1]}>"


def read_parts(text: str) -> HeaderParts:
    r"""Read a header.

    >>> text = "#define A(x) B(x)\n#include <b.h>\ntypedef int c_t;\nc_t f(c_t c);\n"
    >>> parts = read_parts(text)
    >>> [(sorted(piece.declared), piece.include) for piece in parts.pieces]
    [(['A'], ('<', 'b.h')), (['c_t', 'f'], None)]
    >>> parts.macros
    {'A': ('(x) B(x)',)}
    """
    text = "\n" + _COMMENT.sub(" ", text)
    directives = list(_DIRECTIVE.finditer(text))
    macros: dict[str, tuple[str, ...]] = {}
    defaults: dict[str, str] = {}
    asked = ""
    for one in directives:
        if one[1] == "define" and (match := _MACRO.match(one[2])):
            name, definition = match.groups()
            macros[name] = (*macros.get(name, ()), definition)
            if name == asked:
                defaults[name] = definition
        asked = one[2].strip() if one[1] == "ifndef" else ""
    certain: set[str] = set()
    pieces = tuple(_cut(text, directives, frozenset(macros), certain))
    return HeaderParts(pieces, macros, defaults, frozenset(certain - defaults.keys()))


def _cut(
    text: str, directives: Iterable[re.Match[str]], own: frozenset[str], certain: set[str]
) -> Iterator[HeaderSection]:
    """Yield the pieces; conditions are followed as `certain_text` does.

    Macros that no configuration takes out are added to `certain`.
    """
    code: list[str] = []
    sure: list[str] = []
    macros: list[str] = []
    chosen = Chosen(own)
    at = 0
    for one in directives:
        chunk = text[at : one.start()]
        at = one.end()
        hidden = chosen.hides
        code.append(chunk)
        if not hidden:
            sure.append(chunk)
        directive, argument = one.groups()
        if directive == "define":
            match = _MACRO.match(argument)
            names = [match[1]] if match else []
            macros += names
            certain.update(() if hidden else names)
        elif chosen.follow(directive, argument):
            continue
        elif directive in {"include", "include_next"} and (target := _TARGET.match(argument)):
            yield _piece(code, sure, macros, (target[1], target[2]), not hidden)
            code, sure, macros = [], [], []
    code.append(text[at:])
    sure.append(text[at:])
    yield _piece(code, sure, macros, None, True)


def _piece(
    code: list[str],
    sure: list[str],
    macros: list[str],
    include: tuple[str, str] | None,
    is_sure: bool,
) -> HeaderSection:
    text = "".join(code)
    if not text.strip():
        none: frozenset[str] = frozenset()
        return HeaderSection(frozenset(macros), none, none, none, none, include, is_sure)
    text = _STRING.sub('""', text)
    values = frozenset(_values(text))
    tags = _read_tags(text)
    declared = values.union(macros, _functions(text), _types(text), tags.declared)
    used = _words(text).union(tags.used)
    surely = used
    if len(sure) < len(code):
        rest = _STRING.sub('""', "".join(sure))
        surely = _words(rest).union(_read_tags(rest).used)
    return HeaderSection(declared, values, frozenset(tags.early), used, surely, include, is_sure)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text)) - RESERVED


class _HeaderTags(NamedTuple):
    declared: set[str]
    used: set[str]
    early: set[str]


def _read_tags(text: str) -> _HeaderTags:
    """Return the tags that a text defines or makes known, those it uses, and those named early."""
    tags = _HeaderTags(set(), set(), set())
    for kind, tag, end in _TAG.findall(_LISTED.sub(rf"\1 {_LIST_MARK}\2", text)):
        is_listed = tag.startswith(_LIST_MARK)
        name = f"{kind} {tag.removeprefix(_LIST_MARK)}"
        known = name + POINTED
        if not end:
            tags.used.add(name)
        if is_listed:
            tags.used.add(known)
            if known not in tags.declared:
                tags.early.add(known)
            continue
        tags.declared.add(known)
        if end.endswith("{"):
            tags.declared.add(name)
    return tags


def _functions(text: str) -> Iterator[str]:
    r"""Yield what lines in column 0 declare as functions, and what calls of macros declare.

    >>> list(_functions("\nbool (*hook)(int);\ntypedef bool (*f_t)(int);\nint (g)(int);\n"))
    ['hook', 'g']
    """
    for before, after in _HEAD.findall(text):
        words = before.split()
        name = words[-1].lstrip("*")
        if words[0] == "typedef":
            continue
        if after.lstrip()[:1] == "*" or name in KEYWORDS:
            # A pointer to a function, `int (*hook)(void)`, or a name in brackets.
            yield from _BRACKETED.findall(after)[:1]
            continue
        if len(words) == 1 and name.isupper():
            if name.startswith(("DECLARE_", "DEFINE_")):
                yield from _LAST_ARGUMENT.findall(after)
            continue
        yield name
        if name.startswith(("__", "DECLARE_", "DEFINE_")):
            # An attribute stands in front: the function is further on in the line.
            yield from _CALLED.findall(after)
            yield from _LAST_ARGUMENT.findall(after) if "DE" in name else ()


def _types(text: str) -> Iterator[str]:
    for typedef in _TYPEDEF.findall(text):
        yield from _BEHIND_STAR.findall(typedef) or _function_type(typedef)
    for closing in _CLOSING.findall(text):
        yield from _WORD.findall(closing)


def _function_type(typedef: str) -> list[str]:
    """Return the name that a typedef gives to a type, maybe a function's.

    >>> _function_type(" int fill_t(void *private)"), _function_type(" int (fill_t)(void *private)")
    (['fill_t'], ['fill_t'])
    >>> _function_type(" int word_t __attribute__((mode(SI)))"), _function_type(" u8 cells_t[4]")
    (['word_t'], ['cells_t'])
    >>> _function_type(" unsigned long DECLARE_BITS(bits_t)")
    ['bits_t']
    """
    before, bracket, rest = typedef.partition("(")
    words = _WORD.findall(before)
    if bracket and before[-1:].isspace() and (match := _IN_BRACKETS.match(rest)):
        return [match[1]]
    if bracket and len(words) > 2 and words[-1].startswith("__"):
        return words[-2:-1]  # an attribute follows
    if bracket and len(words) > 1 and not words[-1].startswith("__") and not words[-1].isupper():
        return words[-1:]
    return _NAME.findall(typedef)[-1:]


def _values(text: str) -> Iterator[str]:
    for body in _ENUMERATORS.findall(text):
        yield from _ENUMERATOR.findall(body)
    for external, internal in _OBJECT.findall(text):
        for name in _NAME.findall((external or internal).rstrip()):
            if not is_annotation_call(name):
                yield name
