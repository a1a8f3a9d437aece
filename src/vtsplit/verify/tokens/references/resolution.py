"""What a name refers to: equal tokens are equal programs only if their names mean the same."""

from collections.abc import Mapping, Sequence

from vtsplit.cst.directives import Macro, read_macro
from vtsplit.cst.meaning.macro_arguments import ArgumentUse, MacroOf, argument_uses
from vtsplit.cst.meaning.occurrences import Meaning, find_occurrences
from vtsplit.cst.parser import parse_module
from vtsplit.verify.tokens.program import Thing, Unit, words
from vtsplit.verify.tokens.references.definers import Definers
from vtsplit.verify.verdict import Mismatch, Verdict


def check_resolution(
    before: Mapping[str, tuple[Thing, ...]],
    after: Mapping[str, Unit],
    pairs: Sequence[tuple[Thing, Thing]],
    verdict: Verdict,
) -> None:
    """Check that each definition's names mean after what they meant before.

    Of what headers define, only `asm` is looked at: the rest is compared as text in every unit.
    """
    after_things = {path: unit.things for path, unit in after.items()}
    _Check(Definers(before), Definers(after_things), pairs, verdict).run()


class _Check:
    def __init__(
        self,
        ours: Definers,
        theirs: Definers,
        pairs: Sequence[tuple[Thing, Thing]],
        verdict: Verdict,
    ) -> None:
        self.ours = ours
        self.theirs = theirs
        self.verdict = verdict
        self.partner = {id(was): now for was, now in pairs}
        new = {id(now) for _, now in pairs}
        self.now_by_key = {
            (thing.unit.path, thing.key): thing for thing in theirs.users if id(thing) not in new
        }

    def run(self) -> None:
        for was in self.ours.users:
            now = self._now(was)
            if now is None:
                continue
            if was.is_own and was.entity.is_definition:
                for name in self.ours.names & words(was.text) - {was.entity.name}:
                    meant, means = (
                        side.meant(thing, name)
                        for side, thing in ((self.ours, was), (self.theirs, now))
                    )
                    if self._have_changed(meant, means) and _is_used(was, name):
                        self._differ(was, now, name, (meant, means))
            # The assembler's names are the same on both sides: nothing renames them.
            for name in self.ours.spoken(was):
                meant, means = self.ours.assembled(was, name), self.theirs.assembled(now, name)
                if self._have_changed(meant, means):
                    self._differ(was, now, name, (meant, means))

    def _now(self, thing: Thing) -> Thing | None:
        return self.partner.get(id(thing)) or self.now_by_key.get((thing.unit.path, thing.key))

    def _have_changed(self, meant: Sequence[Thing], means: Sequence[Thing]) -> bool:
        """Tell whether a name's definitions are others now; what is gone is told elsewhere."""
        wanted = {id(now) for was in meant if (now := self._now(was)) is not None}
        today = {id(one) for one in means}
        if not wanted:
            return False
        if len({one.unit.path for one in meant}) > 1 and not self.ours.is_weak(meant[0]):
            # Parts of several programs: nothing says with which of them a file is linked.
            return not today or not today <= wanted
        return today != wanted

    def _differ(
        self, was: Thing, now: Thing, name: str, sides: tuple[Sequence[Thing], Sequence[Thing]]
    ) -> None:
        meant, means = sides
        home = next((one for thing in meant if (one := self._now(thing)) is not None), meant[0])
        if means:
            other = next((one for one in means if one is not home), means[0])
            message = f"names '{name}', which is another one in {other.unit.path}"
        elif home.entity.name != name:
            message = f"names '{name}' for the assembler, which is '{home.entity.name}' now"
        else:
            message = f"names '{name}', which is static in {home.unit.path}"
        conditional = any(one.is_conditional for one in (was, now, *meant, *means))
        title = now.entity.name or "asm"
        sites = meant[0].site(), now.site()
        self.verdict.record(Mismatch("reference", title, message, *sites, (), conditional))


def _is_used(thing: Thing, name: str) -> bool:
    """Tell whether code means the object by a name: no comment, no member or local of that name.

    A macro that only pastes an argument does not mean it: `#define OP(name) do_##name`.
    """
    macro_of = _macros_around(thing)
    meanings = {
        found.meaning
        for item in parse_module(thing.text).items
        for found in find_occurrences(item, frozenset({name}), macro_of)
    }
    if Meaning.PASTED in meanings and _may_also_mean(thing, macro_of):
        return True
    return any(meaning.is_code for meaning in meanings)


def _macros_around(thing: Thing) -> MacroOf:
    """Return the macros that a file defines once, in a text that is compared as it is written."""
    defined: dict[str, Macro | None] = {}
    for other in thing.unit.things:
        if macro := read_macro(other.text):
            # Which of several is in force is not asked here, so such a macro may do anything.
            defined[macro.name] = macro if macro.name not in defined else None
    return lambda name: defined[name] if name in defined else thing.unit.macro_of(name)


def _may_also_mean(thing: Thing, macro_of: MacroOf) -> bool:
    """Tell whether a macro of the text takes the value of an argument that it also pastes."""
    both = {ArgumentUse.PASTED, ArgumentUse.VALUE}
    return any(
        both <= argument_uses(word, index, macro_of)
        for word in words(thing.text)
        if (macro := macro_of(word)) is not None
        for index in range(len(macro.parameters or ()))
    )
