"""JSON Schemas, made from the classes: of the spec, for editors, and of what `--json` prints."""

import inspect
import re
from collections.abc import Callable
from inspect import cleandoc
from typing import Any

import msgspec

from vtsplit.cli.machine.envelope import encode
from vtsplit.cli.machine.explain import ExplainReport
from vtsplit.cli.machine.init import InitReport
from vtsplit.cli.machine.lint import LintReport
from vtsplit.cli.machine.page import PageReport
from vtsplit.cli.machine.recover import RecoverReport
from vtsplit.cli.machine.scan import ScanReport
from vtsplit.cli.machine.series import SeriesReport
from vtsplit.cli.machine.split import SplitReport
from vtsplit.cli.machine.verify import VerifyReport
from vtsplit.spec.document import Document
from vtsplit.spec.upon import section_of

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FIELD = re.compile(r"^    (\w+): (.*?)(?:  # (.*))?$", re.MULTILINE)
_NAMED = re.compile(r'name="([\w-]+)"')


def _of(report: type[msgspec.Struct], title: str) -> bytes:
    schema = _plain(msgspec.json.schema(report))
    return encode({"$schema": _DIALECT, "title": title, **schema})


def spec_schema() -> bytes:
    """Return the schema of the TOML that a spec is."""
    schema = _without_null(_plain(msgspec.json.schema(Document)))
    for name, kind in _structs(Document).items():
        properties = schema["$defs"][name]["properties"]
        for key, comment in _comments(kind).items():
            properties[key] = {"description": comment, **properties[key]}
    needed = _take_required(schema["$defs"], Document)
    schema["$defs"]["Document"]["anyOf"] = [{"required": ["preset"]}, needed]
    return encode({"$schema": _DIALECT, "title": "vtsplit.toml", **schema})


SCHEMAS: dict[str, Callable[[], bytes]] = {
    "spec": spec_schema,
    "split": lambda: _of(SplitReport, "vtsplit split --json"),
    "lint": lambda: _of(LintReport, "vtsplit lint --json"),
    "verify": lambda: _of(VerifyReport, "vtsplit verify --json"),
    "scan": lambda: _of(ScanReport, "vtsplit scan --json"),
    "series": lambda: _of(SeriesReport, "vtsplit series --json"),
    "report": lambda: _of(PageReport, "vtsplit report --json"),
    "init": lambda: _of(InitReport, "vtsplit init --json"),
    "recover": lambda: _of(RecoverReport, "vtsplit recover --json"),
    "explain": lambda: _of(ExplainReport, "vtsplit explain --json"),
}


def _plain(schema: Any) -> Any:
    """Return a schema whose descriptions are docstrings without their margin.

    Some versions of msgspec leave the margin in, and the schema must not depend on that.
    """
    if isinstance(schema, dict):
        return {key: _plain(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_plain(value) for value in schema]
    return cleandoc(schema) if isinstance(schema, str) else schema


def _without_null(schema: Any) -> Any:
    """Return a schema without null, which TOML has not: what may be null may be left out."""
    if isinstance(schema, list):
        return [_without_null(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: {name: _without_null(one) for name, one in value.items()}
        if key in ("properties", "$defs")
        else _without_null(value)
        for key, value in schema.items()
        if not (key == "default" and (value is None or isinstance(value, dict | list | tuple)))
    }
    branches = kept.get("anyOf")
    if isinstance(branches, list) and {"type": "null"} in branches:
        branches = [branch for branch in branches if branch != {"type": "null"}]
        del kept["anyOf"]
        kept |= branches[0] if len(branches) == 1 else {"anyOf": branches}
    return kept


def _take_required(definitions: dict[str, Any], section: type[msgspec.Struct]) -> dict[str, Any]:
    """Take from a section, and from those in it, which keys must be there; return that.

    A spec that builds upon a preset may leave out each of them.
    """
    inner = {
        field.encode_name: _take_required(definitions, part)
        for field in msgspec.structs.fields(section)
        if (part := section_of(msgspec.inspect.type_info(field.type))) is not None
    }
    required = definitions[section.__name__].pop("required", [])
    needed = {key: value for key, value in inner.items() if value}
    found = {"required": required} if required else {}
    return found | ({"properties": needed} if needed else {})


def _structs(top: type[msgspec.Struct]) -> dict[str, type[msgspec.Struct]]:
    """Return the classes that a schema is made of, by their names."""
    _, definitions = msgspec.json.schema_components([top])
    found: dict[str, type[msgspec.Struct]] = {}
    pending = [top]
    while pending:
        kind = pending.pop()
        if kind.__name__ in found or kind.__name__ not in definitions:
            continue
        found[kind.__name__] = kind
        for part in _parts(msgspec.inspect.type_info(kind)):
            pending.append(part)
    return found


def _parts(kind: Any) -> list[type[msgspec.Struct]]:
    """Return the classes that a type of msgspec names, at any depth but inside of these."""
    if isinstance(kind, msgspec.inspect.StructType):
        return [one for field in kind.fields for one in _named(field.type)]
    return _named(kind)


def _named(kind: Any) -> list[type[msgspec.Struct]]:
    if isinstance(kind, msgspec.inspect.StructType):
        return [kind.cls]
    inner = [getattr(kind, name, None) for name in ("type", "item_type", "value_type")]
    inner += getattr(kind, "types", ())
    return [one for part in inner if isinstance(part, msgspec.inspect.Type) for one in _named(part)]


def _comments(kind: type[msgspec.Struct]) -> dict[str, str]:
    """Return what the comments beside the fields of a class say of its keys."""
    said = {}
    for name, rest, comment in _FIELD.findall(inspect.getsource(kind)):
        renamed = _NAMED.search(rest)
        if comment:
            said[renamed[1] if renamed else name] = comment
    return said
