"""Decide for each op whether plain dispatch serves it, and which policy may fit it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.diagnostics import Problem, visible
from vtsplit.drafting.draft import Keys, OpSection
from vtsplit.drafting.policies import serving_both, serving_first, serving_second
from vtsplit.drafting.table_ops import TableOp
from vtsplit.drafting.trial import Trial
from vtsplit.drafting.types import is_constant, words_of
from vtsplit.planning.dispatch.wrappers.calls import base_of, type_key
from vtsplit.planning.dispatch.wrappers.wrapper import Wrapper
from vtsplit.spec.values import is_c_name
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.types.members import find_structures
from vtsplit.survey.types.typedefs import TypeKey

_ALONE = "No parameter of these tells which backend is meant, so the first one serves them for both"
ODD = "No wrapper can be made for these, so the first backend serves them for both"
_NO_NAME = "A spec cannot name these"
_WHOLE = "To be checked: the op may need both backends."
_TAKEN = "The second backend cannot have functions for these, since {} has such names"
_CONST = "The predicates for these take no const, so the first backend serves them for both"
_LEAVE: Keys = {"wrap": False}


@dataclass
class Decided:
    """What has been decided of the ops, by name."""

    served: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    by_flag: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)  # ops to leave alone, with the reason
    candidates: dict[str, list[Keys]] = field(default_factory=dict)

    def policies(self) -> dict[str, Keys]:
        """Return all sections that there are to be, comments as well."""
        first = {op: keys[0] for op, keys in self.candidates.items() if keys}
        return {**first, **dict.fromkeys(self.stated, _LEAVE)}


class Drafter:
    """Goes through the ops of the tables; `ops` are in the order of the sections."""

    def __init__(
        self,
        trial: Trial,
        ops: Sequence[TableOp],
        is_there: bool,
        taken: Mapping[str, str] = MappingProxyType({}),
        dropping: Collection[str] = (),
    ) -> None:
        self.trial = trial
        self.around = trial.around
        self.ops = ops
        self.is_there = is_there  # the second backend, which is else to be made
        self.taken = taken  # ops whose function cannot be made, with who has its name
        self.keys: Mapping[TypeKey, str] = {
            key: template
            for text, template in self.around.dispatch.when.items()
            if (key := type_key(text)) is not None
        }
        self.dropping = {
            type_key(text) for text in dropping
        }  # types that predicates take no const of
        self.prefix = self.around.dispatch.backend.prefix

    def decide(self) -> Decided:
        """Return what becomes of each op; every policy has been tried."""
        decided = Decided()
        if not self.is_there:
            decided.listed = [op.name for op in self.ops if self._is_listed(op)]
        plain = self.trial.make({}, decided.listed)
        for op in self.ops:
            self._decide(op, plain.get(op.name), decided)
        decided.listed = [op for op in decided.listed if op not in decided.stated]
        self._add_other_names(plain, decided)
        self._settle(decided)
        return decided

    def needs_flag(self, decided: Decided) -> bool:
        """Tell whether the flag decides on an op, or would by a section that is a comment."""
        proposed = (op for op in self.ops if op.name in decided.candidates)
        return bool(decided.by_flag) or any(not op.chooses(self.keys) for op in proposed)

    def sections(self, decided: Decided) -> list[OpSection]:
        """Return the sections in order."""
        found = []
        for op in self.ops:
            if op.name in decided.stated:
                why = decided.stated[op.name]
                found.append(OpSection(op.name, op.head, _LEAVE, why, is_stated=True))
            elif decided.candidates.get(op.name):
                keys = decided.candidates[op.name][0]
                why = _WHOLE if op.name in decided.by_flag else ""
                found.append(OpSection(op.name, op.head, keys, why))
        return found

    def _is_listed(self, op: TableOp) -> bool:
        can_be_made = bool(op.first) and is_c_name(op.name) and op.name not in self.taken
        return can_be_made and op.chooses(self.keys)

    def _decide(self, op: TableOp, plain: Wrapper | Problem | None, decided: Decided) -> None:
        if not is_c_name(op.name):
            if op.first:
                decided.left[op.name] = _NO_NAME
        elif op.name in self.taken:
            decided.left[op.name] = _TAKEN.format(self.taken[op.name])
        elif isinstance(plain, Problem):
            decided.stated[op.name] = self._reason(op, plain)
        elif self._drops_const(op):
            if plain is None:
                decided.left[op.name] = _CONST
            else:
                decided.stated[op.name] = "It stays as it is: its predicate takes no const."
        elif plain is None:
            self._lacks(op, decided)
        elif op.chooses(self.keys):
            if self.is_there:
                decided.served.append(op.name)
            else:
                self._propose(op, decided, self._serving_first(op))
        elif op.objects:
            decided.stated[op.name] = self._no_predicate(op)
        else:
            decided.by_flag.append(op.name)
            self._propose(op, decided, serving_both(op.name, op.shape) if op.shape else ())

    def _drops_const(self, op: TableOp) -> bool:
        """Tell whether an op chooses by a `const` parameter that its predicate does not take."""
        parameters = op.shape.parameters if op.shape else ()
        chosen = next((p for p in parameters if base_of(p) in self.keys), None)
        return chosen is not None and is_constant(chosen.key) and base_of(chosen) in self.dropping

    def _serving_first(self, op: TableOp) -> Iterable[Keys]:
        if op.shape is None:
            return ()
        typedefs = self.trial.around.typedefs
        return serving_first(op.name, op.shape, self.keys, typedefs, self._is_complete)

    def _propose(self, op: TableOp, decided: Decided, policies: Iterable[Keys]) -> None:
        found = [keys for keys in policies if self.trial.is_sound(op.name, keys)]
        if found:
            decided.candidates[op.name] = found

    def _lacks(self, op: TableOp, decided: Decided) -> None:
        """Decide on an op that the second backend has no function for, or the first one has not."""
        shape, typedefs = op.shape, self.trial.around.typedefs
        if not op.first:
            if shape and self.around.of_backend(f"{self.prefix}{op.name}"):
                self._propose(op, decided, serving_second(shape, typedefs))
        elif shape is None:
            decided.left[op.name] = ODD
        elif op.chooses(self.keys):
            self._propose(op, decided, self._serving_first(op))
        else:
            if not self.is_there and not op.objects:
                self._propose(op, decided, serving_both(op.name, shape))
            if op.name not in decided.candidates:
                decided.left[op.name] = _ALONE

    def _reason(self, op: TableOp, problem: Problem) -> str:
        if op.objects and not op.chooses(self.keys):
            return self._no_predicate(op)
        said = visible(problem.message)
        return f"It stays as it is: {said}."

    def _no_predicate(self, op: TableOp) -> str:
        return (
            f"To be filled in: [dispatch.when] has no predicate for {op.objects[0]}. Remove this "
            "section then."
        )

    def _is_complete(self, tag: str) -> bool:
        around = self.around
        return any(find_structures(tag, around.graph, around.files, around.seen))

    def _add_other_names(
        self, plain: Mapping[str, Wrapper | Problem | None], decided: Decided
    ) -> None:
        """Propose functions of the second backend that are called unlike any op.

        That is one of an op's words in another order, or one of a member's own type that has words
        in common with it.
        """
        file = self.around.backend
        if file is None:
            return
        used = {n for made in plain.values() if isinstance(made, Wrapper) for n in made.seconds}
        names = {op.name for op in self.ops}
        free = [
            name
            for name, found in file.definitions.by_name.items()
            if name.startswith(self.prefix) and name not in used and found[0].sort is Sort.FUNCTION
            and name.removeprefix(self.prefix) not in names and is_c_name(name)
        ]  # fmt: skip
        for name in free:
            op = self._nearest(name, decided)
            if op is None:
                continue
            before = decided.candidates.get(op.name, [])
            if op.first:
                decided.candidates[op.name] = [{"second": name}, *before]
                decided.left.pop(op.name, None)
            elif op.shape and not before:
                policies = serving_second(op.shape, self.trial.around.typedefs, name)
                self._propose(op, decided, policies)

    def _nearest(self, function: str, decided: Decided) -> TableOp | None:
        """Return the op that a function is most likely to serve."""
        words = set(words_of(function.removeprefix(self.prefix)))
        best: tuple[int, int, TableOp] | None = None
        for op in self.ops:
            own = set(words_of(op.name))
            is_free = op.name not in (*decided.served, *decided.stated, *decided.by_flag)
            if not is_free or not is_c_name(op.name):
                continue
            if own != words and (op.first or not own & words or not self._fits(function, op)):
                continue
            score = (len(own & words), -len(own ^ words), op)
            if best is None or score[:2] > best[:2]:
                best = score
        return best[2] if best else None

    def _fits(self, function: str, op: TableOp) -> bool:
        found = self.around.of_backend(function)
        wanted = op.member.signature if op.member else None
        if found is None or wanted is None:
            return False
        try:
            return self.trial.around.typedefs.are_same(read_signature(found.head).key, wanted.key)
        except TypeReadError:
            return False

    def _settle(self, decided: Decided) -> None:
        """Leave of the candidates those that dispatch carries out."""
        pending = True
        while pending:
            outcomes = self.trial.make(decided.policies(), decided.listed)
            pending = False
            for op, keys in list(decided.candidates.items()):
                if keys and not isinstance(outcomes.get(op), Wrapper):
                    keys.pop(0)
                    pending = True
        by_name = {op.name: op for op in self.ops}
        for op, keys in decided.candidates.items():
            if not keys and by_name[op].first and op not in (*decided.by_flag, *decided.listed):
                decided.left[op] = _ALONE if not by_name[op].chooses(self.keys) else ODD
        decided.candidates = {op: keys for op, keys in decided.candidates.items() if keys}
