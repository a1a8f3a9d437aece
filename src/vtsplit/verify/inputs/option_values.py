"""Values of options that are asked for: `--define CONFIG_X=y` and `--config CONFIG_X=y,n`."""

import re
from collections.abc import Iterable

from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.rule import Example, Rule
from vtsplit.verify.inputs.flags import Records

NO_FORM = Rule(
    "VT311",
    "form",
    "an option has another form",
    "`--config` takes `CONFIG_NAME=y,n`. `--define` takes one of y, m and n, as in "
    "`CONFIG_NAME=y`.",
    "Write the option in this form.",
    Example(command="vtsplit split --verify --define LAMP=1"),
)

TWO_VALUES = Rule(
    "VT311",
    "two-values",
    "an option has two values",
    "`--define` gives one option two values, and it can only have one.",
    "Remove one of them.",
    Example(command="vtsplit split --verify --define CONFIG_LAMP=y --define CONFIG_LAMP=n"),
)

DEFINE_ALONE = Rule(
    "VT301",
    "define-alone",
    "`--define` compiles files, but no build says with which flags",
    "Files are compiled with the flags of a build, and vtsplit finds no build.",
    "Name one with `--build DIR` or `--compile-commands FILE`.",
    Example(command="vtsplit split --verify --define CONFIG_LAMP=y"),
)


_DEFINE = re.compile(r"(CONFIG_\w+)=([ymn])", re.ASCII)
_CONFIG = re.compile(r"(CONFIG_\w+)=([ymn](?:,[ymn])*)", re.ASCII)


def read_defines(texts: Iterable[str], records: Records | None) -> dict[str, str]:
    """Return values by option.

    Raises RefusedError: VT311 for a text of another form, VT301 where no build says how to compile.
    """
    found: dict[str, str] = {}
    for text in texts:
        match = _DEFINE.fullmatch(text)
        if match is None:
            message = f"--define {text} does not have the form CONFIG_NAME=y, =m or =n"
            raise RefusedError(Problem(NO_FORM, message))
        if found.setdefault(match[1], match[2]) != match[2]:
            message = f"--define {text}: {match[1]} already has the value {found[match[1]]}"
            raise RefusedError(Problem(TWO_VALUES, message))
    if found and records is None:
        advice = "name a build with --build DIR or --compile-commands FILE"
        message = "--define compiles files, but no build says with which flags"
        raise RefusedError(Problem(DEFINE_ALONE, message, None, advice))
    return found


def read_config(text: str) -> tuple[str, tuple[str, ...]]:
    """Return an option and the values under which tokens are compared.

    Raises RefusedError: VT311 for a text of another form.

    >>> read_config("CONFIG_X=y,n")
    ('CONFIG_X', ('y', 'n'))
    """
    match = _CONFIG.fullmatch(text)
    if match is None:
        message = f"--config {text} does not have the form CONFIG_NAME=y,n"
        raise RefusedError(Problem(NO_FORM, message))
    return match[1], tuple(match[2].split(","))
