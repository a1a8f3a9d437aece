"""What a patch says of itself: facts of its own stage, and nothing of other patches."""

from collections.abc import Sequence
from dataclasses import replace
from posixpath import basename

from vtsplit.change.changes import ChangeSet
from vtsplit.diagnostics import number
from vtsplit.series.backend_words import second, start, wrap
from vtsplit.series.cutting.stage import Stage
from vtsplit.series.words import SAME, PatchWords, called, counted, filled, joined, listed, pairs_of
from vtsplit.spec.document import Spec
from vtsplit.spec.posting import OTHER_PROGRAM, StageKind, Wording

_NAMED = 3  # functions in a sentence


def words_for(
    stage: Stage, changes: ChangeSet, spec: Spec, shapes: Sequence[tuple[str, str]] = ()
) -> PatchWords:
    """Return the words of a stage that makes these changes.

    `shapes` are the lines of each table before and after a move. What the spec says comes first.
    """
    words = _own_words(stage, changes, spec, shapes)
    stated = spec.posting.words.get(stage.kind.value, Wording())
    group = stage.wrappers.group if stage.wrappers else None
    subject = group.subject if group else stated.subject
    text = group.text if group and group.text else stated.text
    facts = {
        "count": str(len(stage.names)),
        "names": listed(op if stage.wrappers else called(new, stage) for op, new in stage.names),
        "tables": joined(spec.tables),
        "source": basename(spec.source),
        "header": basename(spec.header),
        "main": basename(spec.main),
    }
    subjects = (subject.format(**facts),) if subject else words.subjects
    paragraphs = (text.format(**facts).strip("\n"),) if text else words.paragraphs
    return PatchWords(subjects, paragraphs)


def _own_words(
    stage: Stage, changes: ChangeSet, spec: Spec, shapes: Sequence[tuple[str, str]]
) -> PatchWords:
    match stage.kind:
        case StageKind.RENAME:
            return _rename(stage)
        case StageKind.PREFIX:
            return _prefix(stage)
        case StageKind.DECLARE:
            return _expose(stage, spec)
        case StageKind.SOURCE:
            return _rename_source(stage)
        case StageKind.MOVE:
            return _move(stage, spec, shapes)
        case StageKind.SECOND:
            return second(changes, spec)
        case StageKind.WRAP:
            return wrap(stage, spec)
        case StageKind.START:
            return start(spec)


def words_for_all(stages: Sequence[Stage], spec: Spec) -> PatchWords:
    """Return the words of a whole series, or of one patch that does all of it."""
    source, main = basename(spec.source), basename(spec.main)
    header, tables = basename(spec.header), joined(spec.tables)
    subjects, said = [f"Finish the split of {source}"], list[str]()
    if any(stage.kind is StageKind.MOVE for stage in stages):
        what = "the table" if len(spec.tables) == 1 else "the tables"
        subjects = [f"Move {tables} from {source} to {main}"]
        subjects += [f"Move {what} of {source} to {main}", f"Move {what} to {main}"]
        said.append(f"Move {tables} from {source} to {main}.")
    global_ = {new for one in stages if one.kind is StageKind.DECLARE for _, new in one.names}
    if global_:
        names = number(len(global_), "name")
        they = "it" if len(global_) == 1 else "them"
        said.append(f"Declare {names} of {source} in {header}, so that other files can use {they}.")
    wrapped = {op for one in stages if one.kind is StageKind.WRAP for op, _ in one.names}
    if spec.dispatch and wrapped:
        backend, ops = basename(spec.dispatch.backend.source), number(len(wrapped), "op")
        choose = f"Let {main} choose between {source} and {backend}"
        subjects = [choose, f"Choose between {source} and {backend}"]
        said.append(f"{choose} in {ops}.")
    same = [] if any(stage.kind in OTHER_PROGRAM for stage in stages) else [SAME]
    return PatchWords(tuple(subjects), (*([filled(" ".join(said))] if said else []), *same))


def _rename(stage: Stage) -> PatchWords:
    old, new = (called(name, stage) for name in stage.names[0])
    subjects = [f"Rename {counted(stage)}"]
    if len(stage.names) == 1:
        subjects = [f"Rename {old} to {new}", f"Rename {old}", *subjects]
    elif len(stage.names) == 2:
        subjects = [f"Rename {old} and {called(stage.names[1][0], stage)}", *subjects]
    return PatchWords(tuple(subjects), ("Rename, with all uses:", pairs_of(stage), SAME))


