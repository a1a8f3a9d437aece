"""The sections of the spec about two backends: `[dispatch]`, `[op.NAME]`, `[init]`."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from vtsplit.spec import template as c_template
from vtsplit.spec.kconfig import KconfigEntry
from vtsplit.spec.toml_sites import KeyPath
from vtsplit.spec.values import MISSING_KEY, CName, Fault, HeaderPath, Prefix, Refusal, SourcePath

_STYLES = ("macros", "stubs")
_SIDES = ("first", "second")
_CONFIG = "CONFIG_[A-Za-z0-9_]+"


def _check_code(text: str) -> Refusal | None:
    reason = c_template.fault(text)
    return Refusal("a piece of C", reason) if reason else None


def _check_style(style: str) -> Refusal | None:
    return None if style in _STYLES else Refusal("'macros' or 'stubs'")


def _check_side(side: str) -> Refusal | None:
    return None if side in _SIDES else Refusal("'first' or 'second'")


def _check_config(name: str) -> Refusal | None:
    if re.fullmatch(_CONFIG, name):
        return None
    return Refusal("an option's name as C has it", "it starts with CONFIG_")


def _check_comment(text: str) -> Refusal | None:
    if not text.strip():
        return Refusal("a comment's text")
    if "*/" in text or "/*" in text:
        return Refusal("a comment's text", "without the /* and */ around it")
    shown = all(char.isprintable() or char in "\n\t" for char in text)
    return None if shown else Refusal("a comment's text", "of printable characters")


CCode = Annotated[str, Meta(extra={"check": _check_code})]
Style = Annotated[str, Meta(extra={"check": _check_style}, extra_json_schema={"enum": [*_STYLES]})]
SideName = Annotated[str, Meta(extra={"check": _check_side}, extra_json_schema={"enum": [*_SIDES]})]
OptionName = Annotated[
    str, Meta(extra={"check": _check_config}, extra_json_schema={"pattern": f"^{_CONFIG}$"})
]
Comment = Annotated[str, Meta(extra={"check": _check_comment})]


class Backend(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[dispatch.backend]`: the second backend."""

    prefix: Prefix  # its functions are called prefix + op
    source: SourcePath
    header: HeaderPath | None = None  # declares the predicates and the flag
    config: OptionName | None = None  # the option under which it is built
    kconfig: KconfigEntry | None = None  # how Kconfig defines that option, where nothing does
    flag: CName | None = None  # chooses where no parameter does
    skeleton: CCode | None = None  # what the functions of a source made on request return


class Dispatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[dispatch]`: how a wrapper in main chooses between the two backends."""

    prefix: Prefix  # a wrapper is called prefix + op
    backend: Backend
    when: dict[str, CCode] = {}  # predicate by parameter type
    style: Style = "macros"  # how the second backend vanishes with its option
    ops: tuple[CName, ...] = ()  # wrapped for sure, though no section of their own says how


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[op.NAME]`: what one wrapper does where plain dispatch will not do. See docs/dispatch.md."""

    when: CCode | None = None
    first: CCode | None = None
    second: CCode | None = None
    only: SideName | None = None
    otherwise: CCode | tuple[CCode, ...] = ()
    zero: tuple[CName, ...] = ()
    zero_first: bool = msgspec.field(name="zero-first", default=False)
    before: CCode | tuple[CCode, ...] = ()
    conjunction: bool = msgspec.field(name="and", default=False)
    both: SideName | None = None
    unwind: CCode | None = None
    comment: Comment | None = None
    heading: Comment | None = None
    body: str | None = None
    wrap: bool = True
    optional: bool = False  # a tree without the op will do


class ModuleParameter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A module parameter for the backend's flag."""

    name: CName
    description: Comment | None = None
    default: bool = False


