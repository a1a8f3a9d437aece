"""The head of a declaration: specifiers, name, parameters (C11 6.7), found on its tokens.

No preprocessing has run: attributes are macros, which have to be told from types and names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from vtsplit.cst.heads.annotations import (
    AGGREGATES,
    ATTRIBUTES,
    INLINE,
    KEYWORDS,
    QUALIFIERS,
    STORAGE,
    TYPE_WORDS,
    TYPEOF,
    is_annotation,
    is_annotation_call,
    may_annotate,
)
from vtsplit.cst.lexer import TRIVIA, Kind, Token, code_tokens, lex
from vtsplit.cst.spans import last_of, matching


# Compared by identity: what is worked out of a head is remembered, and its tokens are many.
@dataclass(frozen=True, eq=False)
class Head:
    """A declaration's head. Indices point into `tokens`; -1 where there is no such token.

    `initializer` is the character offset behind the first `=`; `more` is set when further
    declarators follow (`int a, b;`).
    """

    tokens: tuple[Token, ...]
    name_index: int = -1
    open_paren: int = -1
    close_paren: int = -1
    aggregate: int = -1
    aggregate_body: int = -1
    initializer: int | None = None
    more: bool = False
    storage: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The declared name, empty when there is none."""
        return self.tokens[self.name_index].text if self.name_index >= 0 else ""

    @property
    def is_function(self) -> bool:
        """Whether the declarator is a function's."""
        return self.open_paren >= 0

    @property
    def is_static(self) -> bool:
        """Whether `static` is among the specifiers."""
        return "static" in self.storage

    @property
    def has_directive(self) -> bool:
        """Whether a preprocessing directive stands inside the head."""
        return any(token.kind is Kind.DIRECTIVE for token in self.tokens)

    @property
    def is_old_style(self) -> bool:
        """Whether parameters are declared behind the parenthesis, K&R's way (C11 6.9.1p6)."""
        at = _behind(self.tokens, self.close_paren) if self.is_function else len(self.tokens)
        if at == len(self.tokens):
            return False
        token = self.tokens[at]
        is_word = token.kind is Kind.IDENT and token.text not in ATTRIBUTES
        return is_word and not may_annotate(token.text)

    @property
    def tag(self) -> str:
        """`struct x` and the like, where the head has such a specifier; else empty."""
        if self.aggregate < 0:
            return ""
        words = list(self._tag_words())
        if not words:
            return ""
        # `struct LOCKABLE name {`: a macro can stand in front of a tag that is defined.
        at = words[-1] if self.defines_tag else words[0]
        return f"{self.tokens[self.aggregate].text} {self.tokens[at].text}"

    def _tag_words(self) -> Iterator[int]:
        """Yield where names stand that the specifier may have as its tag, up to its body."""
        at, end = self.aggregate + 1, self.aggregate_body if self.defines_tag else len(self.tokens)
        while at < end:
            token = self.tokens[at]
            word = token.text if token.kind is Kind.IDENT else ""
            if word in ATTRIBUTES or is_annotation(word):
                opening = _behind(self.tokens, at)
                called = opening < end and self.tokens[opening].text == "("
                at = matching(self.tokens, opening) if called else at
            elif word:
                yield at
            elif token.text == "[" and (last := standard_attribute(self.tokens, at)) >= 0:
                at = last
            elif token.kind not in TRIVIA:
                return
            at += 1

    @property
    def defines_tag(self) -> bool:
        """Whether the specifier has a body, `struct x { ... }`."""
        return self.aggregate_body >= 0


def _behind(tokens: tuple[Token, ...], at: int) -> int:
    """Return the index of the next significant token behind `at`; `[[...]]` does not count."""
    at += 1
    while at < len(tokens):
        kind = tokens[at].kind
        if kind not in TRIVIA and kind is not Kind.DIRECTIVE:
            if tokens[at].text != "[" or (last := standard_attribute(tokens, at)) < 0:
                break
            at = last
        at += 1
    return at


def standard_attribute(tokens: Sequence[Token], opening: int) -> int:
    """Return the index of the last bracket of `[[...]]` (C23 6.7.13), -1 if none opens there.

    >>> standard_attribute(lex("[[gnu::cold]] int a[2];"), 0), standard_attribute(lex("[2]"), 0)
    (7, -1)
    """
    following = opening + 1
    while following < len(tokens) and tokens[following].kind in TRIVIA:
        following += 1
    if following >= len(tokens) or tokens[opening].text != "[" or tokens[following].text != "[":
        return -1
    return matching(tokens, opening)


