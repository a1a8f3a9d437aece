"""A first text for the second backend's files, for a person to fill in."""

import re
from collections.abc import Mapping, Sequence

from vtsplit.codemods.create import new_header, new_source
from vtsplit.codemods.declare import wrap_prototype
from vtsplit.cst.conditions import Guard
from vtsplit.cst.heads.declarator import Head, read_head
from vtsplit.diagnostics import Site
from vtsplit.example_trees import NEON
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers.calls import (
    ShapeError,
    base_of,
    return_type,
    shape_of,
    type_key,
)
from vtsplit.planning.header.declarations import include_target
from vtsplit.planning.header.file_start import header_start, stated_license
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.rule import Example, Rule
from vtsplit.spec import template as c_template
from vtsplit.survey.headers.includes import is_absent
from vtsplit.survey.order.providers import choose_includes, find_declaring
from vtsplit.survey.types.typedefs import Key

UNKNOWN_PREDICATE = Rule(
    "VT057",
    "predicate",
    "a predicate is not declared",
    'A skeleton declares predicates of the form `"... *" = "name({})"`. For any other form '
    "vtsplit cannot tell which parameter the predicate takes.",
    "Also state the predicate for the type itself, or declare it.",
    Example(
        {"neon.c": None, "neon.h": None},
        spec=NEON["vtsplit.toml"]
        .replace('neon.h"\n', 'neon.h"\nskeleton = "-1"\n')
        .replace('"any_"\n', '"any_"\nops = ["on"]\n')
        + '"struct board *" = "is_wide({}->size)"\n',
        base=NEON,
    ),
)


_PREDICATE = re.compile(r"!?(\w+)\(\{\}\)")
_SIGNED = re.compile(r"int|long|long long|short|ssize_t|s(?:16|32|64)|int\d+_t")
_LOCATION = "/* To be written. */"


def returned(type_text: str, stated: str) -> str:
    """Return what a function of a type returns to say that it does nothing; empty for void.

    >>> returned("int", "-EOPNOTSUPP"), returned("bool", "-EIO"), returned("struct foo *", "-EIO")
    ('-EOPNOTSUPP', 'false', 'NULL')
    >>> returned("struct foo", "-EIO")
    '(struct foo){ }'
    """
    if type_text == "void":
        return ""
    if type_text.endswith("*"):
        return "NULL"
    if type_text.startswith(("struct ", "union ")):
        return f"({type_text}){{ }}"
    if type_text in {"bool", "_Bool"}:
        return "false"
    return stated if _SIGNED.fullmatch(type_text) else "0"