class Init(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[init]`: main gets the module's init and exit functions, which call both backends'."""

    init: CName | None = None
    exit: CName | None = None
    second_init: CName | None = msgspec.field(name="second-init", default=None)
    second_exit: CName | None = msgspec.field(name="second-exit", default=None)
    parameter: ModuleParameter | None = None


# Keys of an op that say nothing beside these.
_ALONE = {
    "body": {"heading", "optional"},
    "wrap": {"optional"},
    "both": {"when", "first", "second", "before", "unwind", "comment", "heading", "optional"},
}
_NEEDS = {"zero-first": "zero", "unwind": "both"}


def find_faults(raw: dict[str, Any]) -> Iterator[Fault]:
    """Find keys of the dispatch sections that contradict each other.

    Values of a wrong type are passed over: the schema has them.
    """
    dispatch = raw.get("dispatch")
    for section in ("op", "init"):
        if section in raw and dispatch is None:
            yield Fault((section,), f"[{section}] has no meaning without [dispatch]", of="key")
    if isinstance(dispatch, dict) and isinstance(backend := dispatch.get("backend"), dict):
        yield from _backend_faults(raw, dispatch, backend)
    ops = raw.get("op")
    for name, op in ops.items() if isinstance(ops, dict) else ():
        if isinstance(op, dict):
            yield from _op_faults((name,), op)
        for at, one in enumerate(op if isinstance(op, list) else ()):
            if isinstance(one, dict):
                yield from _op_faults((name, at), one)
        if op == []:
            yield Fault(("op", name), f"op.{name} has no section", "write [[op.NAME]] sections")


def _backend_faults(
    raw: dict[str, Any], dispatch: dict[str, Any], backend: dict[str, Any]
) -> Iterator[Fault]:
    if "style" in dispatch and "config" not in backend:
        message = "'style' says how a build leaves the second backend out, but no option does so"
        yield Fault(("dispatch", "style"), message, "give dispatch.backend a config", of="key")
    if dispatch.get("style") == "stubs" and "skeleton" not in backend and "config" in backend:
        message = "[dispatch.backend] has no 'skeleton'"
        help_ = 'stubs return it where the backend is left out: skeleton = "-EOPNOTSUPP"'
        yield Fault(("dispatch", "backend"), message, help_, MISSING_KEY, "key")
    if "kconfig" in backend and "config" not in backend:
        message = "[dispatch.backend.kconfig] defines an option, but the spec names none"
        help_ = 'give dispatch.backend a config = "CONFIG_..."'
        yield Fault(("dispatch", "backend", "kconfig"), message, help_, of="key")
    if dispatch.get("prefix") == backend.get("prefix") is not None:
        message = "wrappers and the second backend cannot share a prefix"
        yield Fault(("dispatch", "backend", "prefix"), message)
    split = raw.get("split")
    paths = dict(split) if isinstance(split, dict) else {}
    for key, other in (
        ("source", "source"),
        ("source", "main"),
        ("source", "core"),
        ("header", "header"),
    ):
        if backend.get(key) is not None and backend.get(key) == paths.get(other):
            message = f"the backend's {key} is the file that [split] calls '{other}'"
            yield Fault(("dispatch", "backend", key), message)
    if isinstance(raw.get("init"), dict) and "parameter" in raw["init"] and "flag" not in backend:
        message = "a module parameter needs a variable"
        yield Fault(("init", "parameter"), message, "give dispatch.backend a flag", of="key")


def _op_faults(path: KeyPath, op: dict[str, Any]) -> Iterator[Fault]:
    for key, beside in _ALONE.items():
        stated = op.get(key) is False if key == "wrap" else key in op
        for other in op if stated else ():
            if other != key and other not in beside:
                message = f"'{other}' has no effect beside '{key}'"
                yield Fault(("op", *path, other), message, of="key")
    for key, needed in _NEEDS.items():
        if op.get(key) and needed not in op:
            yield Fault(("op", *path, key), f"'{key}' has no effect without '{needed}'", of="key")
    if op.get("and") and op.get("only") != "second":
        message = (
            "'and' joins the condition with the second backend's call, so only that "
            "backend can serve the op"
        )
        yield Fault(("op", *path, "and"), message, 'add only = "second"', of="key")
    if op.get("and") and ("otherwise" in op or "zero" in op):
        yield Fault(
            ("op", *path, "and"), "'and' leaves nothing for 'otherwise' or 'zero' to do", of="key"
        )
