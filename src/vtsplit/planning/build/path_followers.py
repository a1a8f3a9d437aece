"""Plan the changes of files that name the source by its path, if it is renamed."""

from collections.abc import Iterable
from posixpath import basename, splitext

from vtsplit.cst.edits import Edit, apply_edits
from vtsplit.diagnostics import Site
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.rule import Example, Rule
from vtsplit.survey.build.build_files import BuildFiles, is_makefile
from vtsplit.survey.build.path_users import (
    LISTED,
    PathUse,
    find_elsewhere,
    find_in_document,
    find_in_maintainers,
    lost_patterns,
    place_of_pattern,
    place_of_renamed,
)
from vtsplit.survey.make.kbuild import Membership
from vtsplit.survey.make.object_mentions import Mention, MentionRole, find_mentions
from vtsplit.survey.search.words import WordFiles
from vtsplit.tree.source_tree import SourceTree

_MAINTAINERS = "MAINTAINERS"

USED_OBJECT = Rule(
    "VT060",
    "used-object",
    "something else uses the module's object",
    "The module's object becomes the whole module, made of source and main. A rule or list that "
    "names it would get more than the source.",
    "Make the module a composite by hand, and list the source's new name in it.",
    Example({"Makefile": "obj-m += lamp.o\nsize: lamp.o\n\tsize lamp.o\n"}),
)


class PathFollowers:
    """Collects the edits, file by file, that the rename of `old` to `new` brings."""

    def __init__(
        self, old: str, new: str, tree: SourceTree, words: WordFiles, ledger: Ledger
    ) -> None:
        self.old = old
        self.new = new
        self.tree = tree
        self.words = words
        self.ledger = ledger
        self.edits: dict[str, list[Edit]] = {}

    def follow_object(self, files: BuildFiles, found: Membership, edit: Edit) -> dict[str, str]:
        """Return the texts of all that names file or object, as `edit` makes a module of foo.o.

        What else uses the object would get the whole module: that is refused (VT060).
        """
        self.edits[found.makefile] = [edit]
        self._follow(files, frozenset(MentionRole), found)
        return self._texts()

    def follow_names(self, files: BuildFiles) -> dict[str, str]:
        """Return the texts of all that names the file still, where foo.o is the module already."""
        self._follow(files, frozenset({MentionRole.SETTING, MentionRole.SOURCE}), None)
        return self._texts()

    def _texts(self) -> dict[str, str]:
        return {
            path: apply_edits(self.tree.read(path), edits) for path, edits in self.edits.items()
        }

    def _follow(
        self, files: BuildFiles, roles: frozenset[MentionRole], found: Membership | None
    ) -> None:
        name = basename(self.old)
        for path, text in files.having([name, splitext(name)[0] + ".o"]).items():
            if is_makefile(path):
                self._makefile(path, find_mentions(text, path, self.old), roles, found)
                continue
            is_list = basename(path) == _MAINTAINERS
            self._text(path, text, find_in_maintainers(text, self.old) if is_list else ())
        listed = self.tree.find_text(_MAINTAINERS)
        for use in lost_patterns(listed, self.old, self.new):
            span = self._list(_MAINTAINERS, listed, use, place_of_pattern(listed, use, self.new))
            reason = Reason(Why.PATTERN, basename(self.old), of=listed[use.start : use.end])
            mention, site = Symbol.kept(use.what, Role.MENTION), Site(_MAINTAINERS, use.line)
            self.ledger.step(Action.FOLLOW, mention, site, reason, span)
        for path in self.words.of(name):
            text = self.tree.find_text(path)
            self._text(path, text, find_in_document(text, self.old) if _is_document(path) else ())

    def _makefile(
        self,
        path: str,
        mentions: Iterable[Mention],
        roles: frozenset[MentionRole],
        found: Membership | None,
    ) -> None:
        stem = splitext(basename(self.new))[0]
        listed = {place.word.end for place in found.places} if found else set()
        for one in mentions:
            site = Site(path, one.line, one.column, len(one.shown))
            in_list = found is not None and path == found.makefile and one.until in listed
            if one.role not in roles or in_list:
                continue
            if one.role is MentionRole.COMMENT:
                self.ledger.warn(
                    f"a comment names {one.shown}, but the source is called {basename(self.new)} "
                    "now",
                    site,
                    "change it by hand",
                )
            elif one.role is MentionRole.USE:
                self.ledger.refuse(
                    USED_OBJECT,
                    f"'{one.shown}' is also used here, where it would become the whole module",
                    site,
                    f"make the module a composite by hand, with {basename(self.new)} in its list",
                )
            else:
                self._edit(path, Edit(one.start, one.end, stem), one.line, one.shown)
                if one.role is not MentionRole.SOURCE:
                    self.ledger.warn(
                        f"'{one.shown}' is a setting of this object, but main's object gets none",
                        site,
                        "add one by hand if main needs it",
                    )

    def _list(self, path: str, text: str, near: PathUse, at: int) -> tuple[int, int]:
        """Add a line with the new path, like one that is there; return the lines around it."""
        lead = text[text.rfind("\n", 0, near.start) + 1 : near.start]
        newline = "\r\n" if text[near.end :].startswith("\r\n") else "\n"
        is_last = at == len(text) and not text.endswith("\n")
        added = newline + lead + self.new if is_last else lead + self.new + newline
        self.edits.setdefault(path, []).append(Edit(at, at, added))
        line = text.count("\n", 0, at) + 1
        return line - 1, line

    def _text(self, path: str, text: str, uses: Iterable[PathUse]) -> None:
        """Edit these uses of the path; note the first other mention of it."""
        lines = set()
        for use in uses:
            at = place_of_renamed(text, use, self.new) if use.what in LISTED else None
            if at is None:
                self._edit(path, Edit(use.start, use.end, self.new), use.line, use.what)
            else:
                start = text.rfind("\n", 0, use.start) + 1
                end = text.find("\n", start) + 1 or len(text)
                around = self._list(path, text, use, at)
                self._edit(path, Edit(start, end, ""), use.line, use.what, around)
            lines.add(use.line)
        rest = [line for line in find_elsewhere(text, self.old) if line not in lines]
        if rest:
            self.ledger.warn(
                f"{self.old} is named here, but it is called {basename(self.new)} now",
                Site(path, rest[0]),
                "change it by hand",
            )

    def _edit(self, path: str, edit: Edit, line: int, what: str, *more: tuple[int, int]) -> None:
        """Record an edit of a line; `more` are lines that change with it."""
        self.edits.setdefault(path, []).append(edit)
        reason = Reason(Why.FILE_RENAMED, basename(self.new), of=basename(self.old))
        mention = Symbol.kept(what, Role.MENTION)
        self.ledger.step(Action.FOLLOW, mention, Site(path, line), reason, (line, line), *more)


def _is_document(path: str) -> bool:
    return path.endswith((".rst", ".txt"))