class Skeleton:
    """Writes the second backend's source, and its header where the spec names one."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.backend = around.dispatch.backend
        self.license = stated_license(around.source, around.spec)

    def make(
        self, prototypes: Mapping[str, str], wrappers: Sequence[Head]
    ) -> tuple[dict[str, str], list[str]]:
        """Return the texts of files that are not there, and the names that they declare.

        The functions of `prototypes` are not among these. The heads of `wrappers` say what a
        predicate calls its parameter.
        """
        texts: dict[str, str] = {}
        names: list[str] = []
        flag = self.backend.flag
        if self.backend.header and self.around.backend_header is None:
            texts[self.backend.header] = self._header(names, wrappers)
        if self.around.backend is None:
            own_flag = flag if flag in names else None
            texts[self.backend.source] = self._source(prototypes, own_flag)
        for path in texts:
            added, reason = Symbol.added(path, Role.FILE), Reason(Why.SKELETON)
            self.around.ledger.step(Action.CREATE, added, Site(path), reason)
        return texts, names

    def _source(self, prototypes: Mapping[str, str], flag: str | None) -> str:
        around, backend = self.around, self.backend
        value = backend.skeleton or "0"
        pieces = []
        init = around.spec.init
        if flag and not (init and init.parameter):
            pieces.append(f"bool {flag};\n")
        for prototype in prototypes.values():
            head = read_head(prototype)
            result = returned(return_type(head), value)
            body = f"{around.style.level(1)}return {result};\n" if result else ""
            written = wrap_prototype(head, style=around.style).removesuffix(";")
            pieces.append(f"{written}\n{{\n{body}}}\n")
        targets = [include_target(around.spec.header, backend.source)]
        if backend.header:
            targets.insert(0, include_target(backend.header, backend.source))
        needed = self._needed(value) if any("return " in piece for piece in pieces) else []
        includes = [(target, _NO_GUARD) for target in needed]
        includes += [(target, _NO_GUARD) for target in sorted(targets)]
        module = new_source(self.license, includes)
        return "\n".join([module.code, *pieces])

    def _needed(self, value: str) -> list[str]:
        """Return the includes for what the functions return and take."""
        names = re.findall(r"[A-Za-z_]\w*", value)
        around = self.around
        graph, direct = around.source_graph, around.source_includes
        # A quoted header of the first backend is for the second's files if nothing else will do.
        public = [include for include in direct if include.target[0] == "<"]
        choice = choose_includes(graph, public, names)
        rest = choose_includes(graph, direct, choice.unresolved)
        found = [include.target for include in choice.includes]
        for include in rest.includes:
            path = next(iter(include.files))
            known = include.target if is_absent(path) else include_target(path, self.backend.source)
            found.append(known)
        return found

    def _declaring(self, name: str) -> list[str]:
        """Return the include of the header that declares a name itself and brings least along."""
        around = self.around
        graph = around.source_graph
        reached = [path for include in around.source_includes for path in include.files]
        found = find_declaring(graph, dict.fromkeys(reached), [name]).get(name, set())
        for path in sorted(found, key=lambda path: (len(graph.reach(path)), path)):
            for folder in graph.search:
                target = path.removeprefix(f"{folder}/")
                if target != path and graph.resolve("<", target, around.source.path) == path:
                    return [f"<{target}>"]
        return self._needed(name)

    def _header(self, names: list[str], wrappers: Sequence[Head]) -> str:
        assert self.backend.header is not None
        start = header_start(self.backend.header, self.license, self.around.tree, self._is_macro)
        # A C library has it as a macro, which only <stdbool.h> makes, and `true` with it.
        needed = self._declaring("bool") or self._needed("true")
        includes = [(target, _NO_GUARD) for target in needed]
        module = new_header(start.license, start.guard, start.closing, includes)
        flag, called = self._flag(names), _names_by_type(wrappers)
        body = "".join([*flag, *self._predicates(names, called)]).lstrip("\n")
        text = module.code
        if not start.guard:
            return f"{text}\n{body}"
        at = text.rindex("#endif")
        gap = "" if text[:at].endswith("\n\n") else "\n"
        return f"{text[:at]}{gap}{body}\n{text[at:]}"

    def _is_macro(self, name: str) -> bool:
        around = self.around
        reached = {path for include in around.source_includes for path in include.files}
        return bool(find_declaring(around.source_graph, sorted(reached), [name]))

    def _flag(self, names: list[str]) -> list[str]:
        flag, config = self.backend.flag, self.backend.config
        if not flag or self.around.declaring(flag):
            return []
        names.append(flag)
        if config is None:
            return [f"extern bool {flag};\n"]
        return [f"#ifdef {config}\nextern bool {flag};\n#else\n#define {flag} false\n#endif\n"]

    def _predicates(self, names: list[str], called: Mapping[Key | None, str]) -> list[str]:
        """Return functions for predicates of the spec that nothing declares; they say no.

        `called` are the names that parameters have by their types.
        """
        tags: dict[str, None] = {}
        texts = []
        lead = self.around.style.level(1)
        gap = "\t" if self.around.style.tabs else " "
        for parameter, template in self.around.dispatch.when.items():
            match = _PREDICATE.fullmatch(template)
            if not match or match[1] in names or self.around.declaring(match[1]):
                continue
            names.append(match[1])
            words = parameter.replace("const ", "").split()
            if words[0] in {"struct", "union"}:
                tags[f"{words[0]} {words[1].rstrip('*')}"] = None
            star = "" if parameter.rstrip().endswith("*") else " "
            own = called.get(type_key(parameter), "arg")
            texts.append(
                f"\nstatic inline bool {match[1]}({parameter.rstrip()}{star}{own})\n{{\n"
                f"{lead}return false;{gap}{_LOCATION}\n}}\n"
            )
        for template in self.around.dispatch.when.values():
            for name in re.findall(r"(\w+)\s*\(", c_template.fill(template, {"": "x"})):
                if name not in names and not self.around.declaring(name):
                    self.around.ledger.refuse(
                        UNKNOWN_PREDICATE,
                        f"'{name}' is not declared, and vtsplit cannot tell the type of its "
                        "parameter from this call",
                        self.around.spec.site("dispatch", "when"),
                        "declare it, or add a line for the type that it takes: "
                        f'"... *" = "{name}({{}})"',
                    )
        declared = [f"{tag};\n" for tag in tags]
        return [*(["\n"] if declared and texts else []), *declared, *texts]


_NO_GUARD: Guard = ()


def _names_by_type(heads: Sequence[Head]) -> dict[Key | None, str]:
    """Return what functions call a parameter of each type, by the first that has one."""
    found: dict[Key | None, str] = {}
    for head in heads:
        try:
            parameters = shape_of(head).parameters
        except ShapeError:
            continue
        for parameter in parameters:
            found.setdefault(base_of(parameter), parameter.name)
    return found
