"""Plan the changes of all build files of a tree besides the one that was found first."""

from collections.abc import Callable, Mapping
from posixpath import basename, dirname, join, normpath, splitext

from vtsplit.codemods.build.source_list import list_beside, spelled
from vtsplit.diagnostics import Site
from vtsplit.example_trees import LAMP, SPEC
from vtsplit.planning.build.changed_lines import changed_lines
from vtsplit.planning.build.other_lists import OtherLists
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.rule import Example, Rule
from vtsplit.spec.document import Spec
from vtsplit.survey.build import cmake
from vtsplit.survey.build.build_files import BuildFiles, is_makefile
from vtsplit.survey.build.listed import Listed, ListRole
from vtsplit.survey.build.read_as_text import find_cat
from vtsplit.survey.make.kbuild import MAKEFILES, Membership, find_object
from vtsplit.survey.make.rules.taken_apart import TakenApart, taken_apart
from vtsplit.tree.source_tree import SourceTree

LINKED_ALONE = Rule(
    "VT060",
    "linked-alone",
    "each file of the list is linked alone",
    "Each file of the list becomes a program of its own. Main has to be linked with the source.",
    "Set `object-list = false` in `[split]`, which leaves the build alone, and list main by "
    "hand wherever the source is listed.",
    Example(
        {
            "Makefile": None,
            "CMakeLists.txt": "set(LIGHTS lamp.c)\nforeach(one ${LIGHTS})\n"
            "  add_executable(${one} ${one})\n"
            "endforeach()\n",
        }
    ),
)

REMOVED = Rule(
    "VT060",
    "removed",
    "the source is removed from a list",
    "The build removes the source from a list of files, but main would stay in it.",
    "Also name main there.",
    Example(
        {
            "Makefile": None,
            "CMakeLists.txt": "set(SRC lamp.c sign.c)\nlist(REMOVE_ITEM SRC lamp.c)\n"
            "add_library(lights lamp.c)\nadd_library(signs ${SRC})\n",
            "sign.c": "int sign;\n",
        }
    ),
)

READ_AS_TEXT = Rule(
    "VT060",
    "read-as-text",
    "the build reads the text of the source",
    "The build makes something of the text of the source, such as a program that tells what the "
    "machine has. What moves to main would be missing there, and a test might fail without a word.",
    "Let the build read the text of main as well, and set `object-list = false` in `[split]`, "
    "which leaves the build alone; then list main by hand. Or leave the table out of the split.",
    Example(
        {
            "Makefile": None,
            "CMakeLists.txt": "file(READ lamp.c LAMP)\nadd_library(lights lamp.c)\n",
        }
    ),
)

PATTERN = Rule(
    "VT060",
    "pattern",
    "a pattern does not take main as it takes the source",
    "The build takes files by a pattern. It takes only one of source and main, or takes one of "
    "the two twice.",
    "Choose another `main`, which the pattern takes as it takes the source.",
    Example({"Makefile": "lights: $(wildcard l*.c)\n\tcc -o $@ $^\n"}),
)

OTHER_FOLDER = Rule(
    "VT060",
    "other-folder",
    "the Makefile does not reach the folder of main",
    "The Makefile finds the source by `vpath` or a pattern, so its list names the object "
    "without the folder. If main is in another folder, the path of its object would lead to a "
    "wrong place.",
    "Choose a `main` in the folder of the source.",
    Example(
        {
            "lamp.c": None,
            "lamp.h": None,
            "src/lamp.c": LAMP["lamp.c"],
            "src/lamp.h": LAMP["lamp.h"],
            "Makefile": "vpath %.c src\nlights: lamp.o\n\tgcc -o $@ lamp.o\n",
        },
        spec=SPEC.replace('"lamp', '"src/lamp').replace('"main.c', '"lib/main.c'),
        fixed={
            "vtsplit.toml": SPEC.replace('"lamp', '"src/lamp').replace('"main.c', '"src/main.c')
        },
    ),
)

UNLISTED_MAIN = Rule(
    "VT060",
    "unlisted-main",
    "main would be in no list or rule",
    "The source is linked, but with the changes that vtsplit can make to the Makefile main "
    "would not be.",
    "Set `object-list = false` in `[split]`, and list main by hand wherever the source is listed.",
    "It comes up when vtsplit knows where the source is linked, and cannot add main there.",
)


_LISTS = frozenset({ListRole.SOURCE, ListRole.ALONE, ListRole.REMOVED})
_READ_BY_HAND = (
    "let the build read {} as well, set `object-list = false` in [split], and list it by hand; or "
    "leave the table out"
)
_BY_HAND = "set `object-list = false` in [split], which leaves the build alone, and list {} by hand"


