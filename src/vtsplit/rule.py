"""A rule: one cause of a refusal, or of a finding of lint, with all that vtsplit says about it.

A rule's value stands beside the check that raises it. `registry` lists them all: the documents, the
command `explain` and the tests are made from that list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vtsplit.example_trees import LAMP


@dataclass(frozen=True)
class Example:
    """A small tree that raises a rule, and the command that does so in it.

    `files` is what differs from `base`; None takes a file away. With `fixed` in the tree too,
    the command succeeds.
    """

    files: Mapping[str, str | None] = field(default_factory=dict)
    spec: str | None = None
    command: str = "vtsplit split"
    base: Mapping[str, str] = field(default_factory=lambda: LAMP)
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> dict[str, str]:
        """Return the files that make the example, by path: those that the base has otherwise."""
        stated = {} if self.spec is None else {"vtsplit.toml": self.spec}
        every = {**self.files, **stated}
        return {path: text for path, text in every.items() if text is not None}

    @property
    def tree(self) -> dict[str, str]:
        """Return all files, by path."""
        removed = {path for path, text in self.files.items() if text is None}
        kept = {path: text for path, text in self.base.items() if path not in removed}
        return {**kept, **self.shown}


@dataclass(frozen=True, order=True)
class Rule:
    """One cause: a stable code, and a slug that tells causes of one code apart.

    `why` says why it is unsafe, or what is wrong; `advice` what to do. `example` is a tree that
    raises it, or says in words when it comes up, where files alone cannot show that.
    """

    code: str
    slug: str
    title: str = field(compare=False)
    why: str = field(compare=False)
    advice: str = field(compare=False)
    example: Example | str = field(compare=False)

    @property
    def name(self) -> str:
        """Return code and slug, as `vtsplit explain` takes them.

        >>> Rule("VT010", "missing-file", "", "", "", "").name
        'VT010/missing-file'
        """
        return f"{self.code}/{self.slug}"
