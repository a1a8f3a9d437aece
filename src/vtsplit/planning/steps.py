"""What planning finds: steps with their reasons, notes, and problems that refuse."""

from dataclasses import dataclass
from enum import StrEnum

from vtsplit.diagnostics import Note, NoteKind, Problem, Site
from vtsplit.planning.reason import Reason
from vtsplit.planning.symbol import Symbol
from vtsplit.rule import Rule


class Action(StrEnum):
    """What a step does."""

    RELOCATE = "relocate"
    EXPOSE = "expose"
    RENAME = "rename"
    DROP = "drop"
    DECLARE = "declare"
    INCLUDE = "include"
    COPY = "copy"
    CREATE = "create"
    EXPORT = "export"
    IMPORT = "import"
    BUILD = "build"
    FOLLOW = "follow"
    MOVE = "move"
    OPTION = "option"
    WRAP = "wrap"
    REWRITE = "rewrite"
    DISPATCH = "dispatch"
    RAISE = "raise"
    STUB = "stub"
    DEFINE = "define"
    INLINE = "inline"
    SEPARATE = "separate"


@dataclass(frozen=True)
class Step:
    """One mechanical change and why it is made.

    `site` says where, in the tree as it is. `spans` are the lines of that file, first and last,
    that the step may change; a file that does not exist yet has none.
    """

    action: Action
    symbol: Symbol
    site: Site
    reason: Reason
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Drift:
    """A wrapper that is not what the spec says and stays all the same: where, and why in words."""

    name: str
    site: Site
    message: str


class Ledger:
    """Collects what planning finds: steps, notes, and problems that refuse."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.notes: list[Note] = []
        self.problems: list[Problem] = []
        self._known: set[Note | Problem] = set()  # what was told once is not told again

    def step(
        self, action: Action, symbol: Symbol, site: Site, reason: Reason, *spans: tuple[int, int]
    ) -> None:
        """Record a step; without spans it may change the line of its site."""
        lines = spans or (((site.line, site.line),) if site.line else ())
        self.steps.append(Step(action, symbol, site, reason, tuple(lines)))

    def note(self, message: str, site: Site | None = None) -> None:
        """Record something left alone, or worth knowing."""
        self._add(Note(message, site))

    def warn(self, message: str, site: Site | None = None, advice: str = "") -> None:
        """Record something that does not stop the run, but that somebody has to look at."""
        self._add(Note(message, site, NoteKind.WARNING, advice))

    def _add(self, note: Note) -> None:
        if note not in self._known:
            self._known.add(note)
            self.notes.append(note)

    def take(self, other: "Ledger") -> None:
        """Record all that another one has."""
        self.steps += other.steps
        for note in other.notes:
            self._add(note)
        self.add_problems(*other.problems)

    def refuse(self, rule: Rule, message: str, site: Site | None = None, advice: str = "") -> None:
        """Record a problem: with it, nothing is changed."""
        self.add_problems(Problem(rule, message, site, advice))

    def add_problems(self, *problems: Problem) -> None:
        """Record problems that were found elsewhere."""
        for problem in problems:
            if problem not in self._known:
                self._known.add(problem)
                self.problems.append(problem)
