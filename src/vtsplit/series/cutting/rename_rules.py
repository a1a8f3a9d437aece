"""Sort the renames of a plan by the rule that asks for them: each rule is a patch."""

import re
from collections.abc import Mapping

from vtsplit.spec.document import Spec
from vtsplit.spec.posting import StageKind

RenameRule = tuple[StageKind, dict[str, str]]
_WORD = re.compile(r"[^_]+")


def sort_renames(names: Mapping[str, str], spec: Spec) -> list[RenameRule]:
    """Return new names by old ones, for each rule of the spec; prefixes come last, as one rule.

    Names that the spec states belong together if each has the words of the old one in another
    order.

    >>> from vtsplit.spec.document import load
    >>> split = '[split]\\nsource = "a.c"\\nheader = "a.h"\\nmain = "m.c"\\n[tables]\\nt = "t"\\n'
    >>> spec = load(split + '[rename]\\nfoo_new_dev = "foo_dev_new"\\nget = "foo_get"', "s")
    >>> for kind, names in sort_renames({"foo_new_dev": "foo_dev_new", "get": "foo_get"}, spec):
    ...     print(kind, names)
    rename {'foo_new_dev': 'foo_dev_new'}
    prefix {'get': 'foo_get'}
    """
    rules: dict[object, dict[str, str]] = {}
    prefixed: dict[str, str] = {}
    for old, new in names.items():
        if new.endswith(old.lstrip("_")):
            prefixed[old] = new
        else:
            rules.setdefault(_rule_of(old, new, spec), {})[old] = new
    found: list[RenameRule] = [(StageKind.RENAME, one) for one in rules.values()]
    return [*found, (StageKind.PREFIX, prefixed)] if prefixed else found


def _rule_of(old: str, new: str, spec: Spec) -> object:
    """Return what tells the rule of a rename from others."""
    if sorted(_WORD.findall(old)) == sorted(_WORD.findall(new)):
        return "other order"
    if old in spec.renames:
        return old
    at = (at for at, pattern in enumerate(spec.patterns) if pattern.apply(old) == new)
    return next(at, old)