class OtherBuilds:
    """Lists main's source in meson.build, in CMake files and in other Makefiles.

    `but_for` is the Makefile that is done already.
    """

    def __init__(
        self, spec: Spec, but_for: str | None, tree: SourceTree, files: BuildFiles, ledger: Ledger
    ) -> None:
        self.source, self.main = spec.source, spec.main
        self.others = OtherLists(spec.source, but_for, tree, files)
        self.tree = tree
        self.ledger = ledger
        self.has_globs = False

    def follow(
        self, texts: Mapping[str, str], list_main: Callable[[str, Membership], str] | None
    ) -> dict[str, str]:
        """Return the texts with those of other build files; without `list_main` no Makefile's."""
        after = dict(texts)
        done: dict[str, set[int]] = {}
        for found in self.others.memberships() if list_main else ():
            assert list_main is not None
            text = after.get(found.makefile, self.tree.read(found.makefile))
            after[found.makefile] = list_main(text, found)
            done[found.makefile] = set()
        for path, text, listed in self.others.lists():
            new = list_beside(text, listed, self.source, self.main)
            if any(one.role in _LISTS for one in listed):
                after[path] = new
            for one in listed:
                done.setdefault(path, set()).add(one.line)
                self._report(path, text, new, one)
        self._globs()
        for path, text in self.others.texts.items():
            # In a Makefile it is a rule's recipe that uses the source.
            for line in () if is_makefile(path) else find_cat(text, path, self.source):
                self._refuse_read(Site(path, line))
        if after or self.has_globs:
            self.others.warn(self.main, done, list_main is not None, self.ledger)
        return after

    def warn_renamed(self, core: str) -> None:
        """Warn of lists of the source, where that gets another name."""
        for path, _, listed in self.others.lists():
            if any(one.role is not ListRole.OTHER for one in listed):
                self.ledger.warn(
                    f"{basename(self.source)} is listed here, but is called {basename(core)} now",
                    Site(path, listed[0].line),
                    f"list {basename(core)} and {basename(self.main)} in its place",
                )

    def _report(self, path: str, before: str, after: str, one: Listed) -> None:
        name, main = basename(self.source), basename(self.main)
        site = Site(path, one.line)
        is_there = spelled(one.entry.text, self.source, self.main) in (e.text for e in one.entries)
        match one.role:
            case ListRole.SOURCE if after != before:
                span = changed_lines(before, after)
                added = Symbol.added(main, Role.LISTED)
                self.ledger.step(Action.BUILD, added, site, Reason(Why.BESIDE, name), span)
            case ListRole.SETTING | ListRole.REMOVED if is_there:
                pass
            case ListRole.SETTING if after != before:
                message = f"'{name}' has settings here, but {main} gets none of them"
                self.ledger.warn(message, site, "add them by hand if main needs them")
            case ListRole.SETTING:
                self.ledger.note(f"'{name}' has settings here, but {main} gets none of them", site)
            case ListRole.OTHER:
                self.ledger.note(f"{name} is named here, but vtsplit does not know what for", site)
            case ListRole.ALONE:
                message = f"each file of the list that has '{name}' is linked alone"
                self.ledger.refuse(LINKED_ALONE, message, site, _BY_HAND.format(main))
            case ListRole.READ:
                self._refuse_read(site)
            case ListRole.REMOVED:
                message = f"'{name}' is removed from a list here, but {main} would stay in it"
                self.ledger.refuse(REMOVED, message, site, f"also name {main} there")

    def _refuse_read(self, site: Site) -> None:
        message = f"the text of '{basename(self.source)}' is read here, without what moves to main"
        self.ledger.refuse(READ_AS_TEXT, message, site, _READ_BY_HAND.format(basename(self.main)))

    def _globs(self) -> None:
        for path, glob in self.others.globs():
            self.has_globs = True
            site = Site(path, glob.line)
            if glob not in cmake.find_globs(self.tree.find(path) or "", path, self.main):
                refuse_apart(glob.pattern, self.source, self.main, site, self.ledger)
            else:
                message = f"the pattern '{glob.pattern}' also takes {basename(self.main)}"
                self.ledger.note(message, site)


def refuse_apart(pattern: str, source: str, main: str, site: Site, ledger: Ledger) -> None:
    """Refuse a pattern that takes only one of source and main (VT060)."""
    ledger.refuse(
        PATTERN,
        f"the pattern '{pattern}' does not take {main} as it takes {source}",
        site,
        "choose another `main`, which the pattern takes as it takes the source",
    )


def refuse_main_apart(
    found: Membership, texts: Mapping[str, str], spec: Spec, tree: SourceTree, ledger: Ledger
) -> None:
    """Refuse a main that the Makefile, as it is to be, would not link as it links the source."""
    makefile = found.makefile

    def read(path: str) -> str | None:
        return texts[path] if path in texts else tree.find(path)

    main = find_object(read, spec.main)
    for one in taken_apart(read, MAKEFILES, spec.source, spec.main):
        _refuse_taken_apart(one, spec, ledger)
        return
    if isinstance(main, Membership):
        _refuse_elsewhere(main, spec.main, ledger)
    elif found.places and not ledger.problems:
        word = found.places[0].word
        ledger.refuse(
            UNLISTED_MAIN,
            f"'{word.text}' is linked here, but {basename(spec.main)} would be in no list or rule",
            Site(makefile, word.line, word.column, len(word.text)),
            _BY_HAND.format(basename(spec.main)),
        )


def _refuse_taken_apart(one: TakenApart, spec: Spec, ledger: Ledger) -> None:
    """Refuse a pattern that takes only one of source and main, and say what makes it so (VT060)."""
    glob, site = one.glob, Site(one.makefile, one.glob.line, one.glob.column)
    taken, other = (spec.source, spec.main) if one.is_first else (spec.main, spec.source)
    if one.is_alone:
        message = f"'{glob.text}' takes {taken}, and each file that it takes is linked alone"
    elif by := glob.taking_out(other):
        message = f"'{by}' takes {other} out of the files of '{glob.text}', but not {taken}"
    else:
        refuse_apart(glob.text, spec.source, spec.main, site, ledger)
        return
    advice = "choose another `main`, which the pattern takes as it takes the source"
    ledger.refuse(PATTERN, message, site, advice)


def _refuse_elsewhere(listed: Membership, main: str, ledger: Ledger) -> None:
    """Refuse a word for main's object that leads up and to another place than main's folder."""
    for place in listed.places:
        path = place.word.path
        named = normpath(join(dirname(listed.makefile), path))
        if path.startswith("../") and splitext(named)[0] != splitext(main)[0]:
            ledger.refuse(
                OTHER_FOLDER,
                f"the object of {main} would be '{path}' here, which leads to another folder",
                Site(listed.makefile, place.word.line),
                "choose a `main` in the folder of the source",
            )
            return
