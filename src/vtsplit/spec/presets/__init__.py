"""Specs that come with the tool, as data: each is a TOML file in this folder.

A preset is a spec like any other, but it is meant for every version of its tree.
"""

from collections.abc import Callable
from functools import cache
from importlib import resources

import msgspec

from vtsplit.diagnostics import Problem, RefusedError
from vtsplit.rule import Example, Rule
from vtsplit.spec.document import Spec, did_you_mean, load
from vtsplit.spec.toml_sites import locate, parse
from vtsplit.spec.values import MISSING_KEY, quoted

UNKNOWN_PRESET = Rule(
    "VT006",
    "preset",
    "no preset has this name",
    "`--preset` takes the name of a spec that is built in.",
    "Choose one of the names that the message lists.",
    Example(command="vtsplit split --preset lamps"),
)

PRESET_KEY = Rule(
    "VT006",
    "preset-of-spec",
    "no preset has the name that the spec builds upon",
    "With `preset = NAME` a spec states what is different, and the preset says the rest.",
    "Choose one of the names that the message lists, or remove the line.",
    Example(spec='preset = "lamps"\n'),
)

_SUFFIX = ".toml"


@cache
def names() -> tuple[str, ...]:
    """List the presets, sorted by name."""
    files = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX)))


@cache
def load_preset(name: str) -> Spec:
    """Read a preset. Raises RefusedError (VT006) if no preset has the name.

    >>> all(load_preset(name).is_preset for name in names())
    True
    """
    if name not in names():
        raise RefusedError(Problem(UNKNOWN_PRESET, f"no preset {name!r}", help=_advice(name)))
    text = (resources.files(__name__) / f"{name}{_SUFFIX}").read_text(encoding="utf-8")
    return msgspec.structs.replace(load(text, f"presets/{name}{_SUFFIX}"), is_preset=True)


def is_preset(path: str) -> bool:
    """Tell whether a path of a message is that of a preset.

    >>> is_preset("presets/kvm-vt.toml"), is_preset("kvm-vt.toml")
    (True, False)
    """
    return path in {f"presets/{name}{_SUFFIX}" for name in names()}


def load_spec(text: str, file: str) -> Spec:
    """Read a spec that may build upon a preset. Raises RefusedError with every problem found.

    >>> spec = load_spec('preset = "kvm-vt"\\n[series]\\nprefix = "KVM: VMX:"', "vtsplit.toml")
    >>> spec.posting.prefix, spec.tables == load_preset("kvm-vt").tables
    ('KVM: VMX:', True)
    >>> spec.site("series").path, spec.site("tables").path
    ('vtsplit.toml', 'presets/kvm-vt.toml')
    """
    name = parse(text.removeprefix("\ufeff"), file).get("preset")
    if name is None:
        return load(text, file)
    if not isinstance(name, str):
        return _load_upon_nothing(text, file)
    if name not in names():
        site = locate(text.removeprefix("\ufeff"), ("preset",), file, of="value")
        raise RefusedError(Problem(PRESET_KEY, f"no preset {quoted(name)}", site, _advice(name)))
    return load(text, file, load_preset(name))


def _load_upon_nothing(text: str, file: str) -> Spec:
    """Refuse a spec that names no preset by a string: nobody knows what it really lacks."""
    try:
        return load(text, file)
    except RefusedError as refused:
        raise RefusedError(*(p for p in refused.problems if p.rule is not MISSING_KEY)) from None


def _advice(name: str) -> str:
    return did_you_mean(name, names()) or f"the presets are {', '.join(names())}"


def preset_for(has_file: Callable[[str], bool]) -> Spec | None:
    """Choose the preset whose source the tree has; `has_file` takes a path from the tree's top.

    It is one that splits and does no more: wrappers change what a program does, so they are made
    only where somebody asks for them.

    >>> preset_for(lambda path: False)
    """
    plain = (spec for spec in map(load_preset, names()) if spec.dispatch is None)
    return next((spec for spec in plain if has_file(spec.source)), None)


def with_wrappers(spec: Spec) -> str:
    """Return the preset that splits what a plain preset splits and makes wrappers; else nothing.

    >>> with_wrappers(load_preset("kvm-vt"))
    'kvm-tdx'
    """
    if not spec.is_preset or spec.dispatch is not None:
        return ""
    same = (name for name in names() if load_preset(name).tables == spec.tables)
    return next((name for name in same if load_preset(name).dispatch is not None), "")
