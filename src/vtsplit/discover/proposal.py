"""Propose a spec for given tables: prefix, files and new names, from what the tree has."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count, islice, takewhile
from posixpath import basename, dirname, join, splitext
from typing import NamedTuple

from vtsplit.apply.dry_run import DryRun, dry_run
from vtsplit.cst.meaning.occurrences import Meaning, find_occurrences
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.discover.done import find_done
from vtsplit.discover.earlier import find_earlier
from vtsplit.planning.build.build_names import BASENAME
from vtsplit.planning.build.composable import is_never_module
from vtsplit.planning.build.core_name import beside
from vtsplit.planning.context import Context, read_context
from vtsplit.planning.names.choose import Collisions, common_prefix
from vtsplit.planning.names.pastings import pasted_names
from vtsplit.planning.steps import Ledger
from vtsplit.planning.tables.exposure import Exposure, find_exposures
from vtsplit.planning.tables.find import SpecTable, find_tables, refer
from vtsplit.spec.document import Spec, load
from vtsplit.spec.draft import Draft, Renaming, has_prefix, outcome_comment, write_spec
from vtsplit.spec.values import check_path, quoted
from vtsplit.survey.build.build_files import build_files
from vtsplit.survey.make.kbuild import MAKEFILES, ListKind, find_object
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree.folders import folders_up
from vtsplit.tree.source_tree import SourceTree

# A static name that this many other files have says nothing by itself.
_SEVERAL = 2
# Why a name that lacks the prefix of its siblings is kept.
_BUILT = "a macro builds it"
_NAMESAKE = "a macro has the same name"
_FIRST = 3  # names for a new file, of which an earlier one may have been taken
_MAIN = re.compile(r"(?:(?<=[-_/])|^)main$")
_MADE = re.compile(r"(.+?)[-_](?:split\d*[-_])?main\.c")
_OBJECT = re.compile(r"([\w.-]+)\.o\b|\b([\w.-]+)-(?:y|m|objs)\b")


def propose(
    tree: SourceTree, source: str, tables: Iterable[str], index: WordIndex, title: str
) -> Spec:
    """Return a commented spec that splits these tables of one source file; it runs as it is.

    `title` is what messages call it. Raises RefusedError when there is no such file or table, or
    when the file is nothing that can be read as C.
    """
    _refuse_path(source)
    tables = tuple(tables)
    was = _split_into(tree, source)
    done = _done(tree, _name_files(tree, was, tables)) if was else None
    source = _as_it_was(tree, source)
    draft = _name_files(tree, source, tables)
    done = done or _done(tree, draft)
    if done is not None:
        return load(write_spec(done), title)
    draft = _with_earlier(tree, draft)
    gone = _moved_before(tree, draft)
    left = {old: new for old, new in draft.tables.items() if old not in gone}
    named = _name(tree, replace(draft, tables=left), index, title)
    every = {old: gone[old] if old in gone else named.tables[old] for old in draft.tables}
    core = draft.core or _second_name(tree, source)
    return load(write_spec(replace(named, core=core, tables=every)), title)


def _refuse_path(source: str) -> None:
    """Refuse a file that no spec can name, before three keys of the draft are refused for it."""
    if wrong := check_path(source, ".c"):
        message = f"the source must be {wrong.expected}, not {quoted(source)}"
        raise RefusedError(Problem(wrong.rule, message, Site(source), wrong.help))


def _done(tree: SourceTree, draft: Draft) -> Draft | None:
    """Return the draft of the run that has moved these tables already, else None."""
    core = _core(tree, draft.source)
    mains, headers = _made(tree, draft.source)
    return find_done(tree, replace(draft, core=core), mains, headers, _candidates)


def _as_it_was(tree: SourceTree, source: str) -> str:
    """Return the name that a source had before an earlier run called it the core of its module."""
    stem, ending = splitext(source)
    was = f"{re.sub('[-_]core$', '', stem)}{ending}"
    if tree.exists(was) or source not in _there(tree, was, "core.c"):
        return source
    mains, headers = _made(tree, was)
    return was if find_earlier(tree, source, mains, headers) else source


def _split_into(tree: SourceTree, main: str) -> str | None:
    """Return the source of which an earlier run has moved tables to this file, None for none."""
    made = _MADE.fullmatch(main)
    was = f"{made[1]}.c" if made else ""
    mains, headers = _made(tree, was) if was else ([], [])
    if main not in mains:
        return None
    found = find_earlier(tree, _core(tree, was) or was, [main], headers)
    return was if found else None


def _core(tree: SourceTree, source: str) -> str | None:
    """Return what an earlier run has called the source, None if it has its name."""
    if tree.exists(source):
        return None
    return next((one for one in _there(tree, source, "core.c")), None)


def _with_earlier(tree: SourceTree, draft: Draft) -> Draft:
    """Return the draft with the files of an earlier run for the same source, if there was one."""
    source, core = draft.source, _core(tree, draft.source)
    mains, headers = _made(tree, source)
    found = find_earlier(tree, core or source, mains, headers)
    if found is None:
        return draft
    return replace(draft, header=found[0] or draft.header, main=found[1], core=core)


def _moved_before(tree: SourceTree, draft: Draft) -> dict[str, Renaming | None]:
    """Return those of the tables that an earlier run has moved to the draft's main."""
    found: dict[str, Renaming | None] = {}
    for table in draft.tables if tree.exists(draft.main) else ():
        alone = replace(draft, tables={table: None})
        done = find_done(tree, alone, [draft.main], [draft.header], _candidates)
        found |= done.tables if done else {}
    return found


