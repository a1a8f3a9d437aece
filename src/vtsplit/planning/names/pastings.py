"""Names that macros build with `##`, where a rename cannot follow."""

from collections.abc import Collection, Iterator, Mapping

from vtsplit.cst.directives import Macro
from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.nodes import Directive, FunctionDef
from vtsplit.diagnostics import Site
from vtsplit.example_trees import RENAMED, TABLE, edited
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.cfile.references import find_references

BUILT_NAME = Rule(
    "VT033",
    "built-name",
    "a macro builds the old name",
    "A macro makes the name out of pieces with `##`. A rename cannot follow there.",
    'Keep the name (`x = "x"` in `[rename]`), or write the code without the macro.',
    Example(
        edited(
            "lamp.c",
            (
                TABLE,
                "#define ON(x) x##_on\n\nint lamp_test(struct light *l) { return ON(lamp)(l); }\n\n"
                + TABLE,
            ),
        ),
        spec=RENAMED,
    ),
)


_Built = Mapping[str, Mapping[str, Site]]


def report_pastings(
    source: CFile,
    names: Mapping[str, str],
    exposed: frozenset[str],
    macro_of: MacroOf,
    ledger: Ledger,
) -> None:
    """Report the macros whose `##` could build a renamed or exposed name; refuse where one does."""
    built = built_names(source, macro_of)
    for name, through in _built_elsewhere(source, names, built, macro_of):
        ledger.refuse(
            BUILT_NAME,
            f"macro {through} builds '{name}' here, and a rename cannot follow",
            built[name][through],
            f'keep this name ({name} = "{name}" in [rename]), or write the code without the macro',
        )
    for index, item in enumerate(source.module.items):
        macro = item.macro
        if macro is None or not macro.pastes():
            continue
        could = _could_build(macro, names, exposed, built)
        for name in sorted(could & names.keys()):
            if macro.name in built.get(name, {}):
                ledger.refuse(
                    BUILT_NAME,
                    f"macro {macro.name} builds '{name}' (## at {source.site(index)}), and a "
                    "rename cannot follow",
                    built[name][macro.name],
                    f'keep this name ({name} = "{name}" in [rename]), or write the name itself '
                    "here",
                )
        sure = {name for name in could if macro.name in built.get(name, {})}
        rest = sorted(could & names.keys() - sure)
        if rest:
            ledger.note(
                f"macro {macro.name} pastes names like {', '.join(rest[:3])}: no call in this "
                "file builds one",
                source.site(index),
            )
        if sure - names.keys():
            ledger.note(
                f"macro {macro.name} builds {', '.join(sorted(sure - names.keys())[:3])}, "
                "which keeps its name",
                source.site(index),
            )


def pasted_names(source: CFile, names: Collection[str], macro_of: MacroOf) -> frozenset[str]:
    """Return which of some names macros build, so that none of them can change."""
    built = built_names(source, macro_of)
    found = {name for name, _ in _built_elsewhere(source, names, built, macro_of)}
    for item in source.module.items:
        macro = item.macro
        if macro is not None and macro.pastes():
            could = _could_build(macro, names, (), built)
            found |= {name for name in could if macro.name in built.get(name, {})}
    return frozenset(found)


def _built_elsewhere(
    source: CFile, names: Collection[str], built: _Built, macro_of: MacroOf
) -> Iterator[tuple[str, str]]:
    """Yield the names that macros of other files build, with the macro."""
    for name in sorted(built.keys() & names):
        for through in built[name]:
            macro = macro_of(through)
            if source.definitions.of(through) or macro is None:
                continue
            if all(token.text != name for token in macro.body):
                yield name, through


def _could_build(
    macro: Macro, names: Collection[str], exposed: Collection[str], built: _Built
) -> set[str]:
    """Return the names that a macro's `##` could build."""
    could = {n for n in (*names, *exposed) if any(_fits(n, *p) for p in _affixes(macro))}
    written = {token.text for token in macro.body}
    return could | {n for n in names if n not in written and macro.name in built.get(n, {})}


def _affixes(macro: Macro) -> list[tuple[str, str]]:
    """Return what stands before and behind a pasted parameter: `foo_##x` gives ('foo_', '')."""
    parameters = set(macro.parameters or ())
    words = [token.text for token in macro.body]
    found = []
    for at, word in enumerate(words):
        if word not in parameters or "##" not in {
            *words[max(at - 1, 0) : at],
            *words[at + 1 : at + 2],
        }:
            continue
        before = words[at - 2] if at > 1 and words[at - 1] == "##" else ""
        after = words[at + 2] if at + 2 < len(words) and words[at + 1] == "##" else ""
        found.append(("" if before in parameters else before, "" if after in parameters else after))
    return found


def _fits(name: str, before: str, after: str) -> bool:
    if not before and not after:
        return False
    return name.startswith(before) and name.endswith(after) and len(name) > len(before + after)


def built_names(
    source: CFile, macro_of: MacroOf, skip: frozenset[int] = frozenset()
) -> dict[str, dict[str, Site]]:
    """Return the names that macro calls of the file bring, with the macro and the place.

    Macros called at file scope or within tables are followed into headers; those in function
    bodies when the file defines them.
    """
    built: dict[str, dict[str, Site]] = {}
    pasting = {
        item.macro.name
        for item in source.module.items
        if isinstance(item, Directive) and item.macro is not None and item.macro.pastes()
    }
    for index, item in enumerate(source.module.items):
        if isinstance(item, Directive) or index in skip:
            continue
        if isinstance(item, FunctionDef) and not any(name in item.text for name in pasting):
            continue
        look_up = source.definitions.macro if isinstance(item, FunctionDef) else macro_of
        for reference in find_references(item, look_up):
            if reference.through:
                found = built.setdefault(reference.name, {})
                found.setdefault(reference.through, source.site(index, reference.offset))
    return built
