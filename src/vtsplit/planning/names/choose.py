"""New names: what the spec and its patterns ask for, and whether a name is free."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import islice

from vtsplit.cst.heads.annotations import KEYWORDS
from vtsplit.diagnostics import RefusedError, Site
from vtsplit.planning.names.rules import (
    ABSENT,
    ALTERNATIVE,
    GLOBAL_TAKEN,
    NO_NAME,
    PREFIX,
    SAME_NAME,
    STATIC_PROTOTYPE,
    TAKEN,
)
from vtsplit.planning.steps import Ledger
from vtsplit.spec.document import Spec, did_you_mean
from vtsplit.spec.values import is_c_name
from vtsplit.survey.build.build_files import is_c
from vtsplit.survey.cfile.definitions import Definition, Sort
from vtsplit.survey.cfile.files import CFile, CFiles
from vtsplit.survey.make.linkage import Linkage
from vtsplit.survey.search.words import WordFiles

_LINKED = (Sort.FUNCTION, Sort.OBJECT, Sort.TENTATIVE)
_NAMING = tuple(sort for sort in Sort if sort is not Sort.MACRO_CALL)


def finished_renames(spec: Spec, source: CFile) -> dict[str, str]:
    """Return the spec's renames whose definition has its new name: uses may be left to follow."""
    return {
        old: rename.to
        for old, rename in spec.renames.items()
        if not source.definitions.of(old) and source.definitions.of(rename.to, *_LINKED)
    }


def changed(names: Mapping[str, str]) -> dict[str, str]:
    """Leave out the names that the spec says are to stay: `[rename]` has `x = "x"`."""
    return {old: new for old, new in names.items() if old != new}


def wanted_renames(
    spec: Spec, source: CFile, exposed: Iterable[str], ledger: Ledger
) -> dict[str, str]:
    """Return old to new names as the spec states them, for functions and objects that exist.

    An explicit entry goes before a pattern. One whose old name is gone and whose new name is there
    has been carried out. If neither name is there, that is an error in a spec of one's own. An
    entry that has the old name as the new one keeps it.
    """
    renames: dict[str, str] = {}
    for old, rename in spec.renames.items():
        if source.definitions.of(old):
            renames[old] = rename.to
        elif not source.definitions.of(rename.to):
            _report_absent(spec, old, source, rename.optional, ledger)
    for name in exposed:
        if name in renames:
            continue
        for pattern in spec.patterns:
            new = pattern.apply(name)
            if new is not None:
                renames[name] = new
                break
    return renames


def _report_absent(spec: Spec, old: str, source: CFile, optional: bool, ledger: Ledger) -> None:
    message = f"{source.path} has no '{old}' to rename"
    if optional or spec.is_of_preset("rename", old):
        ledger.note(f"{message}: nothing to do", spec.site("rename", old))
    else:
        known = [n for n, found in source.definitions.by_name.items() if found[0].sort in _LINKED]
        advice = did_you_mean(old, known) or "add optional = true if only some trees have it"
        ledger.refuse(ABSENT, message, spec.site("rename", old), advice)


def check_names(
    spec: Spec, names: dict[str, str], stated: dict[str, str], functions: list[str], ledger: Ledger
) -> None:
    """Refuse new names that are no C names, that meet, or that leave their siblings' prefix.

    `functions` are those that become global.
    """
    siblings = [name for name in functions if name not in names]
    # A few that keep their names are no family that many new ones would have to follow.
    prefix = spec.prefix or (common_prefix(siblings) if len(siblings) > len(stated) else None)
    targets = {new: old for old, new in spec.tables.items()}
    for old, new in names.items():
        site = _rename_site(spec, old)
        if not is_c_name(new) or new in KEYWORDS:
            ledger.refuse(
                NO_NAME, f"'{old}' would be renamed to '{new}', which is not a C name", site
            )
        if targets.setdefault(new, old) != old:
            ledger.refuse(
                SAME_NAME,
                f"'{old}' and '{targets[new]}' would both be '{new}'",
                site,
                "give one of them another new name",
            )
        if prefix and old in stated and not new.lstrip("_").startswith(prefix.lstrip("_")):
            ledger.refuse(
                PREFIX,
                f"'{new}' does not start with '{prefix}', the prefix of its siblings",
                site,
                f"did you mean '{_with_prefix(new, prefix)}'?",
            )


def _with_prefix(name: str, prefix: str) -> str:
    """Return the name that was likely meant: its own first part a slip for the prefix, or missing.

    >>> _with_prefix("fxo_unit_free", "foo_"), _with_prefix("setup", "foo_")
    ('foo_unit_free', 'foo_setup')
    """
    first, underscore, rest = name.partition("_")
    close = get_close_matches(f"{first}_", [prefix], cutoff=0.5)
    return prefix + (rest if underscore and close else name)


def _rename_site(spec: Spec, old: str) -> Site | None:
    if old in spec.renames:
        return spec.site("rename", old, "to", of="value")
    for index, pattern in enumerate(spec.patterns):
        if pattern.apply(old) is not None:
            return spec.site("rename-pattern", index, "to", of="value")
    return None


def common_prefix(names: list[str]) -> str | None:
    """Return the first word most names share, with its underscore, when four of five have it.

    >>> common_prefix(["foo_a", "foo_b", "foo_c", "foo_d", "x"])
    'foo_'
    """
    counts = Counter(name.lstrip("_").partition("_")[0] for name in names if "_" in name)
    if not counts:
        return None
    word, count = counts.most_common(1)[0]
    return f"{word}_" if count * 5 >= len(names) * 4 else None


