"""Changes as git shows them: the diff, its summary, its colours, and its hunks as data.

The lines come from libgit2, byte for byte those of `git diff`. The header is laid out here, for
libgit2 knows no modes of buffers, and its `--- a/with space` lacks the tab which tells `patch`
where the name ends.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename, dirname

import click
import pygit2

from vtsplit.change.changes import ChangeSet, FileChange, FileStat
from vtsplit.diagnostics import number, visible

# The kernel's own length; what matters is only that git accepts any unambiguous one.
_ID_LENGTH = 12

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_ESCAPES = dict(zip(b'\a\b\t\n\v\f\r"\\', 'abtnvfr"\\', strict=True))


@dataclass(frozen=True)
class Hunk:
    """One hunk: its place as in `@@ -start,lines +start,lines @@`, and the lines that changed.

    `removed` are line numbers before the change, `added` line numbers after it; both start at 1.
    `path` is that of the file after the change.
    """

    path: str
    old_start: int
    old_lines: int
    new_start: int
    new_lines: int
    removed: tuple[int, ...]
    added: tuple[int, ...]


def diff(changes: ChangeSet, context: int = 3) -> bytes:
    r"""Return the patch that `git apply` and `patch -p1` take. Bytes, for files may hold any.

    >>> print(diff(ChangeSet([FileChange("a.c", b"int a;\n", b"long a;\n")])).decode(), end="")
    diff --git a/a.c b/a.c
    index 4e610c04d583..8a83c3cc3026 100644
    --- a/a.c
    +++ b/a.c
    @@ -1 +1 @@
    -int a;
    +long a;
    """
    return b"".join(_file(change, context) for change in changes)


def hunks(changes: ChangeSet, context: int = 3) -> list[Hunk]:
    """Return the hunks of `diff` with the same context, in its order."""
    return [
        Hunk(
            change.path,
            hunk.old_start,
            hunk.old_lines,
            hunk.new_start,
            hunk.new_lines,
            tuple(line.old_lineno for line in hunk.lines if line.origin == "-"),
            tuple(line.new_lineno for line in hunk.lines if line.origin == "+"),
        )
        for change in changes
        for hunk in change.compare(context).hunks
    ]


def _file(change: FileChange, context: int) -> bytes:
    """Return a file's part of the diff; one that is new and empty has a header only."""
    mode = "100755" if change.mode & 0o100 else "100644"
    ids = f"{_blob_id(change.before)}..{_blob_id(change.after)}"
    old, new = quoted(f"a/{change.old_path or change.path}"), quoted(f"b/{change.path}")
    # All between libgit2's header, which cannot have such a line, and the end of the patch.
    _, found, body = change.compare(context).data.partition(b"\n@@ ")
    if not found and " " in change.path and change.old_path is None:
        # No `+++` line will follow, and in this one `patch` finds the names by spaces or quotes.
        old, new = (name if name.startswith('"') else f'"{name}"' for name in (old, new))

    header = [f"diff --git {old} {new}"]
    if change.before is None:
        header += [f"new file mode {mode}", f"index {ids}"]
    elif change.after is None:
        header += [f"deleted file mode {mode}", f"index {ids}"]
    elif change.old_path is not None:
        header += [
            f"similarity index {similarity(change.before, change.after)}%",
            f"rename from {quoted(change.old_path)}",
            f"rename to {quoted(change.path)}",
        ]
        header += [f"index {ids} {mode}"] if found else []
    else:
        header += [f"index {ids} {mode}"]
    if found:
        header += [
            f"--- {'/dev/null' if change.before is None else _ended(old)}",
            f"+++ {'/dev/null' if change.after is None else _ended(new)}",
        ]
    return "\n".join(header).encode() + (found + body or b"\n")


def similarity(before: bytes, after: bytes) -> int:
    r"""Return how much of a file is in another one, in percent of the larger, as git counts it.

    What git compares are lines, cut after 64 bytes; their order does not matter (diffcore-delta.c).

    >>> similarity(b"a\nb\nc\n", b"c\na\nx\n")
    66
    """
    old, new = (
        Counter(re.findall(rb"[^\n]{0,63}\n|[^\n]{64}|[^\n]{1,63}\Z", text))
        for text in (before, after)
    )
    copied = sum(len(line) * count for line, count in (old & new).items())
    return 100 * copied // max(len(before), len(after)) if copied else 100 * (before == after)


def _blob_id(data: bytes | None) -> str:
    return "0" * _ID_LENGTH if data is None else str(pygit2.hash(data))[:_ID_LENGTH]


def _ended(name: str) -> str:
    return name + "\t" if " " in name else name


