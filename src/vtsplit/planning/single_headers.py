"""Headers that a program can include once: they hold state, or make something.

With main including it too, there would be two of each (C11 6.2.2p3, 6.9p5): two copies of a static
variable, a module parameter twice.
"""

import re
from collections.abc import Iterable, Iterator

from vtsplit.cst.guards import Guard
from vtsplit.cst.nodes import Declaration, FunctionDef, MacroCall
from vtsplit.cst.parser import parse_module
from vtsplit.planning.steps import Ledger
from vtsplit.survey.definitions import Definitions, Sort
from vtsplit.survey.files import CFile
from vtsplit.survey.includes import Include, IncludeGraph, is_absent

# What these make is global, or read from a section of its own.
_MAKERS = re.compile(r"(?:module|MODULE|EXPORT)_\w+|\w+_DEVICE_TABLE")
_WORD = re.compile(r"[A-Za-z_]\w*")


def refuse_single_headers(
    includes: Iterable[Include], graph: IncludeGraph, source: CFile, main: str, ledger: Ledger
) -> None:
    """Refuse includes of main that bring what the source file has already (VT049)."""
    seen: set[str] = set()
    for include in includes:
        for path in include.files:
            if path in seen or is_absent(path) or "include" in path.split("/")[:-1]:
                continue
            seen.add(path)
            for file, index, what in _makings_of(graph, path):
                if _is_chosen_by(source, file.guards[index]):
                    continue
                ledger.refuse(
                    "VT049",
                    f"{main} has to include {path}, which {what}: there would be two",
                    file.site(index),
                    f"move that to {source.path}, or keep this table where it is",
                )
                break


def _makings_of(graph: IncludeGraph, path: str) -> tuple[tuple[CFile, int, str], ...]:
    def find() -> tuple[tuple[CFile, int, str], ...]:
        file = CFile(path, parse_module(graph.text(path)))
        return tuple((file, index, what) for index, what in find_makings(file))

    return graph.known.recall(("makings of", path), find)


def find_makings(file: CFile) -> Iterator[tuple[int, str]]:
    r"""Yield the items of a header that make something, with what they do.

    >>> text = "static int a;\nstatic const int b = 1;\nstatic inline int f(void) { return a; }\n"
    >>> list(find_makings(CFile("a.h", parse_module(text + "int g(void);\nMODULE_ALIAS(x);\n"))))
    [(0, "holds the variable 'a'"), (4, 'has MODULE_ALIAS()')]
    """
    for index, item in enumerate(file.module.items):
        if isinstance(item, MacroCall) and _MAKERS.fullmatch(item.name):
            yield index, f"has {item.name}()"
        elif isinstance(item, FunctionDef) and not _is_spare(item):
            yield index, f"defines the function '{item.name}'"
        elif isinstance(item, Declaration) and item.name and _is_state(item, file.definitions):
            yield index, f"holds the variable '{item.name}'"


def _is_spare(item: FunctionDef) -> bool:
    """Tell a function of which each file may have its own, and need not use it."""
    words = [token.text for token in item.head.tokens]
    return any("inline" in word or "unused" in word for word in words)


def _is_state(item: Declaration, definitions: Definitions) -> bool:
    found = definitions.of(item.name, Sort.OBJECT, Sort.TENTATIVE)
    if not any(definition.item is item for definition in found):
        return False
    words = [token.text for token in item.head.tokens[: item.head.name_index]]
    # Behind the last star `const` is said of the variable itself.
    last = max((at for at, word in enumerate(words) if word == "*"), default=0)
    return "const" not in words[last:]


def _is_chosen_by(source: CFile, guard: Guard) -> bool:
    """Tell whether the source file asks for something by a `#define` above the include."""
    words = {word for condition in guard for word in _WORD.findall(condition.expression)}
    return any(source.definitions.macros(word) for word in words)
