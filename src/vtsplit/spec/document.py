r"""The spec: what to split. It is read from TOML, and checked before anything reads a tree.

The Structs below are the schema. One walk over them finds every unknown key, wrong type, bad value
and missing key, where msgspec alone stops at the first. A new section of the spec is a new Struct
and a field of `Document`.

>>> spec = load('''
... [split]
... source = "drv/foo.c"
... header = "drv/foo_ops.h"
... main   = "drv/main.c"
... [tables]
... foo_ops = "bar_ops"
... [rename]
... foo_create_dev = "foo_dev_create"
... ''', "vtsplit.toml")
>>> spec.source, spec.tables
('drv/foo.c', {'foo_ops': 'bar_ops'})
>>> spec.renames["foo_create_dev"]
Rename(to='foo_dev_create', optional=False)
>>> str(spec.site("rename", "foo_create_dev", of="value"))
'vtsplit.toml:9:19'
"""

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice
from posixpath import dirname
from typing import Any

import msgspec
from msgspec import Struct, inspect

from vtsplit.diagnostics import Problem, RefusedError, Site, unique
from vtsplit.example_trees import SPEC
from vtsplit.rule import Example, Rule
from vtsplit.spec.dispatch import Dispatch, Init, Policy, find_faults
from vtsplit.spec.posting import Posting, find_group_faults
from vtsplit.spec.toml_sites import KeyPath, Part, locate, parse
from vtsplit.spec.upon import branches, merged, states
from vtsplit.spec.values import (
    MISSING_KEY,
    CName,
    Export,
    Fault,
    HeaderPath,
    License,
    Namespace,
    Pattern,
    Prefix,
    SourcePath,
    Template,
    check_pattern,
    compile_pattern,
    find_template_fault,
    quoted,
)

SPEC_FILE = "vtsplit.toml"  # of a tree, at its top

UNKNOWN_KEY = Rule(
    "VT002",
    "unknown-key",
    "the spec has a key that does not exist",
    "A misspelled key would have no effect, and nobody would see that.",
    "Correct the name. The message suggests a near one. The key may also stand in the wrong "
    "section.",
    Example(spec=SPEC.replace("[tables]", 'licence = "GPL-2.0"\n\n[tables]')),
)


