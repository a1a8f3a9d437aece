"""What the new files need to compile: for each name they use, an include or a reason to refuse."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vtsplit.cst.conditions import Guard, are_exclusive
from vtsplit.cst.heads.annotations import BY_HEADERS, RESERVED
from vtsplit.cst.meaning.occurrences import find_occurrences
from vtsplit.cst.nodes import Declaration, FunctionDef
from vtsplit.diagnostics import Site
from vtsplit.planning.edits import IncludeLine
from vtsplit.planning.includes.absent import warn_of_absent
from vtsplit.planning.includes.in_front import InFront
from vtsplit.planning.includes.opened_headers import with_parts
from vtsplit.planning.includes.redundant import drop_redundant
from vtsplit.planning.includes.rules import CONFIGURED, RELYING, UNKNOWN_ORIGIN
from vtsplit.planning.includes.settings import (
    demanded_includes,
    forestalling_includes,
)
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.made_names import MADE_NAME
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile
from vtsplit.survey.headers.includes import Include, IncludeGraph, IncludeSlot, is_absent
from vtsplit.survey.order.configured import configured_includes, decided_in_front
from vtsplit.survey.order.feature_macros import setting_includes
from vtsplit.survey.order.front_macros import FrontMacros
from vtsplit.survey.order.macro_order import late_settings
from vtsplit.survey.order.providers import choose_includes

_LOCAL = (Sort.TYPE, Sort.ENUMERATOR, Sort.MACRO)
# Keywords of C23 (6.4.1) that headers of older C define.
_C23 = {"bool", "true", "false", "nullptr", "static_assert", "thread_local", "alignas", "alignof"}
# Macros that a configuration or the compiler defines, not a system's header: an `#if` on any other
# that no header of the tree has could say something else where those headers are not included.
_OF_THE_BUILD = re.compile(
    r"CONFIG_|HAVE_|_WIN|_MSC_|__cplusplus|__(?!GLIBC|UCLIBC|BIONIC|NEWLIB|MUSL)\w+__$"
)
# Names that the compiler or the build itself defines.
_BUILT_IN = ("__builtin_", "KBUILD_", "__FILE__", "__LINE__", "__func__", "__COUNTER__")


@dataclass(frozen=True)
class Need:
    """A name that a new file uses, why, and where.

    An `optional` one may be nowhere; with `in_condition` it stands in an `#if`.
    """

    name: str
    reason: str
    site: Site | None
    optional: bool = False
    in_condition: bool = False


class Includes:
    """Chooses for new files among the includes of the source file.

    `skip` are headers that the split makes or changes: what brings one is not chosen. `written` are
    all includes, these too. What the headers in `opened` include can also be chosen; `in_order`
    has these includes among the source's own.
    """

    def __init__(
        self,
        graph: IncludeGraph,
        source: CFile,
        skip: frozenset[str],
        opened: frozenset[str] = frozenset(),
    ) -> None:
        self.graph = graph
        self.source = source
        self.skip = skip
        written = graph.direct(source.module)
        every = [i for i in written if not skip & i.files.keys()]
        self.written = written
        self.decided = decided_in_front(graph, source.module, written)
        self.front_macros = FrontMacros(graph, source.module, written, self.decided)
        self.configured = configured_includes(source.module, every)
        for include in every:
            if macro := self.front_macros.made_once(include):
                reason = (
                    f"behind '#define {macro}', which may have it define what a program has once"
                )
                self.configured.setdefault(include.index, reason)
        usable = [include for include in every if include.index not in self.configured]
        self.all = with_parts(graph, source.path, usable, opened)
        self.in_order = with_parts(graph, source.path, written, opened)
        self.left_out = [include for include in every if include.index in self.configured]
        self.in_front = InFront(graph, source, every, self.all)
        self.seen = {path for include in every for path in include.files}

    def opening(self, opened: frozenset[str]) -> "Includes":
        """Return the same where other files can also include what some headers include."""
        return Includes(self.graph, self.source, self.skip, opened)

    def choose(
        self,
        needs: Sequence[Need],
        ledger: Ledger,
        front: Collection[str] = (),
        behind: Collection[str] = (),
    ) -> tuple[Include, ...]:
        """Return the includes that provide what is needed, in the source's order.

        `front` are the headers that the new file has in front of them already, `behind` those that
        come with its last include. Records a refusal for a name that no header can provide.
        """
        keywords = RESERVED - BY_HEADERS
        wanted = [n for n in needs if n.name not in keywords and not n.name.startswith(_BUILT_IN)]
        # Kconfig's options come with the build, but a header may define one itself.
        wanted = [replace(n, optional=n.optional or n.name.startswith("CONFIG_")) for n in wanted]
        choice = choose_includes(self.graph, self.all, [need.name for need in wanted])
        chosen = {include.place: include for include in choice.includes}
        by_macro = [self.decided[n.name][0] for n in wanted if n.name in self.decided]
        by_macro = [one for one in by_macro if one.index not in self.configured]
        chosen |= {include.place: include for include in by_macro}
        relied = self.in_front.complete(chosen, front, [need.name for need in wanted])
        drop_redundant(self.in_front, chosen, by_macro, front, choice.declaring, relied)
        self._keep_settings(chosen, front)
        chosen |= {i.place: i for i in self.all[:1] if i.target.strip('<>"') == "config.h"}
        missing = [n for n in wanted if n.name in choice.unresolved and not n.optional]
        if missing:
            chosen |= {
                one.place: one for one in self._last_resort(missing, [*front, *behind], ledger)
            }
        open_names = (n.name for n in wanted if n.in_condition and n.name in choice.unresolved)
        asked = [name for name in open_names if not _OF_THE_BUILD.match(name)]
        if asked:
            seen = {*front, *behind}
            chosen |= {
                one.place: one
                for one in self.all
                if self._may_have_more(one.files)
                and not seen.issuperset(one.files)
                and not is_under(one, asked)
            }
        self._decide_conditions(chosen, front)
        known = {one.place for one in (*choice.includes, *by_macro)}
        more = (one for place, one in chosen.items() if place not in known)
        suspected = [one for one in more if self._may_have_more(one.files)]
        warn_of_absent(self.source.path, suspected, ledger)
        self._refuse_relying(chosen, ledger)
        return tuple(chosen[place] for place in sorted(chosen))

    def with_instead(
        self, chosen: Iterable[Include], moved: Iterable[int], front: Collection[str]
    ) -> tuple[Include, ...]:
        """Return chosen includes with those that the source has instead of what moves.

        A branch of an `#if` may define what another branch has from a header, perhaps a system's.
        """
        guards = [self.source.guards[index] for index in moved]
        every = {
            one.place: one
            for one in self.all
            if any(are_exclusive(one.guard, guard) for guard in guards)
        }
        every |= {one.place: one for one in chosen}
        self.in_front.complete(every, front)
        return tuple(every[place] for place in sorted(every))

    def with_settings(
        self, chosen: Iterable[Include], front: Collection[str], behind: Collection[object] = ()
    ) -> tuple[Include, ...]:
        """Return chosen includes with what has to stand in front of them all.

        `front` are the headers that the file has already, `behind` what else comes behind them.
        """
        every = {include.place: include for include in chosen}
        if not every and not behind:
            return ()
        last = max(every, default=(0, 0))
        for include in setting_includes(self.graph, self.all):
            is_behind = bool(behind) or include.place <= last
            if is_behind and not include.files.keys() <= set(front):
                every[include.place] = include
        for include in list(demanded_includes(self.graph, every.values(), self.all, front)):
            every[include.place] = include
        for include in list(forestalling_includes(self.graph, every.values(), self.all)):
            every[include.place] = include
        return tuple(every[place] for place in sorted(every))

    def _decide_conditions(
        self, chosen: dict[IncludeSlot, Include], front: Collection[str]
    ) -> None:
        """Add what defines the words of the conditions that chosen includes stand under.

        It stands above and not under the same condition: nothing below that can decide it.
        """
        for include in list(chosen.values()):
            for need in guard_needs([include.guard], ""):
                above = [
                    one
                    for one in self.all
                    if one.place < include.place and not is_under(one, [need.name])
                ]
                providers = choose_includes(self.graph, above, [need.name]).includes
                chosen |= {one.place: one for one in providers}
        self.in_front.complete(chosen, front)

    def _keep_settings(self, chosen: dict[IncludeSlot, Include], front: Collection[str]) -> None:
        """Add includes for macros that a header sets, in the source, before another's default."""
        in_source = self._late_settings(self.all)
        while True:
            order = [chosen[place] for place in sorted(chosen)]
            late = {path for _, path in self._late_settings(order) - in_source}
            setting = [next(one for one in self.all if path in one.files) for path in late]
            added = {one.place: one for one in setting if one.place not in chosen}
            if not added:
                return
            chosen |= added
            self.in_front.complete(chosen, front)

    def _late_settings(self, includes: Sequence[Include]) -> frozenset[tuple[str, str]]:
        headers = [next(iter(one.files)) for one in includes]
        return late_settings(self.graph, [*self.graph.forced, *headers])

    def _refuse_relying(self, chosen: Mapping[IncludeSlot, Include], ledger: Ledger) -> None:
        """Refuse headers that use what the source file itself defines above their include."""
        carried = {one.name for one in self.front_macros.asked_for(chosen.values())}
        relying = (one for one in self.in_front.defined_above(chosen) if one[1] not in carried)
        found = sorted(relying, key=lambda one: one[0].place)
        for include, name in found[:1]:
            ledger.refuse(
                RELYING,
                f"another file cannot include {include.target}: that header uses '{name}', which "
                f"{self.source.path} defines above this include",
                self.source.site(include.index),
                f"move '{name}' to a header that this one includes",
            )

    def _may_be_made(self, name: str) -> bool:
        """Tell whether a macro call of the source that is given a name may declare it.

        What is used above the call is declared there already (C11 6.2.1p7).
        """
        definitions = self.source.definitions
        calls = definitions.of(name, Sort.MACRO_CALL)
        if not calls or len(definitions.of(name)) > len(calls):
            return bool(calls)
        items = self.source.module.items[: min(call.index for call in calls)]
        above = (one for one in items if isinstance(one, Declaration | FunctionDef))
        return not any(
            found.meaning.refers
            for item in above
            if name in item.text
            for found in find_occurrences(item, frozenset({name}))
        )

    def _last_resort(
        self, missing: list[Need], front: Collection[str], ledger: Ledger
    ) -> list[Include]:
        """Serve names that no header of the tree is seen to declare, or refuse them."""
        made = [n for n in missing if self._may_be_made(n.name)]
        for need in made:
            call = self.source.definitions.of(need.name, Sort.MACRO_CALL)[0]
            ledger.refuse(
                MADE_NAME,
                f"'{need.name}' ({need.reason}) is made by a macro in {self.source.path}",
                self.source.site(call.index),
                "vtsplit cannot remove a `static` that stands in a macro: write the definition "
                "without the macro",
            )
        missing = [need for need in missing if need not in made]
        if not missing:
            return []
        missing = self._refuse_configured(missing, ledger)
        outside = [include for include in self.all if self._may_have_more(include.files)]
        if outside or not missing or self._may_have_more(front):
            # System headers, or generated ones: the name can be theirs.
            return outside
        words = {n.name.rpartition(" ")[2] for n in missing}
        present = self._present(words)
        lost = [n for n in missing if n.name.rpartition(" ")[2] not in present | _C23]
        for need in lost:
            ledger.refuse(
                UNKNOWN_ORIGIN,
                f"cannot tell where '{need.name}' comes from ({need.reason}): {self.source.path} "
                "does not define it, nor does a header that it includes",
                need.site,
                "a macro may build it: write the definition without the macro, or keep this "
                "table where it is",
            )
        if len(lost) < len(missing):
            shown = ", ".join(sorted(words & present))
            ledger.warn(
                f"cannot tell which include declares {shown}: the new file gets all includes",
                missing[0].site,
                "remove those that it does not need",
            )
        return self.all

    def _may_have_more(self, paths: Collection[str]) -> bool:
        """Tell whether names may come from headers that are not in the tree.

        Where the build generates headers, only those count that the source includes itself.
        """
        if self.graph.is_generating:
            return bool(paths) and all(map(is_absent, paths))
        return any(map(is_absent, paths))

    def _refuse_configured(self, missing: list[Need], ledger: Ledger) -> list[Need]:
        """Refuse names that come by an include that means something else in another file."""
        left = []
        for need in missing:
            found = choose_includes(self.graph, self.left_out, [need.name]).includes
            if not found and not any(one.is_outside for one in self.all):
                found = tuple(one for one in self.left_out if one.is_outside)
            if not found:
                left.append(need)
                continue
            include = found[0]
            ledger.refuse(
                CONFIGURED,
                f"'{need.name}' ({need.reason}) comes from this include, which is "
                f"{self.configured[include.index]}: another file would not get the same",
                self.source.site(include.index),
                "move both to a header, or leave the table out of the split",
            )
        return left

    def _present(self, words: set[str]) -> set[str]:
        present: set[str] = set()
        for path in sorted(self.seen):
            text = self.graph.text(path)
            present |= {word for word in words - present if word in text}
            if present == words:
                break
        return present


def include_lines(includes: Iterable[Include]) -> tuple[IncludeLine, ...]:
    """Return the lines that a new file gets, in the source's order, which can matter."""
    lines = [IncludeLine(include.target, include.guard) for include in includes]
    return tuple(dict.fromkeys(lines))


def is_under(include: Include, names: Iterable[str]) -> bool:
    """Tell whether an include stands under a condition on all of these names: it defines none."""
    return {name for one in include.guard for name in one.names}.issuperset(names)


def not_local(needs: Iterable[Need], source: CFile) -> list[Need]:
    """Leave out names that only the source file defines: they have moved, or need not."""
    return [need for need in needs if not source.definitions.of(need.name, *_LOCAL)]


def guard_needs(guards: Iterable[Guard], reason: str) -> list[Need]:
    """Return the names that `#if` conditions use."""
    names = {name for guard in guards for condition in guard for name in condition.names}
    return [Need(name, reason, None, optional=True, in_condition=True) for name in sorted(names)]
