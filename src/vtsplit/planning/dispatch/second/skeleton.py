"""A first text for the second backend's files, for a person to fill in."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress

from vtsplit.codemods.create import new_header, new_source
from vtsplit.codemods.declare import wrap_prototype
from vtsplit.codemods.dispatch.specifiers import return_type
from vtsplit.cst.conditions import Guard
from vtsplit.cst.heads.declarator import Head, read_head
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.diagnostics import Site
from vtsplit.example_trees import NEON
from vtsplit.planning.dispatch.second.made_includes import MadeIncludes, used_names
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.dispatch.wrappers.calls import (
    ShapeError,
    base_of,
    shape_of,
    type_key,
)
from vtsplit.planning.dispatch.wrappers.wrapper import names_in
from vtsplit.planning.header.declarations import include_target
from vtsplit.planning.header.file_start import header_start, stated_license
from vtsplit.planning.reason import Reason, Why
from vtsplit.planning.steps import Action
from vtsplit.planning.symbol import Role, Symbol
from vtsplit.rule import Example, Rule
from vtsplit.spec import template as c_template
from vtsplit.survey.order.providers import find_declaring
from vtsplit.survey.types.typedefs import TypeKey

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
        seen = self._seen_by_source()
        if self.backend.header and self.around.backend_header is None:
            texts[self.backend.header], reached = self._header(names, wrappers)
            seen |= reached
        if self.around.backend is None:
            own_flag = flag if flag in names else None
            texts[self.backend.source] = self._source(prototypes, own_flag, seen)
        for path in texts:
            added, reason = Symbol.added(path, Role.FILE), Reason(Why.SKELETON)
            self.around.ledger.step(Action.CREATE, added, Site(path), reason)
        return texts, names

    def _seen_by_source(self) -> set[str]:
        """Return the headers that come with those which the source includes and which exist."""
        files = (self.around.header, self.around.backend_header)
        return {
            path for file in files if file for path in self.around.source_graph.reach(file.path)
        }

    def _source(self, prototypes: Mapping[str, str], flag: str | None, seen: set[str]) -> str:
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
        own = [include_target(around.spec.header, backend.source)]
        if backend.header:
            own.insert(0, include_target(backend.header, backend.source))
        includes = MadeIncludes(around, backend.source)
        used = used_names("".join(pieces), value)
        stated = [name for name in used if name in names_in(value)]
        needed = includes.of_errors(stated) or includes.chosen(stated)
        needed = includes.complete(needed, used, seen)
        targets = dict.fromkeys([*needed, *sorted(own)])
        module = new_source(self.license, [(target, _NO_GUARD) for target in targets])
        return "\n".join([module.code, *pieces])

    def _header(self, names: list[str], wrappers: Sequence[Head]) -> tuple[str, set[str]]:
        """Return the header's text, and the headers that come with it."""
        path = self.backend.header
        assert path is not None
        flag, called = self._flag(names), _names_by_type(wrappers)
        types: dict[str, None] = {}
        body = "".join([*flag, *self._predicates(names, called, types)]).lstrip("\n")
        includes = MadeIncludes(self.around, path)
        used = used_names(body, "")
        # A C library has it as a macro, which only <stdbool.h> makes, and `false` with it.
        needed = [*includes.of_types(types), *(includes.least("bool") if used else [])]
        needed = includes.complete(needed, used)
        start = header_start(path, self.license, self.around.tree, self._is_macro)
        lines = [(target, _NO_GUARD) for target in needed]
        module = new_header(start.license, start.guard, start.closing, lines)
        text, reached = module.code, includes.reached(needed)
        if not start.guard:
            return f"{text}\n{body}", reached
        at = text.rindex("#endif")
        gap = "" if text[:at].endswith("\n\n") else "\n"
        return f"{text[:at]}{gap}{body}\n{text[at:]}", reached

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

    def _predicates(
        self,
        names: list[str],
        called: Mapping[TypeKey | None, str],
        types: dict[str, None],
    ) -> list[str]:
        """Return functions for predicates of the spec that nothing declares; they say no.

        `called` are the names that parameters have by their types. Types whose definition they
        need are added to `types`.
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
            star = "" if parameter.rstrip().endswith("*") else " "
            own = called.get(type_key(parameter), "arg")
            taken = f"{parameter.rstrip()}{star}{own}"
            with suppress(TypeReadError):
                # As an object: a definition needs the whole structure of a parameter.
                signature = read_signature(read_head(f"{taken};"))
                tags |= dict.fromkeys(sorted(signature.incomplete))
                types |= dict.fromkeys(sorted(signature.complete))
            texts.append(
                f"\nstatic inline bool {match[1]}({taken})\n{{\n"
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


def _names_by_type(heads: Sequence[Head]) -> dict[TypeKey | None, str]:
    """Return what functions call a parameter of each type, by the first that has one."""
    found: dict[TypeKey | None, str] = {}
    for head in heads:
        try:
            parameters = shape_of(head).parameters
        except ShapeError:
            continue
        for parameter in parameters:
            found.setdefault(base_of(parameter), parameter.name)
    return found