class Split(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[split]`: the files, as paths from the tree's top, and how the result is to look."""

    source: SourcePath  # the file that has the tables now
    header: HeaderPath  # the header that declares what becomes global
    main: SourcePath  # the file that the tables move to
    prefix: Prefix | None = None  # what every name that becomes global starts with
    license: License | None = None  # SPDX identifier for new files where the source has none
    core: SourcePath | None = None  # what the source is called where its module needs two objects
    object_list: bool = msgspec.field(name="object-list", default=True)  # whether main is listed
    export: Export | None = None  # how a main in another module reaches what becomes global
    namespace: Namespace | None = None  # what is exported goes into it


class Rename(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new name; `optional` when it is no error that the tree lacks the old one."""

    to: CName
    optional: bool = False


class RenamePattern(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """New names for all functions that become global and whose whole name matches."""

    match: Pattern
    to: Template

    def apply(self, name: str) -> str | None:
        r"""Return the new name, or None for a name that keeps its own.

        The new name may still be none that C allows, see `is_c_name`: that depends on the name.

        >>> swap = RenamePattern(match="foo_(create|free)_dev", to=r"foo_dev_\1")
        >>> swap.apply("foo_free_dev"), swap.apply("foo_free_device")
        ('foo_dev_free', None)
        """
        found = compile_pattern(self.match).fullmatch(name) if name.isprintable() else None
        renamed = found.expand(self.to) if found else name
        return None if renamed == name else str(renamed)


class Lint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[lint]`: what `vtsplit lint` is not to report."""

    ignore: tuple[str, ...] = ()  # codes that are never reported
    ignore_name: dict[CName, tuple[str, ...]] = msgspec.field(name="ignore-name", default={})


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The spec as it is written."""

    preset: str | None = None  # the built-in spec that says what this one leaves out
    split: Split
    tables: dict[CName, CName]
    rename: dict[CName, CName | Rename] = {}
    rename_pattern: tuple[RenamePattern, ...] = msgspec.field(name="rename-pattern", default=())
    dispatch: Dispatch | None = None
    op: dict[CName, Policy | tuple[Policy, ...]] = {}
    init: Init | None = None
    lint: Lint = Lint()
    series: Posting = Posting()


class Spec(Split, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checked spec: what `[split]` holds and the rest, which knows where it was written."""

    tables: dict[str, str]  # new name by old name
    renames: dict[str, Rename]  # by old name; they go before the patterns
    patterns: tuple[RenamePattern, ...]
    dispatch: Dispatch | None = None
    ops: dict[str, Policy] = {}
    # All sections of an op that has several; `ops` has the first, or the one that fits the tree.
    alternatives: dict[str, tuple[Policy, ...]] = {}
    init: Init | None = None
    lint: Lint = Lint()
    posting: Posting = Posting()
    text: str
    file: str
    is_preset: bool = False
    base: "Spec | None" = None  # the preset that it builds upon

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the spec names; the tree need not have them all."""
        backend = self.dispatch.backend if self.dispatch else None
        second = (backend.source, backend.header) if backend else ()
        named = (self.source, self.header, self.main, self.core, *second)
        return tuple(path for path in named if path is not None)

    def site(self, *path: str | int, of: Part = "key") -> Site:
        """Point to a key or its value, or to what encloses it: `site("rename", "foo_open")`."""
        if self.base is not None and self.is_of_preset(*path):
            return self.base.site(*path, of=of)
        return locate(self.text, path, self.file, of)

    def is_of_preset(self, *path: str | int) -> bool:
        """Tell whether a preset says what stands at a place of the spec.

        A preset serves many trees: a name that a tree lacks is worth a note there, not an error.
        """
        if self.base is None:
            return self.is_preset
        return _is_of_base(_own(self.text, self.file), self.base, path)

    def op_is_of_preset(self, name: str) -> bool:
        """Tell whether a preset says what is to become of an op."""
        return self.is_of_preset(*(("op", name) if name in self.ops else ("dispatch", "ops")))

    def op_site(self, name: str, key: str = "", of: Part = "key") -> Site:
        """Point to the section of an op that is in force, or to a key or value of it."""
        several = self.alternatives.get(name, ())
        at = (several.index(self.ops[name]),) if self.ops.get(name) in several else ()
        return self.site("op", name, *at, *([key] if key else []), of=of)

    def own_line(self, site: Site) -> int:
        """Return the number of a site's line; 0 if it is one of the preset, which is not shown."""
        return site.line if site.path == self.file else 0

    def line(self, number: int) -> str:
        """Return the text of a line, counted from 1; empty where there is no such line."""
        lines = self.text.split("\n")
        return lines[number - 1].removesuffix("\r") if 0 < number <= len(lines) else ""


def _is_of_base(own: dict[str, Any], base: Spec, path: KeyPath) -> bool:
    """Tell what a preset says and the spec upon it does not; what neither says is the spec's."""
    return not states(own, path, _SCHEMA) and states(_own(base.text, base.file), path, _SCHEMA)


@lru_cache(maxsize=8)
def _own(text: str, file: str) -> dict[str, Any]:
    return parse(text, file)


def load(text: str, file: str, base: Spec | None = None) -> Spec:
    """Read a spec; `file` is what messages call it. Raises RefusedError with every problem found.

    `text` is decoded with surrogateescape, so that bytes which are no UTF-8 are refused here, with
    their place. `base` is the preset that the spec names, see `presets.load_spec`.
    """
    text = text.removeprefix("\ufeff")
    own = parse(text, file)
    raw = own if base is None else merged(own, _own(base.text, base.file), _SCHEMA)
    found = chain(
        _walk(raw, _SCHEMA, ()),
        _check_names(raw),
        _check_templates(raw),
        find_faults(raw),
        find_group_faults(raw),
    )
    # Whoever has so many will not read more of them, and each takes a search for a near name.
    faults = list(islice(found, _MOST_FAULTS))

    def place(fault: Fault) -> Site:
        if base is not None and _is_of_base(own, base, fault.path):
            return base.site(*fault.path, of=fault.of)
        return locate(text, fault.path, file, fault.of)

    problems = [Problem(one.rule, one.message, place(one), one.help) for one in faults]
    if problems:
        raise RefusedError(
            *sorted(unique(problems), key=lambda problem: problem.site or Site(file))
        )
    document = msgspec.convert(raw, Document)
    return Spec(
        **msgspec.structs.asdict(document.split),
        tables=document.tables,
        renames={
            old: new if isinstance(new, Rename) else Rename(to=new)
            for old, new in document.rename.items()
        },
        patterns=document.rename_pattern,
        dispatch=document.dispatch,
        ops={name: op if isinstance(op, Policy) else op[0] for name, op in document.op.items()},
        alternatives={name: op for name, op in document.op.items() if not isinstance(op, Policy)},
        init=document.init,
        lint=document.lint,
        posting=document.series,
        text=text,
        file=file,
        base=base,
    )


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Suggest the known name nearest to a mistaken one; empty when none is near.

    >>> did_you_mean("heder", ["source", "header"]), did_you_mean("x", ["source"])
    ("did you mean 'header'?", '')
    """
    lowered = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), lowered, n=1)
    return f"did you mean {lowered[near[0]]!r}?" if near else ""


_MOST_FAULTS = 200
_ADD_EXPORT = 'add export = "gpl" or export = "plain"'
_SCHEMA = inspect.type_info(Document)
_WORDS: dict[type, str] = {
    str: "a string",
    bool: "true or false",
    int: "an integer",
    float: "a float",
    dict: "a table",
    list: "an array",
}


def _walk(raw: object, kind: inspect.Type, path: KeyPath) -> Iterator[Fault]:
    by_type = branches(kind)
    match by_type.get(type(raw)), raw:
        case None, _:
            expected = " or ".join(_WORDS[accepted] for accepted in by_type)
            got = _WORDS.get(type(raw), "a date or time")
            is_table = isinstance(raw, dict) and list in by_type
            hint = f"write [[{_shown(path)}]]" if is_table else ""
            yield Fault(path, f"{_shown(path)} must be {expected}, not {got}", hint)
        case inspect.Metadata(extra={"check": check}), str():
            if refusal := check(raw):
                message = f"{_shown(path)} must be {refusal.expected}, not {quoted(raw)}"
                yield Fault(path, message, refusal.help, refusal.rule)
        case inspect.StructType(fields=fields), dict():
            yield from _walk_struct(raw, fields, path)
        case inspect.DictType(key_type=key_type, value_type=value_type), dict():
            for key, value in raw.items():
                yield from (
                    fault._replace(of="key") for fault in _walk(key, key_type, (*path, key))
                )
                yield from _walk(value, value_type, (*path, key))
        case inspect.VarTupleType(item_type=item_type), list():
            for index, item in enumerate(raw):
                yield from _walk(item, item_type, (*path, index))


def _walk_struct(
    raw: dict[str, Any], fields: tuple[inspect.Field, ...], path: KeyPath
) -> Iterator[Fault]:
    known = {field.encode_name: field for field in fields}
    place = f"[{_shown(path)}]" if path else "the spec"
    for key, value in raw.items():
        if key in known:
            yield from _walk(value, known[key].type, (*path, key))
            continue
        hint = did_you_mean(key, known)
        for section in fields:
            # Someone forgot the header of a section.
            if not hint and isinstance(section.type, inspect.StructType):
                names = {field.encode_name for field in section.type.fields}
                hint = f"it belongs in [{section.encode_name}]" if key in names else ""
        yield Fault((*path, key), f"unknown key {quoted(key)} in {place}", hint, UNKNOWN_KEY, "key")
    for name, field in known.items():
        if field.required and name not in raw:
            needs_section = isinstance(field.type, inspect.StructType | inspect.DictType)
            hint = f"add [{name}]" if needs_section else f"add {name} = ..."
            yield Fault((*path, name), f"{place} has no {name!r}", hint, MISSING_KEY, "key")


def _check_names(raw: dict[str, Any]) -> Iterator[Fault]:
    """Find names and files that are in each other's way. Values of a wrong type are passed over."""
    paths: dict[str, str] = {}
    split = _section(raw, "split")
    for key in ("source", "header", "main", "core"):
        value = split.get(key)
        if isinstance(value, str) and paths.setdefault(value, key) != key:
            yield Fault(("split", key), f"{key!r} is the same file as {paths[value]!r}")
    source, core = split.get("source"), split.get("core")
    if isinstance(source, str) and isinstance(core, str) and dirname(source) != dirname(core):
        yield Fault(("split", "core"), "'core' has to be in the folder of 'source'")
    if "namespace" in split and "export" not in split:
        yield Fault(
            ("split", "namespace"),
            "'namespace' is the namespace of exports, but the spec has no 'export'",
            _ADD_EXPORT,
        )
    if raw.get("tables") == {}:
        yield Fault(
            ("tables",), "[tables] names no table", 'add old_name = "new_name"', MISSING_KEY
        )

    new_names = {
        (section, old): new["to"] if isinstance(new, dict) and "to" in new else new
        for section in ("tables", "rename")
        for old, new in _section(raw, section).items()
    }
    old_names: dict[str, str] = {}
    first: dict[str, str] = {}
    for section, old in new_names:
        if old_names.setdefault(old, section) != section:
            yield Fault((section, old), f"{quoted(old)} is already in [tables]", of="key")
    for (section, old), new in new_names.items():
        if not isinstance(new, str):
            continue
        path = (section, old, "to")
        if new == old:
            continue  # it keeps its name, whatever patterns and the prefix say
        if new in old_names:
            # A second run would rename again what the first has made.
            message = f"{quoted(new)} is both a new name and an old one"
            yield Fault(path, message, f"[{old_names[new]}] also renames it")
        elif first.setdefault(new, old) != old:
            yield Fault(path, f"{quoted(new)} is already the new name of {quoted(first[new])}")


def _check_templates(raw: dict[str, Any]) -> Iterator[Fault]:
    patterns = raw.get("rename-pattern")
    for index, entry in enumerate(patterns if isinstance(patterns, list) else ()):
        match entry:
            case {"match": str(pattern), "to": str(template)} if not check_pattern(pattern):
                if fault := find_template_fault(pattern, template):
                    message = f"{quoted(template)} does not suit the groups of {quoted(pattern)}"
                    yield Fault(("rename-pattern", index, "to"), message, fault)


def _section(raw: dict[str, Any], name: str) -> dict[str, Any]:
    section = raw.get(name)
    return section if isinstance(section, dict) else {}


def _shown(path: KeyPath) -> str:
    """Name a key with those above it; as TOML would write it where that is short and plain."""
    parts = (part for part in path if isinstance(part, str))
    return ".".join(part if re.fullmatch(r"[\w-]{1,60}", part) else quoted(part) for part in parts)
