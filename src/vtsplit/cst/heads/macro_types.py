"""Types that look like macros, and macros that make types: `HRESULT`, `STACK_OF(x)`, `IN(int, a)`.

No preprocessing has run. Which of several words in capitals is the type is told by their order;
that a macro's call makes a type, by its standing where nothing but a type can stand.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from vtsplit.cst.heads.annotations import (
    ATTRIBUTES,
    INLINE,
    KEYWORDS,
    QUALIFIERS,
    STORAGE,
    is_annotation,
    is_annotation_call,
    may_annotate,
)
from vtsplit.cst.heads.declarator import Head, standard_attributes
from vtsplit.cst.lexer import TRIVIA, Kind, Token, code_tokens
from vtsplit.cst.spans import matching, nested

_KEPT = 4096  # so many heads are remembered
# What stands in front of a type and says how the name is linked.
_LINKAGE = re.compile(
    r"(?:\w*_)?(?:STATIC|INLINE|EXTERN|EXPORT|IMPORT|PUBLIC|PRIVATE|LOCAL|GLOBAL|HIDDEN|VISIBLE|"
    r"INTERNAL|UNUSED|DEPRECATED|NORETURN|API|ATTR\w*)(?:_\w*)?"
)


@lru_cache(maxsize=_KEPT)
def code_of(head: Head) -> tuple[int, ...]:
    """Return the indices of the tokens of a head that are code: no `[[...]]`, no directives.

    An initializer is left out.
    """
    tokens, end, offset = head.tokens, 0, 0
    stop = head.initializer
    while end < len(tokens) and (stop is None or offset < stop):
        offset += len(tokens[end].text)
        end += 1
    standard = standard_attributes(tokens[:end])
    return tuple(
        at
        for at, token in enumerate(tokens[:end])
        if token.kind not in TRIVIA and token.kind is not Kind.DIRECTIVE and at not in standard
    )


@lru_cache(maxsize=_KEPT)
def type_in_capitals(head: Head) -> int:
    """Return the index of the word in capitals that is the head's type, -1 if it has another.

    The first such word is, but for one that speaks of linkage and has another behind it.

    >>> from vtsplit.cst.heads.declarator import read_head
    >>> def word(text):
    ...     head = read_head(text)
    ...     return head.tokens[type_in_capitals(head)].text if type_in_capitals(head) >= 0 else ""
    >>> [word(f"static {text}(void)") for text in ("HRESULT FOOAPI f", "LOCAL UINT f", "INI int f")]
    ['HRESULT', 'UINT', '']
    """
    found: list[int] = []
    last = -1
    code = [at for at in code_of(head) if at < head.name_index]
    conventions = convention_words(head)
    for place, at in enumerate(code):
        word = head.tokens[at].text
        following = head.tokens[code[place + 1]].text if place + 1 < len(code) else ""
        if at <= last or head.tokens[at].kind is not Kind.IDENT:
            continue
        inner = head.tokens[code[place + 2]].text if place + 2 < len(code) else ""
        pointer = inner in {"*", "^"} or not conventions.isdisjoint(code[place + 2 : place + 3])
        called = following == "(" and not pointer
        if called and (word in ATTRIBUTES or may_annotate(word)):
            last = matching(head.tokens, code[place + 1])
        elif may_annotate(word):
            found += [] if is_annotation(word) or at in conventions else [at]
        elif word not in STORAGE and word not in INLINE and word not in QUALIFIERS:
            return -1
    if macro_types(head, specifiers_only=True):
        return -1
    likely = [at for at in found if not _LINKAGE.fullmatch(head.tokens[at].text)]
    return (likely or found[-1:] or [-1])[0]


@lru_cache(maxsize=_KEPT)
def macro_types(head: Head, specifiers_only: bool = False) -> dict[int, int]:
    """Return where calls of macros begin and end that stand for a type, or a whole parameter.

    >>> from vtsplit.cst.heads.declarator import read_head
    >>> def calls(text):
    ...     tokens = read_head(text).tokens
    ...     found = macro_types(read_head(text)).items()
    ...     return ["".join(t.text for t in tokens[at : end + 1]) for at, end in found]
    >>> calls("static STACK_OF(foo) *f(VEC(bar, heap) *p, const IN_ARG(int, a), NONE(int))")
    ['STACK_OF(foo)', 'VEC(bar, heap)', 'IN_ARG(int, a)', 'NONE(int)']
    >>> calls("int f(foo_t (*cb)(int), int g(void), void (*h)(T), typeof(int) a) __printf(1, 2)")
    []
    """
    code = code_of(head)
    found: dict[int, int] = {}
    last = -1
    for place, at in enumerate(code):
        in_list = head.open_paren < at < head.close_paren and not specifiers_only
        if at <= last or not (at < head.name_index or in_list):
            continue
        word = head.tokens[at].text
        called = place + 1 < len(code) and head.tokens[code[place + 1]].text == "("
        if called and (word in ATTRIBUTES or is_annotation_call(word)):
            last = matching(head.tokens, code[place + 1])
        elif called and (end := _call_of_type(head, code, place)) >= 0:
            found[at] = last = end
    return found


@lru_cache(maxsize=_KEPT)
def convention_words(head: Head) -> frozenset[int]:
    """Return the indices of words that stand with a pointer's star: `int (FOOAPI *name)(int)`."""
    code, tokens = code_of(head), head.tokens
    found = set()
    for before, at, behind in zip(code, code[1:], code[2:], strict=False):
        word = tokens[at].kind is Kind.IDENT and may_annotate(tokens[at].text)
        if word and tokens[before].text == "(" and tokens[behind].text == "*":
            closing = matching(tokens, before)
            following = next((tokens[i].text for i in code if i > closing), "")
            found |= {at} if following == "(" else set()
    return frozenset(found)


