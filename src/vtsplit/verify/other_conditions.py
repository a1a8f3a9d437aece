"""Compare as texts what the configuration of a build leaves out: it may differ all the same."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from vtsplit.verify.compare import compare
from vtsplit.verify.inputs.sides import Side
from vtsplit.verify.references.outside import ASSEMBLY, Elsewhere, global_names
from vtsplit.verify.tokens.design import Design, Renames
from vtsplit.verify.tokens.program import Unit
from vtsplit.verify.tokens.textual import Headers, unit_of_text
from vtsplit.verify.verdict import Difference, Verdict


@dataclass(frozen=True)
class LeftOut:
    """What the comparison of compiled code has not seen: other files, and all but `compiled`."""

    elsewhere: Elsewhere
    compiled: Set[str]


def compare_other_conditions(
    trees: Sequence[Side],
    paths: Sequence[str],
    design: Design,
    left_out: LeftOut,
    verdict: Verdict,
) -> None:
    """Compare the texts of files of both trees under the renames that are known.

    Only what stands under conditions or has some inside counts, and macros of another body; the
    rest was compared better. Other files count that name what became global: all that they say, if
    the build does not compile them.

    A static name that no compiled code has may have a new name too. Such names are derived from the
    texts, and hold if nothing differs under them that does not differ without them.
    """
    headers = [(tree, Headers(tree.root)) for tree in trees]

    def units(chosen: Iterable[str]) -> tuple[dict[str, Unit], dict[str, Unit]]:
        before, after = (
            {path: unit_of_text(path, text, known) for path in chosen if (text := tree.find(path))}
            for tree, known in headers
        )
        return before, after

    before, after = units(paths)
    was, now = global_names(before), global_names(after)
    names = (now - was) | ((was - now) & (design.renames or design.known).shared.keys())
    users = left_out.elsewhere.naming(names, frozenset(paths))
    users = [one for one in users if not one.endswith(ASSEMBLY)]
    outside = frozenset(users) - left_out.compiled
    for side, more in zip((before, after), units(users), strict=True):
        side.update(more)
    known = design.known if design.renames is None else design.renames
    found = _differences(before, after, replace(design, renames=known))
    if design.renames is None and any(_counts(one, outside) for one in found):
        derived = compare(before, after, design, Verdict("text"))
        # What uses a global name may stand in any other file, of which none is looked at here.
        both = Renames(known.shared, derived.own)
        fewer = _differences(before, after, replace(design, renames=both))
        found = fewer if all(one in found for one in fewer) else found
    shown = {(one.what, one.name) for one in verdict.differences}
    for one in found:
        if _counts(one, outside) and (one.what, one.name) not in shown:
            message = f"{one.message} in the text, under #if conditions"
            verdict.differ(one.what, one.name, message, one.before, one.after, one.tokens)


def _differences(
    before: dict[str, Unit], after: dict[str, Unit], design: Design
) -> list[Difference]:
    verdict = Verdict("text")
    compare(before, after, design, verdict)
    return verdict.differences


def _counts(one: Difference, outside: Set[str]) -> bool:
    places = {site.path for site in (one.before, one.after) if site is not None}
    return one.conditional or one.what == "macro" or not places.isdisjoint(outside)
