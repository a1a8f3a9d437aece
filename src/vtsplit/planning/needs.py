"""What the new files need to compile: for each name they use, an include or a reason to refuse."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vtsplit.cst.annotations import KEYWORDS
from vtsplit.cst.guards import are_exclusive
from vtsplit.cst.lexer import Kind, lex_line
from vtsplit.diagnostics import Site
from vtsplit.planning.configured import configured_includes, decided_in_front
from vtsplit.planning.steps import IncludeLine, Ledger
from vtsplit.survey.definitions import Sort
from vtsplit.survey.files import CFile
from vtsplit.survey.includes import Include, IncludeGraph
from vtsplit.survey.macro_order import late_settings
from vtsplit.survey.providers import choose_includes, find_declaring
from vtsplit.survey.self_contained import header_needs

_LOCAL = (Sort.TYPE, Sort.ENUMERATOR, Sort.MACRO)
# Keywords of C23 (6.4.1) that headers of older C define.
_C23 = {"bool", "true", "false", "nullptr", "static_assert", "thread_local", "alignas", "alignof"}
# Names that the compiler or the build itself defines.
_BUILT_IN = ("__builtin_", "KBUILD_", "__FILE__", "__LINE__", "__func__", "__COUNTER__")


@dataclass(frozen=True)
class Need:
    """A name that a new file uses, why, and where; an `optional` one stands in an `#if` only."""

    name: str
    reason: str
    site: Site | None
    optional: bool = False


class Includes:
    """Chooses for new files among the includes of the source file."""

    def __init__(self, graph: IncludeGraph, source: CFile, skip: frozenset[str]) -> None:
        self.graph = graph
        self.source = source
        every = [i for i in graph.direct(source.module) if not skip & i.files.keys()]
        self.configured = configured_includes(graph, source.module, every)
        self.all = [include for include in every if include.index not in self.configured]
        self.left_out = [include for include in every if include.index in self.configured]
        self.decided = decided_in_front(graph, source.module, every)
        self.needs_of = header_needs(graph)
        self.seen = {path for include in every for path in include.files}

    def choose(self, needs: Sequence[Need], ledger: Ledger) -> tuple[Include, ...]:
        """Return the includes that provide what is needed, in the source's order.

        Records a refusal for a name that no header can provide.
        """
        words = KEYWORDS - {"bool"}
        wanted = [n for n in needs if n.name not in words and not n.name.startswith(_BUILT_IN)]
        # Kconfig's options come with the build, but a header may define one itself.
        wanted = [replace(n, optional=n.optional or n.name.startswith("CONFIG_")) for n in wanted]
        wanted = self._refuse_decided(wanted, ledger)
        choice = choose_includes(self.graph, self.all, [need.name for need in wanted])
        chosen = {include.index: include for include in choice.includes}
        self._complete(chosen)
        self._keep_settings(chosen)
        chosen |= {i.index: i for i in self.all[:1] if i.target.strip('<>"') == "config.h"}
        missing = [n for n in wanted if n.name in choice.unresolved and not n.optional]
        if missing:
            chosen |= {include.index: include for include in self._last_resort(missing, ledger)}
        self._refuse_relying(chosen, ledger)
        return tuple(chosen[index] for index in sorted(chosen))

    def _complete(self, chosen: dict[int, Include]) -> None:
        """Add what chosen headers rely on from the includes that stand before them."""
        pending = list(chosen.values())
        while pending:
            include = pending.pop()
            lacking = self.needs_of.lacking(include)
            earlier = [other for other in self.all if other.index < include.index]
            first = [other for other in chosen.values() if other.index < include.index]
            have = {path for other in first for path in other.files}
            names = lacking.names - find_declaring(self.graph, sorted(have), lacking.names).keys()
            known = find_declaring(self.graph, sorted(have), lacking.pointed, incomplete=True)
            pointed = lacking.pointed - known.keys()
            choice = choose_includes(self.graph, earlier, sorted(names | pointed))
            needed = list(choice.includes)
            # Where none of them defines a tag, one that declares it forward will do.
            forward = sorted(pointed.intersection(choice.unresolved))
            needed += choose_includes(self.graph, earlier, forward, incomplete=True).includes
            needed += self._sure_providers(lacking.unsure, earlier, first)
            variables = lacking.variables
            for other in (*first, *needed):
                variables -= self.needs_of.variables(other)
            for name in sorted(variables):
                providers = [one for one in earlier if name in self.needs_of.variables(one)]
                own = [one for one in providers if self.needs_of.declares_itself(one, name)]
                needed += (own or providers)[:1]
            for other in (*needed, *(one for one in earlier if _is_circle(one, include))):
                if other.index not in chosen:
                    chosen[other.index] = other
                    pending.append(other)

    def _sure_providers(
        self, unsure: frozenset[str], earlier: Sequence[Include], first: Sequence[Include]
    ) -> list[Include]:
        """Return earlier includes that surely bring types which a later one brings under an `#if`.

        Not `first`, which are there already; a type that none brings surely is left to that `#if`.
        """
        if not unsure:
            return []
        sure, have = (
            {one.index: self.graph.reach_surely(next(iter(one.files))) for one in includes}
            for includes in (earlier, first)
        )
        there = {path for files in have.values() for path in files}
        names = sorted(unsure - find_declaring(self.graph, sorted(there), unsure).keys())
        brought = [replace(one, files=sure[one.index]) for one in earlier]
        chosen = {one.index for one in choose_includes(self.graph, brought, names).includes}
        return [one for one in earlier if one.index in chosen]

    def _keep_settings(self, chosen: dict[int, Include]) -> None:
        """Add includes for macros that a header sets, in the source, before another's default."""
        in_source = self._late_settings(self.all)
        while True:
            order = [chosen[index] for index in sorted(chosen)]
            late = {path for _, path in self._late_settings(order) - in_source}
            setting = [next(one for one in self.all if path in one.files) for path in late]
            added = {one.index: one for one in setting if one.index not in chosen}
            if not added:
                return
            chosen |= added
            self._complete(chosen)

    def _late_settings(self, includes: Sequence[Include]) -> frozenset[tuple[str, str]]:
        return late_settings(self.graph, [next(iter(one.files)) for one in includes])

    def _refuse_relying(self, chosen: Mapping[int, Include], ledger: Ledger) -> None:
        """Refuse headers that use what the source file itself defines above their include."""
        for index, include in sorted(chosen.items()):
            above = [
                (definition.index, name)
                for name in self.needs_of.lacking(include).names
                for definition in self.source.definitions.of(name, *_LOCAL)
                if definition.index < index and not are_exclusive(definition.guard, include.guard)
            ]
            have = {path for other in chosen if other < index for path in chosen[other].files}
            names = [name for _, name in sorted(above)]
            lacking = set(names) - find_declaring(self.graph, sorted(have), names).keys()
            if lacking:
                name = next(name for name in names if name in lacking)
                ledger.refuse(
                    "VT044",
                    f"another file cannot have {include.target}: it uses '{name}', which "
                    f"{self.source.path} defines above this include",
                    self.source.site(index),
                    f"move '{name}' to a header that this one includes",
                )

    def _last_resort(self, missing: list[Need], ledger: Ledger) -> list[Include]:
        """Serve names that no header of the tree is seen to declare, or refuse them."""
        made = [n for n in missing if self.source.definitions.of(n.name, Sort.MACRO_CALL)]
        for need in made:
            call = self.source.definitions.of(need.name, Sort.MACRO_CALL)[0]
            ledger.refuse(
                "VT044",
                f"'{need.name}' ({need.reason}) is made by a macro in {self.source.path}",
                self.source.site(call.index),
                "what a macro makes static cannot be made global: write it out",
            )
        missing = [need for need in missing if need not in made]
        if not missing:
            return []
        missing = self._refuse_configured(missing, ledger)
        outside = [include for include in self.all if include.is_outside]
        if outside or not missing:
            # System headers, or generated ones: the name can be theirs.
            return outside
        words = {n.name.rpartition(" ")[2] for n in missing}
        present = self._present(words)
        lost = [n for n in missing if n.name.rpartition(" ")[2] not in present | _C23]
        for need in lost:
            ledger.refuse(
                "VT044",
                f"cannot tell where '{need.name}' comes from ({need.reason}): {self.source.path} "
                "does not define it, nor does a header that it includes",
                need.site,
                "a macro may build it: write the definition out, or keep this table where it is",
            )
        if len(lost) < len(missing):
            shown = ", ".join(sorted(words & present))
            ledger.note(
                f"cannot tell which include declares {shown}: the new file gets all of them",
                missing[0].site,
            )
        return self.all

    def _refuse_configured(self, missing: list[Need], ledger: Ledger) -> list[Need]:
        """Refuse names that come by an include that means something else in another file."""
        left = []
        for need in missing:
            found = choose_includes(self.graph, self.left_out, [need.name]).includes
            if not found:
                left.append(need)
                continue
            include = found[0]
            ledger.refuse(
                "VT044",
                f"'{need.name}' ({need.reason}) comes by this include, which is "
                f"{self.configured[include.index]}: another file would not get the same",
                self.source.site(include.index),
                "move both to a header, or keep this table where it is",
            )
        return left

    def _refuse_decided(self, needs: list[Need], ledger: Ledger) -> list[Need]:
        """Refuse names on which a macro in front of an include decides; return the others."""
        for need in needs:
            if need.name in self.decided:
                include, macro = self.decided[need.name]
                ledger.refuse(
                    "VT044",
                    f"'{need.name}' ({need.reason}) comes by this include, and '{macro}' decides "
                    f"on it, which {self.source.path} defines or undefines above: another file "
                    "would not get the same",
                    self.source.site(include.index),
                    "move both to a header, or keep this table where it is",
                )
        return [need for need in needs if need.name not in self.decided]

    def _present(self, words: set[str]) -> set[str]:
        present: set[str] = set()
        for path in sorted(self.seen):
            text = self.graph.text(path)
            present |= {word for word in words - present if word in text}
            if present == words:
                break
        return present


def _is_circle(one: Include, other: Include) -> bool:
    """Tell whether two headers include each other, so that it matters which comes first."""
    first, second = next(iter(one.files)), next(iter(other.files))
    return first != second and first in other.files and second in one.files


def include_lines(includes: Iterable[Include]) -> tuple[IncludeLine, ...]:
    """Return the lines that a new file gets, in the source's order, which can matter."""
    lines = [IncludeLine(include.target, include.guard) for include in includes]
    return tuple(dict.fromkeys(lines))


def not_local(needs: Iterable[Need], source: CFile) -> list[Need]:
    """Leave out names that only the source file defines: they have moved, or need not."""
    return [need for need in needs if not source.definitions.of(need.name, *_LOCAL)]


def guard_needs(expressions: Iterable[str], reason: str) -> list[Need]:
    """Return the names that `#if` conditions use."""
    names = {
        token.text
        for expression in expressions
        for token in lex_line(expression)
        if token.kind is Kind.IDENT and token.text != "defined"
    }
    return [Need(name, reason, None, optional=True) for name in sorted(names)]
