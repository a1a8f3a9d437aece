"""Refuse a proof that is weaker than the one that was asked for."""

from vtsplit.diagnostics import Problem, number
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


_SHOWN = 3  # names of wrappers
_SEE_THEM = "switch on the options that leave them out and build, or compile them by `--define`"


def require_build(verdict: Verdict) -> None:
    """Make a problem of each thing that makes a verdict weaker; what differs is told without."""
    if not verdict.differences:
        verdict.problems += [Problem(WEAKER, why) for why in verdict.weaker]
        if unseen := wrappers_unseen(verdict):
            verdict.problems.append(Problem(WEAKER, unseen, help=_SEE_THEM))


def weaknesses(verdict: Verdict) -> list[str]:
    """Return what makes a verdict weaker than a build can make it, a sentence each."""
    unseen = wrappers_unseen(verdict)
    return [*verdict.weaker, *([unseen] if unseen else [])]


def wrappers_unseen(verdict: Verdict) -> str:
    """Say which wrappers no compiler has seen, "" if it has seen all."""
    unseen = verdict.unseen
    if not unseen:
        return ""
    which, named = number(len(verdict.wrappers), "wrapper"), ""
    if len(unseen) < len(verdict.wrappers):
        which = f"{len(unseen)} of {which}"
        more = ", ..." if len(unseen) > _SHOWN else ""
        named = f" ({', '.join(unseen[:_SHOWN])}{more})"
    them = "it" if len(unseen) == 1 else "them"
    return f"{which}: no compiler has seen {them}{named}: {verdict.unseen_why}"
