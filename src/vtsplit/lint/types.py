"""Types that have to agree: declaration and definition, function and member of the table."""

from collections.abc import Iterator

from vtsplit.cst.heads.initializer import InitializerEntry, read_entries
from vtsplit.cst.heads.typed import Signature, TypeReadError, read_signature
from vtsplit.cst.lexer import Kind, code_tokens
from vtsplit.cst.nodes import Declaration, FunctionDef, Item
from vtsplit.example_trees import SPLIT, edited
from vtsplit.lint.facts import DECLARING, DeclarationPlace, Facts
from vtsplit.lint.findings import Finding
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.references import expand
from vtsplit.survey.types.members import StructMember, find_structures, read_members

MISDECLARED = Rule(
    "L004",
    "misdeclared",
    "declaration that does not fit its definition",
    "The types differ, also when typedefs are looked through. The compiler only sees that if "
    "the file with the definition includes the header.",
    "Write the type of the definition.",
    Example(
        edited("lamp_ops.h", ("int lamp_on", "long lamp_on"), base=SPLIT),
        base=SPLIT,
        command="vtsplit lint",
    ),
)

MISFIT = Rule(
    "L005",
    "misfit",
    "function with another type than its member of the table",
    "A table in main has a function in a member of another type. The call then passes or "
    "returns something else than the function expects.",
    "Give the function the member's type.",
    Example(
        edited("lamp.h", ("int (*on)", "long (*on)"), base=SPLIT),
        base=SPLIT,
        command="vtsplit lint",
    ),
)


def find_misdeclared(facts: Facts) -> Iterator[Finding]:
    """Find declarations whose type is not that of the definition (L004)."""
    own = {file.path for file in facts.sources}
    for place in facts.declared:
        name = place.definition.name
        definitions = facts.definitions(name)
        near = [one for one in definitions if one.file.path in own] or definitions
        if len({one.file.path for one in near}) != 1:
            continue
        # Each branch of an `#if` may have a type of its own.
        guard = place.definition.guard
        near = [one for one in near if one.definition.guard == guard] or near
        for definition in near:
            if _differ(facts, place.item, definition.item):
                where = f"{definition.site.path}:{definition.site.line}"
                message = (
                    f"'{name}' is declared as '{_shown(place.item)}', "
                    f"but defined as '{_shown(definition.item)}' at {where}"
                )
                yield Finding(place.site, MISDECLARED, name, message)
                break


def _differ(facts: Facts, one: Item, other: Item) -> bool:
    first, second = _signature(one), _signature(other)
    if first is None or second is None:
        return False
    return facts.typedefs.same(first.key, second.key) is False


def _signature(item: Item) -> Signature | None:
    if not isinstance(item, FunctionDef | Declaration) or item.head.more:
        return None
    try:
        return read_signature(item.head)
    except TypeReadError:
        return None


def _shown(item: Item) -> str:
    """Return a head in one line."""
    text = item.text
    if isinstance(item, FunctionDef):
        text = text[: item.body]
    elif isinstance(item, Declaration) and item.head.initializer is not None:
        text = text[: item.head.initializer - 1]
    return " ".join(text.rstrip("; \t\n").split())


def tables_of(facts: Facts) -> Iterator[tuple[int, Declaration]]:
    """Yield the initialized structures of main: the tables, and others like them."""
    for index, item in enumerate(facts.main.module.items):
        if not isinstance(item, Declaration) or item.initializer is None:
            continue
        if item.head.tag.startswith("struct ") and not item.head.defines_tag:
            yield index, item


def find_misfits(facts: Facts) -> Iterator[Finding]:
    """Find functions in the tables that have another type than the member (L005)."""
    for index, item in tables_of(facts):
        members: dict[str, list[StructMember]] = {}
        for file, at in find_structures(item.head.tag, facts.graph, facts.files, facts.seen):
            structure = file.module.items[at]
            for member in read_members(structure) if isinstance(structure, Declaration) else ():
                members.setdefault(member.name, []).append(member)
        for entry in read_entries(item):
            found = members.get(entry.designator.removeprefix("."), [])
            for name in entry_functions(facts, entry):
                yield from _misfit(facts, index, entry, name, found)


def entry_functions(facts: Facts, entry: InitializerEntry) -> tuple[str, ...]:
    """Return the functions that an entry's value can be: a name, or what a macro call makes."""
    value = code_tokens(entry.value)
    if value and value[0].text == "&":
        value = value[1:]
    if len(value) == 1 and value[0].kind is Kind.IDENT:
        return (value[0].text,)
    if len(value) < 4 or value[1].text != "(" or value[-1].text != ")":
        return ()
    argument = value[2:-1]
    if any(token.text in {",", "("} for token in argument):
        return ()
    made = [expand(macro, [argument], lambda _: None) for macro in facts.macros(value[0].text)]
    return tuple(dict.fromkeys(names[0] for names in made if len(names) == 1))


def _misfit(
    facts: Facts, index: int, entry: InitializerEntry, name: str, members: list[StructMember]
) -> Iterator[Finding]:
    function = _declaration_of(facts, name)
    signature = _signature(function.item) if function else None
    if function is None or signature is None or not members:
        return
    if signature.key[:1] != ("function",):
        return
    wanted = [member.signature for member in members]
    if not all(one and facts.typedefs.same(signature.key, one.key) is False for one in wanted):
        return
    site = facts.main.site(index, entry.offset, len(entry.designator))
    message = (
        f"'{name}' is '{_shown(function.item)}' at {function.site.path}:{function.site.line}, but "
        f"the member is '{' '.join(members[0].text.split())}'"
    )
    yield Finding(site, MISFIT, name, message)


def _declaration_of(facts: Facts, name: str) -> DeclarationPlace | None:
    """Return a definition of a function in the split's files, else a declaration main sees."""
    for file in (facts.main, *facts.sources):
        for definition in file.definitions.of(name, Sort.FUNCTION):
            return DeclarationPlace(file, definition)
    for file in facts.headers:
        for definition in file.definitions.of(name, *DECLARING):
            return DeclarationPlace(file, definition)
    return None
