"""Macros that say where they stand, and so mean something else in another file or line."""

from collections.abc import Iterable

# C11 6.10.8.1p1, and GNU C's (its preprocessor's manual, 3.7.2).
_PLACE_WORDS = frozenset(
    {
        "__LINE__",
        "__FILE__",
        "__FILE_NAME__",
        "__BASE_FILE__",
        "__COUNTER__",
        "__INCLUDE_LEVEL__",
        "__TIMESTAMP__",
    }
)


def place_words(texts: Iterable[str]) -> list[str]:
    """Return those of the tokens that say where they stand, each once.

    >>> place_words([".line", "=", "__LINE__", ",", "__LINE__"])
    ['__LINE__']
    """
    return [text for text in dict.fromkeys(texts) if text in _PLACE_WORDS]
