"""A word alone on its line at file scope: a macro that is a statement, or one that annotates.

`G_BEGIN_DECLS` and `DIAG_OFF` stand for themselves, `STATIC` and `EXPORT` belong to the function
below. What the file itself defines the macro as decides; else its name and its place do.
"""

import re
from functools import lru_cache

from vtsplit.cst.directives import Macro, read_macro
from vtsplit.cst.heads.annotations import KEYWORDS, is_annotation
from vtsplit.cst.lexer import COMMENT, IDENT, SPLICE

_LINE_OF_WORDS = re.compile(
    rf"{IDENT}(?=((?:[ \t\f\v]+{IDENT}){{0,3}})(?:[ \t\f\v]|{COMMENT})*(?:\r?\n|\Z))"
)
_BETWEEN = re.compile(rf"(?:[ \t\f\v\r\n]+|{SPLICE}|{COMMENT})*", re.MULTILINE)
_BLANK_LINE = re.compile(r"\r?\n[ \t\f\v]*(?=\r?\n)")
_BEHIND_WORD = re.compile(rf"({IDENT})(?:[ \t\f\v\r\n]|{COMMENT})*(.|\Z)")
_DEFINE = re.compile(
    rf"^[ \t]*#[ \t]*define[ \t]+({IDENT})(?![\w$])(?:\\\r?\n|[^\n])*", re.MULTILINE
)
_ENDING_DIRECTIVE = re.compile(r"#[ \t]*(?!if)\w")
_PAIRED = frozenset(
    {"BEGIN", "END", "START", "STOP", "PUSH", "POP", "ON", "OFF", "ENABLE", "DISABLE"}
    | {"SAVE", "RESTORE", "DECLS", "SUPPRESS"}
)
_MOST = 4  # macros that lead to another
_PRAGMAS = frozenset({"_Pragma", "__pragma"})


def lone_word(text: str, start: int) -> str:
    r"""Return the word at `start` if it is a macro that stands for itself, else "".

    >>> lone_word("G_END_DECLS\nint a;\n", 0), lone_word("STATIC\nint f(void);\n", 0)
    ('G_END_DECLS', '')
    >>> text = '#define QUIET _Pragma("once")\nQUIET\nint f(void);\n'
    >>> lone_word(text, text.index("\nQUIET") + 1)
    'QUIET'
    """
    found = _LINE_OF_WORDS.match(text, start)
    if found is None or found[0] in KEYWORDS or is_annotation(found[0]):
        return ""
    others = found[1].lstrip()
    if others and not lone_word(text, found.end() + len(found[1]) - len(others)):
        return ""
    word = found[0]
    known = _by_definition(text, word)
    if False in known:
        return ""
    if True in known:
        return word
    is_macro = len(word) > 1 and word == word.upper() and not word.isdigit()
    return word if is_macro and _is_set_apart(text, word, found.end()) else ""


def stands_alone(macro: Macro) -> bool | None:
    """Tell a macro that is a statement from one that annotates; None if it may be either.

    >>> made = [read_macro(f"#define A {body}") for body in ('extern "C" {', "static", "")]
    >>> [stands_alone(macro) for macro in made]
    [True, False, None]
    """
    words = [token.text for token in macro.body]
    if not words:
        return None
    if words[0] in _PRAGMAS or words[-1] in {";", "{", "}"}:
        return True
    is_told = any(word in KEYWORDS or is_annotation(word) for word in words)
    return False if is_told else None


def _by_definition(text: str, word: str, depth: int = 0) -> set[bool]:
    """Return what the definitions say that a file itself has of a word, or of what it leads to."""
    said: set[bool] = set()
    for macro in _macros(text, word):
        alone = stands_alone(macro)
        if alone is not None:
            said.add(alone)
        elif macro.body and depth < _MOST:
            said |= _by_definition(text, macro.body[0].text, depth + 1)
    return said


def _macros(text: str, word: str) -> list[Macro]:
    """Return what a file itself defines a word as."""
    return [macro for one in _defined_in(text).get(word, ()) if (macro := read_macro(one))]


@lru_cache(maxsize=4)
def _defined_in(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for match in _DEFINE.finditer(text):
        found.setdefault(match[1], []).append(match[0])
    return found


def _is_set_apart(text: str, word: str, end: int) -> bool:
    """Tell by name and place whether a word in capitals has nothing to do with what follows."""
    following = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]
    if following == len(text):
        return True
    is_apart = not _PAIRED.isdisjoint(word.split("_")) or bool(
        _BLANK_LINE.search(text, end, following)
    )
    if text[following] == "#":
        return is_apart or _ENDING_DIRECTIVE.match(text, following) is not None
    if text[following] == "}":
        return True
    behind = _BEHIND_WORD.match(text, following)
    if behind is None or not is_apart:
        return False
    # Where a name alone is declared, the word is its type: `BOOL`, and below it `open(void)`.
    is_plain = behind[1] not in KEYWORDS and not behind[1].startswith("__")
    return not (is_plain and behind[1] != behind[1].upper() and behind[2] in tuple("(;=[,"))
