"""The places where a thing names something: identifiers of its code, and words of its assembly."""

import re
from collections.abc import Set
from functools import lru_cache

from vtsplit.cst.directives import Macro
from vtsplit.cst.lexer import Kind, lex, lex_line
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.meaning.occurrences import Meaning, Occurrence, find_occurrences
from vtsplit.cst.parser import parse_module
from vtsplit.verify.tokens.program import words

# What names the object itself, or may do so.
USES = frozenset({Meaning.CODE, Meaning.SHOWN, Meaning.MIXED, Meaning.PASTED})
# What makes a symbol's name of a string (GCC manual, 6.33 and 6.47).
_SYMBOLIC = re.compile(
    r"(?<![\w$])_*(?:asm_*(?![\w$]|/\w)|(?:alias|weakref|ifunc|symver|Pragma)_*\s*\()"
    r"|#\s*pragma\b"
)
# Any text in which the above is found, comments or not; the folder of `<asm/a.h>` is no such word.
_PERHAPS_SYMBOLIC = re.compile(
    r"(?<![\w$])_*(?:asm_*(?![\w$]|/\w)|alias|weakref|ifunc|symver|Pragma)|pragma"
)
_ESCAPE = re.compile(r"\\.")
_OPERAND = re.compile(r"%\w?\[\w+\]")  # of asm, by its own name
_NOT_TYPES = r"(?!(?:return|else|case|goto|do|sizeof)\b)"


def no_macros(name: str) -> Macro | None:
    """Know no macro."""
    return None


def find_names(text: str, names: Set[str], macro_of: MacroOf = no_macros) -> tuple[Occurrence, ...]:
    """Return where the code of a thing has names; comments say nothing.

    A local `extern` declaration names what stands at file scope (C11 6.2.2p4).

    >>> code = "int g(void) { extern int f(void); /* f */ return f(); }"
    >>> [one.meaning.value for one in find_names(code, {"f"})]
    ['code', 'code']
    """
    there = words(text) & names
    return _find_names(text, there, macro_of) if there else ()


# Most texts are the same before and after, and in each of several comparisons.
@lru_cache(maxsize=1 << 14)
def _find_names(text: str, names: frozenset[str], macro_of: MacroOf) -> tuple[Occurrence, ...]:
    plain = without_comments(text)
    every: list[Occurrence] = []
    for item in parse_module(plain).items:
        for found in find_occurrences(item, names, macro_of):
            if found.meaning is Meaning.COMMENT:
                continue
            if found.meaning is Meaning.SHADOWED and _is_declared_inside(plain, found.name):
                found = Occurrence(found.name, found.offset, Meaning.CODE)
            every.append(found)
    return tuple(every)


@lru_cache(maxsize=1 << 12)
def without_comments(text: str) -> str:
    """Return a text with a blank for each comment."""
    if "/*" not in text and "//" not in text:
        return text
    pieces = []
    for kind, piece in lex(text):
        if kind is Kind.DIRECTIVE:
            inner = lex_line(piece)
            pieces += [" " if token.kind is Kind.COMMENT else token.text for token in inner]
        else:
            pieces.append(" " if kind is Kind.COMMENT else piece)
    return "".join(pieces)


def _is_declared_inside(text: str, name: str) -> bool:
    body = text[text.find("{") :]
    word = re.escape(name)
    outside = re.search(rf"\bextern\b[^;{{}}=]*(?<![\w$]){word}(?![\w$])", body)
    prototype = re.search(
        rf"[;{{}}]\s*{_NOT_TYPES}[A-Za-z_][\w$\s*]*[\s*]{word}\s*\([^;{{}}]*\)\s*(?:;|,|__a)", body
    )
    return bool(outside or prototype)


# A header is asked for by each file that includes it.
@lru_cache(maxsize=1 << 14)
def is_symbolic(text: str) -> bool:
    """Tell code that may make a symbol's name of a string."""
    # To take comments out takes time, and hardly any text has one of the words.
    perhaps = _PERHAPS_SYMBOLIC.search(text) is not None
    return perhaps and _SYMBOLIC.search(without_comments(text)) is not None


@lru_cache(maxsize=1 << 14)
def string_words(text: str) -> frozenset[str]:
    """Return the words of a text's strings, as the assembler would read them.

    >>> sorted(string_words('asm("call f", "%[g]"); // "h"'))
    ['call', 'f']
    """
    found: set[str] = set()
    for kind, piece in lex(without_comments(text)):
        tokens = lex_line(piece) if kind is Kind.DIRECTIVE else ((kind, piece),)
        for one, string in tokens:
            if one is Kind.STRING:
                found |= words(_ESCAPE.sub(" ", _OPERAND.sub(" ", string)))
    return frozenset(found)


def symbolic_words(text: str) -> frozenset[str]:
    """Return the words of strings that may be names for the assembler or the linker.

    >>> sorted(symbolic_words('asm("call f");')), sorted(symbolic_words('char *a = "f";'))
    (['call', 'f'], [])
    """
    return string_words(text) if is_symbolic(text) else frozenset()