def _made(tree: SourceTree, source: str) -> tuple[list[str], list[str]]:
    """Return the mains and the headers that runs before this one may have made for a source."""
    return _there(tree, source, _main_name(source)), _there(tree, source, "ops.h")


def _there(tree: SourceTree, source: str, name: str) -> list[str]:
    """Return the files that runs before this one may have made; a name may have been taken."""
    first = list(islice(_beside(source, name), _FIRST))
    later = takewhile(tree.exists, islice(_beside(source, name), _FIRST, None))
    return [*(path for path in first if tree.exists(path)), *later]


def with_outcome(spec: Spec, tree: SourceTree, index: WordIndex) -> tuple[Spec, DryRun]:
    """Return the spec with a comment that says what a dry run of it comes to, and that run."""
    run = dry_run(spec, tree, index)
    comment = outcome_comment(run.problems, is_done=not run.changes)
    return load(comment + spec.text, spec.file), run


def _name_files(tree: SourceTree, source: str, tables: Iterable[str]) -> Draft:
    headers = _beside(source, "ops.h")
    header = next(path for path in headers if not tree.exists(path))
    prefix = prefix_of_stem(splitext(basename(source))[0])
    main = _free(tree, source, _main_name(source))
    return Draft(source, header, main, prefix, tables=dict.fromkeys(tables))


def _main_name(source: str) -> str:
    """Return what a main's name ends in: `foo_main_main.c` would be nobody's choice."""
    return "ops.c" if _MAIN.search(splitext(source)[0]) else "main.c"


def _free(tree: SourceTree, source: str, name: str) -> str:
    """Return a path beside the source that no file has, nor its object."""
    taken = listed_objects(tree, dirname(source))
    return next(
        path
        for path in _beside(source, name)
        if not tree.exists(path) and splitext(basename(path))[0] not in taken
    )


def _beside(source: str, name: str) -> Iterator[str]:
    yield beside(source, name)
    yield beside(source, "split", name)
    yield from (beside(source, f"split{number}", name) for number in count(2))


def _second_name(tree: SourceTree, source: str) -> str | None:
    """Return what to call a module's only source where the usual name is not free, else None."""
    found = find_object(tree.find, source)
    if isinstance(found, Problem) or found.kind is not ListKind.SINGLE:
        return None
    if is_never_module(found, build_files(tree)):
        return None
    core = _free(tree, source, "core.c")
    return core if core != beside(source, "core.c") else None


