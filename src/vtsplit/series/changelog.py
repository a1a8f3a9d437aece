"""What a patch says of itself: facts of its own stage, and nothing of other patches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from posixpath import basename
from textwrap import fill

from vtsplit.change.changes import ChangeSet
from vtsplit.diagnostics import number
from vtsplit.series.cutting.stage import Stage, WrapperKind
from vtsplit.spec.document import Spec
from vtsplit.spec.posting import StageKind

_WIDTH = 75  # Documentation/process/submitting-patches.rst, "The canonical patch format"
_LONGEST = 52  # columns of a subject, without its prefix
_MOST = 60  # names that are listed; a longer list is not read
_SAME = "No functional change intended."


@dataclass(frozen=True)
class Words:
    """A subject without its prefix, and the paragraphs below it."""

    subject: str
    paragraphs: tuple[str, ...]

    def message(self, prefix: str, proof: str = "", trailers: Sequence[str] = ()) -> str:
        """Return the whole message of a commit; `proof` says what was proved of it."""
        blocks = [prefix + self.subject, *self.paragraphs]
        if proof:
            blocks.append(_filled(proof))
        if trailers:
            blocks.append("\n".join(trailers))
        return "\n\n".join(blocks) + "\n"


def words_for(
    stage: Stage, changes: ChangeSet, spec: Spec, shapes: Sequence[tuple[str, str]] = ()
) -> Words:
    """Return the words of a stage that makes these changes.

    `shapes` are the lines of each table before and after a move. What the spec says comes first.
    """
    words = _own_words(stage, changes, spec, shapes)
    stated = spec.posting.words.get(stage.kind.value)
    if stated is None:
        return words
    facts = {
        "count": str(len(stage.names)),
        "names": _list(_called(new, stage) for _, new in stage.names),
        "tables": _and(spec.tables),
        "source": basename(spec.source),
        "header": basename(spec.header),
        "main": basename(spec.main),
    }
    subject = stated.subject.format(**facts) if stated.subject else words.subject
    paragraphs = words.paragraphs
    if stated.text:
        paragraphs = (stated.text.format(**facts).strip("\n"),)
    return Words(subject, paragraphs)


def _own_words(
    stage: Stage, changes: ChangeSet, spec: Spec, shapes: Sequence[tuple[str, str]]
) -> Words:
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
            return _second(changes, spec)
        case StageKind.WRAP:
            return _wrap(stage, spec)
        case StageKind.START:
            return _start(spec)


def words_for_all(stages: Sequence[Stage], spec: Spec) -> Words:
    """Return the words of a whole series, or of one patch that does all of it."""
    source, main = basename(spec.source), basename(spec.main)
    tables, header = _and(spec.tables), basename(spec.header)
    moved = any(stage.kind is StageKind.MOVE for stage in stages)
    subject = f"Move {tables} of {source} to {main}" if moved else f"Finish the split of {source}"
    if len(subject) > _LONGEST:
        subject = f"Move the tables of {source} to {main}"
    global_ = {new for one in stages if one.kind is StageKind.DECLARE for _, new in one.names}
    wrapped = {op for one in stages if one.kind is StageKind.WRAP for op, _ in one.names}
    said = [f"{subject}."]
    if global_:
        names = number(len(global_), "name")
        said.append(f"{names} of {source} can be named by other files: {header} declares them.")
    if wrapped:
        ops = number(len(wrapped), "op")
        said.append(f"{ops} of the tables choose between two backends.")
    return Words(subject, (_filled(" ".join(said)),))


def _rename(stage: Stage) -> Words:
    old, new = (_called(name, stage) for name in stage.names[0])
    count = len(stage.names)
    subject = f"Rename {old} to {new}"
    if count > 1:
        subject = f"Rename {old} and {_called(stage.names[1][0], stage)}"
    if count > 2 or len(subject) > _LONGEST:
        subject = f"Rename {old}" if count == 1 else f"Rename {_counted(stage)}"
    return Words(subject, ("Rename, with all uses:", _pairs(stage), _SAME))


def _prefix(stage: Stage) -> Words:
    prefixes = {new.removesuffix(old.lstrip("_")) for old, new in stage.names}
    which = f"the prefix {next(iter(prefixes))}" if len(prefixes) == 1 else "a prefix"
    why = _filled(
        "A name without a prefix does not say where it belongs, and other files may have it as "
        "well. Rename, with all uses:"
    )
    return Words(f"Give {_counted(stage)} {which}", (why, _pairs(stage), _SAME))


def _expose(stage: Stage, spec: Spec) -> Words:
    tables, header = _and(spec.tables), basename(spec.header)
    source = basename(spec.source)
    refer = "refers" if len(spec.tables) == 1 else "refer"
    subject = f"Declare in {header} what {tables} {refer} to"
    if len(subject) > _LONGEST:
        whose = "the table refers" if len(spec.tables) == 1 else "the tables refer"
        subject = f"Declare in {header} what {whose} to"
    if not stage.names:
        text = f"{tables} {refer} to it. Other files can then name it as well."
        return Words(subject, (_filled(text), _SAME))
    text = (
        f"{tables} {refer} to the {_counted(stage)} below. Make them global and declare them in "
        f"{header}, so that files other than {source} can name them:"
    )
    every = [_called(new, stage) for _, new in stage.names]
    return Words(subject, (_filled(text), _list(every), _SAME))


def _rename_source(stage: Stage) -> Words:
    old, new = (basename(path) for path in stage.names[0])
    text = (
        f"A module that is made of one object has its name. Make it a composite, so that it can "
        f"have several: rename {old} to {new}, and list {new.rpartition('.')[0]}.o as its part. "
        "The module keeps its name."
    )
    return Words(f"Rename {old} to {new}", (_filled(text), _SAME))


def _move(stage: Stage, spec: Spec, shapes: Sequence[tuple[str, str]]) -> Words:
    source, main = basename(spec.source), basename(spec.main)
    old, new = stage.names[0] if stage.names else ("", "")
    what = old if len(stage.names) == 1 else number(len(stage.names), "table")
    subject = f"Move {what} to {main}"
    if len(stage.names) == 1 and new != old and len(subject) + len(new) < 50:
        subject += f" as {new}"
    tables = _and(old for old, _ in stage.names)
    text = f"Move {tables} from {source} to {main}, with what only the table needs."
    if len(stage.names) > 1:
        text = f"Move {tables} from {source} to {main}, with what only they need."
    blocks = [_filled(text)]
    for before, after in shapes:
        blocks.append(f"{source}, before:\n\n{before}\n\n{main}, after:\n\n{after}")
    return Words(subject, (*blocks, _SAME))


def _second(changes: ChangeSet, spec: Spec) -> Words:
    assert spec.dispatch is not None
    backend = spec.dispatch.backend
    source, header = basename(backend.source), basename(spec.header)
    paths = [one.path for one in changes]
    is_new = any(one.path == backend.source and one.before is None for one in changes)
    others = [one for one in changes if one.path not in {backend.source, spec.header, spec.main}]
    added = [basename(one.path) for one in others if one.before is None]
    built = [basename(one.path) for one in others if one.before is not None]
    said = []
    if is_new:
        files = _and([source, *added])
        said.append(f"Add {files} for a second backend.")
    if spec.header in paths:
        said.append(f"Declare in {header} the functions of {source}, {backend.prefix}*.")
        if backend.config:
            said.append(f"Without {backend.config} they are left out.")
    if built:
        said.append(f"{_and(built)} {'builds' if len(built) == 1 else 'build'} it.")
    subject = f"Add {source}" if is_new else f"Declare the functions of {source}"
    if not is_new and spec.header not in paths:
        subject = f"Build {source}"
    return Words(subject, (_filled(" ".join(said)),))


_WRAPPED = {
    WrapperKind.EITHER: ("Choose the backend of {ops}", "each of which calls one of two backends"),
    WrapperKind.BOTH: ("Call both backends for {ops}", "each of which calls both backends"),
    WrapperKind.FIRST: (
        "Let one backend alone serve {ops}",
        "each of which calls the first backend, and has an answer of its own for the other",
    ),
    WrapperKind.SECOND: (
        "Let the second backend serve {ops}",
        "each of which calls the second backend, and has an answer of its own for the other",
    ),
    WrapperKind.OWN: ("Serve {ops} in {main}", "each of which has a body of its own"),
}


def _wrap(stage: Stage, spec: Spec) -> Words:
    assert stage.wrapper is not None
    subject, what = _WRAPPED[stage.wrapper]
    main, ops = basename(spec.main), number(len(stage.names), "op")
    text = f"Let the entries below name functions in {main}, {what}:"
    named = subject.format(ops=ops, main=main)
    return Words(named, (_filled(text), _list(op for op, _ in stage.names)))


def _start(spec: Spec) -> Words:
    assert spec.dispatch is not None
    source, main = basename(spec.source), basename(spec.main)
    text = f"Move the functions that start and stop the module from {source} to {main}."
    if spec.init:
        text = (
            f"Let {main} start and stop the module, in place of {source}: it starts both backends."
        )
    return Words(f"Start both backends in {main}", (_filled(text),))


def shape(lines: Sequence[str]) -> str:
    r"""Return a table in five lines at most, each a tab further in.

    >>> shape(["struct ops a = {", "\t.a = a,", "\t.b = b,", "\t.c = c,", "\t.d = d,", "};"])
    '\tstruct ops a = {\n\t\t.a = a,\n\t\t...\n\t\t.d = d,\n\t};'
    """
    shown = [*lines[:2], "\t...", *lines[-2:]] if len(lines) > 5 else lines
    return "\n".join(f"\t{line}" if line else "" for line in shown)


def _called(name: str, stage: Stage) -> str:
    return f"{name}()" if name in stage.functions else name


def _counted(stage: Stage) -> str:
    """Return how many names a stage is about: functions, if all of them are."""
    is_function = all(old in stage.functions for old, _ in stage.names)
    return number(len(stage.names), "function" if is_function else "name")


def _pairs(stage: Stage) -> str:
    lines = [f"  {_called(old, stage)} to {_called(new, stage)}" for old, new in stage.names]
    return "\n".join([*lines[:_MOST], *_rest(lines)])


def _list(names: Iterable[str]) -> str:
    every = list(names)
    lines = fill(", ".join(every[:_MOST]), _WIDTH, initial_indent="  ", subsequent_indent="  ",
                 break_long_words=False, break_on_hyphens=False)  # fmt: skip
    return "\n".join([lines, *_rest(every)])


def _rest(every: Sequence[object]) -> list[str]:
    return [f"  and {len(every) - _MOST} more"] if len(every) > _MOST else []


def _and(names: Iterable[str]) -> str:
    """Join names as English does.

    >>> _and(["a"]), _and(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *front, last = names
    return f"{', '.join(front)} and {last}" if front else last


def _filled(text: str) -> str:
    return fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
