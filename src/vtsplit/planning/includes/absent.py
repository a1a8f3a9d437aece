"""Say which headers the tree does not have, where new files get more includes because of them."""

from collections.abc import Iterable, Iterator

from vtsplit.diagnostics import Site, number
from vtsplit.planning.steps import Ledger
from vtsplit.survey.headers.includes import Include, is_absent
from vtsplit.survey.headers.system_headers import names_of_header

_SHOWN = 3
_CONFIG = "<config.h>"  # configure makes it, and it declares nothing


def warn_of_absent(path: str, suspected: Iterable[Include], ledger: Ledger) -> None:
    """Warn that some of the `suspected` includes may not be needed: nobody can tell.

    `path` is the source.
    """
    found: dict[str, int] = {}
    for include in suspected:
        for header in _unknown(include):
            found[header] = min(found.get(header, include.files[header]), include.files[header])
    if not found:
        return
    # First what the source includes itself, in its order.
    absent = sorted(found, key=lambda header: found[header])
    shown = ", ".join(absent[:_SHOWN]) + (", ..." if len(absent) > _SHOWN else "")
    they, them = ("they declare", "them") if len(absent) > 1 else ("it declares", "it")
    # A system's headers are in no tree of user space.
    is_system = all(header.startswith("<") for header in absent)
    have = "" if is_system else f"run vtsplit on a tree that has {them}, or "
    ledger.warn(
        f"{number(len(absent), 'header')} cannot be found in the tree ({shown}): what {they} is "
        "not known, so new files may get includes that they do not need",
        Site(path),
        f"{have}remove from the new files what they do not need",
    )


def _unknown(include: Include) -> Iterator[str]:
    """Yield the headers that come with an include, and of which nothing is known."""
    for header in include.files:
        if is_absent(header) and header != _CONFIG and not names_of_header(header):
            yield header
