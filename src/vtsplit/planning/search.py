"""Where in the tree the names of a split occur: one search finds all."""

from posixpath import basename

from vtsplit.planning.build import build_names
from vtsplit.planning.context import Context
from vtsplit.planning.moving import Moving
from vtsplit.planning.rules.readable import refuse_unread
from vtsplit.planning.steps import Ledger
from vtsplit.survey.search.words import WordFiles


def begin_search(context: Context, moving: Moving) -> None:
    """Let the names be searched for; if that takes a while, work meanwhile on what needs none."""
    if context.index.begin(searched_names(context, moving)):
        context.look_ahead()


def search(context: Context, moving: Moving, ledger: Ledger) -> WordFiles:
    """Return the files that have the old and new names, or name the files of the split."""
    words = context.index.find(searched_names(context, moving))
    refuse_unread(words, ledger)
    return words


def searched_names(context: Context, moving: Moving) -> set[str]:
    """Return the old and new names, and the names of the files of the split."""
    wanted = {name for table in moving.tables for name in (table.old, table.new)}
    wanted |= {exposure.name for exposure in moving.exposures}
    wanted |= {*moving.names, *moving.names.values(), *moving.finished}
    wanted |= {basename(context.spec.source), basename(context.asked.source), build_names.BASENAME}
    return wanted | ({basename(context.spec.header)} if context.header else set())