class Collisions:
    """Looks whether a name that becomes global is taken already, by the files that have it.

    `seen` are the headers that the source file includes, `sharing` the files that include the
    split's header, if it exists already.
    """

    def __init__(
        self,
        files: CFiles,
        words: WordFiles,
        source: CFile,
        own: frozenset[str],
        seen: Iterable[str],
        sharing: Callable[[str], bool] = lambda path: False,
    ) -> None:
        self.seen = frozenset(seen)
        self.files = files
        self.words = words
        self.source = source
        self.own = own
        self.sharing = sharing
        self.linkage = Linkage(files.tree.find, files.tree.exists, source.path)

    def taken(self, name: str) -> Site | None:
        """Return where the name is taken; None when it is free.

        Another global object that can be linked with the source file takes it; so does a macro or
        a declaration in a header of `seen`, and anything in a file that is to see the new
        declaration too.
        """
        return next((site for site, one in self._others(name) if self._collides(one, site)), None)

    def static_prototype(self, name: str) -> Site | None:
        """Return where a header that the source includes says that a function is static."""
        sorts = {Sort.PROTOTYPE}
        if self.source.definitions.of(name, Sort.FUNCTION):
            # A function's type can declare it: `static open_t foo_open;`.
            sorts.add(Sort.TENTATIVE)
        found = (
            site
            for site, one in self._others(name, self.seen)
            if one.sort in sorts and one.is_static
        )
        return next(found, None)

    def alternative(self, name: str) -> Site | None:
        """Return where a header that the source includes has a name for other configurations.

        That is a function which it defines; or, where an `#if` can leave the source without its
        own, whatever the header has instead. A rename would part what is one name now.
        """
        sorts = {Sort.FUNCTION}
        if any(one.guard for one in self.source.definitions.of(name, *_LINKED)):
            sorts |= {Sort.PROTOTYPE, Sort.EXTERN, Sort.OBJECT, Sort.MACRO}
        return next((s for s, one in self._others(name, self.seen) if one.sort in sorts), None)

    def apart(self, name: str) -> Site | None:
        """Return where another module has a global of this name, which it never shares."""
        sites = (s for s, one in self._others(name) if one.sort in _LINKED and not one.is_static)
        return next(sites, None)

    def static_elsewhere(self, name: str, most: int) -> tuple[Site, ...]:
        """Return at most so many places where other files have a static of this name."""
        sites = (s for s, one in self._others(name) if one.sort in _LINKED and one.is_static)
        return tuple(islice(sites, most))

    def _others(
        self, name: str, within: Container[str] | None = None
    ) -> Iterator[tuple[Site, Definition]]:
        """Yield the declarations of a name in other files of the same program or its modules."""
        for path in self.words.of(name):
            if within is not None and path not in within:
                continue
            foreign = self.linkage.is_foreign(path)
            if path in self.own or not is_c(path) or foreign:
                continue
            try:
                if not self.files.places(path, name).may_be_declared():
                    continue
                file = self.files.glance(path)
            except RefusedError:
                continue
            for definition in file.definitions.of(name):
                yield file.site(definition.index), definition

    def _collides(self, definition: Definition, site: Site) -> bool:
        if definition.sort is Sort.MACRO_CALL:
            return False
        is_global = definition.sort in _LINKED and not definition.is_static
        if site.path in self.seen or (is_global and self.linkage.meets(site.path)):
            return True
        return self.sharing(site.path)


def check_free(
    spec: Spec,
    collisions: Collisions,
    becoming: dict[str, Site],
    renamed: dict[str, str],
    ledger: Ledger,
) -> None:
    """Refuse names that become global, or are new, and are taken.

    `becoming` are the old names of what becomes global, with their places.
    """
    for old in dict.fromkeys([*becoming, *renamed]):
        new = renamed.get(old, old)
        declared = collisions.static_prototype(old) if old in becoming else None
        if declared is not None:
            ledger.refuse(
                STATIC_PROTOTYPE,
                f"'{old}' would become global, but {declared} declares it static",
                becoming[old],
                "first remove that declaration: the header of the split declares the function",
            )
            continue
        alternative = collisions.alternative(old) if old in becoming else None
        if alternative is not None:
            ledger.refuse(
                ALTERNATIVE,
                f"'{old}' would become global, but {alternative} defines it for another "
                "configuration",
                becoming[old],
                "leave the table out of the split, or give one of the two another name by hand",
            )
            continue
        site = collisions.taken(new)
        if site is None and new != old:
            here = collisions.source.definitions.of(new, *_NAMING)
            site = collisions.source.site(here[0].index) if here else None
        if site is None:
            apart = collisions.apart(new)
            if apart is not None:
                ledger.note(
                    f"'{new}' is also a name in another module, which is linked apart", apart
                )
            continue
        if new == old:
            message = f"'{old}' would become global, but the name is taken at {site}"
            ledger.refuse(
                GLOBAL_TAKEN, message, becoming.get(old), f'add {old} = "..." to [rename]'
            )
        else:
            place = _new_name_site(spec, old) or becoming.get(old)
            ledger.refuse(TAKEN, f"'{new}' exists already, at {site}", place, "choose another name")


def _new_name_site(spec: Spec, old: str) -> Site | None:
    return spec.site("tables", old, of="value") if old in spec.tables else _rename_site(spec, old)
