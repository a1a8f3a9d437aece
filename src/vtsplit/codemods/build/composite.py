"""Give a module of one object a list of its own, so that it can have several.

obj-m += foo.o  ->  obj-m += foo.o
                    foo-y := foo_core.o foo_main.o
"""

import re
from collections.abc import Sequence
from posixpath import splitext

from vtsplit.cst.edits import Edit
from vtsplit.cst.style.indentation import TAB, columns
from vtsplit.survey.make.kbuild import Membership
from vtsplit.survey.make.makefile import ObjectList, read_lists, split_name

# What lists of Kbuild itself are called before `-y`; flags aside (makefiles.rst, 3 to 7).
_SPECIAL = frozenset(
    "obj lib subdir extra always targets dtb hostprogs hostprogs-always userprogs "
    "userprogs-always".split()
)
_WIDTH = 80
_OPEN_END = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")


def list_members(text: str, membership: Membership, members: Sequence[str]) -> Edit:
    r"""Return the edit that makes the module out of `members`, given as its list names objects.

    It stands below the list that has the module, in that line's layout; above all conditionals
    around it when lists under different conditions have it.

    >>> from vtsplit.cst.edits import apply_edits
    >>> from vtsplit.survey.make.kbuild import find_object
    >>> text = "obj-$(CONFIG_A) += foo.o\nobj-m += bar.o\n"
    >>> found = find_object({"Makefile": text}.get, "foo.c")
    >>> print(apply_edits(text, [list_members(text, found, ["foo_core.o", "foo_main.o"])]), end="")
    obj-$(CONFIG_A) += foo.o
    foo-y := foo_core.o foo_main.o
    obj-m += bar.o
    """
    places = membership.places
    first = places[0].object_list
    newline = "\r\n" if text[first.end :].startswith("\r\n") or "\r\n" in text else "\n"
    module = splitext(places[0].word.path)[0]
    # Kbuild takes `lib-y` and its like for its own, and lib-objs for lib.o (scripts/Makefile.lib).
    name = module + ("-objs" if _is_special(module) else _suffix(text))
    line = _laid_out(name, members, text[first.start : first.end], newline)
    if any(place.object_list.conditions != first.conditions for place in places):
        start = min(_outermost(place.object_list, text) for place in places)
        return Edit(start, start, line + newline)
    # A backslash that ends the file would continue its list with what comes below.
    end = newline if _OPEN_END.search(text, first.start, first.end) else ""
    last = newline if first.end == len(text) and text.endswith("\n") else ""
    return Edit(first.end, first.end, end + newline + line + last)


def without_last(text: str, member: str) -> str:
    r"""Take the last member out of a list that `list_members` has made.

    >>> without_last("obj-m += foo.o\nfoo-y := foo_core.o foo_main.o\n", "foo_main.o")
    'obj-m += foo.o\nfoo-y := foo_core.o\n'
    """
    listed = rf"(?:[ \t]+\\\r?\n)?[ \t]+(?:[^\s=]*/)?{re.escape(member)}(?=[ \t]*(?:\r?\n|\Z))"
    return re.sub(listed, "", text, count=1)


def _outermost(one: ObjectList, text: str) -> int:
    """Return where the line starts that opens all conditionals around a list."""
    at = one.conditions[0].chain if one.conditions else one.start
    return text.rfind("\n", 0, at) + 1


def _suffix(text: str) -> str:
    """Return what the Makefile's lists of modules end with: `-y`, or `-objs` if most do so."""
    names = [one.name for one in read_lists(text)]
    objs = {name for name in names if name.endswith("-objs")}
    others = {
        name
        for name in names
        if (split := split_name(name))[1] not in (None, "objs") and not _is_special(split[0])
    }
    return "-objs" if len(objs) > len(others) else "-y"


def _is_special(stem: str) -> bool:
    return stem in _SPECIAL or "flags" in stem


def _laid_out(name: str, members: Sequence[str], model: str, newline: str) -> str:
    """Write the assignment with its operator below that of the line above, where that has tabs."""
    found = re.match(r"([ \t]*)([^\s:+?=]+)([ \t]*)[:+?]?=([ \t]*)", model)
    indent, gap, behind = (found[1], found[3], found[4] or " ") if found else ("", " ", " ")
    if found and "\t" in gap:
        column = columns(found[1] + found[2] + gap)
        at = columns(indent + name)
        gap = "\t" * (column // TAB - at // TAB) if at < column and column % TAB == 0 else " "
    elif len(gap) != 1:
        gap = " "
    head = f"{indent}{name}{gap}:={behind}"
    column = columns(head)
    lines = [head + members[0]]
    for member in members[1:]:
        if columns(f"{lines[-1]} {member}") <= _WIDTH - 2:
            lines[-1] += f" {member}"
        else:
            lines[-1] += " \\"
            lines.append("\t" * (column // TAB) + " " * (column % TAB) + member)
    return newline.join(lines)
