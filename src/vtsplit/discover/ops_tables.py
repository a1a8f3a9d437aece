"""Ops tables: initialized objects whose entries name several functions of their own file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from vtsplit.cst.heads.annotations import AGGREGATES, KEYWORDS
from vtsplit.cst.heads.initializer import read_entries
from vtsplit.cst.lexer import TRIVIA, Kind, Token, code_tokens, code_words
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef
from vtsplit.cst.parser import parse_module
from vtsplit.cst.spans import last_of, matching
from vtsplit.discover.skeleton import without_bodies
from vtsplit.discover.table_types import written_type
from vtsplit.survey.cfile.files import CFile

_WORD = re.compile(r"[\w$]+")
_NO_CODE = re.compile(
    r'"(?<!\\")(?:[^"\\\n]|\\.)*"|\'(?<!\\\')(?:[^\'\\\n]|\\.)*\'|//(?:[^\\\n]|\\.)*|/\*.*?\*/',
    re.DOTALL,
)
_BEFORE_VALUE = re.compile(r"([^=;{(]*)(.)")


class EntryKind(StrEnum):
    """What an entry's value is, seen from the table's file."""

    STATIC = "static"
    GLOBAL = "global"
    ELSEWHERE = "elsewhere"
    INLINE = "inline"
    MACRO = "macro"
    DATA = "data"
    NULL = "null"


@dataclass(frozen=True)
class TableEntry:
    """An entry: its designators, `.open` or `[0].open`, what it is, and the name that tells.

    `is_open` is set where the file does not tell what the name is.
    """

    designator: str
    kind: EntryKind
    name: str
    is_open: bool = False


@dataclass(frozen=True)
class OpsTable:
    """A table: where it is, its type as written, its entries.

    `functions` are those of its own file that it names, each once; `guards` the `#if` conditions
    in force; `uses` counts how often the file mentions it in code, its declarations apart.
    """

    path: str
    line: int
    name: str
    type: str
    is_static: bool
    functions: tuple[str, ...]
    entries: tuple[TableEntry, ...]
    guards: tuple[str, ...]
    uses: int

    @property
    def counts(self) -> Counter[EntryKind]:
        """How many entries there are of each kind."""
        return Counter(entry.kind for entry in self.entries)


def outline(path: str, text: str, kept: frozenset[str] | None = None) -> CFile:
    """Parse what is at file scope, on the lines it is on; of functions the heads, `kept` ones."""
    return CFile(path, parse_module(without_bodies(text, kept)))


def find_ops_tables(file: CFile, text: str, least: int = 3) -> Iterator[OpsTable]:
    r"""Yield the tables of a file that name at least so many of its functions, in order.

    `text` is the file's whole text, in which uses are counted.

    >>> text = '''static int f(void) { return 1; }
    ... int g(void) { return f(); }
    ... static const struct ops t_ops = { .f = f, .g = g, .h = NULL, .n = { "t", &g_data } };
    ... int h(void) { return t_ops.n(&t_ops); }
    ... '''
    >>> [table] = find_ops_tables(outline("a.c", text), text, 2)
    >>> table.line, table.name, table.type, table.uses
    (3, 't_ops', 'struct ops', 2)
    >>> [(entry.designator, entry.kind.value) for entry in table.entries]
    [('.f', 'static'), ('.g', 'global'), ('.h', 'null'), ('.n', 'data'), ('.n', 'data')]
    """
    names = _Names(file)
    for index, item in enumerate(file.module.items):
        if not isinstance(item, Declaration) or "{" not in item.text or "=" not in item.text:
            continue
        if len(names.mentioned_in(item.text)) < least or item.initializer is None or not item.name:
            continue
        entries = tuple(
            names.entry(designator, value)
            for one in read_entries(item)
            for designator, value in _leaves(one.designator, one.value)
        )
        functions = names.functions_of(item)
        if len(functions) >= least:
            yield OpsTable(
                file.path,
                file.site(index).line,
                item.name,
                written_type(item.head, names.macros),
                item.head.is_static,
                functions,
                entries,
                tuple(condition.expression for condition in file.guards[index]),
                _count_uses(text, item.name) - names.declared(item.name),
            )


class _Names:
    """The file-scope names of a file, as far as entries ask for them."""

    def __init__(self, file: CFile) -> None:
        self.items = file.module.items
        self.functions: dict[str, bool] = {}  # by name, whether static
        self.macros: set[str] = set()
        for item in self.items:
            if isinstance(item, FunctionDef):
                static = item.head.is_static
                self.functions[item.name] = self.functions.get(item.name, False) or static
            elif isinstance(item, Directive) and item.name == "define" and item.macro:
                self.macros.add(item.macro.name)

    def mentioned_in(self, text: str) -> set[str]:
        """Return the functions whose names stand in a text, in code or not; quick."""
        return self.functions.keys() & set(_WORD.findall(text))

    def functions_of(self, item: Declaration) -> tuple[str, ...]:
        """Return the functions that an initializer names, in order, each once."""
        code = code_tokens(item.tokens)
        start = next((at for at, token in enumerate(code) if token.text == "="), len(code))
        return tuple(
            dict.fromkeys(
                token.text
                for before, token in zip(code[start:], code[start + 1 :], strict=False)
                if token.text in self.functions and before.text not in {".", "->"}
            )
        )

    def declared(self, name: str) -> int:
        """Return how many declarations of objects have a name."""
        return self._heads[name]

    @cached_property
    def _heads(self) -> Counter[str]:
        """The words in front of the initializers of objects: their names are among them."""
        found: Counter[str] = Counter()
        for item in self.items:
            if isinstance(item, Declaration):
                head = _BEFORE_VALUE.match(item.text)
                if head and head[2] != "(":
                    found.update(set(_WORD.findall(head[1])))
        return found

    def entry(self, designator: str, value: Sequence[Token]) -> TableEntry:
        """Classify one value."""
        code = code_tokens(value)
        if "".join(token.text for token in code) in {"NULL", "0", "(void*)0"}:
            return TableEntry(designator, EntryKind.NULL, "")
        found: dict[EntryKind, str] = {}
        is_open = False
        for at, token in enumerate(code):
            before = code[at - 1].text if at else ""
            after = code[at + 1].text if at + 1 < len(code) else ""
            if token.kind is not Kind.IDENT or token.text in KEYWORDS:
                continue
            if before in {".", "->"} or before in AGGREGATES:
                continue
            kind = self._kind(token.text, after, len(code) - at <= 2, before)
            if kind is EntryKind.ELSEWHERE and token.text not in found.values():
                is_open = True
            found.setdefault(kind, token.text)
        kind = next((kind for kind in _PRECEDENCE if kind in found), EntryKind.DATA)
        is_open &= kind is EntryKind.ELSEWHERE
        return TableEntry(designator, kind, found.get(kind, ""), is_open)

    def _kind(self, name: str, after: str, is_last: bool, before: str) -> EntryKind:
        if name in self.functions:
            return EntryKind.STATIC if self.functions[name] else EntryKind.GLOBAL
        if name in self.macros or after == "(":
            return EntryKind.MACRO
        if before == "&" or after == "[" or not is_last or name in self._heads:
            return EntryKind.DATA
        return EntryKind.ELSEWHERE


# A wrapper's argument tells more than the wrapper, a function more than the data beside it.
_PRECEDENCE = (
    EntryKind.STATIC,
    EntryKind.GLOBAL,
    EntryKind.ELSEWHERE,
    EntryKind.MACRO,
    EntryKind.DATA,
)


def _leaves(designator: str, value: Sequence[Token]) -> Iterator[tuple[str, Sequence[Token]]]:
    """Yield the entries within nested braces, designators joined; else the value itself."""
    start = next((at for at, token in enumerate(value) if token.kind not in TRIVIA), None)
    if start is None or value[start].text != "{":
        yield designator, value
        return
    end = matching(value, start)
    at = first = start + 1
    while at <= end:
        if at == end or value[at].text == ",":
            inner = [t for t in value[first:at] if t.kind is not Kind.DIRECTIVE]
            while inner and inner[0].kind in TRIVIA:
                inner = inner[1:]
            if inner:
                equals = next((i for i, t in enumerate(inner) if t.text == "="), 0)
                designated = equals if inner[0].text in {".", "["} else 0
                own = "".join(code_words(inner[:designated]))
                rest = inner[designated + 1 :] if designated else inner
                yield from _leaves(designator + own, rest)
            first = at = at + 1
        else:
            at = last_of(value, at) + 1


def _count_uses(text: str, name: str) -> int:
    r"""Count the mentions of a name in code that are no members of that name.

    >>> _count_uses('s = "//"; f(&ops); /* ops */ g(ops); // ops\n t = "ops"; a.ops = 1;', "ops")
    2
    """
    count, code = 0, _code_of(text)
    at = code.find(name)
    while at >= 0:
        end = at + len(name)
        count += (
            not is_part(code[at - 1 : at])
            and code[at - 1 : at] != "."
            and not is_part(code[end : end + 1])
        )
        at = code.find(name, end)
    return count


@lru_cache(maxsize=2)  # the tables of one file are asked for one after another
def _code_of(text: str) -> str:
    """Return a text with a blank for each comment, string and character."""
    return _NO_CODE.sub(" ", text)


def is_part(char: str) -> bool:
    """Tell a character of a name."""
    return char == "_" or char.isalnum()
