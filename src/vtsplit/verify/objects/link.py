"""Compare what the linker sees: names undefined or defined twice, sections, tables."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from vtsplit.diagnostics import Site
from vtsplit.verify.exports import IMPORTED
from vtsplit.verify.objects.objects import Content, ObjectFile, ObjectSymbol, TableRelocation
from vtsplit.verify.verdict import ProvedSame, Verdict

# Sections among which the compiler chooses by itself: GCC puts what it thinks cold apart, and what
# a file never writes, while it is static, among the constants.
_PLAIN = (
    re.compile(r"\.text(?:\.(?:unlikely|hot|startup|exit))?\Z"),
    re.compile(r"\.(?:data|rodata|bss)(?:\.rel)?(?:\.ro)?(?:\.local)?(?:\.cst\d+)?\Z|\*common\*\Z"),
)
# What GCC numbers in each file: local objects, and those without a name.
_NUMBERED = re.compile(r"\w+\.\d+\Z")
_DEEPEST = 8  # compound literals inside of one another
# Of these each file may have a copy.
_CONSTANT = re.compile(r"\.(?:\w+\.)?(?:rodata|text)\b|\.data\.rel\.ro\b|\.discard|\.modinfo")


@dataclass(frozen=True)
class LinkSet:
    """All objects of one side that are linked together; `compiled` are those made from sources."""

    name: str
    compiled: Mapping[str, ObjectFile]
    others: Mapping[str, ObjectFile]

    def all(self) -> Iterator[ObjectFile]:
        """Yield every object."""
        yield from self.compiled.values()
        yield from self.others.values()


# An object, and a name that it defines.
Definer = tuple[str, str]


@dataclass(frozen=True)
class LinkNames:
    """What the sources say of names: `renames` from old to new, and words of the after side.

    `known` are the names that its files define. `written` are the words that its files have, but
    for those that the before side has and does not define: what is written of these may be left or
    not, as the compiler may drop arguments of functions that are static. `homes` says what has
    become of each definition that the before side has in C, and `statics` are the new names of
    those that only their file sees.
    """

    renames: Mapping[str, str]
    known: frozenset[str]
    written: frozenset[str]
    homes: Mapping[Definer, Definer] = field(default_factory=dict)
    statics: frozenset[str] = frozenset()


class _Renaming:
    """What a name of an object before is called after.

    Files may have static definitions of one name, of which one alone gets another name.
    """

    def __init__(self, names: LinkNames, after: LinkSet) -> None:
        self.names = names
        self.after = after
        self.local: dict[int, frozenset[str]] = {}

    def new(self, name: str, one: ObjectFile) -> str:
        """Return the name that one object's name has after."""
        home = self.names.homes.get((one.path, name))
        if home is not None:
            return home[1]
        now = self.after.compiled.get(one.path)
        if now is not None and name in self._local(one) and name in self._local(now):
            return name
        return self.names.renames.get(name, name)

    def place(self, name: str, one: ObjectFile) -> str:
        """Return the object that has one object's definition after, as far as is known."""
        home = self.names.homes.get((one.path, name))
        return home[0] if home is not None else one.path

    def _local(self, one: ObjectFile) -> frozenset[str]:
        if id(one) not in self.local:
            found = (s.name for s in one.symbols if s.section and not s.is_global)
            self.local[id(one)] = frozenset(found)
        return self.local[id(one)]


def compare_links(before: LinkSet, after: LinkSet, names: LinkNames, verdict: Verdict) -> None:
    """Compare the objects of two sides and record all in `verdict`.

    An undefined name that nobody wrote is the compiler's own.
    """
    _undefined(before, after, names, verdict)
    _duplicates(before, after, verdict)
    _captured(before, after, verdict)
    renaming = _Renaming(names, after)
    _copies(before, after, renaming, verdict)
    _information(before, after, verdict)
    _symbols(before, after, renaming, names.known, verdict)


def _undefined(before: LinkSet, after: LinkSet, names: LinkNames, verdict: Verdict) -> None:
    was = {names.renames.get(name, name) for name in _open(before)}
    for name, path in sorted(_open(after).items()):
        if name not in was and name in names.written:
            verdict.differ("symbol", name, f"is undefined in {after.name} now", None, Site(path))


def _open(link: LinkSet) -> dict[str, str]:
    defined = {s.name for one in link.all() for s in one.symbols if s.section and s.is_global}
    return {name: one.path for one in link.all() for name in one.undefined if name not in defined}


