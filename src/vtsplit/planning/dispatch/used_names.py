"""What main must include for the names that its wrappers use."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from vtsplit.cst.heads.annotations import KEYWORDS
from vtsplit.diagnostics import Site
from vtsplit.example_trees import NEON
from vtsplit.planning.dispatch.second.made_includes import MadeIncludes
from vtsplit.planning.dispatch.surroundings import Surroundings
from vtsplit.planning.edits import IncludeLine
from vtsplit.planning.header.declarations import include_target
from vtsplit.planning.includes.needs import include_lines
from vtsplit.planning.includes.rules import FRONT_MACRO
from vtsplit.rule import Example, Rule
from vtsplit.survey.headers.includes import Include, is_absent
from vtsplit.survey.headers.system_headers import headers_by_name
from vtsplit.survey.order.front_macros import not_above
from vtsplit.survey.order.providers import choose_includes

UNDECLARED = Rule(
    "VT057",
    "undeclared",
    "main does not know a name that a wrapper uses",
    "No header that main sees declares the name. It is misspelled, or only the source file has it.",
    "Correct the name, or move its definition to a header. `dispatch.backend.header` is included "
    "for this.",
    Example(
        spec=NEON["vtsplit.toml"].replace("is_neon(", "is_noen("),
        base=NEON,
        fixed={"vtsplit.toml": NEON["vtsplit.toml"]},
    ),
)


_CONSTANTS = frozenset({"NULL", "true", "false"})
# Error numbers, and what handles memory and strings (C11 7.31.3, 7.31.13).
_RESERVED = re.compile(r"E[0-9A-Z]\w*|(?:str|mem)[a-z]\w*")


def include_used(
    around: Surroundings,
    uses: Mapping[str, str],
    provided: Collection[str],
    made: Mapping[str, str],
) -> tuple[IncludeLine, ...]:
    """Return the includes that main lacks for names, each with the wrapper that uses it.

    They are chosen among those of the source file; a name that none provides is refused, unless it
    is one of the C library. `made` are the texts of files that are made beside main.
    """
    lines: list[IncludeLine] = []
    own = around.dispatch.backend.header
    direct = {include.target for include in around.graph.direct(around.main.module)}
    if own and uses and include_target(own, around.main.path) not in direct:
        lines.append(IncludeLine(include_target(own, around.main.path)))
    names = [n for n in uses if n not in KEYWORDS and n not in provided and not _is_built_in(n)]
    names = [n for n in names if not around.main.definitions.of(n)]
    around.look_up(names)
    missing = [name for name in names if not around.declaring(name)]
    if not names:
        return tuple(lines)
    choice = around.choose_includes(missing, around.seen, names)
    _refuse_without_macros(around, choice.includes, names)
    lines += [line for line in include_lines(choice.includes) if line.target not in direct]
    library = _of_library(around, choice.unresolved, lines, made)
    lines += [IncludeLine(target) for target in library.values() if target]
    unresolved = [name for name in choice.unresolved if name not in library]
    unresolved = _without_library(around, unresolved)
    outside = [include for include in around.source_includes if include.is_outside]
    if unresolved and outside:
        # A system's header, or a generated one, may have it: nothing here can tell.
        lines += [line for line in include_lines(outside) if line.target not in direct]
        return tuple(dict.fromkeys(lines))
    for name in unresolved:
        local = around.source.definitions.of(name)
        source = around.on_disk(Site(around.source.path))
        where = f"only {source} has it" if local else "no header that main sees declares it"
        around.ledger.refuse(
            UNDECLARED,
            f"'{name}', which {uses[name]} uses, is not declared: {where}",
            around.source.site(local[0].index) if local else around.spec.site("dispatch"),
            _advice(around),
        )
    return tuple(dict.fromkeys(lines))


def _refuse_without_macros(
    around: Surroundings, includes: Sequence[Include], names: Iterable[str]
) -> None:
    """Refuse includes of main that ask for macros which the source defines, and main does not."""
    for one in not_above(around.main.module, around.front_macros.asked_for(includes, names)):
        around.ledger.refuse(
            FRONT_MACRO,
            f"the wrappers need an include that tests macro '{one.name}', and "
            f"{around.main.path} would include it without that macro",
            around.source.site(one.index),
            "move this macro and the includes that test it to a header",
        )


def _advice(around: Surroundings) -> str:
    """Say where a name that nothing declares would be seen."""
    header = around.dispatch.backend.header
    if header is None:
        return 'declare it in a header, and name that: [dispatch.backend] header = "..."'
    if around.backend_header is None and around.dispatch.backend.skeleton is None:
        return f"write {header}, which is not there, or have it made: skeleton = ..."
    return f"declare it in {header}"


def undeclared(around: Surroundings, names: Collection[str]) -> list[str]:
    """Return the names that no header of the tree declares for the source file.

    Those of a C library that main reaches are left out.
    """
    wanted = sorted(n for n in names if n not in KEYWORDS and not _is_built_in(n))
    choice = choose_includes(around.source_graph, around.source_includes, wanted)
    return _without_library(around, choice.unresolved)


def _without_library(around: Surroundings, names: Collection[str]) -> list[str]:
    library = _reaches_library(around)
    return [name for name in names if not _is_library(name, library)]


def _of_library(
    around: Surroundings,
    names: Iterable[str],
    lines: Iterable[IncludeLine],
    made: Mapping[str, str],
) -> dict[str, str]:
    """Return the include that main lacks for each name of C itself, empty if it lacks none.

    `lines` are includes that main gets otherwise, `made` the texts of files made beside it.
    """
    graph, header = around.graph, around.dispatch.backend.header or ""
    above = graph.direct(around.main.module)
    targets = [*(one.target for one in above), *(line.target for line in lines)]
    brought = graph.resolve_all(made.get(header, ""), header)
    behind = {path for one in brought for path in graph.reach(one)}
    includes = MadeIncludes(around, around.main.path)
    found: dict[str, str] = {}
    for name in names:
        if not _is_written(name):
            continue
        if not includes.lacking([*targets, *filter(None, found.values())], [name], behind):
            found[name] = ""
        elif standard := includes.standard(name):
            found[name] = standard
    return found


def _is_written(name: str) -> bool:
    """Tell the names of C that vtsplit writes itself, and numbers of errors."""
    return name in _CONSTANTS or name == "memset" or "<errno.h>" in headers_by_name().get(name, ())


def _reaches_library(around: Surroundings) -> bool:
    """Tell whether main comes to a header of a C library, which the tree does not have.

    What Kbuild generates is absent as well, but in a folder: `<generated/...>`, `<asm/...>`.
    """
    reached = (
        path for include in around.graph.direct(around.main.module) for path in include.files
    )
    return any(is_absent(path) and "/" not in path for path in reached)


def _is_built_in(name: str) -> bool:
    return name.startswith("__builtin_") or name in {"return", "if", "sizeof"}


def _is_library(name: str, is_there: bool) -> bool:
    """Tell names that a C library has: with one of its headers, all that C11 7.31 keeps for it."""
    return name in _CONSTANTS or (is_there and bool(_RESERVED.fullmatch(name)))
