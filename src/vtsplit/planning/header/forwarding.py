"""Tentative definitions of moved tables in headers: the new header declares the tables instead."""

from collections.abc import Collection, Iterable

from vtsplit.diagnostics import Site
from vtsplit.planning.header.declarations import include_target
from vtsplit.planning.names.uses import is_forward_only
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.record import with_leading
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.planning.tables.find import SpecTable
from vtsplit.spec.document import Spec
from vtsplit.survey.cfile.files import CFiles
from vtsplit.survey.search.words import WordFiles


def find_forwarding(
    moving: Iterable[SpecTable],
    spec: Spec,
    files: CFiles,
    words: WordFiles,
    seen: Collection[str],
    ledger: Ledger,
) -> dict[str, frozenset[int]]:
    """Return, by path, the tentative definitions of tables in headers the source includes."""
    found: dict[str, set[int]] = {}
    for table in moving:
        for path in words.of(table.old):
            if path == spec.source or path not in seen:
                continue
            if not files.places(path, table.old).may_be_declared():
                continue
            file = files.get(path)
            if not is_forward_only(file, table.old):
                continue
            target = include_target(spec.header, path)
            for definition in file.definitions.of(table.old):
                found.setdefault(path, set()).add(definition.index)
                site = file.site(definition.index)
                why = Reason(Why.DECLARED_BY, target)
                ledger.step(
                    Action.DROP, table.symbol, site, why, with_leading(file, definition.index)
                )
            added = Symbol.added(target, Role.INCLUDE)
            ledger.step(Action.INCLUDE, added, Site(path), Reason(Why.DECLARES, table.new))
    return {path: frozenset(indices) for path, indices in found.items()}
