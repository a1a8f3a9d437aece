"""Compare the result of the codemods with the files before, so that nothing wrong is shown.

The plan says what changes; this module reads the result again. Nothing that it finds is the user's
fault: each finding is a defect of vtsplit, and refuses the run.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from vtsplit.apply.split import Outcome
from vtsplit.codemods.thin import thin
from vtsplit.cst.directives import CONDITIONALS
from vtsplit.cst.heads.annotations import INLINE
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import TRIVIA, Kind, Token, lex_line
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.planning.edits import Plan
from vtsplit.rule import Rule
from vtsplit.survey.build.build_files import is_c

LOST = Rule(
    "VT090",
    "lost",
    "vtsplit would lose a part of a file",
    "The result was read again, and a part of the file is not in it. This is a defect of vtsplit.",
    "Nothing was written. Please report it with the spec.",
    "It comes up when a part of vtsplit drops what its plan keeps.",
)

MISDECLARED = Rule(
    "VT090",
    "misdeclared",
    "vtsplit would declare something wrongly",
    "The result was read again, and a declaration in it does not fit its definition, is "
    "missing, or is there twice. This is a defect of vtsplit.",
    "Nothing was written. Please report it with the spec.",
    "It comes up when a part of vtsplit writes a declaration of another type.",
)


_LINKAGE = INLINE | {"static"}
_HELP = "this is a defect of vtsplit: nothing was written; please report it with the spec"


def check_outcome(plan: Plan, outcome: Outcome) -> None:
    """Check that no token was lost or made up, and that declarations fit their definitions.

    Raises RefusedError (VT090).
    """
    problems = [*_lost(plan, outcome), *_misdeclared(plan, outcome)]
    if problems:
        raise RefusedError(*problems)


def _lost(plan: Plan, outcome: Outcome) -> Iterator[Problem]:
    """Find items of changed files that are not there, under their new names, in the result."""
    paths = [path for path in outcome.after if is_c(path)]
    before = {path: parse_module(outcome.before[path] or "") for path in paths}
    before |= {
        path: thin(module, plan.source.thinned)
        for path, module in before.items()
        if path == plan.source.path
    }
    after = {path: parse_module(outcome.after[path]) for path in paths}
    names: dict[str, str] = {}
    for renames in plan.renames.values():
        names |= renames.names
        names |= renames.comments
    # A macro that made a definition static has left its other words there.
    names |= plan.source.hidden
    old = Counter(item.text for module in before.values() for item in module.items)
    new = Counter(item.text for module in after.values() for item in module.items)
    made = Counter(_essence(item, names) for item in _changed(after.values(), new - old))
    pending = old - new
    for path, module in before.items():
        forwarding = plan.forwarding.get(path, frozenset())
        dropped = plan.source.dropped if path == plan.source.path else forwarding
        for index, item in enumerate(module.items):
            if not pending[item.text]:
                continue
            pending[item.text] -= 1
            essence = _essence(item, names)
            if made[essence]:
                made[essence] -= 1
            elif index not in dropped and not _is_conditional(item):
                line = module.position(module.starts[index])[0]
                yield Problem(
                    LOST, "the code here would not be in the result", Site(path, line), _HELP
                )


def _changed(modules: Iterable[Module], texts: Counter[str]) -> Iterator[Item]:
    """Yield the items whose texts are these."""
    remaining = Counter(texts)
    for module in modules:
        for item in module.items:
            if remaining[item.text]:
                remaining[item.text] -= 1
                yield item


def _is_conditional(item: Item) -> bool:
    """Tell an `#if` or `#endif`: one that was left empty goes."""
    return isinstance(item, Directive) and item.name in CONDITIONALS


def _essence(item: Item, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return an item's tokens without white space, comments and linkage, under new names."""
    return tuple(
        word
        for token in _tokens(item)
        if token.kind not in TRIVIA and token.text not in _LINKAGE
        for word in names.get(token.text, token.text).split()
    )


def _tokens(item: Item) -> Iterator[Token]:
    for token in item.tokens:
        if token.kind is Kind.DIRECTIVE:
            yield from lex_line(token.text)
        else:
            yield token


def _misdeclared(plan: Plan, outcome: Outcome) -> Iterator[Problem]:
    """Find declarations in the header that are missing, twice there, or of another type."""
    wanted, site = plan.header.declared, Site(plan.header.path)
    if not wanted:
        return
    header = _declarations(parse_module(outcome.after[plan.header.path]))
    sources = [
        parse_module(outcome.after[path])
        for path in (plan.source.path, plan.main.path)
        if path in outcome.after
    ]
    defined: dict[str, FunctionDef | Declaration] = {}
    for module in sources:
        defined |= _definitions(module)
    for one in wanted:
        found = header.get(one.name, [])
        if len(found) != 1:
            message = f"'{one.name}' would be declared {len(found)} times"
            yield Problem(MISDECLARED, message, site, _HELP)
            continue
        if one.name not in defined:
            continue
        try:
            declared = read_signature(found[0].head).key
            same = declared == _with_length(read_signature(defined[one.name].head).key, one.length)
        except TypeReadError:
            same = False
        if not same:
            message = f"the declaration of '{one.name}' would not fit its definition"
            yield Problem(MISDECLARED, message, site, _HELP)


def _with_length(key: tuple[object, ...], length: int | None) -> tuple[object, ...]:
    """Return an array's type with the length that its initializer gives it."""
    if length is None or key[:2] != ("array", ()):
        return key
    return ("array", ("constant", str(length)), *key[2:])


def _declarations(module: Module) -> dict[str, list[Declaration]]:
    found: dict[str, list[Declaration]] = {}
    for item in module.items:
        if isinstance(item, Declaration) and item.name:
            found.setdefault(item.name, []).append(item)
    return found


def _definitions(module: Module) -> dict[str, FunctionDef | Declaration]:
    return {
        item.name: item
        for item in module.items
        if isinstance(item, FunctionDef)
        or (isinstance(item, Declaration) and item.initializer is not None)
    }
