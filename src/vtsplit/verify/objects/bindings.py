"""What the linker takes for a name: of each object's names, the same definition as before.

An object that does not differ may come to mean another one: two files exchange a static function
and a global one of its name, a definition gives way to a weak one, or assembly has the old name.
"""

from collections.abc import Collection, Mapping

from vtsplit.diagnostics import Site
from vtsplit.verify.objects.link import Definer, LinkNames, LinkSet
from vtsplit.verify.objects.objects import Content, Rank
from vtsplit.verify.verdict import Verdict

# Of several definitions of one name the first counts, or they are one (common symbols).
DefinerSet = frozenset[Definer]
_MOST = 4  # objects that a message names


def compare_bindings(
    before: LinkSet,
    after: LinkSet,
    modules: Mapping[str, str],
    names: LinkNames,
    verdict: Verdict,
) -> None:
    """Record names for which the linker takes another definition than before.

    `modules` are the modules by object: each may have a name of its own.
    """
    _BindingComparison(_Bindings(before, modules), _Bindings(after, modules), names, verdict).run()


class _Bindings:
    """The definitions among the objects of one side, and the names that each object has of others.

    An object also asks for what it defines itself, if the linker may take another definition.
    """

    def __init__(self, link: LinkSet, modules: Mapping[str, str]) -> None:
        self.name = link.name
        self.compiled = link.compiled
        self.homes = {path: frozenset(name.split(":")) for path, name in modules.items()}
        self.asked: dict[str, Collection[str]] = {}
        self.by_name: dict[str, list[tuple[Rank, str]]] = {}
        for one in link.all():
            strong = one.strong
            self.asked[one.path] = {
                s.name for s in one.symbols if s.is_global and s.name not in strong
            }
            for symbol in one.symbols:
                if symbol.rank is not None:
                    self.by_name.setdefault(symbol.name, []).append((symbol.rank, one.path))

    def of(self, name: str, path: str) -> DefinerSet:
        """Return what an object means by a name."""
        found = self.by_name.get(name, [])
        here = self.homes.get(path)
        if len(found) > 1 and here:
            found = [one for one in found if here & self.homes.get(one[1], here)] or found
        strongest = min((rank for rank, _ in found), default=None)
        return frozenset((where, name) for rank, where in found if rank is strongest)

    def is_strong(self, definers: DefinerSet) -> bool:
        """Tell whether the linker takes no other definition in place of these."""
        return any((Rank.STRONG, path) in self.by_name[name] for path, name in definers)


class _BindingComparison:
    def __init__(self, was: _Bindings, now: _Bindings, names: LinkNames, verdict: Verdict) -> None:
        self.was = was
        self.now = now
        self.names = names
        self.verdict = verdict
        self.new_homes = frozenset(names.homes.values())
        self.meant: dict[str, set[DefinerSet]] = {}

    def run(self) -> None:
        renames = self.names.renames
        for path, asked in self.was.asked.items():
            today = self.now.asked.get(path, ())
            renamed = {name: renames.get(name, name) for name in asked}
            taken = {new for name, new in renamed.items() if new != name}
            for name, new in renamed.items():
                meant = self.was.of(name, path)
                self.meant.setdefault(new, set()).add(meant)
                # Assembly keeps the old name, which may be the new one of something else.
                for spelled in {new} if name in taken else {name, new}:
                    if spelled in today:
                        self._compare(path, spelled, meant)
        for path, today in self.now.asked.items():
            before = self.was.asked.get(path, ())
            known = {renames.get(name, name) for name in before}.union(before)
            for name in today:
                meanings = self.meant.get(name, set())
                # What came along with a name had it from its own file, if that has a static one.
                if name not in known and name not in self.names.statics and len(meanings) == 1:
                    self._compare(path, name, next(iter(meanings)))

    def _compare(self, path: str, name: str, meant: DefinerSet) -> None:
        means = self.now.of(name, path)
        if self._is_same(meant, means) or (not meant and self.now.is_strong(means)):
            return  # what came from outside, and is captured: `compare_links` tells
        if not means:
            message = f"is undefined in {self.now.name} now"
        else:
            today, once = (_shown(one) for one in (means, meant))
            message = f"means {today} in {path} now, and meant {once}"
        told = any(one.name == name for one in self.verdict.differences if one.what == "symbol")
        if not told:
            self.verdict.differ("symbol", name, message, None, Site(path))

    def _is_same(self, meant: DefinerSet, means: DefinerSet) -> bool:
        if len(meant) > 1 and self.was.is_strong(meant):
            # Parts of several programs: nothing says which of them the object is linked with.
            return bool(means) and all(any(self._is_one(w, n) for w in meant) for n in means)
        places = {path for path, _ in meant}
        copies = {one for one in means if one[0] not in places and self._is_copy(one, meant)}
        means = means - copies if len(means) > len(meant) else means
        return len(meant) == len(means) and all(
            any(self._is_one(was, now) for now in means) for was in meant
        )

    def _is_copy(self, new: Definer, meant: DefinerSet) -> bool:
        """Tell a weak object that a header gives to each file, and to a new one as well."""
        content = self._content(self.now, new)
        return content is not None and any(
            self._content(side, was) == content for was in meant for side in (self.was, self.now)
        )

    @staticmethod
    def _content(side: _Bindings, definer: Definer) -> Content | None:
        path, name = definer
        one = side.compiled.get(path)
        if one is None or (Rank.WEAK, path) not in side.by_name.get(name, ()):
            return None
        return one.contents.get(name)

    def _is_one(self, was: Definer, now: Definer) -> bool:
        """Tell whether a definition has become another one."""
        home = self.names.homes.get(was)
        if home is not None:
            return home == now
        (path, name), (place, new) = was, now
        # What no file defines in C, as assembly does, may stand in another file.
        here = path == place or now not in self.new_homes
        return here and new in {name, self.names.renames.get(name, name)}


def _shown(definers: DefinerSet) -> str:
    places = sorted(path for path, _ in definers)
    if len(places) > _MOST:
        places[_MOST:] = [f"{len(places) - _MOST} others"]
    return f"the one of {' or '.join(places)}" if places else "one from outside"
