"""What patches say that give tables a second backend."""

from posixpath import basename

from vtsplit.change.changes import ChangeSet
from vtsplit.diagnostics import number
from vtsplit.series.cutting.stage import Stage, WrapperKind
from vtsplit.series.words import PatchWords, filled, joined, listed
from vtsplit.spec.document import Spec

# The subject of a patch with wrappers of one kind, and what each of them does.
_WRAPPED = {
    WrapperKind.EITHER: (
        "Choose between {first} and {second} in {ops}",
        "calls a function of {first} or one of {second}",
    ),
    WrapperKind.BOTH: (
        "Call both {first} and {second} in {ops}",
        "calls a function of {first} and one of {second}",
    ),
    WrapperKind.FIRST: (
        "Let {first} alone serve {ops}",
        "calls a function of {first}, or gives an answer of its own in place of {second}",
    ),
    WrapperKind.SECOND: (
        "Let {second} alone serve {ops}",
        "calls a function of {second}, or gives an answer of its own in place of {first}",
    ),
    WrapperKind.OWN: ("Serve {ops} in {main}", "has a body of its own"),
}


def second(changes: ChangeSet, spec: Spec) -> PatchWords:
    """Return the words of the patch that makes the second backend known."""
    assert spec.dispatch is not None
    backend = spec.dispatch.backend
    source, header = basename(backend.source), basename(spec.header)
    new = [basename(one.path) for one in changes if one.before is None]
    paths = [one.path for one in changes]
    functions = f"{backend.prefix}*()"
    said, subjects = list[str](), [f"Build {source}"]
    if source in new:
        subjects = [f"Add {source} for a second backend", f"Add {source}"]
        files = joined([source, *(one for one in new if one not in {source, header})])
        said.append(
            f"Add {files} as the skeleton of a second backend: its functions, {functions}, do "
            "nothing yet."
        )
    elif spec.header in paths:
        subjects = [f"Declare the functions of {source} in {header}"]
        subjects.append(f"Declare the functions of {source}")
    if spec.header in paths:
        what = "them" if source in new else f"the functions of {source}, {functions},"
        where = f"in {header}"
        if backend.config and spec.dispatch.style == "stubs":
            where += f", with stubs for builds without {backend.config}"
        elif backend.config:
            where += f", for builds with {backend.config}"
        said.append(f"Declare {what} {where}.")
    if spec.main in paths and backend.flag:
        sets = f", by the module's parameter {name}" if (name := _parameter(spec)) else ""
        said.append(
            f"Let {backend.flag} in {basename(spec.main)} say whether the backend is used{sets}."
        )
    if built := [basename(path) for path in paths if not path.endswith((".c", ".h"))]:
        said.append(f"Change {joined(built)} so that {source} is built.")
    return PatchWords(tuple(subjects), (filled(" ".join(said)),))


def _parameter(spec: Spec) -> str:
    return spec.init.parameter.name if spec.init and spec.init.parameter else ""


def wrap(stage: Stage, spec: Spec) -> PatchWords:
    """Return the words of a patch by which entries name wrappers."""
    assert spec.dispatch is not None
    assert stage.wrappers is not None
    kinds = stage.wrappers.kinds
    names = {
        "first": basename(spec.source),
        "second": basename(spec.dispatch.backend.source),
        "main": basename(spec.main),
        "ops": number(len(stage.names), "op"),
    }
    if len(kinds) == 1:
        ((kind, ops),) = kinds.items()
        subject, what = (one.format(**names) for one in _WRAPPED[kind])
        shorter = f"Add wrappers for {names['ops']}"
        text = f"Let the entries below name functions in {names['main']}. Each of these {what}:"
        if len(ops) == 1:
            text = f"Let the entry below name a function in {names['main']}, which {what}:"
        return PatchWords((subject, shorter), (filled(text), listed(ops)))
    blocks = [filled(f"Let {len(stage.names)} entries name functions in {names['main']}.")]
    for kind, ops in kinds.items():
        what = _WRAPPED[kind][1].format(**names)
        head = f"The function for this op {what}:" if len(ops) == 1 else f"Each of these {what}:"
        blocks += [filled(head), listed(ops)]
    return PatchWords((f"Add wrappers for {names['ops']}",), tuple(blocks))


def start(spec: Spec) -> PatchWords:
    """Return the words of the patch by which main starts the module."""
    source, main = basename(spec.source), basename(spec.main)
    text = f"Move the functions that start and stop the module from {source} to {main}."
    if spec.init:
        text = (
            f"Let {main} start and stop the module in place of {source}, and start and stop both "
            "backends with it."
        )
    return PatchWords((f"Start both backends in {main}",), (filled(text),))
