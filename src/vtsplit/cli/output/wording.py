"""The words for steps and their reasons."""

from vtsplit.diagnostics import Site
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Step
from vtsplit.planning.symbol import Symbol

_BY_MAIN = {Why.ENTRY, Why.USED_BY_TABLE, Why.CALLED_IN_PLACE}
_WORDS = {
    Why.USED_IN: "{path} uses it",
    Why.USED_OUTSIDE: "files other than {path} use it",
    Why.TO_MAIN: "to {path}",
    Why.ONLY_TABLES_USE: "to {path}: only moved tables use it",
    Why.BOTH_USE: "to {path}: both files use it",
    Why.MADE_FOR_TABLES: "only tables that move use it",
    Why.WITH_OBJECT: "it was defined together with {name}",
    Why.NAMED_FOR: "the type of {name} had no name",
    Why.WITH_OTHERS: "it was declared together with {name}",
    Why.WITH_TABLE: "goes with {name}",
    Why.FROM: "from {path}",
    Why.MADE_GLOBAL: "{name} becomes global",
    Why.HEADER_DECLARES: "the header declares {name}",
    Why.DECLARED_BY: "{name} declares it",
    Why.TABLE_IN_MAIN: "its table is in main now",
    Why.NOTHING_LEFT: "no code is left under it",
    Why.UNUSED_BY: "{path} includes it and does not use it",
    Why.REGISTERED_IN: "{path} registers its own",
    Why.STATED: "the spec says so",
    Why.BECOMES: "becomes global as {name}",
    Why.FOLLOWS: "its definition is renamed",
    Why.IN_COMMENT: "in a comment",
    Why.NEW_HEADER: "new header",
    Why.HEADER_LACKS: "the header lacks it",
    Why.HOLDS_TABLES: "the tables go there",
    Why.DECLARES: "declares {name}",
    Why.DECLARES_GLOBALS: "declares what became global",
    Why.DECLARES_CALLED: "declares what main calls",
    Why.EXPORTS: "has the macro that exports names",
    Why.HEADERS_ASK: "headers test it, as in {site}",
    Why.OTHER_MODULE: "{path} is part of another module and names it",
    Why.EXPORTED_INTO: "{path} exports into it",
    Why.COMPOSITE: "{name} in {of} becomes a composite",
    Why.DISTRIBUTED: "automake distributes what is listed",
    Why.WHOLE_MODULE: "{name} is the whole module",
    Why.FILE_RENAMED: "{of} is {name} now",
    Why.PATTERN: "{of} matches only {name}",
    Why.OP: "op {name} of {of}",
    Why.TO_WRAPPER: "to {name}",
    Why.NEW_ENTRY: "a new entry",
    Why.NOT_ASKED_FOR: "the spec does not ask for it",
    Why.NO_ENTRY_USES: "no entry uses it",
    Why.CALLS_BY_IT: "goes above the wrapper that calls a function through it",
    Why.MOVED_HERE: "{name} has moved here",
    Why.CALLED_BY_WRAPPER: "a wrapper calls it",
    Why.CALLED_BY_MAIN: "main calls it",
    Why.WITHOUT_OPTION: "for a build without {name}",
    Why.SECOND_BESIDE: "the second backend, beside {name}",
    Why.SKELETON: "a skeleton: its functions do nothing yet",
    Why.INIT_PARAMETER: "the parameter of [init]",
    Why.LACKS_COMMENT: "lacks a comment of the spec, and --force is given",
    Why.FORCED: "differs from the spec, and --force is given",
}  # fmt: skip


def reason_in_words(reason: Reason) -> str:
    """Return a reason as people read it.

    >>> reason_in_words(Reason(Why.BESIDE, "foo.o", of="foo-y"))
    'beside foo.o in foo-y'
    """
    if reason.why in _BY_MAIN:
        return reason.clause()
    match reason.why:
        case Why.BESIDE:
            return f"beside {reason.name}" + (f" in {reason.of}" if reason.of else "")
        case Why.BACK_TO:
            return f"back to {reason.name or 'no entry'}"
        case Why.NO_OPTION:
            return f"nothing defines it; {reason.name or 'at the end'}"
    site = reason.site or Site("")
    return _WORDS[reason.why].format(
        name=reason.name, of=reason.of, path=reason.path, site=f"{site.path}:{site.line}"
    )


def subject_in_words(step: Step) -> str:
    """Return what a step is about: the name before and the one after, where both matter."""
    symbol: Symbol = step.symbol
    match step.action:
        case Action.EXPOSE | Action.DECLARE | Action.EXPORT:
            return symbol.new
        case Action.DROP:
            return symbol.old
    return f"{symbol.old} -> {symbol.new}" if symbol.is_renamed else symbol.new or symbol.old
