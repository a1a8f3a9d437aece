"""`--define CONFIG_X=y`: the values of options under which changed files are compiled."""

import re
from collections.abc import Iterable

from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.verify.flags import Records

_DEFINE = re.compile(r"(CONFIG_\w+)=([ymn])")
HELP = "Compile what has changed under this value too (y, m or n); may be repeated."


def read_defines(texts: Iterable[str], records: Records | None) -> dict[str, str]:
    """Return values by option.

    Raises RefusedError: VT311 for a text of another form, VT301 where no build says how to compile.
    """
    found: dict[str, str] = {}
    for text in texts:
        match = _DEFINE.fullmatch(text)
        if match is None:
            message = f"--define {text}: not of the form CONFIG_NAME=y, =m or =n"
            raise RefusedError(Problem("VT311", message))
        if found.setdefault(match[1], match[2]) != match[2]:
            message = f"--define {text}: {match[1]} has the value {found[match[1]]} already"
            raise RefusedError(Problem("VT311", message))
    if found and records is None:
        advice = "--build DIR or --compile-commands FILE says how"
        message = "--define compiles files, and no build says how"
        raise RefusedError(Problem("VT301", message, None, advice))
    return found
