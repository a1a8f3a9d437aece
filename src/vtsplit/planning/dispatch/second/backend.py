"""The second backend's side: its declarations, stubs, a skeleton on request, its object."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import basename

from vtsplit.codemods.build.conditional import add_under_option
from vtsplit.codemods.build.member import add_member
from vtsplit.codemods.declare import Addition, declaration_of, wrap_prototype
from vtsplit.codemods.dispatch.specifiers import return_type
from vtsplit.codemods.dispatch.wrapper import with_storage, wrapper_head
from vtsplit.codemods.places import Insertion
from vtsplit.cst.conditions import Guard, beyond, cover, denies, under
from vtsplit.cst.heads.declarator import Head, read_head
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.style.indentation import indentation_of
from vtsplit.diagnostics import Problem, Site
from vtsplit.example_trees import NEON, SPLIT, edited
from vtsplit.planning.build.changed_lines import changed_lines
from vtsplit.planning.dispatch.second.made_includes import MadeIncludes, used_names
from vtsplit.planning.dispatch.second.skeleton import Skeleton, returned
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers.attributes import promises
from vtsplit.planning.edits import IncludeLine
from vtsplit.planning.header.declarations import include_target
from vtsplit.planning.includes.needs import include_lines
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.record import record_exposed
from vtsplit.planning.steps import Action
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.planning.tables.hidden_static import inline_words
from vtsplit.rule import Example, Rule
from vtsplit.survey.cfile.definitions import Sort
from vtsplit.survey.headers.includes import graph_of
from vtsplit.survey.make.kbuild import ListKind, Membership, find_object
from vtsplit.survey.order.providers import find_declaring, undeclared

_OPTION = NEON["vtsplit.toml"].replace('neon.h"\n', 'neon.h"\nconfig = "CONFIG_NEON"\n')

NO_HEADER = Rule(
    "VT058",
    "no-header",
    "there is no header for declarations",
    "The tree is split already, but the header that the spec names does not exist. It has to "
    "declare the second backend's functions.",
    "Create the header, with only its include guard.",
    Example(
        {
            **SPLIT,
            "lamp_ops.h": None,
            "vtsplit.toml": NEON["vtsplit.toml"],
            **edited("neon.h", ("int is", "int neon_on(struct light *light);\nint is"), base=NEON),
            **edited("lamp.c", ('#include "lamp_ops.h"\n', ""), base=SPLIT),
            **edited("main.c", ('#include "lamp_ops.h"\n', ""), base=SPLIT),
            **edited("lamp.h", ("\n#endif", "\nint lamp_on(struct light *light);\n\n#endif")),
        },
        base=NEON,
    ),
)

GUARDED = Rule(
    "VT055",
    "guarded",
    "the second backend's function stands under its own `#if`",
    "The function exists only under a condition that the op does not have. Under any other "
    "condition the wrapper would call a function that does not exist.",
    "Define the function always, or under the conditions of the op.",
    Example(
        edited(
            "neon.c",
            ("int neon_on", "#ifdef DIM\nint neon_on"),
            ("+ 1;\n}\n", "+ 1;\n}\n#endif\n"),
            base=NEON,
        ),
        base=NEON,
    ),
)

LONE_OPTION = Rule(
    "VT060",
    "lone-option",
    "objects are linked one by one, but the second backend has an option",
    "`obj-$(CONFIG_NEON) += neon.o` beside a list of single objects would not depend on the "
    "option of the first backend.",
    "List the second backend's object in the Makefile by hand.",
    Example(
        {
            "Makefile": "obj-$(CONFIG_LAMP) += lamp.o\n",
            "Kconfig": 'config LAMP\n\tbool "Lamp"\n',
        },
        spec=_OPTION,
        base=NEON,
    ),
)


@dataclass(frozen=True)
class BackendAdditions:
    """What the second backend's side lacks; `provided` are names that will be declared."""

    declared: tuple[Addition, ...] = ()
    stubs: tuple[Insertion, ...] = ()
    order: tuple[str, ...] = ()
    header_includes: tuple[IncludeLine, ...] = ()
    tags: tuple[str, ...] = ()
    exposed: frozenset[str] = frozenset()
    include: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    provided: frozenset[str] = frozenset()


