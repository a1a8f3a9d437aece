"""Where in the tree the names of a split occur: one search finds all."""

from posixpath import basename

from vtsplit.planning.build import build_names
from vtsplit.planning.context import Context
from vtsplit.planning.moving import Moving
from vtsplit.planning.rules.readable import refuse_unread
from vtsplit.planning.steps import Ledger
from vtsplit.survey.words import Words


def search(context: Context, moving: Moving, ledger: Ledger) -> Words:
    """Return the files that have the old and new names, or name the files of the split."""
    wanted = {name for table in moving.tables for name in (table.old, table.new)}
    wanted |= {exposure.name for exposure in moving.exposures}
    wanted |= {*moving.names, *moving.names.values(), *moving.finished}
    wanted |= {basename(context.spec.source), basename(context.asked.source), build_names.BASENAME}
    wanted |= {basename(context.spec.header)} if context.header else set()
    words = context.index.find(wanted)
    refuse_unread(words, ledger)
    return words
