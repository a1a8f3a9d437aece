"""Where old names stand in the tree and what each place means: what a rename will touch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vtsplit.cst.directives import Macro
from vtsplit.cst.lexer import Kind
from vtsplit.cst.nodes import Directive, FunctionDef
from vtsplit.cst.occurrences import MacroOf, Meaning, Occurrence, find_occurrences
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.planning.steps import Ledger, Renames
from vtsplit.survey.definitions import Sort
from vtsplit.survey.files import CFile, CFiles
from vtsplit.survey.references import find_references
from vtsplit.survey.words import C_SUFFIXES, Words


@dataclass(frozen=True)
class Use:
    """One occurrence of a name in a file."""

    file: CFile
    index: int
    occurrence: Occurrence

    @property
    def site(self) -> Site:
        """Its place."""
        item = self.file.module.items[self.index]
        offset = self.occurrence.offset - len(item.leading)
        return self.file.site(self.index, offset, len(self.occurrence.name))


def find_uses(file: CFile, names: frozenset[str], macro_of: MacroOf) -> list[Use]:
    """Return every occurrence of these names in a file, with its meaning."""
    return [
        Use(file, index, occurrence)
        for index, item in enumerate(file.module.items)
        for occurrence in find_occurrences(item, names, macro_of)
    ]


@dataclass
class RenamePlan:
    """Per file the names to rename; `source_uses` are all uses in the source file."""

    files: dict[str, Renames] = field(default_factory=dict)
    source_uses: list[Use] = field(default_factory=list)


class UseFinder:
    """Decides, file by file, in which places an old name means the renamed object."""

    def __init__(
        self, files: CFiles, words: Words, source: CFile, seen: set[str], macro_of: MacroOf
    ) -> None:
        self.files = files
        self.words = words
        self.source = source
        self.seen = seen
        self.macro_of = macro_of

    def plan(
        self, names: Mapping[str, str], static: frozenset[str], own: frozenset[str], ledger: Ledger
    ) -> RenamePlan:
        """Plan the renaming of `names`; those in `static` belong to the source file.

        `own` are the header and main of the split: the names there mean what they mean here.
        """
        plan = RenamePlan()
        wanted = frozenset(names)
        if not wanted:
            return plan
        plan.source_uses = find_uses(self.source, wanted, self.macro_of)
        refuse_unsafe(plan.source_uses, names, ledger)
        refuse_captured(plan.source_uses, names, ledger)
        per_file: dict[str, tuple[set[str], set[str]]] = {self.source.path: (set(wanted), set())}
        for name in sorted(wanted):
            for path in self.words.of(name):
                if path == self.source.path:
                    continue
                whole, comments = per_file.setdefault(path, (set(), set()))
                kind = self._kind(name, path, name in static, own, ledger)
                if kind is not None:
                    (whole if kind else comments).add(name)
        for path, (whole, comments) in per_file.items():
            if whole or comments:
                plan.files[path] = Renames(
                    {name: names[name] for name in sorted(whole)},
                    {name: names[name] for name in sorted(comments)},
                )
                self._record(path, names, whole, comments, ledger)
        return plan

    def _kind(
        self, name: str, path: str, static: bool, own: frozenset[str], ledger: Ledger
    ) -> bool | None:
        """Return True to rename in a file, False in its comments only, None to leave it alone."""
        static = static and path not in own
        if not path.endswith(C_SUFFIXES):
            ledger.note(f"'{name}' is mentioned there: left alone, as it is no C", Site(path))
            return None
        try:
            file = self.files.get(path)
        except RefusedError:
            return None
        uses = find_uses(file, frozenset({name}), self.macro_of)
        in_code = [use for use in uses if use.occurrence.meaning is Meaning.CODE]
        defined = file.definitions.of(name)
        if path in self.seen and is_forward_only(file, name):
            return True
        if any(d.is_static or d.sort is Sort.MACRO for d in defined):
            ledger.note(f"'{name}' is another one there: left alone", file.site(defined[0].index))
            return None
        if not static:
            rival = next((d for d in defined if d.sort in {Sort.FUNCTION, Sort.OBJECT}), None)
            if rival is not None and path not in own:
                ledger.refuse(
                    "VT036",
                    f"'{name}' is defined here too, so that its uses elsewhere can mean either",
                    file.site(rival.index),
                    f"rename it by hand, or leave '{name}' out of the spec",
                )
            refuse_unsafe(uses, {name: name}, ledger)
            return True
        if in_code:
            # A static name is seen in a file that the source includes as a part of itself.
            if path in self.seen and not defined:
                ledger.note(
                    f"'{name}' is used there, in a part of {self.source.path}", uses[0].site
                )
                return True
            ledger.note(f"'{name}' is another one there: left alone", in_code[0].site)
            return None
        if any(use.occurrence.meaning is not Meaning.COMMENT for use in uses):
            ledger.note(f"'{name}' means something else there: left alone", uses[0].site)
            return None
        return False if self._is_only_one(name) else None

    def _is_only_one(self, name: str) -> bool:
        """Tell whether the source file alone has an object of that name, so that text means it."""
        for path in self.words.of(name):
            if path == self.source.path or not path.endswith(C_SUFFIXES):
                continue
            try:
                file = self.files.get(path)
            except RefusedError:
                return False
            if file.definitions.of(name):
                return False
        return True

    def _record(
        self,
        path: str,
        names: Mapping[str, str],
        whole: Iterable[str],
        comments: Iterable[str],
        ledger: Ledger,
    ) -> None:
        file = self.files.get(path)
        everywhere, mentioned = frozenset(whole), frozenset(comments)
        for use in find_uses(file, everywhere | mentioned, self.macro_of):
            occurrence = use.occurrence
            if not occurrence.meaning.refers:
                if occurrence.meaning not in {Meaning.MEMBER, Meaning.MACRO}:
                    ledger.note(
                        f"'{occurrence.name}' is a {occurrence.meaning.value} here: left alone"
                        if occurrence.meaning is not Meaning.SHADOWED
                        else f"'{occurrence.name}' is another one here: left alone",
                        use.site,
                    )
                continue
            if occurrence.name in mentioned and occurrence.meaning is not Meaning.COMMENT:
                continue
            site = use.site
            what = f"{occurrence.name} -> {names[occurrence.name]}"
            where = "in a comment" if occurrence.meaning is Meaning.COMMENT else "follows"
            ledger.step("rename", what, site, where, (site.line, _last_aligned_line(use)))


def is_forward_only(file: CFile, name: str) -> bool:
    """Tell whether a file declares a name by static tentative definitions and nothing else.

    In a header that the source file includes, that is the source file's own object (C11 6.9.2p2).
    """
    defined = file.definitions.of(name)
    return bool(defined) and all(d.sort is Sort.TENTATIVE and d.is_static for d in defined)


def _last_aligned_line(use: Use) -> int:
    """Return the last line whose alignment the rename can move: the end of its brackets."""
    item = use.file.module.items[use.index]
    start = use.occurrence.offset - len(item.leading)
    line = use.site.line
    if start < 0 or isinstance(item, Directive):
        return line
    depth, offset = 0, 0
    for token in item.tokens:
        if offset >= start and token.kind is Kind.PUNCT:
            depth += (token.text in "([") - (token.text in ")]")
        if offset > start and token.kind is Kind.NEWLINE:
            if depth <= 0:
                break
            line += 1
        offset += len(token.text)
    return line


def refuse_unsafe(uses: Iterable[Use], names: Mapping[str, str], ledger: Ledger) -> None:
    """Refuse to rename what a macro pastes into another name, or what is a macro as well."""
    for use in uses:
        name = use.occurrence.name
        if name not in names:
            continue
        if use.occurrence.meaning is Meaning.PASTED:
            ledger.refuse(
                "VT033",
                f"'{name}' is pasted into another name here, so that renaming it would break that",
                use.site,
                "keep this name, or write the pasted name out",
            )
        elif use.occurrence.meaning is Meaning.MACRO and not _is_idle_undef(use):
            ledger.refuse(
                "VT034",
                f"'{name}' is the name of a macro here as well",
                use.site,
                "rename the macro by hand first, or keep this name",
            )


def refuse_captured(uses: Iterable[Use], names: Mapping[str, str], ledger: Ledger) -> None:
    """Refuse a new name that a local declaration of a using function would capture."""
    checked: set[tuple[int, str]] = set()
    for use in uses:
        new = names[use.occurrence.name]
        if use.occurrence.meaning is not Meaning.CODE or (use.index, new) in checked:
            continue
        checked.add((use.index, new))
        item = use.file.module.items[use.index]
        for found in find_occurrences(item, frozenset({new})):
            if found.meaning is Meaning.SHADOWED:
                ledger.refuse(
                    "VT037",
                    f"'{new}' is a local name here, which would capture the use of "
                    f"'{use.occurrence.name}'",
                    Use(use.file, use.index, found).site,
                    "choose another new name, or rename the local one first",
                )
                break


def _is_idle_undef(use: Use) -> bool:
    """Tell an `#undef` of a name that the file does not define: it does nothing."""
    item = use.file.module.items[use.index]
    return (
        isinstance(item, Directive)
        and item.name == "undef"
        and not use.file.definitions.of(use.occurrence.name, Sort.MACRO)
    )


def report_pastings(
    source: CFile,
    names: Mapping[str, str],
    exposed: frozenset[str],
    macro_of: MacroOf,
    ledger: Ledger,
) -> None:
    """Report the macros whose `##` could build a renamed or exposed name; refuse where one does."""
    built = built_names(source, macro_of)
    for name in sorted(names.keys() & built.keys()):
        for through, site in built[name].items():
            macro = macro_of(through)
            if source.definitions.of(through) or macro is None:
                continue
            if all(token.text != name for token in macro.body):
                ledger.refuse(
                    "VT033",
                    f"'{name}' is built by macro {through} here, where a rename cannot follow",
                    site,
                    "keep this name, or write out what the macro makes",
                )
    for index, item in enumerate(source.module.items):
        macro = item.macro if isinstance(item, Directive) else None
        if macro is None or not macro.pastes():
            continue
        could = {n for n in (*names, *exposed) if any(_fits(n, *p) for p in _affixes(macro))}
        for name in sorted(could & names.keys()):
            if macro.name in built.get(name, {}):
                ledger.refuse(
                    "VT033",
                    f"'{name}' is built by macro {macro.name} (## at {source.site(index)}), where "
                    "a rename cannot follow",
                    built[name][macro.name],
                    "keep this name, or write the name out here",
                )
        sure = {name for name in could if macro.name in built.get(name, {})}
        rest = sorted(could & names.keys() - sure)
        if rest:
            ledger.note(
                f"macro {macro.name} pastes names like {', '.join(rest[:3])}: no call in this "
                "file builds one",
                source.site(index),
            )
        if sure - names.keys():
            ledger.note(
                f"macro {macro.name} builds {', '.join(sorted(sure - names.keys())[:3])}, "
                "which keeps its name",
                source.site(index),
            )


def _affixes(macro: Macro) -> list[tuple[str, str]]:
    """Return what stands before and behind a pasted parameter: `foo_##x` gives ('foo_', '')."""
    parameters = set(macro.parameters or ())
    words = [token.text for token in macro.body]
    found = []
    for at, word in enumerate(words):
        if word not in parameters or "##" not in {
            *words[max(at - 1, 0) : at],
            *words[at + 1 : at + 2],
        }:
            continue
        before = words[at - 2] if at > 1 and words[at - 1] == "##" else ""
        after = words[at + 2] if at + 2 < len(words) and words[at + 1] == "##" else ""
        found.append(("" if before in parameters else before, "" if after in parameters else after))
    return found


def _fits(name: str, before: str, after: str) -> bool:
    if not before and not after:
        return False
    return name.startswith(before) and name.endswith(after) and len(name) > len(before + after)


def built_names(
    source: CFile, macro_of: MacroOf, skip: frozenset[int] = frozenset()
) -> dict[str, dict[str, Site]]:
    """Return the names that macro calls of the file bring, with the macro and the place.

    Macros called at file scope or within tables are followed into headers; those in function
    bodies when the file defines them.
    """
    built: dict[str, dict[str, Site]] = {}
    pasting = {
        item.macro.name
        for item in source.module.items
        if isinstance(item, Directive) and item.macro is not None and item.macro.pastes()
    }
    for index, item in enumerate(source.module.items):
        if isinstance(item, Directive) or index in skip:
            continue
        if isinstance(item, FunctionDef) and not any(name in item.text for name in pasting):
            continue
        look_up = source.definitions.macro if isinstance(item, FunctionDef) else macro_of
        for reference in find_references(item, look_up):
            if reference.through:
                found = built.setdefault(reference.name, {})
                found.setdefault(reference.through, source.site(index, reference.offset))
    return built
