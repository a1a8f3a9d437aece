"""Compare a tree, item by item, with what a spec adds to main besides the split.

That the split changes no program is proved elsewhere; wrappers do change it, as their policies say.
So each function, table and declaration must be what the policies make, token by token.
"""

from collections import Counter
from collections.abc import Collection, Mapping

from vtsplit.cst.directives import CONDITIONALS
from vtsplit.cst.lexer import code_words
from vtsplit.cst.meaning.same_function import bare
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module
from vtsplit.diagnostics import Site
from vtsplit.survey.cfile.definitions import Definitions
from vtsplit.survey.order.macros_in_force import MacroDirective, MacrosInForce, ordered_lines
from vtsplit.survey.order.pragmas_in_force import pragmas_in_force
from vtsplit.tree.source_tree import SourceTree
from vtsplit.verify.inputs.differing import Differing
from vtsplit.verify.token_diff import diff_tokens
from vtsplit.verify.verdict import IntendedChange, ProvedSame, Verdict

C_FILES = (".c", ".h")
Texts = tuple[str, ...]
# The tokens of an item, the conditions it stands under, the pragmas in force, the lines of its
# macros.
Essence = tuple[Texts, Texts, Texts, tuple[tuple[str, tuple[MacroDirective, ...]], ...]]


def compare_stated(
    expected: Mapping[str, str],
    made: Mapping[str, str],
    tree: SourceTree,
    verdict: Verdict,
    before: SourceTree | None = None,
) -> None:
    """Hold files against the texts they are to have; `made` are functions with their policies.

    Those that the tree `before` has alike are no change.

    White space and comments do not count, nor does the order of a made function's specifiers. The
    conditions that an item stands under count, the pragmas that are in force there, and the order
    of includes.
    Differences and what is as stated go into the verdict.
    """
    for path, text in sorted(expected.items()):
        found = tree.find(path)
        if found is None:
            verdict.differ("file", path, "is missing, although the spec asks for it")
        elif path.endswith(C_FILES):
            verdict.stated += 1
            module = parse_module(found)
            _compare(path, parse_module(text), module, made, verdict)
            was = parse_module((before.find(path) if before else None) or "")
            _list_made(path, module, was, made, verdict)
        elif text.split() != found.split():
            verdict.differ("file", path, "is not what the spec asks for", after=Site(path))


def _compare(
    path: str, wanted: Module, found: Module, made: Mapping[str, str], verdict: Verdict
) -> None:
    ours, theirs = _essences(wanted, made), _essences(found, made)
    stated, there = Counter(ours.values()), Counter(theirs.values())
    more, less = there - stated, stated - there
    told: set[str] = set()
    asked = {(_what(item), _name(item)): item.text for item in wanted.items}
    for items, essences, left, message in (
        (found, theirs, more, "is not what the spec asks for"),
        (wanted, ours, less, "is missing, although the spec asks for it"),
    ):
        for at, essence in essences.items():
            if not left[essence]:
                continue
            left[essence] -= 1
            item = items.items[at]
            name = _name(item)
            if name in told:
                continue  # it is there, and other than it should be
            told.add(name)
            reason = f" ({made[name]})" if name in made else ""
            line = items.position(items.starts[at])[0] if items is found else 0
            text = asked.get((_what(item), name)) if items is found else None
            tokens = diff_tokens(text, item.text).lines if text is not None else ()
            site = Site(path, line)
            verdict.differ(_what(item), name, f"{message}{reason}", after=site, tokens=tokens)
    _compare_order(path, wanted, found, verdict)


def _list_made(
    path: str, found: Module, was: Module, made: Mapping[str, str], verdict: Verdict
) -> None:
    """List the functions that are as a policy makes them; those that are new are by design."""
    wrong = {one.name for one in verdict.differences}
    there = {(_name(item), _tokens(item, made)) for item in was.items if _is_made(item, made)}
    for at, item in enumerate(found.items):
        name = _name(item)
        if not _is_made(item, made) or name in wrong:
            continue
        verdict.proved.append(ProvedSame("wrapper", name, "spec"))
        if (name, _tokens(item, made)) not in there:
            site = Site(path, found.position(found.starts[at])[0])
            verdict.designed.append(IntendedChange("wrapped", name, site))


def _compare_order(path: str, wanted: Module, found: Module, verdict: Verdict) -> None:
    """Find includes that change places: what one defines, another may ask for."""
    ours, theirs = ordered_lines(wanted), ordered_lines(found)
    if ours == theirs or Counter(ours) != Counter(theirs):
        return  # what is missing, or more than it should be, is told by itself
    moved = next(one for one, other in zip(theirs, ours, strict=True) if one != other)
    line = "".join(moved[:2]) + " " + "".join(moved[2:])
    message = "stands in another order than the spec asks for"
    verdict.differ("line", line, message, after=Site(path))


def compare_unstated(differing: Differing, expected: Collection[str], verdict: Verdict) -> None:
    """Find files that differ though the spec does not ask for it."""
    for path in sorted(differing.paths - {*expected}):
        before, after = (None, Site(path)) if path in differing.added else (Site(path), None)
        message = "differs, although the spec does not ask for that"
        verdict.differ("file", path, message, before, after)


def _essences(module: Module, made: Mapping[str, str]) -> dict[int, Essence]:
    """Return what each item comes to, by its index: its tokens, and where it stands.

    The conditions it stands under count, and so do the pragmas in force and those of the file's own
    macros that hold there.
    """
    macros = MacrosInForce(module)
    in_force = pragmas_in_force(module, Definitions.in_module(module).macros)
    return {
        at: (
            _tokens(item, made),
            macros.conditions[at],
            () if isinstance(item, Directive) else in_force[at].pragmas,
            tuple(sorted(macros.at(at).items())),
        )
        for at, item in enumerate(module.items)
        if not (isinstance(item, Directive) and item.name in CONDITIONALS)
    }


def _is_made(item: Item, made: Mapping[str, str]) -> bool:
    return isinstance(item, FunctionDef) and item.name in made


def _tokens(item: Item, made: Mapping[str, str]) -> Texts:
    if _is_made(item, made):
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
