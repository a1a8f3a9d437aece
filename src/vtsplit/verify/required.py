"""Refuse a proof that is weaker than the one that was asked for."""

from vtsplit.diagnostics import Problem
from vtsplit.rule import Example, Rule
from vtsplit.verify.verdict import Verdict

WEAKER = Rule(
    "VT317",
    "weaker",
    "the proof is weaker than `--require-build` asks for",
    "Without a build only the texts are compared: no macro is expanded, and no compiler sees the "
    "result. With a build, some of the change may still be code that the build leaves out.",
    "Build the tree, and name the build with `--build` or `--compile-commands`. Switch the options "
    "on that the message names, or compile the code with `--define`.",
    Example(
        files={
            "before/a.c": "static int a;\nint f(void) { return a; }\n",
            "after/a.c": "int a;\nint f(void) { return a; }\n",
        },
        command="vtsplit verify --require-build before after",
        base={},
    ),
)


def require_build(verdict: Verdict) -> None:
    """Make a problem of each thing that makes a verdict weaker; what differs is told without."""
    if not verdict.differences:
        verdict.problems += [Problem(WEAKER, why) for why in weaknesses(verdict)]


def weaknesses(verdict: Verdict) -> list[str]:
    """Return what makes a verdict weaker than a build can make it, a sentence each."""
    found = list(verdict.weaker)
    if verdict.unseen:
        names = ", ".join(verdict.unseen)
        found.append(f"no compiler has seen the wrappers {names}: {verdict.unseen_why}")
    return found
