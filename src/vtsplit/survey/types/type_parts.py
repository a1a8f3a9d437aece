"""The names that must be declared in front of the definition of a type."""

from collections.abc import Iterator
from dataclasses import dataclass

from vtsplit.cst.directives import directive_name, read_macro
from vtsplit.cst.heads.annotations import (
    AGGREGATES,
    KEYWORDS,
    QUALIFIERS,
    is_annotation,
    may_annotate,
)
from vtsplit.cst.heads.declarator import standard_attributes
from vtsplit.cst.lexer import TRIVIA, Kind, Token, code_tokens, lex_line
from vtsplit.cst.nodes import Declaration, Item

_SILENT = frozenset({"include", "error", "warning", "pragma"})


@dataclass(frozen=True)
class TypeParts:
    """The names in a type's definition, by what must stand in front of it.

    `complete`: types that must be complete, tags with their keyword. `pointed`: tags that a
    prototype in it names behind a pointer, for which any declaration will do, but one there must
    be (C11 6.2.1p4). `likely`: what macros and constants are among them. `measured`: names in
    array bounds, widths and values. `own`: tags, enumerators and macros that it defines.
    """

    complete: frozenset[str]
    pointed: frozenset[str]
    likely: frozenset[str]
    measured: frozenset[str]
    own: frozenset[str]


def type_parts(item: Item) -> TypeParts:
    r"""Return what a type's definition is made of.

    >>> from vtsplit.cst.parser import parse_module
    >>> text = "struct s { u8 a[N]; struct t b, *c; void (*f)(struct v *v); } __packed;"
    >>> parts = type_parts(parse_module(text).items[0])
    >>> sorted(parts.complete), sorted(parts.pointed), sorted(parts.likely)
    (['struct t', 'u8'], ['struct v'], ['N', '__packed'])
    >>> sorted(type_parts(parse_module("struct __packed s { struct s *a; };").items[0]).own)
    ['struct s']
    """
    return _PartsReader(item).read()


def expanded_words(item: Item) -> dict[str, bool]:
    r"""Return the names that the preprocessor meets in an item, and whether each is called there.

    >>> from vtsplit.cst.parser import parse_module
    >>> expanded_words(parse_module("struct s {\n#ifdef A\n\tF(b);\n#endif\n};\n").items[0])
    {'A': True, 's': False, 'F': True, 'b': False}
    """
    found = dict.fromkeys(_PartsReader(item)._conditions(), True)
    code = code_tokens(item.tokens)
    for at, token in enumerate(code):
        if token.kind is Kind.IDENT and token.text not in KEYWORDS:
            called = at + 1 < len(code) and code[at + 1].text == "("
            found[token.text] = found.get(token.text, False) or called
    return found