def standard_attributes(tokens: Sequence[Token]) -> frozenset[int]:
    """Return the indices of all tokens that belong to a `[[...]]`."""
    found: set[int] = set()
    for at, token in enumerate(tokens):
        if token.text == "[" and at not in found:
            found.update(range(at, standard_attribute(tokens, at) + 1))
    return frozenset(found)


@lru_cache(maxsize=1024)
def read_head(text: str) -> Head:
    """Read the head of a declaration or function definition.

    >>> head = read_head("static __init int setup(struct foo *foo)")
    >>> head.name, head.is_function, sorted(head.storage)
    ('setup', True, ['static'])
    >>> read_head("static struct foo_ops foo_ops __initdata = { .a = b };").name
    'foo_ops'
    """
    return head_of(lex(text))


def head_of(tokens: tuple[Token, ...]) -> Head:
    """Read the head that some tokens begin with."""
    return _HeadReader(tokens).read()


class _HeadReader:
    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.names: list[int] = []  # identifiers that may be the declared name
        self.calls: list[int] = []  # those that a parenthesis follows, behind a type
        self.untyped_calls: list[int] = []  # the same with no type in front
        self.listed: tuple[int, int] | None = None  # the name and `((` of `f P((int a))`
        self.pointer = -1  # the parenthesis of `(*name)`
        self.typed = False
        self.storage: set[str] = set()
        self.aggregate = self.aggregate_body = -1
        self.initializer: int | None = None
        self.more = False

    def _next(self, at: int) -> int:
        return _behind(self.tokens, at)

    def _text(self, at: int) -> str:
        return self.tokens[at].text if at < len(self.tokens) else ""

    def read(self) -> Head:
        at = self._next(-1)
        while at < len(self.tokens):
            text = self.tokens[at].text
            if text in {"=", ",", ";"}:
                self._finish(at, text)
                break
            if text == ".":
                break  # `MACHINE_START(x) .entry = value MACHINE_END;` declares nothing in itself
            at = self._next(self._take(at))
        return self._head()

    def _finish(self, at: int, text: str) -> None:
        if text == "=":
            self.initializer = sum(len(token.text) for token in self.tokens[: at + 1])
            while at < len(self.tokens) and self.tokens[at].text not in {",", ";"}:
                at = self._next(last_of(self.tokens, at))
        self.more = self._text(at) == ","

    def _take(self, at: int) -> int:
        """Take one specifier, name or bracket; return the index of its last token."""
        token = self.tokens[at]
        following = self._next(at)
        if token.kind is Kind.IDENT:
            return self._take_word(at, token.text, following)
        if token.text == "(":
            if self.pointer < 0 and not self.calls and self._is_declarator(at, following):
                self.pointer = at
            return matching(self.tokens, at)
        return last_of(self.tokens, at)

    def _is_declarator(self, at: int, following: int) -> bool:
        """Tell `(*name)` and `(name)(...)`, which keeps a macro `name` from being expanded."""
        # `(__user *name)`, `(__attribute__((cold)) *name)`
        while is_annotation(self._text(following)) or self._text(following) in ATTRIBUTES:
            word = self._text(following)
            following = self._next(following)
            if self._text(following) == "(" and (word in ATTRIBUTES or is_annotation_call(word)):
                following = self._next(matching(self.tokens, following))
        if self._text(following) in {"*", "^"} or self._has_convention(at, following):
            return True
        closing = self._next(following)
        behind = self._text(self._next(closing))
        named = following < len(self.tokens) and self.tokens[following].kind is Kind.IDENT
        return self.typed and named and self._text(closing) == ")" and behind in {"(", "["}

    def _has_convention(self, opening: int, following: int) -> bool:
        """Tell `(FOOAPI *name)(int)`, where a macro stands in front of the star."""
        if not may_annotate(self._text(following)) or self._text(self._next(following)) != "*":
            return False
        return self._text(self._next(matching(self.tokens, opening))) == "("

    def _take_word(self, at: int, word: str, following: int) -> int:
        called = self._text(following) == "("
        if word in STORAGE or word in INLINE:
            self.storage.add("inline" if word in INLINE else word)
        elif word in AGGREGATES:
            return self._take_aggregate(at)
        elif word in TYPEOF or word in ATTRIBUTES:
            self.typed |= word in TYPEOF
            return matching(self.tokens, following) if called else at
        elif word in TYPE_WORDS:
            self.typed = True
        elif word not in QUALIFIERS and word not in KEYWORDS:
            return self._take_name(at, following, called)
        return at

    def _take_name(self, at: int, following: int, called: bool) -> int:
        word = self.tokens[at].text
        inner = self._next(following)
        pointer = called and (
            self._text(inner) in {"*", "^"} or self._has_convention(following, inner)
        )
        if called and not pointer and self._is_doubled(at, inner):
            if self.listed is None and self._is_list(inner):
                self.listed = self.names[-1], inner
            return matching(self.tokens, following)
        if called and not pointer:
            if not is_annotation_call(word):
                (self.calls if self.typed or self.names else self.untyped_calls).append(at)
            return matching(self.tokens, following)
        self.names.append(at)
        self.typed |= not may_annotate(word)
        return at

    def _is_doubled(self, at: int, inner: int) -> bool:
        """Tell a macro right behind a name with one argument in parentheses: `f P((int a))`."""
        closing = matching(self.tokens, inner)
        if self._text(inner) != "(" or self._text(self._next(closing)) != ")":
            return False
        return bool(self.names) and self._next(self.names[-1]) == at and not self.calls

    def _is_list(self, inner: int) -> bool:
        """Tell parameters from what an attribute takes."""
        closing = matching(self.tokens, inner)
        words = code_tokens(self.tokens[inner + 1 : closing])
        named = any(a.kind is b.kind is Kind.IDENT for a, b in pairwise(words))
        typed = any(t.text in (TYPE_WORDS | AGGREGATES | {"*"}) for t in words)
        return not words or typed or named

    def _take_aggregate(self, at: int) -> int:
        self.typed = True
        self.aggregate = at if self.aggregate < 0 else self.aggregate
        last, tagged = at, False
        while (following := self._next(last)) < len(self.tokens):
            word = self._text(following)
            if word == "{":
                self.aggregate_body = following
                return matching(self.tokens, following)
            called = self._text(self._next(following)) == "("
            if called and (word in ATTRIBUTES or is_annotation(word)):
                last = matching(self.tokens, self._next(following))
            elif self.tokens[following].kind is Kind.IDENT and (
                not tagged or self._text(self._next(following)) == "{"
            ):
                tagged |= not is_annotation(word)
                last = following
            else:
                return last
        return last

    def _head(self) -> Head:
        name, opening = self._choose()
        return Head(
            self.tokens,
            name_index=name,
            open_paren=opening,
            close_paren=matching(self.tokens, opening) if opening >= 0 else -1,
            aggregate=self.aggregate,
            aggregate_body=self.aggregate_body,
            initializer=self.initializer,
            more=self.more,
            storage=frozenset(self.storage),
        )

    def _choose(self) -> tuple[int, int]:
        """Choose the declared name and, for a function, the parenthesis of its parameters."""
        if self.listed is not None:
            return self.listed
        if self.pointer >= 0 and not self.calls:
            return self._inside_pointer()
        plain = [at for at in self.names if not may_annotate(self.tokens[at].text)]
        macros = all(may_annotate(self.tokens[at].text) for at in self.untyped_calls)
        if self.untyped_calls and not self.calls and macros and plain:
            return plain[-1], -1  # `STACK_OF(x) *name`, `SECTION(x) int name`
        calls = self.calls or self.untyped_calls
        if calls:
            plain = [at for at in calls if not may_annotate(self.tokens[at].text)]
            at = (plain or calls)[0]
            return at, self._next(at)
        unknown = [at for at in self.names if not is_annotation(self.tokens[at].text)]
        # `u64 __foo;`: of two plain names the last is declared; a single one is a type when
        # another name, known as no annotation, follows it.
        if plain and (len(plain) > 1 or self._typed_without_names() or plain == unknown):
            return (plain[-1], -1) if self._declares(plain) else (-1, -1)
        return (unknown[-1], -1) if unknown else (-1, -1)

    def _typed_without_names(self) -> bool:
        return self.aggregate >= 0 or any(t.text in (TYPE_WORDS | TYPEOF) for t in self.tokens)

    def _declares(self, plain: list[int]) -> bool:
        return len(plain) > 1 or self._typed_without_names()

    def _inside_pointer(self) -> tuple[int, int]:
        """Read `(*name)(..)`, `(*name(params))(..)`, `(*(*name)(..))(..)` and `(name)(..)`."""
        end = matching(self.tokens, self.pointer)
        found, pointed = -1, False
        at = self._next(self.pointer)
        while at < end and (found < 0 or self.tokens[at].text not in {"(", "[", ")"}):
            token = self.tokens[at]
            pointed |= token.text in {"*", "^"}
            if token.text in ATTRIBUTES or is_annotation(token.text):
                following = self._next(at)
                at = matching(self.tokens, following) if self._text(following) == "(" else at
            elif token.kind is Kind.IDENT and token.text not in QUALIFIERS:
                found = at
            at = self._next(at)
        if found >= 0 and self._text(at) == "(":
            return found, at
        behind = self._next(at)
        function = found >= 0 and not pointed and self._text(behind) == "("
        return found, behind if function else -1
