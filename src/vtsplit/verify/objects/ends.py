"""Pointers one past the end of an object (C11 6.5.6p8), where the next object may begin.

For what is static, a relocation says only a place in a section. Which of the two objects is meant
is told by the names that the initializer has.
"""

from collections.abc import Mapping
from dataclasses import replace

from vtsplit.verify.objects.line_names import plain_name
from vtsplit.verify.objects.objects import Content, ObjectFile, TableRelocation

Words = frozenset[str]


def with_meant_ends(one: ObjectFile, texts: Mapping[str, Words]) -> ObjectFile:
    """Decide what an object's tables refer to where an end may be meant.

    `texts` are the words of each definition of its file. What has no name in the program, as a
    compound literal, may stand in any of them.
    """
    every = frozenset[str]().union(*texts.values())

    def content(name: str, was: Content) -> Content:
        words = texts.get(plain_name(name), every)
        references = (_decided(reference, words, texts) for reference in was.references)
        return replace(was, references=tuple(references))

    contents = {name: content(name, was) for name, was in one.contents.items()}
    return replace(one, contents=contents)


def _decided(was: TableRelocation, words: Words, texts: Mapping[str, Words]) -> TableRelocation:
    """Return a reference with what the words name; what is no name of the file stays as well."""
    ends = frozenset(end for end in was.ends if plain_name(end[0]) in words)
    if not ends:
        return replace(was, ends=ends)
    names = (
        name for name in was.names if (plain := plain_name(name)) in words or plain not in texts
    )
    return replace(was, names=frozenset(names), ends=ends)
