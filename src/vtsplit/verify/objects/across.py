"""Compare what modules need of each other: a module sees what another one exports, no more."""

from collections.abc import Iterator, Mapping

from vtsplit.diagnostics import Site
from vtsplit.verify.objects.link import LinkSet
from vtsplit.verify.objects.objects import ObjectFile
from vtsplit.verify.verdict import Verdict

# What EXPORT_SYMBOL defines: up to Linux 6.3, and since.
_MARKS = ("__ksymtab_", "__export_symbol_")


def compare_modules(
    before: LinkSet,
    after: LinkSet,
    modules: Mapping[str, str],
    names: Mapping[str, str],
    verdict: Verdict,
) -> None:
    """Record names that a module lacks now, and modules that need each other now.

    `modules` are the modules by object. Names of no object here are those of the rest of the
    kernel, which `compare_links` holds against the side before.
    """
    if len(set(modules.values())) < 2:
        return
    was, now = _Side(before, modules), _Side(after, modules)
    known = {(names.get(name, name), user) for name, user, _ in was.hidden()}
    for name, user, path in sorted(now.hidden()):
        if (name, user) not in known:
            message = f"is not exported to {user or 'the kernel'}, which names it"
            verdict.differ("symbol", name, message, None, Site(path))
    old, new = was.needs(), now.needs()
    for one, other in sorted(new):
        circle = {(one, other), (other, one)}
        if one < other and circle <= new and not circle <= old:
            verdict.differ("module", one, f"needs {other}, which needs it", None, None)


class _Side:
    def __init__(self, link: LinkSet, modules: Mapping[str, str]) -> None:
        self.files = {one.path: one for one in link.all() if one.path in modules}
        self.modules = modules
        self.homes: dict[str, set[str]] = {}
        self.exported: set[tuple[str, str]] = set()
        for path, one in self.files.items():
            homes = modules[path].split(":")  # as Kbuild has it of what is part of several modules
            for symbol in one.symbols:
                if symbol.section and symbol.is_global:
                    self.homes.setdefault(symbol.name, set()).update(homes)
            self.exported |= {(name, home) for name in _exported(one) for home in homes}

    def _uses(self) -> Iterator[tuple[str, str, str, set[str]]]:
        """Yield what a module names of others: name, module, object, the modules that have it."""
        for path, one in self.files.items():
            for user in self.modules[path].split(":"):
                for name in one.undefined:
                    homes = self.homes.get(name, set())
                    if homes and user not in homes:
                        yield name, user, path, homes

    def hidden(self) -> set[tuple[str, str, str]]:
        """Return names that a module cannot see: not exported, or built in beside modules."""
        return {
            (name, user, path)
            for name, user, path, homes in self._uses()
            if not user or not any((name, home) in self.exported for home in homes)
        }

    def needs(self) -> set[tuple[str, str]]:
        """Return which module needs which."""
        return {(user, home) for _, user, _, homes in self._uses() for home in homes if home}


def _exported(one: ObjectFile) -> set[str]:
    return {
        symbol.name.removeprefix(mark)
        for symbol in one.symbols
        for mark in _MARKS
        if symbol.name.startswith(mark)
    }