def quoted(path: str) -> str:
    r"""Quote a path as git does: in C's manner, if it has a quote, a control or a non-ASCII byte.

    >>> print(quoted("a b.c"), quoted("é.c"), quoted('"\t'))
    a b.c "\303\251.c" "\"\t"
    """
    shown = ""
    for byte in path.encode("utf-8", "surrogateescape"):
        if byte in _ESCAPES:
            shown += "\\" + _ESCAPES[byte]
        elif 0x20 <= byte < 0x7F:
            shown += chr(byte)
        else:
            shown += f"\\{byte:03o}"
    return shown if shown == path else f'"{shown}"'


def diffstat(changes: ChangeSet, width: int = 80) -> str:
    r"""Summarise as `git diff --stat` does on a terminal of `width` columns; "" for no changes.

    Not by libgit2, whose lines neither shorten a name nor keep to the width.

    >>> print(diffstat(ChangeSet([FileChange("a.c", b"a\nb\n", b"b\nc\nd\n")])), end="")
     a.c | 3 ++-
     1 file changed, 2 insertions(+), 1 deletion(-)
    """
    if not changes:
        return ""
    stats = [(_shown(stat), stat.added, stat.removed) for stat in changes.stat()]
    most = max(added + removed for _, added, removed in stats)
    digits = len(str(most))
    name_width, graph_width = _share(width, max(len(name) for name, *_ in stats), digits, most)
    lines = []
    for name, added, removed in stats:
        shown = _shortened(name, name_width).ljust(name_width)
        pluses, minuses = _scaled(added, removed, graph_width, most)
        graph = "+" * pluses + "-" * minuses
        lines.append(f" {shown} | {added + removed:>{digits}} {graph}".rstrip())
    lines.append(_total(len(stats), sum(stat[1] for stat in stats), sum(stat[2] for stat in stats)))
    return "\n".join(lines) + "\n"


def _shown(stat: FileStat) -> str:
    """Show a path, or two as git does: `drv/{foo.c => foo_core.c}`."""
    if stat.old_path is None:
        return quoted(stat.path)
    if quoted(stat.path) != stat.path or quoted(stat.old_path) != stat.old_path:
        return f"{quoted(stat.old_path)} => {quoted(stat.path)}"
    folder = dirname(stat.path)
    if folder and folder == dirname(stat.old_path):
        return f"{folder}/{{{basename(stat.old_path)} => {basename(stat.path)}}}"
    return f"{stat.old_path} => {stat.path}"


def _share(width: int, longest: int, digits: int, most: int) -> tuple[int, int]:
    """Share a line between name and graph, as git does: the graph may claim three eighths."""
    width = max(width, 16 + 6 + digits)  # room for 10 columns of name and 6 of graph
    free = width - digits - 6  # " name | 12 +++ "
    if longest + most <= free:
        return longest, most
    claim = width * 3 // 8 - digits - 6
    graph = most if most <= claim else max(claim, 6)
    return (free - graph, graph) if longest > free - graph else (longest, free - longest)


def _shortened(name: str, width: int) -> str:
    """Keep the end of a name, from a slash on if there is one in what fits."""
    if len(name) <= width:
        return name
    end = name[len(name) - (width - 3) :]
    slash = end.find("/")
    return "..." + (end[slash:] if slash >= 0 else end)


def _scaled(added: int, removed: int, width: int, most: int) -> tuple[int, int]:
    """Scale to the width of the graph; who has a line keeps a sign."""
    if most < width:
        return added, removed

    def scale(lines: int) -> int:
        return 1 + lines * (width - 1) // most if lines else 0

    total = scale(added + removed)
    if added and removed:
        total = max(total, 2)
    if added < removed:
        return scale(added), total - scale(added)
    return total - scale(removed), scale(removed)


def _total(files: int, added: int, removed: int) -> str:
    parts = [f" {number(files, 'file')} changed"]
    if added or not removed:
        parts.append(f"{number(added, 'insertion')}(+)")
    if removed or not added:
        parts.append(f"{number(removed, 'deletion')}(-)")
    return ", ".join(parts)


def colored(patch: bytes) -> str:
    """Colour a diff as git does, for a terminal; bytes that are no UTF-8 show as U+FFFD.

    What a terminal would obey is escaped; the patch that goes to a file or a pipe has it all.
    """
    lines = [visible(line, "\t") for line in patch.decode("utf-8", "replace").split("\n")]
    return "\n".join(_colored(lines))


def _colored(lines: list[str]) -> Iterator[str]:
    old = new = 0  # lines that the hunk still has: only they tell a removed "-- x" from a header
    for line in lines:
        place = _HUNK.match(line)
        if old or new:
            old -= line[:1] in " -"
            new -= line[:1] in " +"
            color = {"-": "red", "+": "green"}.get(line[:1])
            yield click.style(line, fg=color) if color else line
        elif place:
            old, new = (1 if count is None else int(count) for count in place.groups())
            yield click.style(place[0], fg="cyan") + line[place.end() :]
        elif line and not line.startswith("\\"):
            yield click.style(line, bold=True)
        else:
            yield line
