"""Add `[dispatch]` to a proposed spec: how its tables could choose between two backends."""

from collections.abc import Iterator, Mapping
from itertools import count
from posixpath import basename, splitext
from typing import NamedTuple

import msgspec

from vtsplit.apply.transform import transform
from vtsplit.diagnostics import Problem, RefusedError, visible
from vtsplit.discover.proposal import prefix_of_stem
from vtsplit.drafting.choosing import Choosing
from vtsplit.drafting.draft import Choice, DispatchDraft, Line
from vtsplit.drafting.drafter import ODD, Decided, Drafter
from vtsplit.drafting.second_files import SecondFiles, find_second
from vtsplit.drafting.table_ops import TableOp, read_ops, wanted_types
from vtsplit.drafting.text import write_dispatch
from vtsplit.drafting.trial import Trial
from vtsplit.example_trees import NEON
from vtsplit.planning.build.core_name import present_source
from vtsplit.planning.dispatch.rules import WRAPPER_TAKEN
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.names.choose import Collisions
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.spec.dispatch import Backend, Dispatch
from vtsplit.spec.document import Spec, load
from vtsplit.survey.headers.includes import graph_of
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree.source_tree import SourceTree

FIRST_PREFIX = Rule(
    "VT003",
    "first-prefix",
    "the prefix is that of the first backend",
    "`--dispatch` takes the prefix of the second backend's functions, which the wrappers call.",
    "Give the prefix of the other backend.",
    Example(base=NEON, command="vtsplit init . lamp.c:lamp_ops --dispatch lamp_"),
)


_TRIES = 4  # prefixes of wrappers


class Drafted(NamedTuple):
    """A spec, and what a person has to fill in or to look at, a sentence each."""

    spec: Spec
    notes: tuple[str, ...]


def with_dispatch(spec: Spec, tree: SourceTree, index: WordIndex, prefix: str) -> Drafted:
    """Return the spec with dispatch to the functions that carry `prefix`.

    It is drafted over the tree as the split leaves it, or where that is refused over the tree as
    it is. Raises RefusedError if the prefix is the first backend's.
    """
    split: SourceTree = tree
    try:
        split = transform(spec, tree, index=index).over(tree)
        here, is_split = present_source(spec, split), True
    except RefusedError:
        tables = {old: old for old in spec.tables}
        here = msgspec.structs.replace(spec, main=spec.source, tables=tables)
        is_split = False
    return _Proposal(spec, here, split, index, is_split, prefix).draft()


