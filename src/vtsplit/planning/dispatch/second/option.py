"""The second backend's option in Kconfig: nothing sets an option that no Kconfig file defines."""

import re
from dataclasses import dataclass, replace

from vtsplit.codemods.build.kconfig_entry import add_entry, entry_text
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.example_trees import NEON
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.rule import Example, Rule
from vtsplit.spec.kconfig import KconfigEntry
from vtsplit.survey.build.build_files import build_files
from vtsplit.survey.build.governing_option import (
    find_defined,
    governing_option,
    kconfig_files_above,
)
from vtsplit.survey.build.kconfig import find_entries

UNPAIRED = Rule(
    "VT065",
    "unpaired",
    "the blocks of a Kconfig file do not pair",
    "An `if`, `menu` or `choice` has no end, or the other way round, so vtsplit cannot tell "
    "where the new option belongs.",
    "Correct the file, or name another one in `dispatch.backend.kconfig`.",
    Example(
        {"Kconfig": 'menu "Lights"\n\nconfig LAMP\n\ttristate "Lamp"\n'},
        spec=NEON["vtsplit.toml"].replace('neon.h"\n', 'neon.h"\nconfig = "CONFIG_NEON"\n')
        + '\n[dispatch.backend.kconfig]\nfile = "Kconfig"\nprompt = "Neon"\n'
        'help = "Neon lights."\n',
        base=NEON,
    ),
)


_PARENTHESES = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class _Place:
    """Where an entry goes: a file, the line it stands behind (None: the end), what is there."""

    path: str
    behind: int | None = None
    beside: str = ""
    indent: str = "\t"


def plan_option(around: Surroundings) -> dict[str, str]:
    """Return the Kconfig file's new text where the option is defined nowhere, and the spec has it.

    Without `kconfig` in the spec that is a warning, which shows the entry to write.
    """
    backend, read = around.dispatch.backend, around.tree.find
    if backend.config is None:
        return {}
    symbol = backend.config.removeprefix("CONFIG_")
    above = kconfig_files_above(read, around.spec.source)
    if not above and backend.kconfig is None:
        return {}  # no tree of Kconfig's
    files = build_files(around.tree)
    if find_defined(read, files, symbol, around.spec.source):
        return {}
    governing = governing_option(read, around.spec.source)
    if backend.kconfig is not None:
        return _write(around, symbol, backend.kconfig, governing)
    defined = find_defined(read, files, governing, around.spec.source) if governing else []
    place = _place(around, defined[0].path if defined else above[0], governing, governing)
    _warn(around, symbol, place or _Place(above[0]), governing)
    return {}


def _write(
    around: Surroundings, symbol: str, stated: KconfigEntry, governing: str | None
) -> dict[str, str]:
    ledger, site = (
        around.ledger,
        around.spec.site("dispatch", "backend", "kconfig", "file", of="value"),
    )
    try:
        text = around.tree.read(stated.file)
    except RefusedError as error:
        ledger.add_problems(*(replace(one, site=site) for one in error.problems))
        return {}
    if find_entries(text, symbol):
        return {}  # a file of a name that the search does not know
    depends = stated.depends or governing
    place = _place(around, stated.file, governing, depends)
    if place is None:
        ledger.refuse(
            UNPAIRED,
            f"the blocks of '{stated.file}' (if, menu, choice) do not pair, so vtsplit cannot "
            f"tell where {symbol} belongs",
            site,
            "correct the file, or name another one",
        )
        return {}
    entry = entry_text(symbol, stated.prompt, stated.help, depends, stated.default, place.indent)
    after = add_entry(text, entry, place.behind)
    reason = Reason(Why.NO_OPTION, place.beside)
    line = place.behind or text.count("\n") or 1
    added = Symbol.added(symbol, Role.OPTION)
    span = _around_added(text, after)
    ledger.step(Action.OPTION, added, Site(stated.file, line), reason, span)
    return {stated.file: after}


def _around_added(before: str, after: str) -> tuple[int, int]:
    r"""Return the lines of `before` between which a diff may show the added lines.

    They may end like what stands above them, and begin like what stands below.

    >>> _around_added("a\nz\n", "a\nz\nb\nz\n")
    (1, 3)
    """
    old, new = before.splitlines(), after.splitlines()
    above = below = 0
    while above < len(old) and old[above] == new[above]:
        above += 1
    while below < len(old) and old[-1 - below] == new[-1 - below]:
        below += 1
    return len(old) - below, above + 1


def _place(
    around: Surroundings, path: str, governing: str | None, depends: str | None
) -> _Place | None:
    """Choose a place in a Kconfig file; None if its blocks do not pair.

    An entry of a `choice` is one of its choices, and an `if` or `menu` around an entry is one more
    dependency (kconfig-language.rst): the entry goes behind a block that it does not depend on.
    """
    text = around.tree.find(path) or ""
    found = find_entries(text, governing or "")
    if found is None:
        return None
    if not found:
        return _Place(path)
    model = found[0]
    implied = _implies(depends or "", governing or "")
    left = [block for block in model.blocks if not implied or block.word == "choice"]
    behind = left[0].last if left else model.last if implied else None
    if behind is None:
        return _Place(path, indent=model.indent or "\t")
    beside = f"behind {governing}" + (f" and the {left[0].word} around it" if left else "")
    return _Place(path, behind, beside, model.indent or "\t")


def _implies(depends: str, option: str) -> bool:
    """Tell whether an expression holds only where an option is set.

    >>> [_implies(one, "A") for one in ("A", "B && A=y", "A || B", "B && (A || C)", "B || C && A")]
    [True, True, False, False, False]
    """
    outside = depends
    while (rest := _PARENTHESES.sub("0", outside)) != outside:
        outside = rest
    if "||" in outside:
        return False
    parts = ("".join(part.split()) for part in outside.split("&&"))
    return any(part in (option, f"{option}=y", f"{option}=m") for part in parts)


def _warn(around: Surroundings, symbol: str, place: _Place, governing: str | None) -> None:
    config = f"CONFIG_{symbol}"
    where = f", {place.beside} (line {place.behind})" if place.behind else ""
    entry = entry_text(symbol, "...", "...", governing, None, place.indent)
    around.ledger.warn(
        f"no Kconfig file defines {symbol}: {config} can never be set, and no compiler sees "
        "the code under it",
        around.spec.site("dispatch", "backend", "config", of="value"),
        f"write this into {place.path}{where}, or have it written by [dispatch.backend.kconfig] in "
        f"the spec:\n\n{entry.rstrip()}\n",
    )
