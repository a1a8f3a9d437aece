"""Where old names stand in the tree and what each place means: what a rename will touch."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from vtsplit.cst.meaning.macro_arguments import MacroOf
from vtsplit.cst.meaning.occurrences import Meaning, word_pattern
from vtsplit.cst.nodes import Directive
from vtsplit.diagnostics import RefusedError, Site, number
from vtsplit.planning.edits import Renames
from vtsplit.planning.names.aligned import aligned_lines
from vtsplit.planning.names.prose import note_prose
from vtsplit.planning.names.rules import HEADER_MACRO, TWO_DEFINITIONS
from vtsplit.planning.names.unsafe import refuse_captured, refuse_unsafe
from vtsplit.planning.names.use import Use, find_uses
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Symbol
from vtsplit.survey.build.build_files import is_c
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.cfile.name_places import NamePlaces
from vtsplit.survey.search.words import WordFiles


@dataclass
class RenamePlan:
    """Per file the names to rename; `source_uses` are all uses in the source file."""

    files: dict[str, Renames] = field(default_factory=dict)
    source_uses: list[Use] = field(default_factory=list)


class UseFinder:
    """Decides, file by file, in which places an old name means the renamed object.

    `is_part` tells of a file in `seen` whether the source file alone includes it.
    """

    def __init__(
        self,
        files: CFiles,
        words: WordFiles,
        source: CFile,
        seen: set[str],
        macro_of: MacroOf,
        is_part: Callable[[str], bool],
    ) -> None:
        self.files = files
        self.words = words
        self.source = source
        self.seen = seen
        self.macro_of = macro_of
        self.is_part = is_part
        self._rivals: dict[str, Site | None] = {}
        self.prose: dict[str, list[str]] = {}  # by name, files that are no C

    def plan(
        self,
        symbols: Mapping[str, Symbol],
        static: frozenset[str],
        own: frozenset[str],
        ledger: Ledger,
    ) -> RenamePlan:
        """Plan the renaming of symbols, by old name; those in `static` belong to the source file.

        `own` are the header and main of the split: the names there mean what they mean here.
        """
        plan = RenamePlan()
        names = {old: symbol.new for old, symbol in symbols.items()}
        wanted = frozenset(names)
        if not wanted:
            return plan
        plan.source_uses = find_uses(self.source, wanted, self.macro_of)
        refuse_unsafe(plan.source_uses, names, ledger)
        refuse_captured(plan.source_uses, names, ledger)
        per_file: dict[str, tuple[set[str], set[str]]] = {self.source.path: (set(wanted), set())}
        for name in sorted(wanted):
            found = self._where(name, name in static, own, ledger)
            for path in self.words.of(name):
                whole, comments = per_file.setdefault(path, (set(), set()))
                if path in found:
                    (whole if found[path] else comments).add(name)
        for path, (whole, comments) in per_file.items():
            if whole or comments:
                plan.files[path] = Renames(
                    {name: names[name] for name in sorted(whole)},
                    {name: names[name] for name in sorted(comments)},
                )
                self._record(path, symbols, whole, comments, ledger)
        certain = [n for n in self.prose if self.source.definitions.of(n) and not self._rival(n)]
        note_prose(self.prose, certain, ledger)
        return plan

    def _where(
        self, name: str, static: bool, own: frozenset[str], ledger: Ledger
    ) -> dict[str, bool]:
        """Return the other files to rename a name in: True for all of it, False for comments.

        What has nothing to do with a static name can be thousands of files: they are not parsed.
        """
        found: dict[str, bool] = {}
        prose, apart = [], []
        for path in self.words.of(name):
            if path == self.source.path:
                continue
            if not is_c(path):
                prose.append(path)
            elif static and path not in own and not self._sees(path, name):
                apart.append(path)
            else:
                try:
                    file = self.files.get(path)
                except RefusedError as error:
                    if not static:
                        ledger.add_problems(*error.problems)
                    continue
                kind = self._kind(name, file, static and path not in own, own, ledger)
                if kind is True or (kind is False and self._rival(name) is None):
                    found[path] = kind
        if prose:
            self.prose[name] = prose
        if apart:
            found |= dict.fromkeys(self._mentions(name, apart, ledger), False)
        return found

    def _sees(self, path: str, name: str) -> bool:
        """Tell whether code of a file that the source file includes may have a name."""
        if path not in self.seen:
            return False
        try:
            return self.files.places(path, name).may_be_code()
        except RefusedError:
            return False

    def _mentions(self, name: str, paths: list[str], ledger: Ledger) -> list[str]:
        """Return the files whose comments mean the source file's static object by a name.

        They do if no other file declares one; then only files are parsed that have such comments.
        """
        rival = self._rival(name)
        if rival is not None:
            others = len(paths) - (rival.path in paths)
            more = f", as in {number(others, 'more file')}" if others else ""
            ledger.note(f"'{name}' is also declared there: left alone{more}", rival)
            return []
        found, left = [], []
        for path in paths:
            places = self.files.places(path, name)
            kind = None
            if places.may_be_mentioned():
                file = self.files.glance(path)
                kind = self._kind(name, file, True, frozenset(), Ledger())
            if kind is None:
                left.append(Site(path, places.line))
            else:
                found.append(path)
        if left:
            more = f", and in {number(len(left) - 1, 'more file')}" if left[1:] else ""
            ledger.note(f"'{name}' means something else there{more}: left alone", left[0])
        return found

    def _kind(
        self, name: str, file: CFile, static: bool, own: frozenset[str], ledger: Ledger
    ) -> bool | None:
        """Return True to rename in a file, None to leave it alone.

        False means its comments, if the source file's object is the only one of that name.
        """
        path = file.path
        uses = find_uses(file, frozenset({name}), file.definitions.macro_first(self.macro_of))
        in_code = [use for use in uses if use.occurrence.meaning.is_code]
        defined = file.definitions.of(name)
        if path in self.seen and is_forward_only(file, name):
            return True
        if any(d.is_static or d.sort is Sort.MACRO for d in defined):
            ledger.note(
                f"'{name}' means another object there: left alone", file.site(defined[0].index)
            )
            return None
        if not static:
            rival = next((d for d in defined if d.sort in {Sort.FUNCTION, Sort.OBJECT}), None)
            if rival is not None and path not in own:
                ledger.refuse(
                    TWO_DEFINITIONS,
                    f"'{name}' is also defined here, so its uses in other files can mean either",
                    file.site(rival.index),
                    f"rename it by hand, or remove '{name}' from the spec",
                )
            refuse_unsafe(uses, {name: name}, ledger)
            return True
        if in_code:
            self._refuse_in_macro(name, in_code, ledger)
            # A static name is seen in a file that the source includes as a part of itself. In
            # another's header it is a word: an argument that a macro pastes, a member's designator.
            if path in self.seen and not defined and self.is_part(path):
                ledger.note(
                    f"'{name}' is used there, in a part of {self.source.path}", uses[0].site
                )
                return True
            ledger.note(f"'{name}' means another object there: left alone", in_code[0].site)
            return None
        if any(use.occurrence.meaning is not Meaning.COMMENT for use in uses):
            ledger.note(f"'{name}' means something else there: left alone", uses[0].site)
            return None
        return False

    def _refuse_in_macro(self, name: str, uses: Iterable[Use], ledger: Ledger) -> None:
        """Refuse a static name that a macro of a header uses, where the source uses the macro."""
        for use in uses:
            item = use.item
            macro = item.macro if isinstance(item, Directive) else None
            if macro is None or use.file.path not in self.seen or self.is_part(use.file.path):
                continue
            if self._uses_word(macro.name):
                ledger.refuse(
                    HEADER_MACRO,
                    f"macro {macro.name} uses '{name}' here, and {self.source.path} uses the "
                    "macro: a rename cannot follow",
                    use.site,
                    "keep this name, or write the code without the macro",
                )

    def _uses_word(self, word: str) -> bool:
        pattern = word_pattern(frozenset({word}))
        return any(pattern.search(item.text) for item in self.source.module.items)

    def _rival(self, name: str) -> Site | None:
        """Return where another file declares a name, so that text there need not mean this one."""
        if name not in self._rivals:
            self._rivals[name] = self._find_rival(name)
        return self._rivals[name]

    def _find_rival(self, name: str) -> Site | None:
        left = [p for p in self.words.of(name) if p != self.source.path and is_c(p)]
        # Where it is likely one look is enough, and thousands of files need none.
        for is_worth_it in (NamePlaces.is_likely_declared, NamePlaces.may_be_code):
            passed = []
            for path in left:
                try:
                    if not is_worth_it(self.files.places(path, name)):
                        passed.append(path)
                        continue
                    file = self.files.glance(path)
                except RefusedError:
                    return Site(path)
                for definition in file.definitions.of(name):
                    return file.site(definition.index)
            left = passed
        return None

    def _record(
        self,
        path: str,
        symbols: Mapping[str, Symbol],
        whole: Iterable[str],
        comments: Iterable[str],
        ledger: Ledger,
    ) -> None:
        file = self.files.get(path)
        everywhere, mentioned = frozenset(whole), frozenset(comments)
        macro_of = file.definitions.macro_first(self.macro_of)
        for use in find_uses(file, everywhere | mentioned, macro_of):
            occurrence = use.occurrence
            if not occurrence.meaning.refers:
                if occurrence.meaning is Meaning.MIXED:
                    message = f"'{occurrence.name}' is a macro's argument here, and is left alone"
                    ledger.warn(message, use.site, "change it by hand if it means the renamed one")
                elif occurrence.meaning not in {Meaning.MEMBER, Meaning.MACRO}:
                    ledger.note(
                        f"'{occurrence.name}' is a {occurrence.meaning.value} here: left alone"
                        if occurrence.meaning is not Meaning.SHADOWED
                        else f"'{occurrence.name}' means another object here: left alone",
                        use.site,
                    )
                continue
            if occurrence.name in mentioned and occurrence.meaning is not Meaning.COMMENT:
                continue
            site = use.site
            why = Why.IN_COMMENT if occurrence.meaning is Meaning.COMMENT else Why.FOLLOWS
            span = site.line, site.line + aligned_lines(use)
            ledger.step(Action.RENAME, symbols[occurrence.name], site, Reason(why), span)
            if occurrence.meaning is Meaning.SHOWN:
                ledger.warn(
                    f"a macro makes a string of '{occurrence.name}' here, and that string changes "
                    "with the name",
                    site,
                    "check who reads that string",
                )


def is_forward_only(file: CFile, name: str) -> bool:
    """Tell whether a file declares a name by static tentative definitions and nothing else.

    In a header that the source file includes, that is the source file's own object (C11 6.9.2p2).
    """
    defined = file.definitions.of(name)
    return bool(defined) and all(d.sort is Sort.TENTATIVE and d.is_static for d in defined)
