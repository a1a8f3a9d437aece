"""What stands in front of a function's name: its type, and what a wrapper of it keeps beside that.

A wrapper keeps what says how it is called and where it lies: calling convention, section. It leaves
out what a function promises of itself, such as `noreturn`: the other backend's need not keep that.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from vtsplit.cst.heads.annotations import INLINE, QUALIFIERS, STORAGE
from vtsplit.cst.heads.declarator import Head, read_head, standard_attribute, standard_attributes
from vtsplit.cst.heads.macro_types import macro_types
from vtsplit.cst.heads.skeleton import declarator_end, is_masked, marked_words, through_arguments
from vtsplit.cst.lexer import TRIVIA, Kind, code_tokens, lex
from vtsplit.cst.spans import listed

# GCC's attributes that make another type of a function's, or say where its code lies.
_KEPT = frozenset(
    "cdecl stdcall fastcall thiscall vectorcall regparm sseregparm ms_abi sysv_abi pcs "
    "aarch64_vector_pcs nocf_check target vector_size mode address_space noderef btf_type_tag "
    "section no_instrument_function context".split()
)
# Words of C and Linux's macros for attributes that are not kept.
_PROMISES = frozenset(
    "_Noreturn noreturn __extension__ noinline noinline_for_stack nokprobe_inline mustcheck "
    "__noreturn __must_check __cold __hot __pure __malloc __visible __weak __used __unused "
    "__maybe_unused __always_unused __deprecated __noclone __flatten __attribute_const__ "
    "__attribute_pure__ __gnu_inline __alloc_size __assume_aligned __printf __scanf __nonnull "
    "__naked __diagnose_as".split()
)
_GNU = ("__attribute__", "__attribute")
_OF_COMPILER = frozenset({"__declspec", "asm", "__asm__", "__asm", "_Alignas", "alignas"})
_NO_TYPE = frozenset({"_Noreturn", "__extension__"})
_BRACKETS = re.compile(r"(.*?\(\s*\(|\[\s*\[)(.*)(\)\s*\)|\]\s*\])", re.DOTALL)


@dataclass(frozen=True)
class Specifier:
    """One of a head's specifiers as it is written, a macro or an attribute with its arguments."""

    text: str
    word: str
    is_type: bool


def specifiers(head: Head) -> Iterator[Specifier]:
    """Yield what stands in front of a function's name, stars included.

    >>> found = specifiers(read_head("static char *__attribute__((cold)) f(void)"))
    >>> [(one.text, one.is_type) for one in found]
    [('static', False), ('char', True), ('*', True), ('__attribute__((cold))', False)]
    """
    tokens, end = head.tokens, declarator_end(head)
    marks, standard, made = marked_words(head), standard_attributes(tokens), macro_types(head)
    at = 0
    while at < head.name_index:
        token, last, is_type = tokens[at], at, True
        if token.kind in TRIVIA or token.kind is Kind.DIRECTIVE:
            at += 1
            continue
        if at in standard:
            last, is_type = standard_attribute(tokens, at), False
        elif at in made:
            last = made[at]
        elif at in marks or token.text in _NO_TYPE or is_masked(token, head, at, end):
            last, is_type = through_arguments(tokens, at), False
        text = "".join(one.text for one in tokens[at : last + 1] if one.kind is not Kind.COMMENT)
        yield Specifier(" ".join(text.split()), token.text, is_type)
        at = last + 1


def return_type(head: Head) -> str:
    """Return a function's return type as it is written, without linkage and annotations.

    Qualifiers of `void` say nothing (C11 6.7.3p5).

    >>> return_type(read_head("static __init const char *name(void)"))
    'const char *'
    >>> return_type(read_head("__attribute__((noreturn)) static volatile void stop(void)"))
    'void'
    """
    text = ""
    for one in specifiers(head):
        if one.is_type:
            text += one.text if one.text == "*" and text.endswith("*") else f" {one.text}"
    words = [word for word in text.split() if word not in QUALIFIERS]
    return "void" if words == ["void"] else text.strip()


def kept_specifiers(head: Head, dropped: Collection[str] = ()) -> list[str]:
    """Return what a wrapper has in front of its name; `dropped` are macros that it leaves out.

    >>> kept_specifiers(read_head("static __attribute__((cold, regparm(1))) int __init f(void)"))
    ['__attribute__((regparm(1)))', 'int', '__init']
    """
    kept = []
    for one in specifiers(head):
        if one.is_type:
            kept.append(one.text)
        elif one.word in _GNU or one.word == "[":
            kept += _kept_of(one.text)
        elif not (one.word in STORAGE | INLINE | _PROMISES | _OF_COMPILER or one.word in dropped):
            kept.append(one.text)
    return kept


def keeps_nothing(text: str) -> bool:
    """Tell whether a wrapper leaves out all of some specifiers: a macro's body.

    >>> keeps_nothing("__attribute__((noreturn)) _Noreturn"), keeps_nothing("const")
    (True, False)
    """
    return kept_specifiers(read_head(f"{text} int f(void)")) == ["int"]


def _kept_of(attribute: str) -> list[str]:
    """Return an attribute with those of its parts that a wrapper keeps, as they are written."""
    found = _BRACKETS.fullmatch(attribute)
    if not found:
        return []
    front, inner, behind = found.groups()
    parts = ["".join(token.text for token in part).strip() for part in listed(lex(inner))]
    kept = [part for part in parts if _name(part) in _KEPT]
    if not kept:
        return []
    return [attribute if kept == parts else f"{front}{', '.join(kept)}{behind}"]


def _name(attribute: str) -> str:
    """Return the name of an attribute: `gnu::__cold__` and `cold` are one."""
    words = [token.text for token in code_tokens(lex(attribute)) if token.kind is Kind.IDENT]
    at = 1 if "::" in attribute.partition("(")[0].replace(" ", "") else 0
    return words[at].strip("_") if len(words) > at else ""