def _duplicates(before: LinkSet, after: LinkSet, verdict: Verdict) -> None:
    was = Counter(name for one in before.all() for name in one.strong)
    now = Counter(name for one in after.all() for name in one.strong)
    for name, count in sorted(now.items()):
        if count > 1 and was[name] < count:
            places = sorted(one.path for one in after.all() if name in one.strong)
            message = f"is defined in {' and in '.join(places)}"
            verdict.differ("symbol", name, message, None, Site(places[-1]))


def _captured(before: LinkSet, after: LinkSet, verdict: Verdict) -> None:
    """Find what is global now under a name that others had, and that meant something else.

    They had it from outside of these objects, or from a weak definition: the linker takes the new
    one in its place, and says nothing (ELF gABI, "Symbol Table").
    """
    strong = {name for one in before.all() for name in one.strong}
    outside = _open(before) | {
        s.name: one.path
        for one in before.all()
        for s in one.symbols
        if s.section and s.is_global and s.name not in one.strong
    }
    for one in after.compiled.values():
        for name in sorted(one.strong & outside.keys() - strong):
            message = f"is what {outside[name]} now means by that name; it meant another one"
            verdict.differ("symbol", name, message, None, Site(one.path))


def _copies(before: LinkSet, after: LinkSet, renaming: _Renaming, verdict: Verdict) -> None:
    """Find variables that only their file sees, and that another file has too now.

    A header may bring a file one of its own, and each would see its own value.
    """
    was = Counter(renaming.new(s.name, before.compiled[path]) for path, s in _held(before))
    now: dict[str, list[str]] = {}
    for path, symbol in _held(after):
        now.setdefault(symbol.name, []).append(path)
    for name, paths in sorted(now.items()):
        if len(paths) > max(was[name], 1):
            message = f"is static in {', '.join(sorted(paths))}: each has a copy of its own"
            verdict.differ("symbol", name, message, None, Site(max(paths)))


def _held(link: LinkSet) -> Iterator[tuple[str, ObjectSymbol]]:
    """Yield what is static at file scope and no mere constant; of a function, GCC adds a number."""
    for path, one in link.compiled.items():
        for symbol in one.symbols:
            if symbol.kind != "STT_OBJECT" or symbol.is_global or "." in symbol.name:
                continue
            if not _CONSTANT.match(symbol.section) and not symbol.name.startswith("__UNIQUE_ID_"):
                yield path, symbol


def _information(before: LinkSet, after: LinkSet, verdict: Verdict) -> None:
    """Compare what a module says of itself (`.modinfo`, linux/moduleparam.h).

    How often says nothing: a header may say to each includer which namespace it imports.
    """
    was = {text: path for path, one in before.compiled.items() for text in one.information}
    now = {text: path for path, one in after.compiled.items() for text in one.information}
    for text in sorted(was.keys() - now.keys()):
        verdict.differ("module", text, "is no longer said by the module", Site(was[text]))
    imported = {f"import_ns={d.name}" for d in verdict.designed if d.change == IMPORTED}
    for text in sorted(now.keys() - was.keys()):
        if text in imported:
            continue
        verdict.differ("module", text, "was not said by the module before", None, Site(now[text]))


def _symbols(
    before: LinkSet,
    after: LinkSet,
    renaming: _Renaming,
    known: frozenset[str],
    verdict: Verdict,
) -> None:
    neutral = _Neutral(renaming, [*before.compiled, *after.compiled])
    theirs: dict[str, list[tuple[str, ObjectSymbol]]] = {}
    for path, one in after.compiled.items():
        for symbol in one.symbols:
            if symbol.section:
                theirs.setdefault(symbol.name, []).append((path, symbol))
    for path, one in before.compiled.items():
        for symbol in one.symbols:
            new = renaming.new(symbol.name, one)
            if not symbol.section or (new not in known and not symbol.is_global):
                continue
            found = theirs.get(new, [])
            place = renaming.place(symbol.name, one)
            # Other files may have static ones of that name.
            same = [pair for pair in found if pair[0] == place] or [
                pair for pair in found if pair[1].is_global or pair[0] == path
            ]
            if not same:
                # What is static may be inlined wherever it is used, and leave no symbol.
                if symbol.is_global:
                    verdict.differ("symbol", symbol.name, "is gone", Site(one.path))
                continue
            other_path, other = same[0]
            _compare(symbol, other, Site(one.path), Site(after.compiled[other_path].path), verdict)
            if symbol.kind == "STT_OBJECT" and new in known:
                beside = neutral.beside(one, after.compiled[other_path])
                ours = one.contents.get(symbol.name)
                now = after.compiled[other_path].contents.get(new)
                _contents(new, ours, now, beside, Site(one.path), verdict)


