"""Refuse what cannot move, become global or be renamed: all checks that need no further plan."""

from functools import partial

from vtsplit.planning.context import Context
from vtsplit.planning.header.sizes import is_scalar
from vtsplit.planning.moving import Moving
from vtsplit.planning.names.choose import Collisions, check_free
from vtsplit.planning.names.textual_inclusion import refuse_nested, refuse_textual_inclusion
from vtsplit.planning.rules.assembled import refuse_assembled
from vtsplit.planning.rules.constant_values import refuse_values
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.exposure import name_site
from vtsplit.planning.tables.made_names import refuse_made_names
from vtsplit.survey.search.words import WordFiles


def refuse_immovable(context: Context, moving: Moving, words: WordFiles, ledger: Ledger) -> None:
    """Record each reason why what the spec asks for cannot be done safely."""
    source, graph, macro_of = context.source, context.graph, context.macro_of
    _check_free(context, moving, words, ledger)
    scalar = partial(is_scalar, typedefs=context.typedefs)
    refuse_values(moving.going, moving.exposures, scalar, ledger)
    refuse_assembled(source, moving.becomes, ledger)
    refuse_nested(source, moving.items, moving.becomes, graph, ledger)
    made = {exposure.name for exposure in moving.exposures}
    unmade = [one for one in moving.references if one.name not in made]
    refuse_made_names(unmade, source, moving.items, macro_of, graph, ledger)
    refuse_textual_inclusion(context.spec.source, context.tree, words, graph, ledger)


def _check_free(context: Context, moving: Moving, words: WordFiles, ledger: Ledger) -> None:
    """Refuse names that become global, or are new, and are taken."""
    spec, source = context.spec, context.source
    own = frozenset({spec.source, spec.header, spec.main})
    collisions = Collisions(context.files, words, source, own, context.seen, context.brings_header)
    becoming = {one.name: name_site(one, source) for one in moving.becoming}
    # A table that is global already, under its own name, takes that from nobody.
    becoming |= {t.old: t.file.site(t.definitions[0].index) for t in moving.going if t.is_static}
    renamed = moving.names | {t.old: t.new for t in moving.tables if t.is_static or t.old != t.new}
    check_free(spec, collisions, becoming, renamed, ledger)
