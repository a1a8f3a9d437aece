"""Compare the result of the codemods with the files before, so that nothing wrong is shown.

The plan says what changes; this module reads the result again. Nothing that it finds is the user's
fault: each finding is a defect of vtsplit, and refuses the run.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from vtsplit.apply.lost import DEFECT, Before, find_lost
from vtsplit.apply.split import SplitTexts
from vtsplit.codemods.drop import thin
from vtsplit.cst.directives import CONDITIONALS
from vtsplit.cst.guards import read_by_cplusplus
from vtsplit.cst.heads.annotations import INLINE
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.lexer import code_tokens, unfolded
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.planning.edits import Length, Plan
from vtsplit.rule import Rule
from vtsplit.survey.build.build_files import is_c

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
_SOME = "1"  # stands for a length that only the compiler can tell


def check_outcome(plan: Plan, outcome: SplitTexts) -> None:
    """Check that no token was lost or made up, and that declarations fit their definitions.

    Raises RefusedError (VT090).
    """
    problems = [*_lost(plan, outcome), *_misdeclared(plan, outcome)]
    if problems:
        raise RefusedError(*problems)


def _lost(plan: Plan, outcome: SplitTexts) -> Iterator[Problem]:
    """Find items of changed files that are not there, under their new names, in the result."""
    paths = [path for path in outcome.after if is_c(path)]
    before = {path: parse_module(outcome.before[path] or "") for path in paths}
    before |= {
        path: thin(module, plan.source.thinned)
        for path, module in before.items()
        if path == plan.source.path
    }
    after = [parse_module(outcome.after[path]) for path in paths]
    names: dict[str, str] = {}
    for renames in plan.renames.values():
        names |= renames.names
        names |= renames.comments
    # A macro that made a definition static has left its other words there.
    names |= plan.source.hidden

    def is_excused(one: Before) -> bool:
        forwarding = plan.forwarding.get(one.path, frozenset())
        dropped = plan.source.dropped if one.path == plan.source.path else forwarding
        return one.index in dropped or _is_conditional(one.item)

    yield from find_lost(before, after, lambda item: _essence(item, names), is_excused)


def _is_conditional(item: Item) -> bool:
    """Tell an `#if` or `#endif`: one that was left empty goes."""
    return isinstance(item, Directive) and item.name in CONDITIONALS


def _essence(item: Item, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return an item's tokens without white space, comments and linkage, under new names."""
    return tuple(
        word
        for token in code_tokens(unfolded(item.tokens))
        if token.text not in _LINKAGE
        for word in names.get(token.text, token.text).split()
    )


def _misdeclared(plan: Plan, outcome: SplitTexts) -> Iterator[Problem]:
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
    defined: dict[str, list[FunctionDef | Declaration]] = {}
    for module in sources:
        defined |= _definitions(module)
    for one in wanted:
        found = header.get(one.name, [])
        count = len(one.branches) or 1
        if len(found) != count:
            message = f"'{one.name}' would be declared {len(found)} times"
            yield Problem(MISDECLARED, message, site, DEFECT)
        # Definitions of one type have one declaration.
        elif not all(map(partial(_fits, one.length), found, defined.get(one.name, [])[-count:])):
            message = f"the declaration of '{one.name}' would not fit its definition"
            yield Problem(MISDECLARED, message, site, DEFECT)


def _fits(
    length: Length | None, declared: Declaration, definition: FunctionDef | Declaration
) -> bool:
    try:
        key = read_signature(_plain(declared, length).head).key
        return key == _with_length(read_signature(definition.head).key, length)
    except TypeReadError:
        return False


def _plain(declared: Declaration, length: Length | None) -> Declaration:
    """Return a declaration with a number for a length that directives stand in."""
    if length is None or not length.conditions:
        return declared
    return declared.with_changes(text=declared.text.replace(f"[{length.text}]", f"[{_SOME}]", 1))


def _with_length(key: tuple[object, ...], length: Length | None) -> tuple[object, ...]:
    """Return an array's type with the length that its initializer gives it."""
    if length is None or key[:2] != ("array", ()):
        return key
    return ("array", ("constant", _SOME if length.conditions else length.text), *key[2:])


def _declarations(module: Module) -> dict[str, list[Declaration]]:
    found: dict[str, list[Declaration]] = {}
    for item in module.items:
        if isinstance(item, Declaration) and item.name:
            found.setdefault(item.name, []).append(item)
    return found


def _definitions(module: Module) -> dict[str, list[FunctionDef | Declaration]]:
    others = {id(one) for one in read_by_cplusplus(module)}
    found: dict[str, list[FunctionDef | Declaration]] = {}
    for item in module.items:
        if not isinstance(item, FunctionDef | Declaration) or id(item) in others:
            continue
        if item.is_definition:
            found.setdefault(item.name, []).append(item)
    return found
