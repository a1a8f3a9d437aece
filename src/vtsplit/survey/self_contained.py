"""What a header needs from the includes that stand before it in the source file.

Many local headers do not include what they use: they rely on what their users include first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vtsplit.cst.annotations import AGGREGATES, KEYWORDS, is_annotation
from vtsplit.cst.guards import include_guard
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.nodes import Declaration, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.survey.certain_text import certain_text
from vtsplit.survey.definitions import Definitions
from vtsplit.survey.includes import Include, IncludeGraph, ended_order
from vtsplit.survey.member_tags import missing_tags
from vtsplit.survey.providers import find_declaring

# Marks a tag behind a pointer in a prototype: any declaration of it in front will do, but one there
# must be, or its scope ends with the prototype (C11 6.2.1p4).
_POINTED = " *"
# Marks a plain name in a body: most are members of macros or the like, so that it counts only when
# a local header declares it.
_VARIABLE = " ;"
_EXTERN = re.compile(
    r"^extern\b[^;()]*?\b(\w+)(?:\[[^\]]*\])*(?:[ \t]+__\w+)*[ \t]*;", re.MULTILINE
)


@dataclass(frozen=True)
class Lacking:
    """What a header uses and does not bring.

    `names` are to be declared; of `pointed`, tags, any declaration will do; `variables` count only
    where some header declares them. `unsure` are types that only some configurations bring.
    """

    names: frozenset[str]
    pointed: frozenset[str]
    variables: frozenset[str]
    unsure: frozenset[str]


def header_needs(graph: IncludeGraph) -> HeaderNeeds:
    """Return what finds the needs of headers as this graph has them."""
    return graph.known.recall("needs", lambda: HeaderNeeds(graph))


class HeaderNeeds:
    """Finds, for an include, the names it uses and does not bring."""

    def __init__(self, graph: IncludeGraph) -> None:
        self.graph = graph
        self._used: dict[str, frozenset[str]] = {}
        self._brought: dict[str, frozenset[str]] = {}
        self._declared: dict[str, frozenset[str]] = {}
        self._ended: dict[str, list[str]] = {}
        self._early: dict[str, frozenset[str]] = {}
        self._lacking: dict[str, Lacking] = {}

    def lacking(self, include: Include) -> Lacking:
        """Return what the include's headers use and none of them declares.

        Looked at are the header itself and the local ones that come with it: a header in an
        `include` folder is taken to include what it uses, unless the source names it, but for what
        its members are made of.
        """
        path = next(iter(include.files))
        if path not in self._lacking:
            self._lacking[path] = self._find_lacking(include)
        return self._lacking[path]

    def _find_lacking(self, include: Include) -> Lacking:
        local = [path for path, depth in include.files.items() if not depth or _is_local(path)]
        wanted = frozenset(name for path in local for name in self._uses(path))
        names = {name for name in wanted if not name.endswith((_POINTED, _VARIABLE))}
        pointed = {n.removesuffix(_POINTED) for n in wanted if n.endswith(_POINTED)} - names
        variables = {n.removesuffix(_VARIABLE) for n in wanted if n.endswith(_VARIABLE)}
        # What is near is found first, and a name once found is not looked for again.
        declared: dict[str, set[str]] = {}
        for depth in range(max(include.files.values(), default=0) + 1):
            level = [path for path, found in include.files.items() if found == depth]
            declared |= find_declaring(self.graph, level, names - declared.keys())
            pointed -= find_declaring(self.graph, level, pointed, incomplete=True).keys()
        names -= declared.keys()
        names |= self._declared_late(include, local, declared) | missing_tags(self.graph, include)
        pointed |= self._pointed_early(include, local)
        return Lacking(
            frozenset(names),
            frozenset(pointed),
            frozenset(variables - self.variables(include)),
            frozenset(self._declared_perhaps(include, local, declared)),
        )

    def _pointed_early(self, include: Include, local: list[str]) -> set[str]:
        """Return the tags that a local header first names in a prototype, nothing before it.

        The header defines them further down, but a tag's scope ends with the prototype that
        declares it (C11 6.2.1p4): there it would be another type.
        """
        place = {path: at for at, path in enumerate(self._order(next(iter(include.files))))}
        found: set[str] = set()
        for path in local:
            early = self._named_early(path)
            if early:
                before = [header for header in include.files if place[header] < place[path]]
                found |= early - find_declaring(self.graph, before, early, incomplete=True).keys()
        return found

    def _declared_late(
        self, include: Include, local: list[str], declared: Mapping[str, set[str]]
    ) -> set[str]:
        """Return what a local header uses and only headers declare that come in behind it.

        They come with the include all the same: what it includes first relies on what it, or
        another header, includes later. `declared` tells for names where they are, in part.
        """
        place = {path: at for at, path in enumerate(self._order(next(iter(include.files))))}
        late: set[str] = set()
        for path in local:
            known = self._uses(path) & declared.keys()
            suspects = {n for n in known if all(place[h] > place[path] for h in declared[n])}
            before = [header for header in include.files if place[header] < place[path]]
            late |= suspects - find_declaring(self.graph, before, suspects).keys()
        return late

    def _declared_perhaps(
        self, include: Include, local: list[str], declared: Mapping[str, set[str]]
    ) -> set[str]:
        """Return the types a local header always asks for that only an include under `#if` brings.

        What bodies use is not looked at: most of it goes with the option that the `#if` asks for.
        """
        sure = self.graph.reach_surely(next(iter(include.files)))
        suspects = {name for name, paths in declared.items() if paths.isdisjoint(sure)}
        suspects -= find_declaring(self.graph, sure, suspects).keys()
        if not suspects:
            return set()
        certain = (certain_text(self.graph.text(path)) for path in local if path in sure)
        return suspects & {name for text in certain for name in types_asked_for(parse_module(text))}

    def _order(self, path: str) -> list[str]:
        """Return the headers that come with one in the order in which each of them ends."""
        if path not in self._ended:
            self._ended[path] = ended_order(path, self.graph.included_by)
        return self._ended[path]

    def variables(self, include: Include) -> frozenset[str]:
        """Return the variables that the local headers of an include declare."""
        path = next(iter(include.files))
        if path not in self._brought:
            local = [header for header in include.files if _is_local(header)]
            self._brought[path] = frozenset(n for header in local for n in self._externs(header))
        return self._brought[path]

    def declares_itself(self, include: Include, variable: str) -> bool:
        """Tell whether the very header that is included declares a variable."""
        return variable in self._externs(next(iter(include.files)))

    def _externs(self, path: str) -> frozenset[str]:
        if path not in self._declared:
            self._declared[path] = frozenset(_EXTERN.findall(self.graph.text(path)))
        return self._declared[path]

    def _uses(self, path: str) -> frozenset[str]:
        if path not in self._used:
            module = parse_module(self.graph.text(path))
            self._used[path] = frozenset(used_names(module))
            self._early[path] = frozenset(named_early(module))
        return self._used[path]

    def _named_early(self, path: str) -> frozenset[str]:
        self._uses(path)
        return self._early[path]


def is_repeatable(graph: IncludeGraph, include: Include) -> bool:
    """Tell whether a header may be included twice: it has an include guard, or is not at hand."""
    text = graph.text(next(iter(include.files)))
    if not text.strip() or re.search(r"^[ \t]*#[ \t]*pragma[ \t]+once\b", text, re.MULTILINE):
        return True
    return include_guard(parse_module(text)) is not None


def _is_local(path: str) -> bool:
    return "include" not in path.split("/")[:-1]


def used_names(module: Module) -> Iterator[str]:
    r"""Yield the names whose declaration a header's items need: types, and what is called.

    Bodies of macros do not count: they need it where they are used.

    >>> module = parse_module("static inline int f(struct s *a)\n{\n\treturn g(a->b, u8 *c);\n}\n")
    >>> sorted(used_names(module))
    ['g', 'struct s', 'u8']
    >>> module = parse_module("static inline int f(void)\n{\n\treturn (1 + 2) * g(3);\n}\n")
    >>> sorted(used_names(module))
    ['g']
    """
    own = set(Definitions(module).by_name)
    for item in module.items:
        if isinstance(item, FunctionDef | Declaration):
            yield from (name for name in _used_by(item) if name not in own)


def types_asked_for(module: Module) -> Iterator[str]:
    r"""Yield the names of types without a tag that a header's declarations and heads need.

    >>> text = "s_t f(struct b *b);\nstatic inline u8 g(u16 *c)\n{\n\tlong_t d;\n}\n"
    >>> module = parse_module(text)
    >>> sorted(types_asked_for(module))
    ['s_t', 'u16', 'u8']
    """
    for item in module.items:
        if isinstance(item, FunctionDef | Declaration):
            tokens = item.head.tokens if isinstance(item, FunctionDef) else item.tokens
            used = _used_in(tokens, in_body=False)
            yield from (name for name in used if not name.isupper() and " " not in name)


def named_early(module: Module) -> set[str]:
    r"""Return the tags a module defines, and first names in a parameter list.

    >>> module = parse_module("struct a { int (*f)(struct b *b, struct a *a); };\nstruct b { };\n")
    >>> named_early(module)
    {'struct b'}
    """
    own = Definitions(module).by_name
    first: dict[str, bool] = {}
    for item in module.items:
        if isinstance(item, FunctionDef | Declaration):
            code = [token.text for token in item.tokens if token.kind not in TRIVIA]
            depth = 0
            for before, word in pairwise(code):
                depth += (before == "(") - (before == ")")
                if before in AGGREGATES:
                    first.setdefault(f"{before} {word}", depth > 0)
    return {tag for tag, is_early in first.items() if is_early and tag in own}


def _used_by(item: Item) -> Iterable[str]:
    return _used_in(item.tokens, in_body=isinstance(item, FunctionDef))


def _used_in(tokens: Sequence[Token], in_body: bool) -> Iterable[str]:
    tokens = [t for t in tokens if t.kind not in TRIVIA and t.kind is not Kind.DIRECTIVE]
    pairs = pairwise(token.text for token in tokens)
    declared = {word for before, word in pairs if _is_named(before)}  # parameters and locals
    for at, token in enumerate(tokens):
        word = token.text
        before = tokens[at - 1].text if at else ""
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind is not Kind.IDENT or word in KEYWORDS or before in {".", "->", "goto"}:
            continue
        if is_annotation(word) or after is None:
            continue
        if before in AGGREGATES:
            # Behind a pointer in a prototype or a member, an incomplete type will do.
            if in_body or before == "enum" or after.text != "*":
                yield f"{before} {word}"
            elif _depth(tokens, at):
                yield f"{before} {word}{_POINTED}"
        elif _is_type(before, after) or (in_body and _is_called_or_constant(word, before, after)):
            yield word
        elif word.isupper() and (before == "[" or (len(word) > 2 and not in_body)):
            yield word  # an array bound, an enumerator's value, a macro for a member's name
        elif in_body and word not in declared:
            yield f"{word}{_VARIABLE}"


def _is_called_or_constant(word: str, before: str, after: Token) -> bool:
    # Behind a star in a body it is multiplied: functions are declared in few bodies.
    is_called = after.text == "(" and (before == "*" or not _is_named(before))
    return is_called or (word.isupper() and len(word) > 2)


def _depth(tokens: list[Token], at: int) -> int:
    """Return how many parentheses are open at a token."""
    return sum((t.text == "(") - (t.text == ")") for t in tokens[:at])


def _is_type(before: str, after: Token) -> bool:
    """Tell a type by its place: a name behind it, or a star behind it where something starts."""
    if after.text == "*":
        return before in {"(", ",", "{", ";", "}", "const", "static", "extern"}
    return after.kind is Kind.IDENT and not _is_named(before)


def _is_named(before: str) -> bool:
    """Tell whether a name behind this word is being declared, so that it is no use."""
    return before == "*" or (before.isidentifier() and before not in KEYWORDS)
