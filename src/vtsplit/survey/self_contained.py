"""What a header needs from the includes that stand before it in the source file.

Many local headers do not include what they use: they rely on what their users include first.
"""

import re
from collections.abc import Iterable, Iterator

from vtsplit.cst.annotations import AGGREGATES, KEYWORDS, is_annotation
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.survey.definitions import Definitions
from vtsplit.survey.includes import Include, IncludeGraph
from vtsplit.survey.providers import find_declaring

# Marks a tag behind a pointer in a prototype: any declaration of it in front will do, but one there
# must be, or its scope ends with the prototype (C11 6.2.1p4).
_POINTED = " *"


class HeaderNeeds:
    """Finds, for an include, the names it uses and does not bring."""

    def __init__(self, graph: IncludeGraph) -> None:
        self.graph = graph
        self._used: dict[str, frozenset[str]] = {}

    def lacking(self, include: Include) -> frozenset[str]:
        """Return the names that the include's headers use and none of them declares.

        Looked at are the header itself and the local ones that come with it: a header in an
        `include` folder is taken to include what it uses, unless the source names it.
        """
        local = [path for path, depth in include.files.items() if not depth or _is_local(path)]
        wanted = frozenset(name for path in local for name in self._uses(path))
        # What is near is found first, and a name once found is not looked for again.
        by_depth = sorted(include.files, key=lambda path: include.files[path])
        remaining = set(wanted)
        depth = 0
        while remaining and by_depth:
            level = [path for path in by_depth if include.files[path] == depth]
            if not level:
                break
            remaining -= find_declaring(self.graph, level, remaining).keys()
            pointed = {name.removesuffix(_POINTED) for name in remaining if name.endswith(_POINTED)}
            found = find_declaring(self.graph, level, pointed, incomplete=True)
            remaining -= {f"{name}{_POINTED}" for name in found}
            depth += 1
        return frozenset(name.removesuffix(_POINTED) for name in remaining)

    def _uses(self, path: str) -> frozenset[str]:
        if path not in self._used:
            module = parse_module(self.graph.text(path))
            self._used[path] = frozenset(used_names(module))
        return self._used[path]


def is_repeatable(graph: IncludeGraph, include: Include) -> bool:
    """Tell whether a header may be included twice: it has an include guard, or is not at hand."""
    path = next(iter(include.files))
    text = graph.text(path)
    if not text.strip() or re.search(r"^[ \t]*#[ \t]*pragma[ \t]+once\b", text, re.MULTILINE):
        return True
    directives = [i for i in parse_module(text).items if isinstance(i, Directive)][:2]
    if len(directives) < 2 or directives[1].macro is None:
        return False
    return bool(re.search(rf"\b{directives[1].macro.name}\b", directives[0].argument))


def _is_local(path: str) -> bool:
    return "include" not in path.split("/")[:-1]


def used_names(module: Module) -> Iterator[str]:
    r"""Yield the names whose declaration a header's items need: types, and what is called.

    Bodies of macros do not count: they need it where they are used.

    >>> module = parse_module("static inline int f(struct s *a)\n{\n\treturn g(a->b, u8 *c);\n}\n")
    >>> sorted(used_names(module))
    ['g', 'struct s', 'u8']
    """
    own = set(Definitions(module).by_name)
    for item in module.items:
        if isinstance(item, FunctionDef | Declaration):
            yield from (name for name in _used_by(item) if name not in own)


def _used_by(item: Item) -> Iterable[str]:
    tokens = [t for t in item.tokens if t.kind not in TRIVIA and t.kind is not Kind.DIRECTIVE]
    in_body = isinstance(item, FunctionDef)
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


def _is_called_or_constant(word: str, before: str, after: Token) -> bool:
    return (after.text == "(" and not _is_named(before)) or (word.isupper() and len(word) > 2)


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
