"""Compare a tree, item by item, with what a spec adds to main besides the split.

That the split changes no program is proved elsewhere; wrappers do change it, as their policies say.
So each function, table and declaration must be what the policies make, token by token.
"""

from collections import Counter
from collections.abc import Collection, Mapping

from vtsplit.cst.lexer import code_words
from vtsplit.cst.meaning.same_function import bare
from vtsplit.cst.nodes import Declaration, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import Site
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.differing import Differing
from vtsplit.verify.verdict import IntendedChange, ProvedSame, Verdict

C_FILES = (".c", ".h")


def compare_stated(
    expected: Mapping[str, str], made: Mapping[str, str], tree: SourceTree, verdict: Verdict
) -> None:
    """Hold files against the texts they are to have; `made` are functions with their policies.

    White space and comments do not count, nor does the order of a made function's specifiers.
    Differences and what is as stated go into the verdict.
    """
    for path, text in sorted(expected.items()):
        found = tree.find(path)
        if found is None:
            verdict.differ("file", path, "is missing, although the spec asks for it")
        elif path.endswith(C_FILES):
            _compare(path, parse_module(text), parse_module(found), made, verdict)
        elif text.split() != found.split():
            verdict.differ("file", path, "is not what the spec asks for", after=Site(path))


def _compare(
    path: str, wanted: Module, found: Module, made: Mapping[str, str], verdict: Verdict
) -> None:
    stated = Counter(_essence(item, made) for item in wanted.items)
    there = Counter(_essence(item, made) for item in found.items)
    more, less = there - stated, stated - there
    told: set[str] = set()
    for items, left, message in (
        (found, more, "is not what the spec asks for"),
        (wanted, less, "is missing, although the spec asks for it"),
    ):
        for at, item in enumerate(items.items):
            essence = _essence(item, made)
            if not left[essence]:
                continue
            left[essence] -= 1
            name = _name(item)
            if name in told:
                continue  # it is there, and other than it should be
            told.add(name)
            reason = f" ({made[name]})" if name in made else ""
            line = items.position(items.starts[at])[0] if items is found else 0
            verdict.differ(_what(item), name, f"{message}{reason}", after=Site(path, line))
    wrong = {one.name for one in verdict.differences}
    for at, item in enumerate(found.items):
        name = _name(item)
        if isinstance(item, FunctionDef) and name in made and name not in wrong:
            verdict.proved.append(ProvedSame("wrapper", name))
            site = Site(path, found.position(found.starts[at])[0])
            verdict.designed.append(IntendedChange("wrapped", name, site))


def compare_unstated(differing: Differing, expected: Collection[str], verdict: Verdict) -> None:
    """Find files that differ though the spec does not ask for it."""
    for path in sorted(differing.paths - {*expected}):
        verdict.differ("file", path, "differs, although the spec does not ask for that", Site(path))


def _essence(item: Item, made: Mapping[str, str]) -> tuple[str, ...]:
    if isinstance(item, FunctionDef) and item.name in made:
        # What else says nothing depends on macros, which are not looked up here.
        return tuple(token.text for token in bare(item.text))
    return tuple(code_words(item.tokens))


def _name(item: Item) -> str:
    named = isinstance(item, FunctionDef | Declaration) and item.name
    return named or item.text.split("\n")[0][:60]


def _what(item: Item) -> str:
    if isinstance(item, FunctionDef):
        return "function"
    return "declaration" if isinstance(item, Declaration) else "line"
