"""Which of the words of a header really stand for something that has to be declared in front.

A word may be a member, a parameter, a local variable or a label, and a pointer needs no more than
a name of what it points to.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from vtsplit.cst.heads.annotations import AGGREGATES, ATTRIBUTES, is_annotation
from vtsplit.cst.lexer import Kind, Token, code_tokens, lex_line, plain_code
from vtsplit.cst.nodes import Declaration, FunctionDef, Item, MacroCall, Module
from vtsplit.cst.parser import parse_module
from vtsplit.cst.spans import closing
from vtsplit.survey.cfile.definitions import Definitions, Sort
from vtsplit.survey.headers.header_parts import POINTED
from vtsplit.survey.headers.includes import IncludeGraph
from vtsplit.survey.headers.self_contained import VARIABLE, used_in

_WORD = re.compile(r"[\w$]+")
_NO_TYPES = frozenset("return else case goto sizeof do struct union enum typeof".split())


# A word that is called, a type or an annotation, by its shape. To look for one word after the other
# takes minutes where hundreds of headers use thousands of words that no header declares.
# The first shape is that of a parameter without a name.
_SHAPED = re.compile(
    r"(?<=[(,])\s*+(?:const\s++)*+(\w++)\s*+(?=[,)])"
    r"|(?<![.>\w])(\w++)\s*+[(*]|(?<!\w)(\w++)\s++(?=\w)"
)


def real_uses_of(
    graph: IncludeGraph, path: str, suspects: Collection[str], values: Collection[str]
) -> frozenset[str]:
    """Return those of the suspects that a header uses in earnest; it is not read twice for them.

    `values` are all names of variables, enumerators and macros without parameters.
    """
    uses = graph.known.recall(("real uses", path), lambda: RealUses(graph.text(path)))
    likely = [n for n in suspects if " " in n or n in values or n in uses.shaped]
    return uses.among(likely) if likely else frozenset()


class RealUses:
    r"""What a header uses in earnest; each item is looked at once, when it may use what is asked.

    >>> text = "static inline int f(struct a *a, struct b *b)\n{\n\treturn G(a->x, b);\n}\n"
    >>> sorted(RealUses(text).among({"G", "x", "struct a", "struct b", "struct b *"}))
    ['G', 'struct a', 'struct b *']
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._used: dict[int, frozenset[str]] = {}

    @cached_property
    def shaped(self) -> frozenset[str]:
        """The words that are called, a type or an annotation at one place at least."""
        return frozenset(found[found.lastindex or 1] for found in _SHAPED.finditer(self.text))

    def among(self, suspects: Collection[str]) -> frozenset[str]:
        """Return those of the suspects that are used in earnest, a variable with its mark."""
        wanted = frozenset(suspects)
        words = {name.split(" ")[1] if " " in name else name for name in wanted}
        items = {at for word in words for at in self._items_with.get(word, ())}
        found = {
            one for at in items for one in self._used_by(at) if one.removesuffix(VARIABLE) in wanted
        }
        return frozenset(name for name in found if not _is_own(self._definitions, name))

    @cached_property
    def _module(self) -> Module:
        return parse_module(self.text)

    @cached_property
    def _definitions(self) -> Definitions:
        return Definitions.in_module(self._module)

    @cached_property
    def _items_with(self) -> dict[str, list[int]]:
        """The items that have a word, by the word."""
        found: dict[str, list[int]] = {}
        for at, item in enumerate(self._module.items):
            for word in set(_WORD.findall(item.code)):
                found.setdefault(word, []).append(at)
        return found

    def _used_by(self, at: int) -> frozenset[str]:
        if at not in self._used:
            self._used[at] = frozenset(_used_by(self._module.items[at]))
        return self._used[at]


def _is_own(definitions: Definitions, name: str) -> bool:
    """Tell whether a header declares a name itself; a macro of its own is expanded all the same."""
    found = definitions.of(name.removesuffix(VARIABLE))
    return any(one.sort is not Sort.MACRO for one in found)


