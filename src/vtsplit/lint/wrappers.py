"""Wrappers in main: those that nothing reaches, and functions that have none."""

from collections.abc import Iterator

from vtsplit.cst.heads.initializer import read_entries
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.example_trees import DISPATCH, NEON, SPEC, SPLIT, edited
from vtsplit.lint.facts import DeclarationPlace, Facts, all_of
from vtsplit.lint.findings import Finding
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.types.members import find_structures, points_to_function, read_members
from vtsplit.survey.types.positions import structure_of

UNREACHED = Rule(
    "L008",
    "unreached",
    "wrapper that nothing reaches",
    "A static function of main calls functions of the split, but nothing in main uses it: its "
    "entry in the table is gone, or names the function itself.",
    "Name the wrapper in the table, or remove it.",
    Example(
        edited(
            "main.c",
            (
                "static struct",
                "static int any_on(struct light *l) { return lamp_on(l); }\n\nstatic struct",
            ),
            base=SPLIT,
        ),
        base=SPLIT,
        command="vtsplit lint",
    ),
)

UNWRAPPED = Rule(
    "L010",
    "unwrapped",
    "function of the second backend that no wrapper calls",
    "The second backend has a function named after an op of the table, but nothing in main "
    "calls it.",
    "Run `vtsplit split`, which makes the wrapper, or set `wrap = false` for this op.",
    Example(
        {path: NEON[path] for path in ("neon.c", "neon.h")},
        spec=SPEC + DISPATCH,
        base=SPLIT,
        command="vtsplit lint",
    ),
)


def find_unreached(facts: Facts) -> Iterator[Finding]:
    """Find static functions of main that call the split's functions and are used by nothing (L008).

    What is used by other such functions only is not reached either.
    """
    wrappers = {place.definition.name: place for place in _wrappers(facts)}
    own = {name: place.definition.index for name, place in wrappers.items()}
    declaring = {
        definition.index
        for name in wrappers
        for definition in facts.main.definitions.of(name, Sort.PROTOTYPE)
    }
    reached: set[str] = set()
    pending = set(wrappers)
    while True:
        idle = {own[name] for name in pending} | declaring
        found = {n for n in pending if facts.uses_in_main.get(n, frozenset()) - idle}
        if not found:
            break
        reached |= found
        pending -= found
    for name in sorted(pending):
        place = wrappers[name]
        message = f"nothing in {facts.main.path} uses '{name}'"
        yield Finding(place.site, UNREACHED, name, message)


def _wrappers(facts: Facts) -> Iterator[DeclarationPlace]:
    called = {place.definition.name for place in (*facts.declared, *facts.globals)}
    for found in facts.main.definitions.by_name.values():
        for definition in found:
            item = definition.item
            if definition.sort is not Sort.FUNCTION or not isinstance(item, FunctionDef):
                continue
            words = {token.text for token in item.head.tokens}
            if not definition.is_static or words & {"__used", "__maybe_unused"}:
                continue
            if called & (facts.used_by(item) - {definition.name}):
                yield DeclarationPlace(facts.main, definition)


def find_unwrapped(facts: Facts) -> Iterator[Finding]:
    """Find functions of the second backend, named after an op, that main never calls (L010)."""
    if facts.second is None:
        return
    ops = _ops(facts)
    seen: set[str] = set()
    for file in filter(None, (facts.second_header, facts.second_source)):
        for definition in sorted(all_of(file), key=lambda d: d.index):
            name = definition.name
            op = name.removeprefix(facts.second.prefix)
            is_function = definition.sort in {Sort.FUNCTION, Sort.PROTOTYPE}
            if name in seen or op == name or op not in ops or not is_function:
                continue
            if op in facts.spec.ops and not facts.spec.ops[op].wrap:
                continue  # the spec has it so
            seen.add(name)
            if not definition.is_static and name not in facts.uses_in_main:
                message = f"'{name}' serves op {op}, but nothing in {facts.main.path} calls it"
                yield Finding(DeclarationPlace(file, definition).site, UNWRAPPED, name, message)


def _ops(facts: Facts) -> set[str]:
    """Return the ops of the tables in main: their entries and the members of their types."""
    ops: set[str] = set()
    for item in facts.main.module.items:
        tag = structure_of(item) if isinstance(item, Declaration) and item.initializer else ""
        if not tag or not isinstance(item, Declaration) or item.head.defines_tag:
            continue
        ops |= {entry.designator.removeprefix(".") for entry in read_entries(item)}
        for file, index in find_structures(tag, facts.graph, facts.files, facts.seen):
            structure = file.module.items[index]
            members = read_members(structure) if isinstance(structure, Declaration) else ()
            ops |= {one.name for one in members if points_to_function(one, facts.typedefs)}
    return ops
