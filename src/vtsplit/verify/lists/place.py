"""One place of a build file that names a source or its object."""

from collections.abc import Callable, Hashable
from typing import NamedTuple

from vtsplit.verify.lists.branches import Branches

Read = Callable[[str], str | None]


class LinkPlace(NamedTuple):
    """A place that compiles or links a file: file, line, and how the list is called.

    `key` is equal for two places by which files become part of the same thing, whatever conditions
    these stand under. `family` is equal where only what is asked for parts them: `when: 'CONFIG_X'`
    is part of a key.
    """

    path: str
    line: int
    name: str
    key: Hashable
    family: Hashable
    branches: Branches
