"""A proposed spec as text: TOML, with a comment that says what each line is there for."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from textwrap import wrap

from vtsplit.diagnostics import Problem, visible

_WIDTH = 98


@dataclass(frozen=True)
class Renaming:
    """A proposed new name, and why the old one cannot or should not stay."""

    old: str
    new: str
    why: str


@dataclass(frozen=True)
class Draft:
    """What a spec is made from. `shared` tells that most functions have the prefix already."""

    source: str
    header: str
    main: str
    prefix: str
    core: str | None = None
    shared: bool = False
    tables: dict[str, Renaming | None] = field(default_factory=dict)
    renames: tuple[Renaming, ...] = ()
    prefixed: tuple[Renaming, ...] = ()


def write_spec(draft: Draft) -> str:
    """Return the spec as TOML.

    >>> print(write_spec(Draft("foo.c", "foo_ops.h", "foo_main.c", "foo_", tables={"ops": None})))
    [split]
    # The file that has the tables now.
    source = "foo.c"
    # Declares what becomes global; it is made, or added to.
    header = "foo_ops.h"
    # The file the tables move to. Its object is added where the source's is listed.
    main = "foo_main.c"
    # What becomes global has no prefix in common. With this line all of it would get
    # the file's name in front:
    # prefix = "foo_"
    <BLANKLINE>
    [tables]
    # old name = "new name"
    ops = "ops"
    <BLANKLINE>
    # [rename]
    # old_name = "new_name"
    <BLANKLINE>
    """
    names = "\n".join(_table_line(old, renaming) for old, renaming in draft.tables.items())
    return (
        _START.format(
            source=_value(draft.source), header=_value(draft.header), main=_value(draft.main)
        )
        + _core_lines(draft)
        + _prefix_lines(draft)
        + _TABLES.format(names=names)
        + _rename_lines(draft)
    )


_START = """\
[split]
# The file that has the tables now.
source = {source}
# Declares what becomes global; it is made, or added to.
header = {header}
# The file the tables move to. Its object is added where the source's is listed.
main = {main}
"""

_TABLES = """
[tables]
# old name = "new name"
{names}
"""


def _key(name: str) -> str:
    """Return a name as a key: in quotes if it has more than ASCII's letters (TOML 1.0, Keys)."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _table_line(old: str, renaming: Renaming | None) -> str:
    if renaming is None:
        return f"{_key(old)} = {_value(old)}"
    return f"# {visible(f'{renaming.old}: {renaming.why}')}\n{_key(old)} = {_value(renaming.new)}"


def _core_lines(draft: Draft) -> str:
    if draft.core is None:
        return ""
    return (
        "# Its module has one object, so it has to be renamed, but the usual name is taken.\n"
        f"core = {_value(draft.core)}\n"
    )


def _prefix_lines(draft: Draft) -> str:
    if not draft.shared:
        return (
            "# What becomes global has no prefix in common. With this line all of it would get\n"
            f"# the file's name in front:\n# prefix = {_value(draft.prefix)}\n"
        )
    getting = [one for one in draft.prefixed if one.old != one.new]
    kept = [one for one in draft.prefixed if one.old == one.new]
    others = [one for one in draft.renames if not has_prefix(one.old, draft.prefix)]
    exceptions = ["the names in [rename]"] if kept or others else []
    exceptions += ["these, which get it"] if getting else []
    lines = ["# What becomes global has this prefix already."]
    if exceptions:
        told = " and ".join(exceptions)
        end = ":" if getting else "."
        lines = [f"# What becomes global has this prefix already, except for {told}{end}"]
    lines += [f"# {one.old} -> {one.new}" for one in getting]
    return "\n".join([*lines, f"prefix = {_value(draft.prefix)}", ""])


def has_prefix(name: str, prefix: str) -> bool:
    """Tell whether a name has a prefix, but for underscores in front of either."""
    return name.lstrip("_").startswith(prefix.lstrip("_"))


def _rename_lines(draft: Draft) -> str:
    explicit = [one for one in draft.prefixed if one.new != draft.prefix + one.old.lstrip("_")]
    renamings = [*draft.renames, *explicit]
    if not renamings:
        return '\n# [rename]\n# old_name = "new_name"\n'
    lines = [f"# {visible(one.why)}\n{_key(one.old)} = {_value(one.new)}" for one in renamings]
    return "\n".join(["", "[rename]", *lines, ""])


def _comment(text: str) -> str:
    return "\n".join(wrap(visible(text), _WIDTH, initial_indent="# ", subsequent_indent="#     "))


def outcome_comment(problems: Iterable[Problem], *, is_done: bool) -> str:
    """Return what a dry run of the spec came to, as a comment to stand above it."""
    lines = []
    for problem in problems:
        place = f" ({problem.site})" if problem.site else ""
        said = f"{problem.code}: {problem.message}{place}"
        lines.append(f"{said}; {problem.advice}" if problem.advice else said)
    if not lines and is_done:
        return "# Nothing is left to do: an earlier split has moved these tables.\n\n"
    if not lines:
        return "# A dry run of this spec went through.\n\n"
    first = "A dry run of this spec was refused. What stands in its way:"
    return "".join(f"{_comment(line)}\n" for line in [first, *lines]) + "\n"