def _call_of_type(head: Head, code: tuple[int, ...], place: int) -> int:
    """Return where the call of a macro ends that makes a type; -1 if none starts here."""
    tokens, at = head.tokens, code[place]
    if tokens[at].kind is not Kind.IDENT or tokens[at].text in KEYWORDS:
        return -1
    inner = tokens[code[place + 2]].text if place + 2 < len(code) else ""
    if inner in {"*", "^", ")"}:
        return -1  # `foo_t (*name)`, `f()`
    end = matching(tokens, code[place + 1])
    behind = [i for i in code if i > end and tokens[i].text not in QUALIFIERS][:2]
    texts = [tokens[i].text for i in behind] + ["", ""]
    before = _before(head, code, place)
    if at < head.name_index:
        is_type = texts[0] == "*" or behind[:1] == [head.name_index]
        return end if is_type and not before and may_annotate(tokens[at].text) else -1
    is_type = texts[0] in {"*", ",", ")", "["} or (
        # `LIST(x) name`, and not `ATTRIBUTE(x) int name`.
        tokens[behind[0]].kind is Kind.IDENT and texts[1] in {",", ")", "["} if behind else False
    )
    return end if is_type and before in {"(", ","} else -1


@lru_cache(maxsize=_KEPT)
def trailing_words(head: Head) -> frozenset[int]:
    """Return the indices of words behind an object's declarator: `int a FOO_UNUSED = 1;`."""
    found = set()
    code = code_of(head) if not head.is_function else ()
    words = nested(head.tokens[at] for at in code)
    for at, (token, depth) in zip(code, words, strict=True):
        if at > head.name_index >= 0 and not depth:
            if token.text in {"=", ";", ","}:
                break
            found |= {at} if token.kind is Kind.IDENT else set()
    return frozenset(found)


@lru_cache(maxsize=_KEPT)
def list_macro(head: Head) -> frozenset[int]:
    """Return where a macro and its parentheses stand that have a parameter list: `f P((int a))`."""
    if not head.is_function:
        return frozenset()
    code = [at for at in code_of(head) if head.name_index < at <= head.open_paren]
    if len(code) != 3 or head.tokens[code[0]].kind is not Kind.IDENT:
        return frozenset()
    return frozenset({code[0], code[1], matching(head.tokens, code[1])})


def made_name(call: Sequence[Token]) -> str:
    """Return a name that stands for a macro's call, of the same length."""
    return re.sub(r"\W", "_", "".join(token.text for token in call))


def calls_by_name(head: Head) -> dict[str, tuple[Token, ...]]:
    """Return by such names what they stand for, white space and comments left out."""
    found = {}
    for first, last in macro_types(head).items():
        call = head.tokens[first : last + 1]
        found[made_name(call)] = tuple(code_tokens(call))
    return found


def _before(head: Head, code: tuple[int, ...], place: int) -> str:
    """Return what stands in front of a word, qualifiers and the like left out."""
    skipped = STORAGE | INLINE | QUALIFIERS
    at = place - 1
    while at >= 0 and head.tokens[code[at]].text in skipped:
        at -= 1
    return head.tokens[code[at]].text if at >= 0 else ""