def listed_objects(tree: SourceTree, folder: str) -> set[str]:
    """Return the stems of objects that Makefiles here and above make: main's is to be another."""
    found: set[str] = set()
    for path in (join(above, name) for above in folders_up(folder) for name in MAKEFILES):
        try:
            text = tree.find(path) or ""
        except RefusedError:
            continue
        found |= {one or other for one, other in _OBJECT.findall(text)}
    return found


def prefix_of_stem(stem: str) -> str:
    """Make a prefix of a file's name.

    >>> prefix_of_stem("foo-pci"), prefix_of_stem("8250_foo")
    ('foo_pci_', '_8250_foo_')
    """
    name = re.sub(r"\W", "_", stem, flags=re.ASCII)
    return f"_{name}_" if name[:1].isdigit() else f"{name}_"


def _at_arguments(problems: Iterable[Problem], spec: Spec) -> Iterator[Problem]:
    """Yield problems of a draft with FILE:TABLE as their place: nobody has seen the draft."""
    given = {spec.site("tables", name): Site(f"{spec.source}:{name}") for name in spec.tables}
    for one in problems:
        yield replace(one, site=given.get(one.site, one.site)) if one.site else one


def _name(tree: SourceTree, draft: Draft, index: WordIndex, title: str) -> Draft:
    """Choose prefix and new names by what the tables make global and who else has such names."""
    context, ledger = read_context(load(write_spec(draft), title), tree, index), Ledger()
    tables = find_tables(context.spec, context.source, context.main, ledger)
    if not tables or len(tables) < len(draft.tables) or any(not table.moves for table in tables):
        raise RefusedError(*_at_arguments(ledger.problems, context.spec))
    exposed = _exposed(context, tables, ledger)
    olds = [*draft.tables, *(exposure.name for exposure in exposed)]
    functions = [exposure.name for exposure in exposed if not exposure.is_object]
    wanted = likely_names(draft.source, tables[0].old, olds)
    own = frozenset({draft.source, draft.header, draft.main})
    collisions = Collisions(context.files, index.find(wanted), context.source, own, context.seen)
    becoming = [*(t.old for t in tables if t.is_static), *(e.name for e in exposed)]
    reasons = {old: why for old in becoming if (why := _reason(old, collisions))}
    kept = {old for old in reasons if _cannot_follow(old, context, collisions)}
    reasons = {old: why for old, why in reasons.items() if old not in kept}
    speaking = [name for name in functions if name not in reasons]
    shared = _shared_prefix(speaking, [draft.prefix, *draft.tables])
    prefix = shared or draft.prefix
    collisions.words = index.find(wanted | _every_candidate(prefix, draft.prefix, olds))
    # Who carries the prefix already could only get it twice.
    reasons = {
        old: why for old, why in reasons.items() if why.is_taken or not has_prefix(old, prefix)
    }
    chooser = _Chooser(prefix, draft.prefix, collisions, context, set(olds))
    named = {old: Renaming(old, chooser.new(old), why.text) for old, why in reasons.items()}
    lacking = [e.name for e in exposed if e.name not in named and not has_prefix(e.name, prefix)]
    pasted = pasted_names(context.source, lacking, context.macro_of) | kept if shared else kept
    unsure = dict.fromkeys(pasted, _BUILT)
    unsure |= {name: _NAMESAKE for name in lacking if context.source.definitions.macros(name)}
    return replace(
        draft,
        prefix=prefix,
        shared=shared is not None,
        tables={table: named.get(table) for table in draft.tables},
        renames=tuple(named[e.name] for e in exposed if e.name in named),
        prefixed=tuple(
            Renaming(old, old, f"keeps its name: {unsure[old]}, and no rename can follow there")
            if old in unsure
            else Renaming(old, chooser.new(old), "lacks the prefix of its siblings")
            for old in lacking
            if shared
        ),
    )


def likely_names(source: str, table: str, exposed: Iterable[str]) -> set[str]:
    """Return the names that a proposal and its dry run look for, so that one search finds all."""
    olds = {table, *exposed}
    own = prefix_of_stem(splitext(basename(source))[0])
    shared = common_prefix([name for name in olds if _speaks(name)])
    prefixes = {own, shared} if shared else {own}
    new = set[str]().union(*(_every_candidate(prefix, own, olds) for prefix in prefixes))
    return olds | new | {basename(source), BASENAME}


