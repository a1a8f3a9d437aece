"""Take places in a tree that is split in memory back to places in the tree on disk."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from vtsplit.change.changes import FileChange
from vtsplit.cst.meaning.occurrences import word_pattern
from vtsplit.diagnostics import Site
from vtsplit.planning.edits import Plan
from vtsplit.planning.steps import Step
from vtsplit.tree.source_tree import SourceTree

_Hunk = tuple[int, int, int, int]


class LineMap:
    """Finds where on disk stands what the split has put, in memory, at some line.

    `texts` are known by the paths on disk; `moved` are those, by old one, that files get.
    """

    def __init__(
        self, plan: Plan, tree: SourceTree, texts: Mapping[str, str], moved: Mapping[str, str]
    ) -> None:
        self.plan = plan
        self.tree = tree
        self.texts = texts
        self._old_paths = {new: old for old, new in moved.items()}
        self._hunks: dict[str, list[_Hunk]] = {}

    def old_path(self, path: str) -> str:
        """Return the path that a file has on disk, or is to have if it is new."""
        return self._old_paths.get(path, path)

    def step(self, step: Step) -> Step:
        """Return a step with its lines as they are on disk; a new file has none."""
        path = self.old_path(step.site.path)
        if self.tree.find(path) is None:
            return replace(step, site=Site(step.site.path), spans=())
        spans = tuple((self._old(path, a), self._old(path, b)) for a, b in step.spans)
        site = replace(step.site, path=path, line=self._old(path, step.site.line))
        return replace(step, site=site, spans=spans)

    def site(self, site: Site) -> Site:
        """Return a place on disk: for what has moved to a new file, that which it comes from."""
        site = replace(site, path=self.old_path(site.path))
        if site.path not in self.texts or not site.line:
            return site
        if self.tree.find(site.path) is not None:
            return replace(site, line=self._old(site.path, site.line))
        return self._origin(site)

    def _origin(self, site: Site) -> Site:
        """Find the line of the source file that a line of a new file was, under its old names."""
        renamed = self.plan.renames.get(self.plan.source.path)
        names = {new: old for old, new in renamed.names.items()} if renamed else {}
        line = self.texts[site.path].split("\n")[site.line - 1].rstrip("\r")
        if names:
            line = word_pattern(frozenset(names)).sub(lambda match: names[match[0]], line)
        lines = (self.tree.find(self.plan.source.path) or "").split("\n")
        found = [at for at, other in enumerate(lines, 1) if other.rstrip("\r") == line]
        if len(found) != 1:
            return Site(self.plan.source.path)
        return replace(site, path=self.plan.source.path, line=found[0])

    def _old(self, path: str, line: int) -> int:
        before, after = self.tree.find(path), self.texts.get(path)
        if before is None or after is None or before == after or not line:
            return line
        if path not in self._hunks:
            one, other = (text.encode("utf-8", "surrogateescape") for text in (before, after))
            self._hunks[path] = [
                (hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines)
                for hunk in FileChange(path, one, other).compare(context=0).hunks
            ]
        hunk = _hunk_with(line, self._hunks[path])
        if hunk is not None:
            lines = before.split("\n")[hunk[0] - 1 : hunk[0] - 1 + hunk[1]]
            # A function whose head has changed stands in one hunk with a table that has gone.
            close = get_close_matches(after.split("\n")[line - 1], lines, n=1)
            return hunk[0] + lines.index(close[0]) if close else max(hunk[0], 1)
        return old_line(line, self._hunks[path])


def _hunk_with(line: int, hunks: list[_Hunk]) -> _Hunk | None:
    """Return the hunk in which a line of the new side stands."""
    return next((hunk for hunk in hunks if hunk[2] <= line < hunk[2] + hunk[3]), None)


def old_line(line: int, hunks: list[_Hunk]) -> int:
    """Return the line, before a change, that a line after it was, or stands beside.

    A hunk is `(old start, old lines, new start, new lines)`, as git counts them without context.

    >>> [old_line(line, [(2, 0, 3, 2)]) for line in (2, 3, 4, 5)]
    [2, 2, 2, 3]
    """
    shift = 0
    for old_start, old_lines, new_start, new_lines in hunks:
        # git counts an empty side from the line in front of it.
        first_new = new_start + (not new_lines)
        if line < first_new:
            break
        if line < first_new + new_lines:
            return max(old_start, 1)
        shift = (old_start + (not old_lines) + old_lines) - (first_new + new_lines)
    return max(line + shift, 1)
