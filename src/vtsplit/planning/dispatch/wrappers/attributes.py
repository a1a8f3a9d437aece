"""What attributes and macros for them in a backend's function mean for a wrapper of it."""

from collections.abc import Iterator

from vtsplit.codemods.dispatch.specifiers import keeps_nothing, specifiers
from vtsplit.cst.heads.annotations import is_annotation, program_words
from vtsplit.cst.heads.declarator import Head
from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile

_MOST = 8  # macros of macros that are looked through
# Linux's include/linux/compiler_attributes.h, GCC's attribute behind it, C23 6.7.13.3.
_WORDS = frozenset(
    {"__must_check", "warn_unused_result", "__warn_unused_result__", "nodiscard", "__nodiscard__"}
)


def must_check(name: str, around: Surroundings) -> bool:
    """Tell whether any declaration of a function says that its result has to be used.

    Macros are looked through once: `#define USE_IT __attribute__((warn_unused_result))`.
    """
    files = [around.source, around.backend, around.header, around.backend_header, around.main]
    having = [file for file in files if file is not None]
    having += around.files.readable(sorted(around.declaring(name)))
    heads = [head for file in having for head in _heads(file, name)]
    words = {word for head in heads for word in program_words(head.tokens)}
    if words & _WORDS:
        return True
    around.look_up(sorted(words))
    return any(
        token.text in _WORDS
        for word in words
        for file in (*having, *around.files.readable(sorted(around.declaring(word))))
        for macro in file.definitions.macros(word)
        for token in macro.body
    )


def _heads(file: CFile, name: str) -> Iterator[Head]:
    for definition in file.definitions.of(name, Sort.FUNCTION, Sort.PROTOTYPE):
        if isinstance(definition.item, FunctionDef | Declaration):
            yield definition.item.head


def promises(head: Head, around: Surroundings) -> frozenset[str]:
    """Return the macros in front of a function's name that a wrapper leaves out.

    They stand for attributes that it does not keep: `#define STOPS __attribute__((noreturn))`.
    What a known annotation such as `__init` is for, its name tells: a tree may define it otherwise.
    """
    words = {one.word for one in specifiers(head) if not one.is_type}
    words = {word for word in words if not is_annotation(word)}
    return frozenset(word for word in words if _is_promise(word, around))


def _is_promise(word: str, around: Surroundings) -> bool:
    """Tell a macro that is defined, not always as empty, and has nothing to keep."""
    bodies = _bodies(word, around, 0)
    return any(bodies) and all(map(keeps_nothing, bodies))


def _bodies(word: str, around: Surroundings, depth: int) -> list[str]:
    """Return what a macro stands for, by each of its definitions, with macros in it replaced."""
    macros = [*around.macros(word), *around.source.definitions.macros(word)]
    if depth > _MOST:
        return [word]
    bodies = []
    for macro in macros:
        body = ""
        for token in macro.body:
            found = _bodies(token.text, around, depth + 1) if token.kind is Kind.IDENT else []
            text = found[0] if found else token.text
            body += f" {text}" if token.kind is Kind.IDENT else text
        bodies.append(body.strip())
    return bodies