def _prefix(stage: Stage) -> PatchWords:
    prefixes = {new.removesuffix(old.lstrip("_")) for old, new in stage.names}
    which = f"the prefix {next(iter(prefixes))}" if len(prefixes) == 1 else "a prefix"
    why = filled(
        "A name without a prefix does not say where it belongs, and other files may have it as "
        "well. Rename, with all uses:"
    )
    subjects = (f"Give {counted(stage)} {which}", f"Give {counted(stage)} a prefix")
    return PatchWords(subjects, (why, pairs_of(stage), SAME))


def _expose(stage: Stage, spec: Spec) -> PatchWords:
    tables, header, source = joined(spec.tables), basename(spec.header), basename(spec.source)
    refers, subjects = "refer", list[str]()
    they_refer = "the tables refer"
    if len(spec.tables) == 1:
        refers, they_refer = "refers", "the table refers"
        subjects.append(f"Declare in {header} what {tables} refers to")
    subjects += [f"Declare in {header} what {they_refer} to", f"Declare what {they_refer} to"]
    own = replace(stage, names=tuple(pair for pair in stage.names if pair[1] not in stage.starting))
    starting = [called(new, stage) for _, new in stage.names if new in stage.starting]
    if not stage.names:
        text = f"Declare in {header} what {tables} {refers} to, so that other files can use it."
        return PatchWords(tuple(subjects), (filled(text), SAME))
    blocks = list[str]()
    if own.names:
        it, what = "them", counted(own)
        if len(own.names) == 1:
            it, what = "it", what.removeprefix("1 ")
        text = (
            f"{tables} {refers} to the {what} below, which only {source} can use. Make "
            f"{it} global and declare {it} in {header}, so that other files can use {it} as well:"
        )
        blocks += [filled(text), listed(called(new, stage) for _, new in own.names)]
    if starting:
        them = "them" if len(starting) > 1 else "it"
        text = (
            f"Make {joined(starting)} global and declare {them} in {header}, so that other files "
            f"can start and stop the module by {them}."
        )
        blocks.append(filled(text))
    inline = [called(new, stage) for _, new in stage.names if new in stage.inline]
    if inline:
        which = joined(inline) if len(inline) <= _NAMED else f"{len(inline)} of them"
        blocks.append(filled(f"{which} {'is' if len(inline) == 1 else 'are'} no longer inline."))
    if not own.names:
        subjects = [f"Declare in {header} what starts and stops the module"]
        subjects.append("Declare what starts and stops the module")
    return PatchWords(tuple(subjects), (*blocks, SAME))


def _rename_source(stage: Stage) -> PatchWords:
    old, new = (basename(path) for path in stage.names[0])
    text = (
        f"A module that is made of one object has the name of that object. To let the module have "
        f"several objects and keep its name, rename {old} to {new}, and list "
        f"{new.rpartition('.')[0]}.o as a part of the module."
    )
    return PatchWords((f"Rename {old} to {new}",), (filled(text), SAME))


def _move(stage: Stage, spec: Spec, shapes: Sequence[tuple[str, str]]) -> PatchWords:
    source, main = basename(spec.source), basename(spec.main)
    if not stage.names:
        text = f"{main} has {joined(spec.tables.values())} already. Add what it still lacks."
        return PatchWords((f"Finish the move to {main}",), (filled(text), SAME))
    olds, news = [old for old, _ in stage.names], [new for _, new in stage.names]
    subjects = list[str]()
    if len(olds) == 1 and news != olds:
        subjects.append(f"Move {olds[0]} to {main} as {news[0]}")
    subjects += [f"Move {joined(olds)} to {main}", f"Move {number(len(olds), 'table')} to {main}"]
    named = f" as {joined(news)}" if news != olds else ""
    needed = f", with what only {'it needs' if len(olds) == 1 else 'they need'}"
    text = f"Move {joined(olds)} from {source} to {main}{named}{needed if stage.more else ''}."
    blocks = [filled(text)]
    for before, after in shapes:
        blocks.append(f"{source}, before:\n\n{before}\n\n{main}, after:\n\n{after}")
    return PatchWords(tuple(subjects), (*blocks, SAME))


def shape(lines: Sequence[str]) -> str:
    r"""Return a table in five lines at most, each a tab further in.

    >>> shape(["struct ops a = {", "\t.a = a,", "\t.b = b,", "\t.c = c,", "\t.d = d,", "};"])
    '\tstruct ops a = {\n\t\t.a = a,\n\t\t...\n\t\t.d = d,\n\t};'
    """
    shown = [*lines[:2], "\t...", *lines[-2:]] if len(lines) > 5 else lines
    return "\n".join(f"\t{line}" if line else "" for line in shown)
