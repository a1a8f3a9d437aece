"""Functions whose result a caller has to use: the compiler warns where it is dropped."""

from collections.abc import Iterator

from vtsplit.cst.heads.annotations import program_words
from vtsplit.cst.heads.declarator import Head
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile

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