def _shared_prefix(functions: list[str], names: Iterable[str]) -> str | None:
    """Return the prefix that functions share; that of a single one has to be of another name too.

    >>> _shared_prefix(["add_a", "add_b"], ["x"]), _shared_prefix(["add_a"], ["add_ops"])
    ('add_', 'add_')
    >>> _shared_prefix(["ignore_cb"], ["add_", "builtin_add_options"])
    """
    shared = common_prefix(functions)
    if shared is None or len(functions) > 1 or any(name.startswith(shared) for name in names):
        return shared
    return None


def _exposed(context: Context, tables: list[SpecTable], ledger: Ledger) -> list[Exposure]:
    references = refer(tables, context.macro_of)
    moved = frozenset(table.old for table in tables)
    found = find_exposures(references, context.source, moved, context.macros_of, ledger)
    return [exposure for exposure in found if exposure.is_static]


def _speaks(name: str) -> bool:
    """Tell whether a name says whose it is: `foo_open` does, `open` does not."""
    return "_" in name.strip("_")


class _Reason(NamedTuple):
    """Why a name cannot become global as it is, or, when it is not taken, should not."""

    text: str
    is_taken: bool = False


def _reason(name: str, collisions: Collisions) -> _Reason | None:
    if not _speaks(name):
        return _Reason("has no underscore, so it does not say whose it is", is_taken=True)
    taken = collisions.taken(name)
    if taken is not None:
        return _Reason(f"taken by {taken.path}:{taken.line}", is_taken=True)
    others = collisions.static_elsewhere(name, _SEVERAL)
    if len(others) < _SEVERAL:
        return None
    return _Reason(f"static in several files, {others[0].path}:{others[0].line} one of them")


def _cannot_follow(name: str, context: Context, collisions: Collisions) -> bool:
    """Tell a name that is free, and that no rename can follow everywhere.

    The source gives it to a macro which pastes it: `PLUGIN(foo)` may name the plugin foo, whose
    table is called so as well. Or a macro stands in for it where an `#if` takes it out.
    """
    if collisions.taken(name) is not None:
        return False
    return bool(context.source.definitions.macros(name)) or any(
        found.meaning is Meaning.PASTED
        for item in context.source.module.items
        for found in find_occurrences(item, frozenset({name}), context.macro_of)
    )


def _candidates(prefix: str, own: str, old: str) -> tuple[str, ...]:
    """Return new names in order of choice; `own` is the file's name as a prefix.

    >>> _candidates("foo_", "foo_", "open")
    ('foo_open', 'foo_split_open', 'foo_split_open_op')
    >>> _candidates("lib_", "foo_", "open")[-1]
    'lib_foo_open'
    """
    name = old.lstrip("_")
    plain = name.removeprefix(prefix.lstrip("_")) or name
    found = (f"{prefix}{plain}", f"{prefix}split_{plain}", f"{prefix}split_{plain}_op")
    # Where several files have the same names and one prefix, the file's name tells them apart.
    return found if own.lstrip("_") in prefix else (*found, f"{prefix}{own.lstrip('_')}{plain}")


def _every_candidate(prefix: str, own: str, olds: Iterable[str]) -> set[str]:
    return {name for old in olds for name in _candidates(prefix, own, old)}


class _Chooser:
    """Gives out new names, each once, that nothing has."""

    def __init__(
        self,
        prefix: str,
        own: str,
        collisions: Collisions,
        context: Context,
        given: set[str],
    ) -> None:
        self.prefix, self.own = prefix, own
        self.collisions = collisions
        self.definitions = context.source.definitions
        self.given = given

    def new(self, old: str) -> str:
        candidates = _candidates(self.prefix, self.own, old)
        for name in candidates:
            if (
                name not in self.given
                and not self.definitions.of(name)
                and self.collisions.taken(name) is None
            ):
                self.given.add(name)
                return name
        return candidates[-1]