def _used_by(item: Item) -> Iterator[str]:
    tokens = plain_code(item.tokens)
    if isinstance(item, MacroCall):
        yield from (token.text for token in tokens[:1])
    if isinstance(item, FunctionDef | Declaration):
        yield from (t.text for t in tokens if t.kind is Kind.IDENT and is_annotation(t.text))
        is_body = isinstance(item, FunctionDef)
        lengths = (at for at, token in enumerate(tokens[1:], 1) if tokens[at - 1].text == "[")
        yield from (f"{tokens[at].text}{VARIABLE}" for at in lengths)
        named = _named(tokens)
        for name in used_in(tokens, is_body):
            is_tag = name.split(" ")[0] in AGGREGATES
            is_named = name.endswith(VARIABLE) and name.removesuffix(VARIABLE) in named
            if not is_tag and not is_named:
                yield name
        yield from _tags(tokens, is_body)


def _named(tokens: Sequence[Token]) -> set[str]:
    """Return the parameters, members, local variables and labels that an item declares."""
    named: set[str] = set()
    depth = lists = 0
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
        if token.text in {";", "{", "}"}:
            depth = lists = 0
        elif token.kind is Kind.IDENT and after.kind is not Kind.IDENT and after.text != "(":
            is_type = before.kind is Kind.IDENT and before.text not in _NO_TYPES
            is_next = lists and not depth and before.text == ","
            is_label = after.text == ":" and before.text in {";", "{", "}", ":"}
            if before.text == "*" or is_type or is_next or is_label:
                named.add(token.text)
                lists = lists or not depth
    return named


def _tags(tokens: Sequence[Token], is_body: bool) -> Iterator[str]:
    """Yield the tags that have to be complete, and those that a list of parameters only names."""
    texts = [token.text for token in tokens]
    is_extern = not is_body and texts[0] == "extern"
    depth = braces = 0
    for at, word in enumerate(texts[:-2]):
        depth += (word == "(") - (word == ")")
        braces += (word == "{") - (word == "}")
        if word not in AGGREGATES or texts[at + 2] in {"{", ";"}:
            continue
        tag = f"{word} {texts[at + 1]}"
        after = next((t for t in texts[at + 2 :] if t != "const" and not is_annotation(t)), "")
        if after == "*":
            if depth and not (is_body and braces):
                yield tag + POINTED
            if is_body and _is_looked_into(texts, _first_name(texts[at + 2 :])):
                yield tag
        elif after == "(":
            continue  # what a function returns that is pointed to
        elif texts[at - 2 : at] == ["sizeof", "("] or (is_body and depth):
            yield tag
        elif depth:
            # A prototype may take an incomplete type, but not name it first (C11 6.2.1p4); GNU C
            # has incomplete enumerations as well.
            yield tag + POINTED
        elif braces and not is_extern:
            yield tag


def _first_name(texts: Sequence[str]) -> str:
    return next((t for t in texts if t not in {"*", "const"} and not is_annotation(t)), "")


def _is_looked_into(texts: Sequence[str], name: str) -> bool:
    """Tell whether a pointer of this name is dereferenced for a member or an element."""
    return any(
        text == name and texts[at + 1 : at + 2] in (["->"], ["["]) for at, text in enumerate(texts)
    )


def is_brought(definition: str, word: str) -> bool:
    """Tell whether a macro's body uses a word as a name of its own, not as a member or a piece.

    The definition is what stands behind the macro's name.

    >>> is_brought("(a) f((a)->g, a##_h)", "f"), is_brought("(a) f((a)->g)", "g")
    (True, False)
    """
    tokens = code_tokens(lex_line(definition))
    texts = ["", *(token.text for token in tokens), ""]
    parameters = texts[: texts.index(")")] if definition[:1] == "(" and ")" in texts else []
    places = [at for at, text in enumerate(texts) if text == word]
    if word in parameters or any(_is_local(texts, at) for at in places):
        return False
    inert = {"##", "#", ".", "->", "goto"}
    attributes = [at for at, text in enumerate(texts) if text in ATTRIBUTES]
    return any(
        texts[at - 1] not in inert
        and texts[at + 1] != "##"
        and not any(start < at < closing(texts, start + 1, "(") for start in attributes)
        for at in places
    )


def _is_local(texts: Sequence[str], at: int) -> bool:
    """Tell whether a macro's body declares a word, as a variable of a block."""
    before = texts[at - 1]
    is_type = before == "*" or (before == ")" and "typeof" in "".join(texts[:at]))
    is_type |= before.isidentifier() and before not in _NO_TYPES
    return is_type and (texts[at + 1] in {"=", ";"} or is_annotation(texts[at + 1]))