class _Proposal:
    def __init__(
        self,
        spec: Spec,
        here: Spec,
        tree: SourceTree,
        index: WordIndex,
        is_split: bool,
        prefix: str,
    ) -> None:
        self.spec = spec
        self.here = here
        self.tree = tree
        self.index = index
        self.is_split = is_split
        self.prefix = prefix
        self.graph = graph_of(tree, here.source)
        self.ledger = Ledger()
        self.names: set[str] = set()

    def draft(self) -> Drafted:
        nowhere = SecondFiles(f"{splitext(self.here.source)[0]}_second_.c", False, None, False)
        trial = Trial(self._around(self._dispatch("wrapper_", nowhere, "", [])))
        ops = read_ops(trial.around, trial.ops, trial.around.typedefs)
        self._check_prefix(ops)
        self.names = {op.name for op in ops} | {
            op.first.removeprefix(self.spec.prefix or "") for op in ops if op.first
        }
        files = find_second(self.here, self.tree, self.prefix, self.names)
        around = self._around(self._dispatch("wrapper_", files, "", []))
        choosing = Choosing(around)
        made = files.header if not files.is_there and not files.has_header else None
        choices = choosing.choices(
            wanted_types(ops, trial.around.typedefs),
            [op.objects for op in ops if self._needs_choice(op, around, files)],
            made or "",
        )
        flag = choosing.flag()
        lines = list(self._lines(files, choosing, flag, made))
        names = [line.value for line in lines if line.key == "flag" and line.is_certain]
        return self._try(files, lines, choices, names[0] if names else "", ops, around)

    def _needs_choice(self, op: TableOp, around: Surroundings, files: SecondFiles) -> bool:
        """Tell whether an op is to be served by both, so that something has to choose."""
        if not op.first or not files.is_there:
            return bool(op.first)
        base = op.first.removeprefix(self.spec.prefix or "")
        names = (f"{self.prefix}{op.name}", f"{self.prefix}{base}")
        return any(around.of_backend(name) is not None for name in names)

    def _taken(self, ops: list[TableOp], around: Surroundings) -> dict[str, str]:
        """Return ops whose function a skeleton cannot make, as something has its name."""
        names = {op.name: f"{self.prefix}{op.name}" for op in ops if op.first}
        collisions = Collisions(
            around.files,
            self.index.find(names.values()),
            around.source,
            frozenset({self.here.source, self.here.main, self.here.header}),
            around.graph.reach(self.here.source),
        )
        sites = {op: collisions.taken(name) for op, name in names.items()}
        return {op: site.path for op, site in sites.items() if site is not None}

    def _check_prefix(self, ops: list[TableOp]) -> None:
        own = [op for op in ops if op.first.startswith(self.prefix)]
        served = [op for op in ops if op.first]
        if self.prefix == self.spec.prefix or (own and len(own) * 2 > len(served)):
            example = (own or served)[:1]
            shown = f": {example[0].first} serves '{example[0].name}'" if own else ""
            raise RefusedError(
                Problem(
                    FIRST_PREFIX,
                    f"'{self.prefix}' is the prefix of the first backend{shown}",
                    None,
                    "give --dispatch the prefix of the second backend's functions",
                )
            )

    def _dispatch(
        self, wrappers: str, files: SecondFiles, flag: str, choices: list[Choice]
    ) -> Dispatch:
        return Dispatch(
            prefix=wrappers,
            backend=Backend(
                prefix=self.prefix,
                source=files.source,
                header=files.header,
                config=files.config or None,
                flag=flag or None,
                skeleton=None if files.is_there else _SKELETON,
            ),
            when={one.type: one.template for one in choices if one.is_certain},
        )

    def _around(self, dispatch: Dispatch) -> Surroundings:
        spec = msgspec.structs.replace(self.here, dispatch=dispatch)
        return Surroundings(spec, self.tree, self.graph, Ledger())

    def _lines(
        self,
        files: SecondFiles,
        choosing: Choosing,
        flag: tuple[str, str] | None,
        made: str | None,
    ) -> Iterator[Line]:
        stem = self.prefix.strip("_") or self.prefix
        yield Line(
            "prefix", self.prefix, "The second backend's functions are called this and the op."
        )
        if files.is_there:
            others = f" More are in {', '.join(files.others)}." if files.others else ""
            why = f"It has functions of these names for {files.functions} ops.{others}"
            yield Line("source", files.source, why)
        else:
            why = "No file beside the source has such functions, so vtsplit makes this one."
            yield Line("source", files.source, why)
        if files.header:
            new = "vtsplit also makes this header."
            why = "It declares predicates and flag." if files.has_header else new
            yield Line("header", files.header, why)
        if files.config:
            yield Line(
                "config", files.config, f"The option that it is built under ({files.listed})."
            )
        else:
            name = choosing.option() or f"CONFIG_{stem.upper()}"
            why = "The Makefile has no option for it. It is always built, unless you name one here:"
            yield Line("config", name, why, False)
        if flag:
            why = f"This flag chooses if no parameter can. {flag[1]} declares it."
            yield Line("flag", flag[0], why)
        elif made:
            why = f"This flag chooses if no parameter can. {made} declares it."
            yield Line("flag", choosing.free_flag(), why)
        else:
            why = "This flag chooses if no parameter can. No header declares one."
            yield Line("flag", choosing.free_flag(), why, False)
        if not files.is_there:
            why = "What the functions of a skeleton return."
            yield Line("skeleton", _SKELETON, why)

    def _wrapper_prefixes(self, around: Surroundings) -> Iterator[str]:
        """Yield prefixes that no function, object or macro of the files concerned has."""
        known = [around.source, around.backend, around.backend_header, around.header, around.main]
        names = [name for file in known if file for name in file.definitions.by_name]
        tables = list(self.spec.tables.values())
        first = [table.partition("_")[0] for table in tables if "_" in table]
        main = prefix_of_stem(splitext(basename(self.spec.main))[0])
        stem = main.removesuffix("_main_").removesuffix("_")
        tried = [f"{word}_" for word in first] + [main, f"{stem}_dispatch_"]
        for number in count():
            candidate = tried[number] if number < len(tried) else f"{stem}_dispatch{number}_"
            clashes = candidate.startswith(self.prefix) or self.prefix.startswith(candidate)
            if clashes or candidate == "_" or self.spec.prefix == candidate:
                continue
            ours = [n for n in names if n.startswith(candidate) and n not in tables]
            if not ours:
                yield candidate

    def _try(
        self,
        files: SecondFiles,
        lines: list[Line],
        choices: list[Choice],
        flag: str,
        ops: list[TableOp],
        around: Surroundings,
    ) -> Drafted:
        """Draft with one prefix after the other, until no wrapper's name is taken."""
        taken = {} if files.is_there else self._taken(ops, around)
        for number, wrappers in enumerate(self._wrapper_prefixes(around), 1):
            trial = Trial(self._around(self._dispatch(wrappers, files, flag, choices)))
            dropping = [one.type for one in choices if one.drops_const]
            drafter = Drafter(trial, ops, files.is_there, taken, dropping)
            decided = drafter.decide()
            refused = self._refused(trial, decided) if self.is_split else ()
            if number < _TRIES and any(problem.code == WRAPPER_TAKEN.code for problem in refused):
                continue
            made = not files.is_there and not files.has_header
            needs_flag = not made or drafter.needs_flag(decided)
            draft = DispatchDraft(
                wrappers,
                tuple(lines if needs_flag else map(_without_flag, lines)),
                tuple(choices),
                tuple(decided.served),
                tuple(decided.listed),
                tuple(decided.by_flag),
                tuple(drafter.sections(decided)),
                decided.left,
            )
            return self._written(draft, files, sorted(set(taken.values())))
        raise AssertionError("prefixes do not end")

    def _refused(self, trial: Trial, decided: Decided) -> tuple[Problem, ...]:
        """Take out what the whole plan is refused for though each wrapper can be made."""
        refused = trial.refusals(decided.policies(), decided.listed)
        if not refused or any(problem.code == WRAPPER_TAKEN.code for problem in refused):
            return refused
        stated: Mapping[str, dict[str, bool]] = {op: {"wrap": False} for op in decided.stated}
        every = {*decided.served, *decided.by_flag, *decided.listed}
        none = {**stated, **{op: {"wrap": False} for op in every}}
        if trial.refusals(none):
            return refused
        for op in sorted(every):
            others = {name: keys for name, keys in none.items() if name != op}
            listed = [op] if op in decided.listed else []
            problems = trial.refusals(others, listed)
            if problems:
                said = visible(problems[0].message)
                decided.stated[op] = f"It stays as it is: {said}."
                for names in (decided.served, decided.by_flag, decided.listed):
                    if op in names:
                        names.remove(op)
                decided.candidates.pop(op, None)
        for op, keys in list(decided.candidates.items()):
            if trial.refusals({**none, op: keys[0]}):
                del decided.candidates[op]
                if op not in every:
                    decided.left[op] = ODD
        return trial.refusals(decided.policies(), decided.listed)

    def _written(self, draft: DispatchDraft, files: SecondFiles, others: list[str]) -> Drafted:
        text = self.spec.text.rstrip("\n") + "\n"
        spec = load(text + write_dispatch(draft), self.spec.file)
        notes = list(_notes(draft, files))
        if others:
            notes.append(f"functions of such names are in {', '.join(others)}")
        return Drafted(spec, tuple(notes))


_SKELETON = "-EOPNOTSUPP"


def _without_flag(line: Line) -> Line:
    if line.key != "flag":
        return line
    why = "A flag chooses if no parameter can. No op below needs one."
    return Line(line.key, line.value, why, is_certain=False)


def _notes(draft: DispatchDraft, files: SecondFiles) -> Iterator[str]:
    """Yield what a person has to fill in or to look at before the split is right."""
    for choice in draft.choices:
        if not choice.is_certain:
            yield f"to be filled in: [dispatch.when] for {choice.type}"
        elif choice.is_to_check:
            yield f"to be checked: [dispatch.when] for {choice.type}, {choice.template}"
    stated = [section.op for section in draft.sections if section.is_stated]
    if stated:
        yield f"not wrapped, see their sections: {', '.join(stated)}"
    if draft.by_flag:
        yield f"to be checked: the flag alone decides on {', '.join(draft.by_flag)}"
    if files.apart:
        yield f"another module links {files.source} ({files.apart}): main could not call it"
    if not files.is_there:
        yield f"there is no second backend: a split makes {files.source}"
