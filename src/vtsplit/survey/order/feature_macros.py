"""Macros by which a source tells headers of the system what it wants: `_GNU_SOURCE`.

A source outside of the kernel begins with `config.h`, or with another header that sets them.
"""

import re
from collections.abc import Sequence
from posixpath import basename

from vtsplit.survey.headers.includes import Include, IncludeGraph, is_absent

# Macros that are for headers of the system alone (feature_test_macros(7)).
_FEATURE = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(_(?:GNU|DEFAULT|BSD|SVID|NETBSD|ALL|TANDEM|ATFILE|ISOC\d+"
    r"|POSIX_C|XOPEN|DARWIN_C|LARGEFILE(?:64)?)_SOURCE|_XOPEN_SOURCE_EXTENDED|_POSIX_SOURCE"
    r"|_FILE_OFFSET_BITS|_TIME_BITS|_LARGE_FILES|__EXTENSIONS__|_REENTRANT|_WIN32_WINNT"
    r"|WIN32_LEAN_AND_MEAN)\b",
    re.MULTILINE,
)
_HINT = re.compile("_SOURCE|_BITS|_FILES|_EXTENSIONS__|_REENTRANT|WIN32")
# Headers of the compiler alone (C11 4p6), which read alike whatever is defined.
_FREESTANDING = frozenset(
    f"<{name}.h>" for name in "float iso646 stdalign stdarg stdbool stddef stdnoreturn".split()
)
# A header that is not there yet: configure makes it.
_MADE = re.compile(r"conf[^/]*$")
_CONFIGURATION = re.compile(r"(?:\w*[-_])?config\.h")


def is_configuration(target: str) -> bool:
    """Tell a header that configure makes: each source includes it, in front of all others.

    So a header need not include it (Autoconf manual, "Configuration Headers").

    >>> [is_configuration(one) for one in ("<config.h>", '"lib/x_config.h"', '"a.h"')]
    [True, True, False]
    """
    return bool(_CONFIGURATION.fullmatch(basename(target.strip('<>"'))))


def features_set(graph: IncludeGraph, every: Sequence[Include]) -> frozenset[tuple[str, str]]:
    """Return the macros that a source's includes set for headers of the system behind them.

    With each comes the header that does so.
    """
    setting = setting_includes(graph, every)
    return frozenset(
        (name, path) for one in setting for path in one.files for name in _features(graph, path)
    )


def setting_includes(graph: IncludeGraph, every: Sequence[Include]) -> list[Include]:
    """Return those of a source's includes that set how headers of the system read.

    They do so in front of the first such header (feature_test_macros(7)).
    """
    found: list[Include] = []
    if graph.is_generating:
        return found  # Kbuild tells its compiler to include the configuration
    for include in every:
        if _sets(graph, include):
            found.append(include)
        absent = (path for path in include.files if is_absent(path))
        is_first = not all(path in _FREESTANDING or _MADE.search(path) for path in absent)
        if is_first and not include.guard:
            break
    return found


def _sets(graph: IncludeGraph, include: Include) -> bool:
    if include.is_outside and include.target[0] == '"':
        return bool(_MADE.search(include.target))
    return any(is_configuration(path) or bool(_features(graph, path)) for path in include.files)


def _features(graph: IncludeGraph, path: str) -> list[str]:
    text = graph.text(path)
    return _FEATURE.findall(text) if _HINT.search(text) else []
