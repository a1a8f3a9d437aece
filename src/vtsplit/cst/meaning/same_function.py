"""Whether two texts of a function do the same.

A function that a person has written differs from a made one in ways that change nothing: comments,
the order of specifiers, braces round one statement, the names of parameters and results. Each of
these is one rule here, and each rule says under which condition it holds. Everything else has to be
equal, token by token.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from vtsplit.cst.directives import Macro
from vtsplit.cst.heads.annotations import (
    AGGREGATES,
    INLINE,
    KEYWORDS,
    QUALIFIERS,
    STORAGE,
    TYPE_WORDS,
    is_annotation,
    program_words,
)
from vtsplit.cst.heads.declarator import Head, head_of, read_head
from vtsplit.cst.lexer import Kind, Token, code_tokens, lex
from vtsplit.cst.meaning.same_macros import are_hygienic, are_statements, reached
from vtsplit.cst.meaning.statements_alike import braced
from vtsplit.cst.spans import last_of, nested

MacrosByName = Callable[[Collection[str]], Mapping[str, Sequence[Macro]]]
# What follows these is in a name space of its own (C11 6.2.3).
_APART = frozenset({".", "->"}) | AGGREGATES
_SPECIFIERS = STORAGE | INLINE | QUALIFIERS | TYPE_WORDS
_NUMBER_TYPE = re.compile(r"[us](?:8|16|32|64)|s?size_t")
# With these a word may be a label or a member that looks like a variable.
_OTHER_NAMES = frozenset({"goto", "offsetof", "__builtin_offsetof"})


def same_function(one: str, other: str, macros_of: MacrosByName | None = None) -> bool:
    r"""Tell whether two function definitions do the same.

    White space, comments and the order of specifiers (C11 6.7p1) never count. Two rules ask
    which macros the functions use, by `macros_of`, and are not applied without it: the form of
    statements (`statements_alike`), and the names of parameters and of one result variable (C11
    6.2.1p4).

    >>> known = lambda names: {}
    >>> made = "static int __init f(int a)\n{\n\tint r;\n\n\tr = g(a);\n\treturn r;\n}"
    >>> same_function(made, "static __init int f(int a) /* why */ {int r; r = g(a); return r;}")
    True
    >>> renamed = made.replace("r;", "ret;").replace("r =", "ret =")
    >>> same_function(made, renamed), same_function(made, renamed, known)
    (False, True)
    >>> same_function(made, made.replace("g(a)", "g(0)"), known)
    False
    >>> same_function("void f(int a) { if (a) return g(); h(); }",
    ...               "void f(int b) { if (b) { g(); return; } h(); return; }", known)
    True
    """
    ours, theirs = bare(one), bare(other)
    if _texts(ours) == _texts(theirs):
        return True
    if macros_of is None or any(t.kind is Kind.DIRECTIVE for t in (*ours, *theirs)):
        return False
    mine, yours = _with_braces(ours, ()) or (), _with_braces(theirs, ()) or ()
    as_written = _same_but_for_names(ours, theirs, {})
    with_braces = bool(mine and yours) and _same_but_for_names(mine, yours, {})
    if not as_written and not with_braces:
        return False  # whatever the macros are: to look for them is what takes time
    macros = reached(program_words((*ours, *theirs)), macros_of)
    if as_written:
        return _same_but_for_names(ours, theirs, macros)
    if not are_statements(macros):
        return False
    mine, yours = _with_braces(ours, macros) or (), _with_braces(theirs, macros) or ()
    return _same_but_for_names(mine, yours, macros)


def bare(text: str) -> tuple[Token, ...]:
    """Return a function's tokens without comments and blanks, its specifiers in a fixed order.

    >>> " ".join(token.text for token in bare("int static f(void) /* none */ { }"))
    'int static f ( void ) { }'
    """
    tokens = tuple(code_tokens(lex(text)))
    head = _head(tokens)
    count = _sortable(head)
    return (*sorted(tokens[:count], key=lambda token: token.text), *tokens[count:])


def _head(tokens: tuple[Token, ...]) -> Head:
    opening = next((at for at, t in enumerate(tokens) if t.text == "{"), len(tokens))
    return head_of(tokens[:opening])


def _sortable(head: Head) -> int:
    """Return how many specifiers from the first on may stand in any order.

    There is none if one of them is not known to be a word of its own: a tag belongs to its keyword,
    and a macro may be anything. One word may be a typedef's name, if nothing qualifies it.
    """
    unknown = 0
    if any(token.text in QUALIFIERS for token in head.tokens[: max(head.name_index, 0)]):
        unknown = 1
    for at, token in enumerate(head.tokens[: max(head.name_index, 0)]):
        if token.text == "*":
            return at
        unknown += token.text not in _SPECIFIERS and not is_annotation(token.text)
        if token.kind is not Kind.IDENT or token.text in AGGREGATES or unknown > 1:
            return 0
    return max(head.name_index, 0)


def _with_braces(tokens: tuple[Token, ...], macros: Collection[str]) -> tuple[Token, ...] | None:
    """Return the function with braces round each statement of an `if`; None if it is not read."""
    head = _head(tokens)
    start = len(head.tokens)
    words = {t.text for t in tokens[: max(head.name_index, 0)] if not is_annotation(t.text)}
    body = braced(tokens[start:], words - STORAGE - INLINE == {"void"}, macros)
    return None if body is None else (*tokens[:start], *body)


def _same_but_for_names(
    ours: Sequence[Token], theirs: Sequence[Token], macros: Mapping[str, Sequence[Macro]]
) -> bool:
    """Tell whether the tokens are equal when each renamed local is put for the other.

    The names of both sides have to correspond one to one, so that none is captured: then every
    scope of the one is a scope of the other.
    """
    if len(ours) != len(theirs):
        return False
    there: dict[str, str] = {}
    back: dict[str, str] = {}
    for at, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        apart = at and ours[at - 1].text in _APART
        if a.kind is not Kind.IDENT or b.kind is not Kind.IDENT or apart or _is_word(a, b):
            if a != b:
                return False
        elif (there.setdefault(a.text, b.text), back.setdefault(b.text, a.text)) != (
            b.text,
            a.text,
        ):
            return False
    renamed = {(a, b) for a, b in there.items() if a != b}
    if not renamed:
        return True
    mine, yours = _locals(ours), _locals(theirs)
    return all(a in mine and b in yours for a, b in renamed) and are_hygienic(
        macros, {name for pair in renamed for name in pair}
    )


def _is_word(a: Token, b: Token) -> bool:
    return a.text in KEYWORDS or b.text in KEYWORDS


def _locals(tokens: Sequence[Token]) -> set[str]:
    """Return the parameters, and variables that the body declares before it uses them.

    A name that is also a type's or a label's is left out.
    """
    head = _head(tuple(tokens))
    body = tokens[len(head.tokens) :]
    words = [token.text for token in tokens]
    if _OTHER_NAMES & {*words}:
        return set()
    outside = Counter(b.text for a, b in pairwise(head.tokens) if a.text not in AGGREGATES)
    found = {name for name in _parameters(head) if outside[name] == 1}
    found |= {name for name in _variables(body) if not outside[name]}
    return found


def _parameters(head: Head) -> Iterator[str]:
    if not head.is_function or head.is_old_style:
        return
    start = at = head.open_paren + 1
    while at <= head.close_paren:
        token = head.tokens[at]
        if token.text == "," or at == head.close_paren:
            yield read_head(" ".join(t.text for t in head.tokens[start:at]) + ";").name
            start = at + 1
        at = last_of(head.tokens, at) + 1


def _variables(body: Sequence[Token]) -> Iterator[str]:
    """Yield what statements of the body's own block declare, `int r;`, and nothing uses before."""
    seen: set[str] = set()
    start = 0
    for at, (token, depth) in enumerate(nested(body)):
        if depth == 1 and token.text in {";", "="}:
            words = [t.text for t in body[start:at]]
            name = words[-1] if words else ""
            is_typed = len(words) > 1 and all(map(_is_type, words[:-1]))
            if is_typed and name not in seen:
                yield name
        if token.text in {";", "{", "}"}:
            seen |= program_words(body[start:at])
            start = at + 1


def _is_type(word: str) -> bool:
    return word in TYPE_WORDS or bool(_NUMBER_TYPE.fullmatch(word))


def _texts(tokens: Iterable[Token]) -> list[str]:
    return [token.text for token in tokens]
