"""Single changes of C files: such that alter the program, and such that do not."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from vtsplit.cst.heads.initializer import read_entries
from vtsplit.cst.lexer import TRIVIA, Kind, lex
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, Module
from vtsplit.cst.parser import parse_module

_OPERATORS = {
    "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "&&": "||", "||": "&&",
    "+": "-", "|": "&", "+=": "-=", "-=": "+=", "|=": "&=", "&=": "|=", "<<": ">>", "++": "--",
    "!": "~",
}  # fmt: skip
_STATEMENT = re.compile(r"(?<=[;{}]\n)(\t+(?!return\b|else\b|case\b|default\b)[a-z_]\w*[^\n]*;)\n")
_ANNOTATION = re.compile(r"\b(__init|__initdata|__exit|noinstr|__always_inline|__read_mostly)\b ?")
_TYPES = {"int": "long", "bool": "int", "u32": "u64", "u64": "u32", "unsigned": "signed"}


@dataclass(frozen=True)
class Mutant:
    """A file with one change. `kind` says which; `line` where."""

    kind: str
    path: str
    line: int
    text: str
    harmless: bool = False


Spot = tuple[int, int, str]  # from, to, the text instead


@dataclass(frozen=True)
class File:
    """A file to change."""

    path: str
    text: str
    module: Module

    def items(self, sort: type[Item]) -> Iterator[tuple[int, Item]]:
        """Yield the items of a sort with their offsets."""
        # The footer has a start as well.
        for start, item in zip(self.module.starts, self.module.items, strict=False):
            if isinstance(item, sort):
                yield start, item

    def body_tokens(self) -> Iterator[tuple[int, list[tuple[int, Kind, str]]]]:
        """Yield for each function its significant body tokens with their offsets."""
        for start, item in self.items(FunctionDef):
            assert isinstance(item, FunctionDef)
            offset, found = start, []
            for token in lex(item.text):
                if offset >= start + item.body and token.kind not in TRIVIA:
                    found.append((offset, token.kind, token.text))
                offset += len(token.text)
            yield start, found


def drop_statement(file: File) -> Iterator[Spot]:
    """Take a statement out."""
    for start, item in file.items(FunctionDef):
        for match in _STATEMENT.finditer(item.text):
            yield start + match.start(1), start + match.end(), ""


def swap_arguments(file: File) -> Iterator[Spot]:
    """Exchange two simple arguments of a call."""
    for _, tokens in file.body_tokens():
        for at in range(len(tokens) - 5):
            kinds = [kind for _, kind, _ in tokens[at : at + 6]]
            texts = [text for _, _, text in tokens[at : at + 6]]
            simple = {Kind.IDENT, Kind.NUMBER}
            if (
                kinds[0] is Kind.IDENT
                and texts[1] == "("
                and texts[3] == ","
                and texts[5] in {")", ","}
                and {kinds[2], kinds[4]} <= simple
                and texts[2] != texts[4]
            ):
                first, second = tokens[at + 2], tokens[at + 4]
                between = file.text[first[0] + len(first[2]) : second[0]]
                yield first[0], second[0] + len(second[2]), second[2] + between + first[2]


def change_operator(file: File) -> Iterator[Spot]:
    """Write another operator."""
    for _, tokens in file.body_tokens():
        for offset, kind, text in tokens:
            if kind is Kind.PUNCT and text in _OPERATORS:
                yield offset, offset + len(text), _OPERATORS[text]


def change_literal(file: File) -> Iterator[Spot]:
    """Write another number or string."""
    for _, tokens in file.body_tokens():
        for offset, kind, text in tokens:
            if kind is Kind.NUMBER and text.isdigit():
                yield offset, offset + len(text), str(int(text) + 1)
            elif kind is Kind.STRING and len(text) > 4:
                yield offset + 1, offset + 2, "Q"


def rename_one_use(file: File) -> Iterator[Spot]:
    """Call another function of the file instead."""
    names = [item.name for _, item in file.items(FunctionDef)]  # type: ignore[attr-defined]
    for _, tokens in file.body_tokens():
        for at, (offset, kind, text) in enumerate(tokens[:-1]):
            if kind is Kind.IDENT and text in names and tokens[at + 1][2] == "(":
                other = names[(names.index(text) + 1) % len(names)]
                if other != text:
                    yield offset, offset + len(text), other


def drop_annotation(file: File) -> Iterator[Spot]:
    """Take `__init` and the like away from a definition."""
    for start, item in file.items(FunctionDef):
        assert isinstance(item, FunctionDef)
        for match in _ANNOTATION.finditer(item.text[: item.body]):
            yield start + match.start(), start + match.end(), ""
    for start, item in file.items(Declaration):
        if item.initializer is not None:  # type: ignore[attr-defined]
            for match in _ANNOTATION.finditer(item.text[: item.head.initializer]):  # type: ignore[attr-defined]
                yield start + match.start(), start + match.end(), ""


def change_attribute(file: File) -> Iterator[Spot]:
    """Give a definition an attribute that it has not."""
    for start, item in file.items(FunctionDef):
        assert isinstance(item, FunctionDef)
        yield start, start, "__attribute__((cold)) "


def change_type(file: File) -> Iterator[Spot]:
    """Write another type in a head."""
    for start, item in file.items(FunctionDef):
        assert isinstance(item, FunctionDef)
        offset = start
        for token in lex(item.text[: item.body]):
            if token.kind is Kind.IDENT and token.text in _TYPES:
                yield offset, offset + len(token.text), _TYPES[token.text]
            offset += len(token.text)


def drop_entry(file: File) -> Iterator[Spot]:
    """Take an entry out of a table."""
    for start, item, entries in _tables(file):
        for one in entries:
            end = item.text.find(",", one.offset)
            if end > 0:
                yield start + one.offset, start + end + 1, ""


def swap_entries(file: File) -> Iterator[Spot]:
    """Exchange the values of two entries of a table."""
    for start, item, entries in _tables(file):
        plain = [e for e in entries if len(e.value) == 1 and e.value[0].kind is Kind.IDENT]
        for one, other in pairwise(plain):
            first, second = one.value[0].text, other.value[0].text
            if first != second and "#" not in item.text[one.offset : other.offset]:
                at = item.text.index(first, item.text.index("=", one.offset))
                end = item.text.index(second, item.text.index("=", other.offset)) + len(second)
                piece = item.text[at:end]
                middle = piece[len(first) : len(piece) - len(second)]
                yield start + at, start + end, second + middle + first


def _tables(file: File) -> Iterator[tuple[int, Declaration, list]]:  # type: ignore[type-arg]
    for start, item in file.items(Declaration):
        assert isinstance(item, Declaration)
        entries = [e for e in read_entries(item) if e.designator.startswith(".")]
        if len(entries) > 1:
            yield start, item, entries


def lose_guard(file: File) -> Iterator[Spot]:
    """Take the `#if` and the `#endif` around something away."""
    opened: list[tuple[int, Item] | None] = []
    for start, item in file.items(Directive):
        assert isinstance(item, Directive)
        if item.name in {"if", "ifdef", "ifndef"}:
            guard = item.name == "ifndef" and item.argument.endswith("_H")
            opened.append(None if guard else (start, item))
        elif item.name in {"else", "elif"} and opened:
            opened[-1] = None
        elif item.name == "endif" and opened:
            begin = opened.pop()
            if begin is not None:
                end = begin[0] + len(begin[1].text)
                yield begin[0], start + len(item.text), file.text[end:start]


def lose_declaration(file: File) -> Iterator[Spot]:
    """Take a declaration of a function away."""
    for start, item in file.items(Declaration):
        assert isinstance(item, Declaration)
        if item.head.is_function:
            yield start, start + len(item.text), ""


def make_static(file: File) -> Iterator[Spot]:
    """Make a global function static."""
    for start, item in file.items(FunctionDef):
        if not item.head.is_static:  # type: ignore[attr-defined]
            yield start, start, "static "


def change_macro(file: File) -> Iterator[Spot]:
    """Write another number in a macro."""
    for start, item in file.items(Directive):
        assert isinstance(item, Directive)
        if item.macro is not None and re.search(r"[ (]\d+\b", item.text):
            match = re.search(r"(?<=[ (])\d+\b", item.text)
            assert match is not None
            yield start + match.start(), start + match.end(), match[0] + "1"


def duplicate_global(file: File) -> Iterator[Spot]:
    """Define a global function of the file once more, empty, under a macro-free head."""
    end = len(file.text)
    for _, item in file.items(FunctionDef):
        assert isinstance(item, FunctionDef)
        if not item.head.is_static and "void " in item.text[: item.body]:
            yield end, end, f"\n{item.text[: item.body]}{{\n}}\n"


ALTERING: Mapping[str, Callable[[File], Iterator[Spot]]] = {
    "drop a statement": drop_statement,
    "swap arguments": swap_arguments,
    "change an operator": change_operator,
    "change a literal": change_literal,
    "rename one use only": rename_one_use,
    "drop an annotation": drop_annotation,
    "change an attribute": change_attribute,
    "change a type": change_type,
    "drop a table entry": drop_entry,
    "swap table entries": swap_entries,
    "lose a guard": lose_guard,
    "lose a declaration": lose_declaration,
    "make static": make_static,
    "change a macro": change_macro,
    "add a duplicate global": duplicate_global,
}


def add_comment(file: File) -> Iterator[Spot]:
    """Write a comment between two items."""
    for start, _ in file.items(FunctionDef):
        yield start, start, "/* what follows is as it was */\n"


def drop_comment(file: File) -> Iterator[Spot]:
    """Take a comment away."""
    for start, item in zip(file.module.starts, file.module.items, strict=False):
        offset = start
        for token in item.tokens:
            if token.kind is Kind.COMMENT:
                yield offset, offset + len(token.text), ""
            offset += len(token.text)


def add_blanks(file: File) -> Iterator[Spot]:
    """Write blanks and lines between the tokens of a body."""
    for _, tokens in file.body_tokens():
        for offset, kind, _ in tokens[2:]:
            if kind is Kind.PUNCT:
                yield offset, offset, "\n\t\t "


def swap_items(file: File) -> Iterator[Spot]:
    """Exchange two neighbours, functions or prototypes, that do not name each other."""
    module = file.module
    for at in range(len(module.items) - 1):
        one, other = module.items[at : at + 2]
        both = isinstance(one, FunctionDef) and isinstance(other, FunctionDef)
        heads = isinstance(one, Declaration) and isinstance(other, Declaration)
        if heads:
            heads = one.head.is_function and other.head.is_function  # type: ignore[attr-defined]
        if not (both or heads):
            continue
        if one.name in other.text or other.name in one.text:  # type: ignore[attr-defined]
            continue
        start = module.starts[at] - len(one.leading)
        end = start + len(one.code) + len(other.code)
        yield start, end, other.code + one.code


def swap_designated(file: File) -> Iterator[Spot]:
    """Exchange two whole entries of a table, names and values."""
    for start, item, entries in _tables(file):
        for one, other in pairwise(entries):
            end = item.text.find(",", other.offset)
            first = item.text[one.offset : other.offset]
            second = item.text[other.offset : end + 1]
            plain = "#" not in first + second and "/" not in first + second
            if end > 0 and plain and first.count("=") == 1:
                yield start + one.offset, start + end + 1, f"{second}\n\t{first.rstrip()}"


HARMLESS: Mapping[str, Callable[[File], Iterator[Spot]]] = {
    "add a comment": add_comment,
    "drop a comment": drop_comment,
    "add blanks": add_blanks,
    "change the order of items": swap_items,
    "change the order of entries": swap_designated,
}


def make_mutants(
    texts: Mapping[str, str], altering: int, harmless: int, seed: int = 1
) -> list[Mutant]:
    """Return that many mutants of these files, as evenly of each kind as there are places."""
    files = [File(path, text, parse_module(text)) for path, text in sorted(texts.items())]
    chance = random.Random(seed)
    return [
        *_choose(ALTERING, files, altering, chance, False),
        *_choose(HARMLESS, files, harmless, chance, True),
    ]


def _choose(
    kinds: Mapping[str, Callable[[File], Iterator[Spot]]],
    files: list[File],
    count: int,
    chance: random.Random,
    harmless: bool,
) -> list[Mutant]:
    pools: dict[str, list[tuple[File, Spot]]] = {}
    for kind, spots in kinds.items():
        pool = [(f, s) for f in files for s in spots(f) if f.text[s[0] : s[1]] != s[2]]
        chance.shuffle(pool)
        pools[kind] = pool
    chosen: list[Mutant] = []
    while len(chosen) < count and any(pools.values()):
        for kind, pool in pools.items():
            if pool and len(chosen) < count:
                file, (start, end, new) = pool.pop()
                text = file.text[:start] + new + file.text[end:]
                line = file.text.count("\n", 0, start) + 1
                chosen.append(Mutant(kind, file.path, line, text, harmless))
    return chosen
