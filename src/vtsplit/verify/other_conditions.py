"""Compare as texts what the configuration of a build leaves out: it may differ all the same."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from vtsplit.cst.directives import Macro
from vtsplit.cst.meaning.occurrences import Meaning, find_occurrences
from vtsplit.cst.nodes import Directive, Item
from vtsplit.cst.parser import parse_module
from vtsplit.verify.inputs.sides import Side
from vtsplit.verify.tokens.compare import compare
from vtsplit.verify.tokens.design import Design, Renames
from vtsplit.verify.tokens.program import Unit, words
from vtsplit.verify.tokens.textual import include_graph, unit_of_text
from vtsplit.verify.verdict import Difference, Verdict

# What a name means where it has nothing to do with the object of that name.
_OTHER = frozenset(
    {Meaning.COMMENT, Meaning.MEMBER, Meaning.LABEL, Meaning.TAG}
    | {Meaning.SHADOWED, Meaning.PARAMETER}
)


def compare_other_conditions(
    trees: Sequence[Side], paths: Sequence[str], design: Design, verdict: Verdict
) -> None:
    """Compare the texts of files of both trees under the renames that are known.

    Only what stands under conditions or has some inside counts, and macros of another body; the
    rest was compared better.

    A static name that no compiled code has may have a new name too. Such names are derived from the
    texts, and hold if nothing differs under them that does not differ without them.
    """
    before, after = (
        {path: unit_of_text(path, text, tree.root) for path in paths if (text := tree.find(path))}
        for tree in trees
    )
    known = design.known if design.renames is None else design.renames
    found = _differences(before, after, replace(design, renames=known))
    if design.renames is None and any(map(_counts, found)):
        derived = compare(before, after, design, Verdict("text"))
        # What uses a global name may stand in any other file, of which none is looked at here.
        more = Renames(known.shared, derived.own)
        if not _named_elsewhere(before, trees[0], known, more):
            fewer = _differences(before, after, replace(design, renames=more))
            found = fewer if all(one in found for one in fewer) else found
    shown = {(one.what, one.name) for one in verdict.differences}
    for one in found:
        if _counts(one) and (one.what, one.name) not in shown:
            message = f"{one.message} in the text, under #if conditions"
            verdict.differ(one.what, one.name, message, one.before, one.after, one.tokens)


def _differences(
    before: dict[str, Unit], after: dict[str, Unit], design: Design
) -> list[Difference]:
    verdict = Verdict("text")
    compare(before, after, design, verdict)
    return verdict.differences


def _counts(one: Difference) -> bool:
    return one.conditional or one.what == "macro"


def _named_elsewhere(before: dict[str, Unit], tree: Side, known: Renames, more: Renames) -> bool:
    """Tell whether a macro, or a header that a file reads, may name what gets a new name there.

    No compiler shows what they make of it, and a comparison of texts does not.
    """
    for path, unit in before.items():
        names = more.own.get(path, {}).keys() - known.own.get(path, {}).keys()
        if not names:
            continue
        graph = include_graph(path, tree.root)
        texts = [graph.text(one) for one in sorted(graph.reach(path).keys() - {path})]
        own = unit.chunks.text
        headers = [item for text in texts for item in parse_module(text).items]
        items = parse_module(own).items
        if any(_meanings(headers, names) - _OTHER):
            return True
        if _meanings(items, names) & {Meaning.MACRO, Meaning.PASTED, Meaning.MIXED}:
            return True
        if any(_makes(macro, names, words(own)) for macro in _macros([*items, *headers])):
            return True
    return False


def _meanings(items: Sequence[Item], names: Collection[str]) -> set[Meaning]:
    wanted = frozenset(names)
    return {found.meaning for item in items for found in find_occurrences(item, wanted)}


def _macros(items: Sequence[Item]) -> Iterator[Macro]:
    for item in items:
        if isinstance(item, Directive) and item.macro is not None:
            yield item.macro


def _makes(macro: Macro, names: Collection[str], known: Collection[str]) -> bool:
    """Tell whether a macro may join one of some names together from words that a file has."""
    parameters = {*(macro.parameters or ()), "__VA_ARGS__"}
    body = [token.text for token in macro.body if token.text.strip()]
    pieces: list[str | None] = []
    for at, text in enumerate(body):
        if "##" in body[at + 1 : at + 2]:
            pieces = [*pieces, text] if "##" in body[at - 1 : at] else [text]
        elif "##" in body[max(at - 1, 0) : at]:
            pieces.append(text)
            made = [None if piece in parameters else piece for piece in pieces if piece != "##"]
            if any(_joined(name, made, known) for name in names):
                return True
    return False


def _joined(name: str, pieces: Sequence[str | None], known: Collection[str]) -> bool:
    """Tell whether pieces make a name; None stands for any word.

    >>> _joined("a_run", ["a_", None], {"run"}), _joined("a_run", ["a_", None], {"walk"})
    (True, False)
    """
    if not pieces:
        return not name
    first, *rest = pieces
    if first is not None:
        return name.startswith(first) and _joined(name[len(first) :], rest, known)
    return any(
        (not end or name[:end] in known) and _joined(name[end:], rest, known)
        for end in range(len(name) + 1)
    )
