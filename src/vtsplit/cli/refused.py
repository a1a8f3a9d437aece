"""What a command does when it is refused or fails: it prints the problems and exits."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from vtsplit.cli.machine.envelope import Origin, Report, as_json, refused
from vtsplit.cli.output.summary import refusal
from vtsplit.cli.terminal.printing import print_bytes, say
from vtsplit.diagnostics import HalfWrittenError, Problem, RefusedError, Site
from vtsplit.planning.rules.readable import TOO_DEEP
from vtsplit.tree.source_tree import UNREADABLE

_REFUSED = 2
_HALF_WRITTEN = 3

Failure = Literal["refused", "half-written"]
RefusalAnswer = Callable[[Sequence[Problem], Failure], bytes]


def answer_as(kind: type[Report], made: Callable[[], Origin] = Origin) -> RefusalAnswer:
    """Return what answers a refusal as JSON of a command; `made` is asked when it comes to that."""

    def answer(problems: Sequence[Problem], failure: Failure) -> bytes:
        spec, base = made()
        return as_json(kind(spec=spec, base=base, verdict=failure, problems=refused(problems)))

    return answer


@contextmanager
def refusals_shown(
    line_at: Callable[[Site], str | None] = lambda site: None,
    answer: RefusalAnswer | None = None,
    *,
    writes: bool = True,
) -> Iterator[None]:
    """Show the problems that what is done here is refused for, and exit.

    `line_at` returns the text of a line, where there is one to show. `answer` returns what stdout
    has in place of a result, for programs. `writes` tells whether the command writes at all.
    """

    def refuse(problems: tuple[Problem, ...], half_written: bool = False) -> None:
        if answer is not None:
            print_bytes(answer(problems, "half-written" if half_written else "refused"))
        say(refusal(problems, line_at, half_written=half_written, writes=writes))
        sys.exit(_HALF_WRITTEN if half_written else _REFUSED)

    try:
        yield
    except RefusedError as error:
        refuse(error.problems, isinstance(error, HalfWrittenError))
    except OSError as error:
        if error.filename is None:
            raise  # it is stdout or stderr
        # What was there a moment ago: another program is writing the tree.
        message = f"'{error.filename}': {(error.strerror or str(error)).lower()}"
        advice = "run again when no other program is writing the tree"
        refuse((Problem(UNREADABLE, message, None, advice),))
    except RecursionError:
        message = "something in the tree or the spec is nested too deeply to be read"
        refuse((Problem(TOO_DEEP, message),))
