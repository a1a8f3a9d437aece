"""What a comparison found, as data: the reports read nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from vtsplit.diagnostics import Problem, Site

PREPROCESSED = "preprocessed"
BY_TEXTS = "tokens with all #if branches"
NO_DISPATCH = "it has no [dispatch], and renames are derived from the commits"


class Answer(Enum):
    """The answer, with its exit code."""

    PROVED = 0
    DIFFERS = 1
    UNKNOWN = 2


def worst(answers: Iterable[Answer]) -> Answer:
    """Return the worst of some answers: a difference is worse than not to know.

    >>> worst([Answer.PROVED, Answer.DIFFERS, Answer.UNKNOWN])
    <Answer.DIFFERS: 1>
    """
    return max(answers, key=[Answer.PROVED, Answer.UNKNOWN, Answer.DIFFERS].index)


def not_used(file: str, why: str) -> str:
    """Say that a spec did not help to prove a commit.

    >>> not_used("vtsplit.toml", NO_DISPATCH)
    'vtsplit.toml was not used: it has no [dispatch], and renames are derived from the commits'
    """
    return f"{file} was not used: {why}"


@dataclass(frozen=True)
class ProvedSame:
    """One thing that is the same on both sides; `stage` is `tokens`, `objects` or `spec`.

    `spec` is a function that has the tokens that a spec makes.
    """

    what: str
    name: str
    stage: str = "tokens"


@dataclass(frozen=True)
class IntendedChange:
    """A change that is meant: made global, renamed, moved, declared, or one the caller named."""

    change: str
    name: str
    site: Site | None = None


@dataclass(frozen=True)
class Mismatch:
    """What is not the same: where on each side, and which tokens.

    `conditional`: it stands under pragmas or `#if` conditions on a side, or has some inside.
    """

    what: str
    name: str
    message: str
    before: Site | None = None
    after: Site | None = None
    tokens: tuple[str, ...] = ()
    conditional: bool = False


@dataclass(frozen=True)
class CompiledConfig:
    """A configuration under which the changed files compile: values that were set, if any were.

    `seen` are the wrappers that main has then.
    """

    config: str
    files: int
    seen: tuple[str, ...] = ()


@dataclass
class Verdict:
    """All that was found. `limits` say what was not looked at, `problems` what could not be.

    `weaker` are those of the limits that a build, or another configuration, would take away.

    `files` and `objects` are counted once, not on both sides; `stated` are files that were compared
    with what a spec makes.

    `unseen_why` is why no compiler has seen those of `wrappers` that no `compiled` names.
    """

    mode: str
    proved: list[ProvedSame] = field(default_factory=list)
    designed: list[IntendedChange] = field(default_factory=list)
    differences: list[Mismatch] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    weaker: list[str] = field(default_factory=list)
    files: int = 0
    objects: int = 0
    stated: int = 0
    linked: str = ""
    configs: dict[str, int] = field(default_factory=dict)
    compiled: list[CompiledConfig] = field(default_factory=list)
    wrappers: tuple[str, ...] = ()
    unseen_why: str = ""

    @property
    def outcome(self) -> Answer:
        """Return the answer: a difference is one even if something else could not be told."""
        if self.differences:
            return Answer.DIFFERS
        return Answer.UNKNOWN if self.problems else Answer.PROVED

    @property
    def is_textual(self) -> bool:
        """Whether texts alone were compared: no build says how files are compiled."""
        return self.mode == BY_TEXTS

    @property
    def unseen(self) -> list[str]:
        """Return the wrappers that no compiler has seen."""
        seen = {name for one in self.compiled for name in one.seen}
        return [name for name in self.wrappers if name not in seen]

    def weaken(self, limit: str) -> None:
        """Record once what was not looked at, and could be with a build that has more."""
        if limit not in self.weaker:
            self.limits.append(limit)
            self.weaker.append(limit)

    def differ(
        self,
        what: str,
        name: str,
        message: str,
        before: Site | None = None,
        after: Site | None = None,
        tokens: tuple[str, ...] = (),
    ) -> None:
        """Record a difference of what stands under no condition."""
        self.record(Mismatch(what, name, message, before, after, tokens))

    def record(self, one: Mismatch) -> None:
        """Record a difference once."""
        if one not in self.differences:
            self.differences.append(one)
