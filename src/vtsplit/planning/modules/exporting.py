"""Plan what the source exports to the module of main, and what main imports."""

from collections.abc import Sequence

from vtsplit.diagnostics import Site
from vtsplit.planning.context import Context
from vtsplit.planning.edits import NO_EXPORTS, Exports
from vtsplit.planning.modules.across_modules import (
    AcrossChecks,
    find_across,
    needed,
    refuse_dispatch,
    site_behind,
)
from vtsplit.planning.modules.needed_option import warn_of_option
from vtsplit.planning.names.use import find_uses
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action, Ledger
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.planning.tables.exposure import Exposure
from vtsplit.planning.tables.find import SpecTable, TableReference
from vtsplit.planning.tables.thinning import Dropped
from vtsplit.spec.values import EXPORTS
from vtsplit.survey.build.build_files import build_files
from vtsplit.survey.build.exports import exports_of, imports_of, namespace_word
from vtsplit.survey.make.modules import module_of
from vtsplit.survey.search.words import WordFiles

_INCLUDE = "<linux/export.h>"
_BRING_IT = {_INCLUDE, "<linux/module.h>"}


class ExportPlanner:
    """Decides on the lines that make names of the source reach main's module."""

    def __init__(self, context: Context, words: WordFiles, ledger: Ledger) -> None:
        self.across = find_across(context.spec, context.tree, build_files(context.tree))
        self.context = context
        self.spec = context.spec
        self.source = context.source
        self.words = words
        self.ledger = ledger

    def check(
        self,
        tables: Sequence[SpecTable],
        references: Sequence[TableReference],
        gone: Dropped,
    ) -> None:
        """Refuse what two modules cannot do, and warn of what Kconfig lacks."""
        if self.across is None:
            return
        checks = AcrossChecks(self.across, self.spec, self.source, self.context.files, self.ledger)
        checks.refuse_siblings(references)
        checks.refuse_circle(tables, gone, self.context.macro_of)
        refuse_dispatch(self.spec, self.ledger)
        self._warn_of_options(tables)
        self._warn_of_license()

    def plan(self, exposures: Sequence[Exposure]) -> Exports:
        """Return the exports of what main names and another module defines."""
        if self.across is None:
            return NO_EXPORTS
        wanted = list(needed(exposures))
        checks = AcrossChecks(self.across, self.spec, self.source, self.context.files, self.ledger)
        checks.refuse_discarded(wanted)
        if not self.across.exports or not wanted:
            return NO_EXPORTS
        there = exports_of(self.source.module)
        missing = [one for one in wanted if one.name not in there]
        calls = {one.new: self._call(one) for one in missing}
        spaces = {there[one.name] for one in wanted if one.name in there}
        spaces |= {self.spec.namespace or self._default()} if missing else set()
        return Exports(calls, self._include() if calls else None, self._imports(spaces - {""}))

    def _warn_of_license(self) -> None:
        """Warn of a new file that is the whole of a module: modpost refuses one without licence."""
        assert self.across is not None
        main = self.spec.main
        if self.across.theirs.sources == {main} and not self.context.tree.exists(main):
            self.ledger.warn(
                f"{main} becomes a module of its own, but has no MODULE_LICENSE",
                Site(self.spec.source),
                "write MODULE_LICENSE and MODULE_DESCRIPTION into it by hand",
            )

    def _call(self, exposure: Exposure) -> str:
        new = exposure.new
        for definition in exposure.definitions:
            site, span = site_behind(self.source, definition.index)
            reason = Reason(Why.OTHER_MODULE, path=self.spec.main)
            self.ledger.step(Action.EXPORT, exposure.symbol, site, reason, span)
        kind = EXPORTS[self.spec.export or "plain"]
        if self.spec.namespace is None:
            return f"{kind}({new});"
        kind = kind.replace("SYMBOL", "SYMBOL_NS")
        return f"{kind}({new}, {self._namespace(self.spec.namespace, kind)});"

    def _namespace(self, name: str, macro: str) -> str:
        found = self.context.macros_of(macro) or self.context.macros_of("MODULE_IMPORT_NS")
        return namespace_word(found[0] if found else None, name)

    def _default(self) -> str:
        """Return the namespace of what the source exports without naming one."""
        found = self.context.macros_of("DEFAULT_SYMBOL_NAMESPACE")
        return "".join(token.text for token in found[0].body).strip('"') if found else ""

    def _include(self) -> str | None:
        """Return the include for the macro; None where the source reaches that."""
        written = {getattr(item, "include", None) for item in self.source.module.items}
        if self.context.macros_of(EXPORTS[self.spec.export or "plain"]) or written & _BRING_IT:
            return None
        added = Symbol.added(_INCLUDE, Role.INCLUDE)
        site = Site(self.source.path)
        self.ledger.step(Action.INCLUDE, added, site, Reason(Why.EXPORTS))
        return _INCLUDE

    def _imports(self, spaces: set[str]) -> tuple[str, ...]:
        """Return the lines that import what main's module does not import yet."""
        assert self.across is not None
        files = map(self.context.files.find, sorted(self.across.theirs.sources))
        known = {name for file in files if file for name in imports_of(file.module)}
        lines = []
        for name in sorted(spaces - known):
            reason = Reason(Why.EXPORTED_INTO, path=self.spec.source)
            added = Symbol.added(name, Role.NAMESPACE)
            self.ledger.step(Action.IMPORT, added, Site(self.spec.main), reason)
            lines.append(f"MODULE_IMPORT_NS({self._namespace(name, 'MODULE_IMPORT_NS')});")
        return tuple(lines)

    def _warn_of_options(self, tables: Sequence[SpecTable]) -> None:
        """Warn of modules that can be built without the one that they need now."""
        assert self.across is not None
        source, main = self.spec.source, self.spec.main
        warn_of_option(main, source, self.context.tree, self.ledger)
        known = self.across.ours.sources | self.across.theirs.sources | {source, main}
        for table in tables:
            for path in self.words.of(table.new if table.is_static else table.old):
                if not path.endswith(".c") or path in known or not self._names(path, table.old):
                    continue
                module = module_of(self.context.tree.find, path)
                if module and module.goal != self.across.theirs.goal:
                    warn_of_option(path, main, self.context.tree, self.ledger)

    def _names(self, path: str, name: str) -> bool:
        """Tell whether a file uses a global object of that name, which it does not define."""
        file = self.context.files.get(path)
        if any(one.is_static for one in file.definitions.of(name)):
            return False
        uses = find_uses(file, frozenset({name}), file.definitions.macro)
        return any(use.occurrence.meaning.needs for use in uses)
