"""Plan that the build links main where it links the source file (docs/build.md)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from posixpath import basename, splitext

from vtsplit.codemods.build.composite import list_members
from vtsplit.codemods.build.member import add_header, add_member, word_for
from vtsplit.diagnostics import Problem, Site
from vtsplit.example_trees import LAMP, NEON
from vtsplit.planning.build.changed_lines import changed_lines, lines_before
from vtsplit.planning.build.composable import is_never_module, refuse_taken, refuse_uncomposable
from vtsplit.planning.build.core_name import core_path
from vtsplit.planning.build.included_settings import SETTINGS, USES, refuse_included
from vtsplit.planning.build.linked_too import refuse_linked_too, refuse_taken_out
from vtsplit.planning.build.other_builds import OtherBuilds, refuse_main_apart
from vtsplit.planning.build.own_options import refuse_own_macros, refuse_own_settings
from vtsplit.planning.build.path_followers import PathFollowers
from vtsplit.planning.build.shared_main import refuse_linked_elsewhere
from vtsplit.planning.context import Context
from vtsplit.planning.modules.across_modules import find_across
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.rule import Example, Rule
from vtsplit.survey.build.build_files import build_files
from vtsplit.survey.build.settings.own_options import lines_to_share
from vtsplit.survey.make.kbuild import ListKind, Membership, find_in_makefile, find_object
from vtsplit.survey.make.object_mentions import MentionRole
from vtsplit.survey.search.words import WordFiles

UNCLEAR_LIST = Rule(
    "VT060",
    "unclear-list",
    "a rule or list uses the source in a way that vtsplit does not understand",
    "The build has to do with main's object what it does with the source's object, and vtsplit "
    "cannot tell what that is. Each object may be linked alone, or a rule makes or uses the "
    "source's object.",
    "Set `object-list = false` in `[split]`, which leaves the build alone, and list main by "
    "hand wherever the source is listed.",
    Example(
        {
            "Makefile": "lights: out/lamp.o\n\tcc -o $@ $^\nout/lamp.o: lamp.c\n"
            "\tcc -O0 -c -o $@ $<\n"
        }
    ),
)

CORE_THERE = Rule(
    "VT062",
    "core-there",
    "the source has to be renamed, but the new name is taken",
    "A module of one object becomes a module of two, so the source gets another name. A file of "
    "that name exists already.",
    "Choose another name with `core` in `[split]`.",
    Example({"Makefile": "obj-m += lamp.o\n", "lamp_core.c": "int lamp_core;\n"}),
)

CORE_SECOND = Rule(
    "VT062",
    "core-second",
    "the source would get the name of the second backend's source",
    "A module of one object becomes a module of two, so the source gets another name. "
    "`dispatch.backend.source` has that name.",
    "Choose another name with `core` in `[split]`.",
    Example(
        {"Makefile": "obj-m += lamp.o\n"},
        spec=NEON["vtsplit.toml"]
        .replace("neon.c", "lamp_core.c")
        .replace('header = "neon.h"', 'header = "neon.h"\nskeleton = "-1"'),
        base=LAMP,
    ),
)


@dataclass(frozen=True)
class Build:
    """New texts of files that are no C, by path, and the source file's new path, if it gets one.

    `is_module` tells that main becomes a part of the source's module, not an object of its own.
    """

    texts: dict[str, str] = field(default_factory=dict)
    source_becomes: str | None = None
    is_module: bool = True


_ListMain = Callable[[str, Membership], str]


class BuildPlanner:
    """Decides how main's object gets linked, and what that takes.

    `is_named` tells whether what main gets, or a header of the source, has a word.
    """

    def __init__(
        self,
        context: Context,
        words: WordFiles,
        ledger: Ledger,
        *,
        makes_header: bool,
        is_named: Callable[[str], bool],
    ) -> None:
        self.asked, self.spec, tree = context.asked, context.spec, context.tree
        self.is_named = is_named
        self.makes_header = makes_header
        self.core = core_path(self.spec)
        self.tree = tree
        self.ledger = ledger
        self.files = build_files(tree)
        self._is_distributed = False
        self.followers = PathFollowers(self.asked.source, self.core, tree, words, ledger)

    def plan(self) -> Build:
        """Return what is to be done. Problems go to the ledger."""
        if not self.spec.object_list:
            self.ledger.note("the build is left alone, since the spec has object-list = false")
            return Build()
        if find_across(self.spec, self.tree, self.files):
            return Build(is_module=False)
        found = self._membership()
        if isinstance(found, Problem):
            others = OtherBuilds(self.spec, None, self.tree, self.files, self.ledger)
            texts = self._follow(others, {}, self._list_main)
            if not texts and not others.has_globs:
                self.ledger.add_problems(found)
            return Build(texts, is_module=False)
        if found.kind is ListKind.SINGLE:
            if not is_never_module(found, self.files):
                return self._compose(found)
            alone = tuple(replace(place, kind=ListKind.BUILTIN) for place in found.places)
            found = replace(found, places=alone)
        build = self._add(found)
        is_plain = all(place.kind is ListKind.PLAIN for place in found.places)
        others = OtherBuilds(self.spec, found.makefile, self.tree, self.files, self.ledger)
        if is_plain:
            build = replace(build, texts=self._follow(others, build.texts, self._list_main))
            refuse_main_apart(found, build.texts, self.spec, self.tree, self.ledger)
            return build
        refuse_linked_too(found, self.spec, self.tree, self.files, self.ledger)
        if build.source_becomes or self._is_renamed:
            others.warn_renamed(self.core)
            return build
        return replace(build, texts=self._follow(others, build.texts, None))

    def _follow(
        self, others: OtherBuilds, texts: dict[str, str], list_main: _ListMain | None
    ) -> dict[str, str]:
        refuse_own_settings(others.others, self.spec.main, self.is_named, self.ledger)
        return others.follow(texts, list_main)

    def _membership(self) -> Membership | Problem:
        """Find the source's object under the name it has or, in a half-done split, the other."""
        found = find_object(self.tree.find, self.spec.source)
        if not isinstance(found, Problem):
            return found
        if self._is_renamed:
            other = find_object(self.tree.find, self.asked.source)
            half_done = isinstance(other, Membership) and other.kind is ListKind.SINGLE
        else:
            other = find_object(self.tree.find, self.core)
            half_done = isinstance(other, Membership) and not self._is_core_there
        return other if half_done else found

    @property
    def _is_renamed(self) -> bool:
        return self.spec.source != self.asked.source

    @property
    def _is_core_there(self) -> bool:
        # A link that leads nowhere is in the way too.
        is_link = basename(self.tree.real(self.core)) != basename(self.core)
        return is_link or self.tree.exists(self.core)

    def _add(self, found: Membership) -> Build:
        """Add main's object beside the source's."""
        refuse_linked_elsewhere(found, self.spec, self.tree, self.ledger)
        refuse_taken(found, self.spec.main, "main", self.tree, self.ledger)
        refuse_taken_out(found, self.spec, self.tree, self.ledger)
        texts: dict[str, str] = {}
        if self._is_renamed or found.source == self.core:
            self._refuse_included(found, SETTINGS)
            texts = self.followers.follow_names(self.files)
        text = texts.get(found.makefile, self.tree.read(found.makefile))
        if found.makefile in texts:
            again = find_object(lambda path: texts.get(path, self.tree.find(path)), found.source)
            assert isinstance(again, Membership)
            found = again
        texts[found.makefile] = self._list_main(text, found)
        becomes = self._rename() if found.source != self.spec.source else None
        is_module = all(place.kind is ListKind.COMPOSITE for place in found.places)
        return Build(texts, becomes, is_module)

    def _span(self, path: str, text: str, after: str) -> tuple[int, int]:
        """Return the lines of a file on disk that the step from one text to another changes."""
        return lines_before(changed_lines(text, after), text, self.tree.read(path))

    def _list_main(self, text: str, found: Membership) -> str:
        """Add main's object to the lists and rules of one Makefile."""
        for glob in found.globs if not found.places else ():
            message = f"the pattern '{glob.text}' also takes {basename(self.spec.main)}"
            self.ledger.note(message, Site(found.makefile, glob.line, glob.column))
        shared = lines_to_share(text, found)
        refuse_own_macros(text, found, self.spec.main, self.is_named, self.ledger)
        found = replace(found, places=(*found.places, *shared))
        after = add_member(text, found, self.spec.main)
        lines = {one.word.line for one in shared}
        for note in found.settings:
            if note.site and note.site.line in lines:
                continue
            is_source = note.message.endswith(f"{basename(self.spec.source)}'")
            main = basename(self.spec.main)
            message = f"{note.message}, but not '{main if is_source else splitext(main)[0] + '.o'}'"
            if after != text:
                self.ledger.warn(
                    message,
                    note.site,
                    "if main needs such a line, add it by hand or by `make depend`",
                )
            else:
                self.ledger.note(message, note.site)
        for note in found.unclear:
            self.ledger.refuse(
                UNCLEAR_LIST,
                note.message,
                note.site,
                "set `object-list = false` in [split], which leaves the build alone, and list "
                f"{basename(self.spec.main)} by hand wherever {basename(self.spec.source)} is "
                "listed",
            )
        if after != text:
            span = self._span(found.makefile, text, after)
            for place in found.places:
                site = Site(found.makefile, place.word.line, place.word.column)
                reason = Reason(Why.BESIDE, place.word.text, of=place.object_list.name)
                added = Symbol.added(basename(self.spec.main), Role.LISTED)
                self.ledger.step(Action.BUILD, added, site, reason, span)
        return self._distribute(after, found)

    def _distribute(self, text: str, found: Membership) -> str:
        """List the new header where automake takes it into a release: `make dist` does not see it.

        A header is in a release once, however many programs have it.
        """
        header = self.spec.header
        is_automake = found.makefile.endswith(".am") or any(
            place.object_list.name.endswith("_SOURCES") for place in found.places
        )
        if not self.makes_header or not is_automake or self._is_distributed:
            return text
        listed = find_in_makefile(text, found.makefile, found.source)
        after = add_header(text, listed, header) if listed else text
        site = Site(found.makefile, found.places[0].word.line) if found.places else None
        if after != text:
            self._is_distributed = True
            assert site is not None
            span = self._span(found.makefile, text, after)
            added = Symbol.added(basename(header), Role.LISTED)
            self.ledger.step(Action.BUILD, added, site, Reason(Why.DISTRIBUTED), span)
        elif found.places and site is not None:
            self.ledger.note(
                f"`make dist` only takes files that are listed, and {basename(header)} is not", site
            )
        return after

    def _compose(self, found: Membership) -> Build:
        """Make the module a composite of the source, under another name, and main."""
        problems = len(self.ledger.problems)
        refuse_linked_elsewhere(found, self.spec, self.tree, self.ledger)
        refuse_uncomposable(found, self.spec.source, self.tree, self.ledger)
        if not self._is_renamed and self._is_core_there:
            self.ledger.refuse(
                CORE_THERE,
                f"the module needs a second object, so {self.spec.source} has to be renamed, but "
                f"'{self.core}' exists already",
                self.asked.site("split", "source", of="value"),
                "choose another name with `core` in [split]",
            )
        if self.spec.dispatch and self.spec.dispatch.backend.source == self.core:
            self.ledger.refuse(
                CORE_SECOND,
                f"the module needs a second object, so {self.spec.source} has to be renamed, but "
                f"'{self.core}' is the second backend's source",
                self.asked.site("dispatch", "backend", "source", of="value"),
                "choose another name with `core` in [split]",
            )
        refuse_taken(found, self.core, "core", self.tree, self.ledger)
        refuse_taken(found, self.spec.main, "main", self.tree, self.ledger)
        refuse_linked_too(found, self.spec, self.tree, self.files, self.ledger)
        self._refuse_included(found, USES)
        if len(self.ledger.problems) > problems:
            return Build()
        place, text = found.places[0], self.tree.read(found.makefile)
        members = [word_for(found, place, path) for path in (self.core, self.spec.main)]
        edit = list_members(text, found, members)
        line = text.count("\n", 0, edit.start) + 1
        site = Site(found.makefile, place.word.line, place.word.column)
        reason = Reason(Why.COMPOSITE, place.word.text, of=place.object_list.name)
        # Behind a last line that ends there is no line to stand below.
        is_below = edit.text.startswith(("\n", "\r")) and (text[edit.start :] or text[-1] != "\n")
        span = (line, line + 1) if is_below else (line - 1, line)
        added = Symbol.added(" ".join(map(basename, members)), Role.LISTED)
        self.ledger.step(Action.BUILD, added, site, reason, span)
        texts = self.followers.follow_object(self.files, found, edit)
        return Build(texts, None if self._is_renamed else self._rename())

    def _refuse_included(self, found: Membership, roles: frozenset[MentionRole]) -> None:
        old, new = self.asked.source, self.core
        refuse_included(found.makefile, old, new, roles, self.tree, self.ledger)

    def _rename(self) -> str:
        old = self.spec.source
        reason = Reason(Why.WHOLE_MODULE, f"{splitext(basename(old))[0]}.o")
        file = Symbol(basename(old), basename(self.core), Role.FILE)
        self.ledger.step(Action.MOVE, file, Site(old), reason)
        return self.core