class _PartsReader:
    def __init__(self, item: Item) -> None:
        self.item = item
        standard = standard_attributes(item.tokens)
        self.code = [
            token
            for at, token in enumerate(item.tokens)
            if token.kind not in TRIVIA and token.kind is not Kind.DIRECTIVE and at not in standard
        ]
        # Macros in `[[gnu::aligned(SIZE)]]`.
        self.attributes = {item.tokens[at].text for at in standard}
        self.complete: set[str] = set()
        self.pointed: set[str] = set()
        self.likely: set[str] = set()
        self.measured: set[str] = set()

    def read(self) -> TypeParts:
        own = set(self._own())
        macros = {word for word in self.attributes if word.isupper()}
        brackets = 0
        parentheses = 0
        valued = False  # behind the `=` of an enumerator or the `:` of a bit-field
        for at, token in enumerate(self.code):
            brackets += (token.text == "[") - (token.text == "]")
            parentheses += (token.text == "(") - (token.text == ")")
            if token.text in {"=", ":"}:
                valued = True
            elif token.text in {"{", "}", ";"} or (token.text == "," and not parentheses):
                valued = False
            if token.kind is Kind.IDENT:
                self._take(at, bool(parentheses), bool(brackets) or valued)
        return TypeParts(
            frozenset(self.complete - own),
            frozenset(self.pointed - own - self.complete),
            frozenset((self.likely | set(self._conditions()) | macros) - own - {"defined"}),
            frozenset(self.measured),
            frozenset(own),
        )

    def _own(self) -> Iterator[str]:
        """Yield the tags, enumerators and macros that the definition itself defines."""
        opened: list[bool] = []  # whether each open brace is an enum's
        for at, token in enumerate(self.code):
            before = self.code[at - 1].text if at else ""
            if token.text == "{":
                opened.append(self._is_enum(at))
            elif token.text == "}" and opened:
                opened.pop()
            elif token.kind is Kind.IDENT and self._behind(at) == "{":
                if (keyword := self._aggregate_before(at)) and not is_annotation(token.text):
                    yield f"{keyword} {token.text}"
            elif token.kind is Kind.IDENT and before in {"{", ","} and opened and opened[-1]:
                yield token.text
        for token in self.item.tokens:
            macro = read_macro(token.text) if token.kind is Kind.DIRECTIVE else None
            if macro is not None:
                yield macro.name

    def _aggregate_before(self, at: int) -> str:
        """Return the `struct` in front of a tag, past annotations, empty where there is none."""
        at -= 1
        while at > 0 and is_annotation(self.code[at].text):
            at -= 1
        return self.code[at].text if at >= 0 and self.code[at].text in AGGREGATES else ""

    def _is_enum(self, brace: int) -> bool:
        near = [token.text for token in self.code[max(brace - 3, 0) : brace]]
        return "enum" in near and not {"struct", "union", ";", "{"} & set(near)

    def _conditions(self) -> Iterator[str]:
        for token in self.item.tokens:
            if token.kind is Kind.DIRECTIVE and directive_name(token.text) not in _SILENT:
                words = [t.text for t in lex_line(token.text) if t.kind is Kind.IDENT]
                yield from words[1:]

    def _behind(self, at: int) -> str:
        """Return the next token that is neither qualifier nor annotation."""
        at += 1
        while at < len(self.code) and (
            self.code[at].text in QUALIFIERS or is_annotation(self.code[at].text)
        ):
            at += 1
        return self.code[at].text if at < len(self.code) else ""

    def _take(self, at: int, in_parentheses: bool, measuring: bool) -> None:
        word = self.code[at].text
        before = self.code[at - 1].text if at else ""
        after = self.code[at + 1] if at + 1 < len(self.code) else None
        if word == "bool":
            self.likely.add(word)  # a name that a header defines (C11 7.18p2)
        if word in KEYWORDS or before in {".", "->"} or (after is None and not may_annotate(word)):
            return
        before = self._aggregate_before(at) or before
        if before in AGGREGATES:
            if is_annotation(word):
                self.likely.add(word)
                return
            self._take_tag(f"{before} {word}", self._behind(at), in_parentheses, measuring)
        elif measuring:
            self.likely.add(word)
            self.measured.add(word)
        elif after is not None and self._starts(at, in_parentheses) and _is_type_before(after):
            (self.likely if in_parentheses else self.complete).add(word)
        elif (
            may_annotate(word)
            or (in_parentheses and before in {"(", ","})
            or (after is not None and after.text == "(" and self._starts(at, in_parentheses))
        ):
            self.likely.add(word)

    def _take_tag(self, tag: str, behind: str, in_parentheses: bool, measuring: bool) -> None:
        if behind == "*" and not tag.startswith("enum "):
            if in_parentheses and not measuring:
                self.pointed.add(tag)
        else:
            self.complete.add(tag)

    def _starts(self, at: int, in_parentheses: bool) -> bool:
        """Tell whether only qualifiers stand between a word and where its declaration starts."""
        at -= 1
        while at >= 0 and (
            self.code[at].text in QUALIFIERS
            or self.code[at].text == "typedef"
            or is_annotation(self.code[at].text)
        ):
            at -= 1
        before = self.code[at].text if at >= 0 else ";"
        return before in {"{", ";"} or (in_parentheses and before in {"(", ","})


def _is_type_before(after: Token) -> bool:
    return after.kind is Kind.IDENT or after.text == "*"


def declares_object(item: Declaration) -> bool:
    """Tell whether a declaration that defines a type declares an object with it.

    >>> from vtsplit.cst.parser import parse_module
    >>> [declares_object(item) for item in parse_module("struct s { } a;\\nenum { A };").items]
    [True, False]
    """
    return bool(item.name) and "typedef" not in item.head.storage
