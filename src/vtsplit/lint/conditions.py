"""Compare the guards of declarations with those of the definitions."""

import re
from collections.abc import Iterable, Iterator

from vtsplit.cst.conditions import Guard, conjuncts, cover
from vtsplit.example_trees import SPLIT, edited
from vtsplit.lint.facts import Facts
from vtsplit.lint.findings import Finding
from vtsplit.rule import Example, Rule
from vtsplit.survey.make.kbuild import Membership, find_object
from vtsplit.survey.make.makefile import read_lists

MISGUARDED = Rule(
    "L007",
    "misguarded",
    "declaration under other conditions than its definition",
    "One of the two stands under an `#if` condition that the other does not have. A use may "
    "compile where there is no definition to link, or may not compile where there is one.",
    "Give both the same condition.",
    Example(
        edited(
            "lamp_ops.h",
            (
                "int lamp_on(struct light *light);\n",
                "#ifdef CONFIG_DIM\nint lamp_on(struct light *light);\n#endif\n",
            ),
            base=SPLIT,
        ),
        base=SPLIT,
        command="vtsplit lint",
    ),
)


_SYMBOL = re.compile(r"\bCONFIG_\w+")
_ENABLED = re.compile(r"\b(?:IS_ENABLED|IS_BUILTIN|IS_REACHABLE)\s*\(\s*(\w+)\s*\)")
_DEFINED = re.compile(r"\bdefined\s*\(?\s*(\w+)\s*\)?")
_MODULE = re.compile(r"\(?defined\((\w+)\)\s*\|\|\s*defined\(\1_MODULE\)\)?")


def find_misguarded(facts: Facts) -> Iterator[Finding]:
    """Find declarations under other `#if` conditions than the definition (L007).

    What Kbuild asks for to compile the definition's file at all counts as its condition too.
    """
    for name in dict.fromkeys(place.definition.name for place in facts.declared):
        definitions = facts.definitions(name)
        paths = {place.file.path for place in definitions}
        if len(paths) != 1 or facts.is_common(name):
            continue
        declared = [place for place in facts.declared if place.definition.name == name]
        here = _terms(cover(place.definition.guard for place in declared))
        there = _terms(cover(place.definition.guard for place in definitions))
        built = _built_under(facts, paths.pop())
        only_here = {term for term in here - there if not _symbols([term]) <= built}
        only_there = {term for term in there - here if not _symbols([term]) <= built}
        where = f"{definitions[0].site.path}:{definitions[0].site.line}"
        if only_here:
            message = f"'{name}' is declared under '{_shown(only_here)}', but its definition is not"
        elif only_there:
            message = (
                f"'{name}' is defined under '{_shown(only_there)}', but its declaration is not"
            )
        else:
            continue
        yield Finding(declared[0].site, MISGUARDED, name, f"{message} ({where})")


def _shown(terms: Iterable[str]) -> str:
    return " && ".join(sorted(terms))


def _terms(guard: Guard) -> frozenset[str]:
    """Return the conditions that must all hold, each in one spelling."""
    found: set[str] = set()
    for condition in guard:
        found |= set(conjuncts(_plain(condition.expression)))
    return frozenset(found)


def _plain(expression: str) -> str:
    """Spell a condition so that equal ones look alike.

    `IS_ENABLED` of a symbol that cannot be a module is `defined`, which only Kconfig could tell:
    the two are taken for one.

    >>> _plain("IS_ENABLED(CONFIG_A)"), _plain("defined CONFIG_A"), _plain("CONFIG_A")
    ('defined(CONFIG_A)', 'defined(CONFIG_A)', 'defined(CONFIG_A)')
    """
    text = _DEFINED.sub(r"defined(\1)", _ENABLED.sub(r"defined(\1)", expression))
    text = _MODULE.sub(r"defined(\1)", text)
    if _SYMBOL.fullmatch(text):
        text = f"defined({text})"
    return re.sub(r"\s+", "", text)


def _symbols(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(symbol for text in texts for symbol in _SYMBOL.findall(text))


def _built_under(facts: Facts, path: str) -> frozenset[str]:
    """Return the symbols that the object lists on the way to a file name."""
    found = find_object(facts.tree.find, path)
    if not isinstance(found, Membership):
        return frozenset()
    text = facts.tree.find(found.makefile) or ""
    modules = {f"{place.module}.o" for place in found.places if place.module}
    lists = [place.object_list for place in found.places]
    lists += [one for one in read_lists(text) if any(word.path in modules for word in one.words)]
    return _symbols(
        [one.name for one in lists] + [cond.text for one in lists for cond in one.conditions]
    )
