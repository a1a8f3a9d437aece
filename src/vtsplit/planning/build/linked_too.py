"""Refuse an object that other Makefiles also link: their output would lack main's (VT060).
Also refuse an object that a list removes by its name.

Other Makefiles count for objects which Kbuild links; elsewhere they gain main's (`other_lists`).
"""

import re
from collections.abc import Iterator
from posixpath import basename, splitext
from typing import NamedTuple

from vtsplit.diagnostics import Site
from vtsplit.example_trees import LAMP
from vtsplit.planning.build.core_name import core_path
from vtsplit.planning.steps import Ledger
from vtsplit.rule import Example, Rule
from vtsplit.spec.document import Spec
from vtsplit.survey.build.build_files import BuildFiles, is_makefile
from vtsplit.survey.make.kbuild import ListKind, Membership, links_nothing
from vtsplit.survey.make.make_paths import MakePaths, has_name
from vtsplit.survey.make.makefile import MakeRule, ObjectList, Word, read_makefile
from vtsplit.tree.folders import folders_up
from vtsplit.tree.source_tree import SourceTree

LINKED_TOO = Rule(
    "VT060",
    "linked-too",
    "a Makefile of another folder also uses the source",
    "Another Makefile links the object or compiles the source, so its output would lack main's "
    "object.",
    "Set `object-list = false` in `[split]`, and list main by hand wherever the source is listed.",
    Example({"tools/Makefile": "obj-m += tester.o\ntester-y := tester.o ../lamp.o\n"}),
)

TAKEN_OUT = Rule(
    "VT060",
    "taken-out",
    "a function of make names the source's object",
    "A call such as `$(filter-out lamp.o, ...)` applies to the source's object, but would not "
    "apply to main's object.",
    "Also name main's object there, or set `object-list = false` in `[split]`.",
    Example({"Makefile": LAMP["Makefile"] + "tools-y := $(filter-out lamp.o, $(lights-y))\n"}),
)


_CALL = re.compile(r"\$[({](filter-out|filter|patsubst|subst)[ \t]+")


class _Link(NamedTuple):
    """A word that names the object, or its source, what that does, and in which list or rule."""

    word: Word
    why: str
    place: str


def refuse_linked_too(
    found: Membership, spec: Spec, tree: SourceTree, files: BuildFiles, ledger: Ledger
) -> None:
    """Refuse an object, or a source, that a Makefile other than its own links or compiles too."""
    name, main = basename(found.source), basename(spec.main)
    by_hand = (
        f"make the module a composite by hand, with {basename(core_path(spec))} in its list"
        if found.kind is ListKind.SINGLE
        else (
            f"set `object-list = false` in [split], and list {main} by hand wherever {name} is "
            "listed"
        )
    )
    from_afar = re.compile(
        rf"[/)}}]{re.escape(splitext(name)[0])}\.[co](?![\w.-])|\baddprefix\b|/%\.c\b"
    )
    for path, text in files.having([name, splitext(name)[0] + ".o"]).items():
        # Reading them all takes time where a name is common, as `core`.
        if path == found.makefile or not is_makefile(path) or not from_afar.search(text):
            continue
        linked = _Linked(text, path, tree)
        # Who has listed main there by hand has done what is asked for.
        done = {one.place for one in linked.by(spec.main)}
        for one in linked.by(found.source):
            if one.place in done:
                continue
            ledger.refuse(
                LINKED_TOO,
                f"'{one.word.text}' {one.why}: main's object would be missing there",
                Site(path, one.word.line, one.word.column, len(one.word.text)),
                by_hand,
            )


def refuse_taken_out(found: Membership, spec: Spec, tree: SourceTree, ledger: Ledger) -> None:
    """Refuse an object that a call in its own Makefile names: it would not do that to main's."""
    own, main = (splitext(path)[0] + ".o" for path in (found.source, spec.main))
    reader = read_makefile(tree.read(found.makefile))
    paths = MakePaths(reader, found.makefile)
    written = {place.word.text for place in found.places}
    lists = [one for one in reader.lists if not links_nothing(one.name)]
    for one in [*lists, *(rule.prerequisites for rule in reader.rules)]:
        for word in one.words:
            call = _CALL.search(word.text)
            if call is None:
                continue
            names = [name.rstrip(")}") for name in re.split(r"[\s,]+", word.text[call.end() :])]
            named = [name for name in names if name in written or own in paths.of(name)]
            # Who has named main as well has done what is asked for.
            if named and basename(main) not in map(basename, names):
                ledger.refuse(
                    TAKEN_OUT,
                    f"$({call[1]}) applies to '{named[0]}' here, but would not apply to main's "
                    "object",
                    Site(found.makefile, word.line, word.column, len(call[0].rstrip())),
                    f"also name {basename(main)} there, or set `object-list = false` in [split]",
                )


class _Linked:
    """What one Makefile links, by lists and by rules that compile a source of another folder."""

    def __init__(self, text: str, path: str, tree: SourceTree) -> None:
        self.reader = read_makefile(text)
        self.paths = MakePaths(self.reader, path)
        self.tree = tree

    def by(self, source: str) -> Iterator[_Link]:
        """Find the words that link the object of `source`, or compile it once more."""
        own = splitext(source)[0] + ".o"
        lists = [one for one in self.reader.lists if not links_nothing(one.name)]
        for one in lists:
            for word in one.words:
                if has_name(word.text, basename(own)) and own in self._objects(one, word):
                    yield _Link(word, f"in {one.name} also links this object", one.name)
        for rule in self.reader.rules:
            yield from self._compiled(rule, source, lists)

    def _objects(self, one: ObjectList, word: Word) -> Iterator[str]:
        """Return the paths of a word: as it stands, and with what `$(addprefix)` of its list puts
        before it.
        """
        yield from self.paths.of(word.prefix + word.text)
        values = f"$({one.name})", f"${{{one.name}}}"
        for other in self.reader.lists:
            for use in other.words:
                if use.prefix and use.text in values:
                    yield from self.paths.of(use.prefix + word.prefix + word.text)

    def _compiled(self, rule: MakeRule, source: str, lists: list[ObjectList]) -> Iterator[_Link]:
        stem = splitext(basename(source))[0]
        targets = [word for word in rule.targets if word.text.endswith(".o")]
        own = splitext(source)[0] + ".o"
        if not targets or any(own in self.paths.of(word.text) for word in targets):
            return
        for word in rule.prerequisites.words:
            if "%" in word.text and not self._names(stem, lists):
                continue
            if self._is(source, word.text.replace("%", stem)):
                yield _Link(word, f"is also compiled to {targets[0].text}", ":")

    def _names(self, stem: str, lists: list[ObjectList]) -> bool:
        """Tell whether a list names what a pattern would be put in for."""
        names = (f"{stem}.o", f"{stem}.c")
        return any(has_name(word.text, n) for one in lists for word in one.words for n in names)

    def _is(self, source: str, text: str) -> bool:
        """Tell a rule's word for a file, which relates to the nearest folder above that has it."""
        for folder in folders_up(self.paths.folder):
            paths = self.paths.at(text, folder)
            if source in paths:
                return True
            if any(map(self.tree.exists, paths)):
                return False
        return False