class BackendPlanner:
    """Plans what wrappers need of the second backend beside its functions."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.backend = around.dispatch.backend
        header = around.header.module.code if around.header else ""
        self.style = indentation_of(header, around.source.module.code)

    def plan(
        self,
        called: Mapping[str, Guard],
        prototypes: Mapping[str, str],
        starting: Collection[str] = (),
        wrappers: Sequence[Head] = (),
    ) -> BackendAdditions:
        """Return what is lacking. `called` are its functions that main calls, with their guards.

        `prototypes` are heads of those that are to be made. Stubs of those that are `starting` the
        module succeed. `wrappers` are the heads of all wrappers: each asks which backend it is,
        even one that calls no function of the second.
        """
        around = self.around
        if around.header is None and called:
            self._refuse_absent_header()
            return BackendAdditions()
        config = self.backend.config
        condition = under(config)
        without = tuple(one.denied for one in condition)
        declared: list[Addition] = []
        stubs: list[Insertion] = []
        heads: list[Head] = []
        exposed: set[str] = set()
        for name, guard in called.items():
            head = self._check(name, guard, prototypes, exposed)
            if head is None:
                continue
            where = (*condition, *guard)
            added = Symbol.added(name, Role.FUNCTION)
            if not self.is_declared(name):
                text = self._declaration(name, prototypes)
                declared.append(Addition(name, where, text))
                heads.append(head)
                reason = Reason(Why.CALLED_BY_MAIN)
                around.ledger.step(Action.DECLARE, added, Site(around.spec.header), reason)
            if config and around.dispatch.style == "stubs" and not self._has_stub(name):
                stubs.append(
                    Insertion(name, (*without, *guard), self._stub(name, head, name in starting))
                )
                reason = Reason(Why.WITHOUT_OPTION, config)
                around.ledger.step(Action.STUB, added, Site(around.spec.header), reason)
        texts, names = self._skeleton(prototypes, wrappers)
        includes, tags = self._header_needs(heads)
        includes += self._stub_needs(stubs, includes)
        return BackendAdditions(
            tuple(declared),
            tuple(stubs),
            tuple(called),
            includes,
            tags,
            frozenset(exposed),
            self._include(called),
            {**texts, **self._object(bool(texts))},
            frozenset({*called, *names}),
        )

    def _refuse_absent_header(self) -> None:
        header, spec = self.around.spec.header, self.around.spec
        self.around.ledger.refuse(
            NO_HEADER,
            f"{header} does not exist, but has to declare the second backend's functions",
            spec.site("split", "header", of="value"),
            "create it, with only its include guard",
        )

    def _check(
        self, name: str, guard: Guard, prototypes: Mapping[str, str], exposed: set[str]
    ) -> Head | None:
        """Return a function's head; one that is static in its source becomes global."""
        if name in prototypes:
            return read_head(prototypes[name])
        function = self.around.of_backend(name)
        if function is None:
            return None
        if function.file is self.around.backend:
            self._check_backend(name, guard, exposed)
        return function.head

    def _check_backend(self, name: str, guard: Guard, exposed: set[str]) -> None:
        """Make a static function of the second backend's source global; hold its guard to ours."""
        file = self.around.backend
        assert file is not None
        for definition in file.definitions.of(name, Sort.FUNCTION, Sort.PROTOTYPE):
            if not definition.is_static:
                continue
            exposed.add(name)
            symbol, reason = Symbol.kept(name, Role.FUNCTION), Reason(Why.CALLED_BY_WRAPPER)
            words, ledger = inline_words([definition]), self.around.ledger
            record_exposed(definition, symbol, words, reason, file, ledger)
        definitions = file.definitions.of(name, Sort.FUNCTION)
        there = cover(definition.guard for definition in definitions) if definitions else ()
        lacking = beyond(there, (*guard, *under(self.backend.config)))
        if lacking:
            self.around.ledger.refuse(
                GUARDED,
                f"'{name}' is defined only under {lacking[0].opener}, but the op does not depend "
                "on that",
                file.site(definitions[0].index),
                "define it under the op's own conditions",
            )

    def is_declared(self, name: str) -> bool:
        """Tell whether a header that main sees declares a function, a stub apart."""
        files = (self.around.header, self.around.backend_header)
        if any(f and f.definitions.of(name, Sort.PROTOTYPE) for f in files):
            return True
        header = self.around.backend_header
        whole = header.definitions.of(name, Sort.FUNCTION) if header else ()
        own = under(self.backend.config)
        if any(not denies(own, one.guard) for one in whole):
            return True
        return self.around.declared(name) is not None and not self._has_stub(name)

    def _has_stub(self, name: str) -> bool:
        files = (self.around.header, self.around.backend_header)
        return any(f and f.definitions.of(name, Sort.FUNCTION, Sort.MACRO) for f in files)

    def _declaration(self, name: str, prototypes: Mapping[str, str]) -> str:
        if name in prototypes:
            return wrap_prototype(read_head(prototypes[name]), style=self.style)
        function = self.around.of_backend(name)
        assert function is not None
        return declaration_of(function.definition.item, style=self.style).replace("\r\n", "\n")

    def _stub(self, name: str, head: Head, succeeds: bool) -> str:
        dropped = {*promises(head, self.around), "__init", "__exit", "noinstr"}
        text = with_storage("static inline", wrapper_head(head, name, [], dropped))
        bare = wrap_prototype(read_head(text), style=self.style).removesuffix(";")
        value = returned(return_type(head), "0" if succeeds else self.backend.skeleton or "0")
        body = f"return {value};" if value else ""
        line = f"{bare} {{ {body} }}" if body else f"{bare} {{ }}"
        if "\n" in bare or len(line) > 80:
            line = f"{bare}\n{{\n{self.style.level(1)}{body}\n}}" if body else f"{bare}\n{{\n}}"
        return f"{line}\n"

    def _header_needs(self, heads: list[Head]) -> tuple[tuple[IncludeLine, ...], tuple[str, ...]]:
        """Return the includes and forward declarations that new declarations need in the header."""
        header = self.around.header
        if header is None or not heads:
            return (), ()
        complete: dict[str, None] = {}
        pointed: dict[str, None] = {}
        for head in heads:
            try:
                signature = read_signature(head)
            except TypeReadError:
                continue
            complete |= dict.fromkeys(sorted(signature.complete | signature.constants))
            pointed |= dict.fromkeys(sorted(signature.incomplete))
        have = sorted(self.around.graph.reach(header.path))
        complete.pop("bool", None)
        choice = self.around.choose_includes(undeclared(self.around.graph, have, complete), have)
        known = find_declaring(self.around.graph, have, pointed, incomplete=True)
        own = {d.name for found in header.definitions.by_name.values() for d in found}
        for name in choice.unresolved:
            message = f"no header that {header.path} includes or could include declares {name}"
            self.around.ledger.warn(message, Site(header.path), "include one that does")
        tags = tuple(t for t in pointed if t not in known and t not in own)
        return include_lines(choice.includes), tags

    def _stub_needs(
        self, stubs: Sequence[Insertion], others: Sequence[IncludeLine]
    ) -> tuple[IncludeLine, ...]:
        """Return the includes that stubs need in the header beside others that it gets."""
        header = self.around.header
        if header is None or not stubs:
            return ()
        names = used_names("".join(stub.text for stub in stubs), self.backend.skeleton or "0")
        targets = [line.target for line in others]
        have = self.around.graph.reach(header.path)
        found = MadeIncludes(self.around, header.path).complete(targets, names, have)
        return tuple(IncludeLine(target) for target in found if target not in targets)

    def _include(self, called: Mapping[str, Guard]) -> str | None:
        """Return the include of the split's header that the backend's source lacks."""
        backend, header = self.around.backend, self.around.spec.header
        if backend is None or not called:
            return None
        tree = self.around.tree
        graph = graph_of(tree, backend.path)
        for include in graph.direct(backend.module):
            if header in include.files:
                return None
        target = include_target(header, backend.path)
        added, reason = Symbol.added(target, Role.INCLUDE), Reason(Why.DECLARES_CALLED)
        self.around.ledger.step(Action.INCLUDE, added, Site(backend.path), reason)
        return target

    def _skeleton(
        self, prototypes: Mapping[str, str], wrappers: Sequence[Head]
    ) -> tuple[dict[str, str], list[str]]:
        if self.backend.skeleton is None or not (prototypes or wrappers):
            return {}, []
        return Skeleton(self.around).make(prototypes, wrappers)

    def _object(self, is_made: bool) -> dict[str, str]:
        """Return the Makefile's new text, where the backend's object is in no list."""
        around, backend = self.around, self.backend
        if not around.spec.object_list or not (around.backend or is_made):
            return {}
        if not isinstance(find_object(around.tree.find, backend.source), Problem):
            return {}
        found = find_object(around.tree.find, around.spec.source)
        if isinstance(found, Problem):
            around.ledger.add_problems(found)
            return {}
        text = around.tree.read(found.makefile)
        if backend.config and found.kind is ListKind.SINGLE:
            self._refuse_lone(found, backend.config)
            return {}
        if backend.config:
            after = add_under_option(text, found, backend.source, backend.config)
        else:
            after = add_member(text, found, backend.source)
        place = found.places[0]
        site = Site(found.makefile, place.word.line, place.word.column)
        reason = Reason(Why.SECOND_BESIDE, place.word.text)
        added = Symbol.added(basename(backend.source), Role.LISTED)
        span = changed_lines(text, after)
        around.ledger.step(Action.BUILD, added, site, reason, span)
        return {found.makefile: after}

    def _refuse_lone(self, found: Membership, config: str) -> None:
        """Refuse an option beside another: `obj-$(CONFIG_B)` does not ask for CONFIG_FOO."""
        place = found.places[0]
        self.around.ledger.refuse(
            LONE_OPTION,
            f"'{place.word.text}' is linked on its own ({place.object_list.name}): a list for "
            f"{config} would be linked even where this one is not",
            Site(found.makefile, place.word.line, place.word.column, len(place.word.text)),
            f"list the object of {self.backend.source} in the Makefile by hand",
        )