def _compare(
    was: ObjectSymbol, now: ObjectSymbol, before: Site, after: Site, verdict: Verdict
) -> None:
    if not _same_section(was, now):
        message = f"was in {was.section} and is in {now.section}"
        verdict.differ("symbol", now.name, message, before, after)
    elif was.is_global and (now.binding != was.binding):
        message = f"was {was.binding} and is {now.binding}"
        verdict.differ("symbol", now.name, message, before, after)
    else:
        verdict.proved.append(ProvedSame("symbol", now.name, "objects"))


def _same_section(was: ObjectSymbol, now: ObjectSymbol) -> bool:
    """Compare sections; one that is named after its symbol (-ffunction-sections) follows it."""
    ours = was.section.removesuffix(f".{was.name}")
    theirs = now.section.removesuffix(f".{now.name}")
    return ours == theirs or any(p.match(ours) and p.match(theirs) for p in _PLAIN)


def _contents(
    name: str,
    ours: Content | None,
    theirs: Content | None,
    neutral: "_Beside",
    site: Site,
    verdict: Verdict,
) -> None:
    if ours is None or theirs is None:
        return
    if len(ours.data) != len(theirs.data):
        message = f"had {len(ours.data)} bytes and has {len(theirs.data)}"
        verdict.differ("table", name, message, site)
        return
    was_at = {reference.offset: reference for reference in ours.references}
    now_at = {reference.offset: reference for reference in theirs.references}
    equal = ours.data == theirs.data
    for offset in sorted(was_at.keys() | now_at.keys()):
        was, now = was_at.get(offset), now_at.get(offset)
        if not neutral.same(was, now):
            equal = False
            verdict.differ(
                "table",
                name,
                f"refers to something else at offset {offset}",
                site,
                None,
                (f"- {_shown(was)}", f"+ {_shown(now)}"),
            )
    if ours.data != theirs.data:
        at = next(i for i, byte in enumerate(ours.data) if byte != theirs.data[i])
        verdict.differ("table", name, f"has another value at offset {at}", site)
    elif equal:
        verdict.proved.append(ProvedSame("content", name, "objects"))


class _Neutral:
    """Compares what two places refer to, the one before under its new names.

    A string that names its own line, as lock keys have (`__FILE__ ":" __stringify(__LINE__)`), is
    the same in another line and in a renamed file: by their tokens both sides are.
    """

    def __init__(self, renaming: _Renaming, objects: Iterable[str]) -> None:
        self.renaming = renaming
        stems = "|".join(sorted({re.escape(path.removesuffix(".o")) for path in objects}))
        self.place = re.compile(rf"(?:/[^\s\":]*/)?(?:{stems})\.[chS](?::\d+)?")

    def of(self, name: str) -> str:
        """Return a name, or a string without its own place."""
        return self.place.sub("*here*", name) if name.startswith('"') else name

    def beside(self, ours: ObjectFile, theirs: ObjectFile) -> "_Beside":
        """Return what compares references of two objects."""
        return _Beside(self, ours, theirs)


@dataclass(frozen=True)
class _Beside:
    """Compares references of an object before with those of one after.

    What has no name in the program gets one of GCC's, with a number that counts in its file
    (`__compound_literal.1`): of these the contents are compared.
    """

    neutral: _Neutral
    ours: ObjectFile
    theirs: ObjectFile

    def same(self, was: TableRelocation | None, now: TableRelocation | None, deep: int = 0) -> bool:
        """Tell whether both refer to the same."""
        if was is None or now is None:
            return False
        new, of = self.neutral.renaming.new, self.neutral.of
        ours = {(of(new(name, self.ours)), added) for name, added in was.meanings}
        if not ours.isdisjoint((of(name), added) for name, added in now.meanings):
            return True
        is_same_place = was.addend == now.addend
        return (is_same_place and deep < _DEEPEST) and any(
            self._same_content(one, other, deep)
            for one in was.names
            for other in now.names
            if _NUMBERED.match(one) and _stem(one) == _stem(other)
        )

    def _same_content(self, one: str, other: str, deep: int) -> bool:
        ours, theirs = self.ours.contents.get(one), self.theirs.contents.get(other)
        if ours is None or theirs is None or ours.data != theirs.data:
            return False
        places = [[r.offset for r in content.references] for content in (ours, theirs)]
        return places[0] == places[1] and all(
            self.same(was, now, deep + 1)
            for was, now in zip(ours.references, theirs.references, strict=True)
        )


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _shown(reference: TableRelocation | None) -> str:
    if reference is None:
        return "nothing"
    return " or ".join(
        f"{name} + {added}" if added else name for name, added in sorted(reference.meanings)
    )
