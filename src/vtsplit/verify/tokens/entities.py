"""What a chunk is: function, object, declaration or type, with all that two of them must share."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from vtsplit.cst.directives import BRANCHES, OPENERS, directive_argument, directive_name
from vtsplit.cst.heads.annotations import ATTRIBUTES, INLINE, is_annotation, is_annotation_call
from vtsplit.cst.heads.declarator import Head, standard_attribute
from vtsplit.cst.lexer import TRIVIA, Kind, Token, code_tokens, code_words, lex, lex_line
from vtsplit.cst.meaning.occurrences import find_occurrences, word_pattern
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item
from vtsplit.cst.parser import parse_module
from vtsplit.cst.spans import matching, nested, split_at

Texts = tuple[str, ...]
# An entry of an initializer: its tokens, the conditions above it, and which token it begins at.
_EntryParts = tuple[Texts, Texts, int]
_LINKAGE = INLINE | {"static", "extern"}
_LONE_ATTRIBUTES = frozenset({"_Noreturn", "__extension__"})


class EntityKind(Enum):
    """What stands at file scope."""

    FUNCTION = "function"
    OBJECT = "object"  # with an initializer
    TENTATIVE = "tentative definition"  # C11 6.9.2p2: a definition unless there is another
    DECLARATION = "declaration"
    TYPE = "type"
    OTHER = "other"


@dataclass(frozen=True)
class Entity:
    """One thing at file scope, read.

    `signature` are the tokens of its head without linkage and attributes, `body` those of the body
    or initializer. `attributes` is a set: their order and place do not count.
    """

    sort: EntityKind
    name: str
    signature: Texts
    body: Texts
    attributes: frozenset[Texts]
    is_static: bool = False
    is_inline: bool = False
    is_extern: bool = False

    @property
    def is_definition(self) -> bool:
        """Whether it defines a function or object."""
        return self.sort in {EntityKind.FUNCTION, EntityKind.OBJECT, EntityKind.TENTATIVE}

    @property
    def tokens(self) -> Texts:
        """Signature and body."""
        return self.signature + self.body


@lru_cache(maxsize=1 << 16)
def read_entity(text: str) -> Entity:
    """Read one chunk.

    >>> found = read_entity("static int __attribute__((cold)) f(void) { return 1; }")
    >>> found.sort.value, found.name, found.signature, sorted(found.attributes)
    ('function', 'f', ('int', 'f', '(', 'void', ')'), [('cold',)])
    >>> read_entity("extern struct ops t;").sort.value
    'declaration'
    """
    items = parse_module(text).items
    if len(items) != 1:
        return Entity(EntityKind.OTHER, "", (), significant(text), frozenset())
    item = items[0]
    if isinstance(item, FunctionDef):
        body = significant(item.text[item.body :])
        return _with_head(EntityKind.FUNCTION, item.head, body)
    if isinstance(item, Declaration):
        return _declaration(item)
    if isinstance(item, Directive):
        macro = item.macro
        # Tokens alone do not tell `F(x)` from `F (x)`, which takes no arguments (C11 6.10.3p10).
        head = ("(...)",) if macro and macro.parameters is not None else ()
        return Entity(
            EntityKind.OTHER, macro.name if macro else "", head, significant(text), frozenset()
        )
    return Entity(EntityKind.OTHER, "", (), significant(text), frozenset())


def is_forward(entity: Entity) -> bool:
    """Tell `struct foo;`, which says that there is one."""
    return len(entity.signature) == 3 and entity.signature[0] in {"struct", "union", "enum"}


def _declaration(item: Declaration) -> Entity:
    head = item.head
    if "typedef" in head.storage or not head.name:
        name = head.name or head.tag
        return Entity(EntityKind.TYPE, name, significant(item.text), (), frozenset())
    body: Texts = ()
    if item.initializer is not None:
        sort = EntityKind.OBJECT
        body = ("=", *_in_order(item.text[item.initializer[0] : item.initializer[1]]))
    elif head.is_function or "extern" in head.storage:
        sort = EntityKind.DECLARATION
    else:
        sort = EntityKind.TENTATIVE
    return _with_head(sort, head, body)


def _in_order(initializer: str) -> Texts:
    """Return an initializer with its entries sorted where each names its own member.

    C11 6.7.9p19: the order of designated entries says nothing, unless two name one member. In a
    text as it is written an entry is sorted along with the conditions it stands under. An entry
    without designator stands for the member behind the one above (p17): then the order counts. A
    macro in capitals most often makes named entries, as `SET_PM_OPS(a, b)`, but it may make an
    entry without designator: it has to stay behind the entry above. A preprocessed text has no
    macros.

    >>> " ".join(_in_order("{ .b = 2, .a = f(1, 2), }"))
    '{ . a = f ( 1 , 2 ) , , . b = 2 , , }'
    >>> " ".join(_in_order("{ .b = 2, sizeof(int), .a = 1 }"))
    '{ . b = 2 , sizeof ( int ) , . a = 1 }'
    >>> " ".join(_in_order("{ .b = 2, PAIR(c, d), .a = 1 }"))
    '{ . a = 1 , , . b = 2 , , PAIR ( c , d ) , , }'
    >>> _in_order("{ .b = 2, PAIR(c, d), .a = 1 }") == _in_order("{ .b = 2, .a = 1, PAIR(c, d) }")
    False
    """
    groups = _sorted_entries(initializer)
    if groups is None:
        return significant(initializer)
    sorted_parts = (part for group in groups for one in group for part in one[:2])
    return ("{", *(word for part in sorted_parts for word in (*part, ",")), "}")


def _sorted_entries(initializer: str) -> list[list[_EntryParts]] | None:
    """Return the entries, each with the conditions it stands under, in an order that says nothing.

    What has to stay behind an entry is in one group with it. None if the order of entries counts.
    """
    plain = significant(initializer)
    if plain[:1] != ("{",) or plain[-1:] != ("}",):
        return None
    tokens = code_tokens(lex(initializer))[1:-1]
    entries: list[_EntryParts] = []
    conditions: list[str] = []
    entry: list[str] = []
    at = 1
    for (kind, text), depth in nested([*tokens, Token(Kind.PUNCT, ",")]):
        if kind is Kind.DIRECTIVE:
            if entry or not _follow(text, conditions):
                return None
            continue
        if text != "," or depth:
            entry.append(text)
        elif entry:
            entries.append((tuple(entry), tuple(conditions), at - len(entry)))
            entry = []
        at += 1
    named = [entry for entry, *_ in entries if entry[0] == "." and entry[2:3] == ("=",)]
    macros = [entry for entry, *_ in entries if _is_macro(entry)]
    if len({entry[1] for entry in named}) + len(macros) < len(entries) or not named:
        return None
    groups: list[list[_EntryParts]] = []
    for one in entries:
        if groups and _is_macro(one[0]):
            groups[-1].append(one)
        else:
            groups.append([one])
    # A macro in front of all others may stand for the first members: it stays there.
    first = int(_is_macro(entries[0][0]))
    groups[first:] = sorted(groups[first:])
    return groups


def _is_macro(entry: Texts) -> bool:
    """Tell whether an entry is a call of a macro in capitals, and nothing else."""
    return entry[1:2] == ("(",) and entry[-1] == ")" and entry[0].isupper()


def _follow(directive: str, conditions: list[str]) -> bool:
    """Keep the conditions in force behind a directive; False for what is no condition."""
    name = directive_name(directive)
    if name in OPENERS:
        conditions.append(f"{name} {directive_argument(directive)}")
    elif name in BRANCHES and conditions:
        conditions[-1] += f" {name} {directive_argument(directive)}"
    elif name == "endif" and conditions:
        conditions.pop()
    else:
        return False
    return True


def _with_head(sort: EntityKind, head: Head, body: Texts) -> Entity:
    attributes: set[Texts] = set()
    signature = tuple(head.tokens[at].text for at in _signature(head, attributes))
    return Entity(
        sort,
        head.name,
        signature,
        body,
        frozenset(attributes),
        head.is_static,
        "inline" in head.storage,
        "extern" in head.storage,
    )


def _signature(head: Head, attributes: set[Texts]) -> list[int]:
    """Return the tokens of a head that are neither linkage nor attributes; these are taken out."""
    signature: list[int] = []
    tokens = head.tokens
    at = 0
    depth = 0
    while at < len(tokens):
        token = tokens[at]
        word = token.text
        if token.kind in TRIVIA:
            pass
        elif word == "[" and (last := standard_attribute(tokens, at)) >= 0 and not depth:
            _standard_attributes(tokens[at:last], attributes)
            at = last
        elif not depth and word in ATTRIBUTES:
            at = _attribute(tokens, at, attributes)
        elif not depth and _annotates(token, at, head):
            at = _annotation(tokens, at, attributes)
        elif depth or word not in _LINKAGE:
            if word == "=" and not depth:
                break
            depth += (word in {"(", "[", "{"}) - (word in {")", "]", "}"})
            signature.append(at)
        at += 1
    while signature and tokens[signature[-1]].text == ";":
        signature.pop()
    return signature


def _annotates(token: Token, at: int, head: Head) -> bool:
    word = token.text
    named = at == head.name_index
    return word in _LONE_ATTRIBUTES or (
        token.kind is Kind.IDENT and not named and is_annotation(word)
    )


def _next(tokens: tuple[Token, ...], at: int) -> int:
    at += 1
    while at < len(tokens) and tokens[at].kind in TRIVIA:
        at += 1
    return at


def _annotation(tokens: tuple[Token, ...], at: int, found: set[Texts]) -> int:
    """Take an annotation, with its arguments if it has some; return the index of its last token."""
    following = _next(tokens, at)
    last = at
    if (
        following < len(tokens)
        and tokens[following].text == "("
        and is_annotation_call(tokens[at].text)
    ):
        last = matching(tokens, following)
    found.add(tuple(code_words(tokens[at : last + 1])))
    return last


def _attribute(tokens: tuple[Token, ...], at: int, found: set[Texts]) -> int:
    """Take `__attribute__((a, b(c)))` apart; return the index of its last token."""
    opening = _next(tokens, at)
    if opening >= len(tokens) or tokens[opening].text != "(":
        found.add((tokens[at].text,))
        return at
    end = matching(tokens, opening)
    inner = code_words(tokens[opening + 1 : end])
    if "attribute" not in tokens[at].text:  # asm("name"), _Alignas(8)
        found.add((tokens[at].text.strip("_"), *inner))
        return end
    if inner[:1] == ["("]:
        inner = inner[1:-1]
    _take_listed(inner, found)
    return end


def _standard_attributes(tokens: tuple[Token, ...], found: set[Texts]) -> None:
    """Take `[[gnu::a, b(c)]]` apart; `gnu::a` is the same as `__attribute__((a))`."""
    inner = code_words(tokens)[2:-1]
    taken: set[Texts] = set()
    _take_listed(inner, taken)
    for one in taken:
        is_gnu = one[0].strip("_") == "gnu" and one[1:3] == (":", ":")
        found.add((_plain(one[3]), *one[4:]) if is_gnu else one)


def _take_listed(inner: list[str], found: set[Texts]) -> None:
    """Add each attribute of a list, `a, b(c)`."""
    found |= {(_plain(one[0]), *one[1:]) for one in split_at(inner, ",", "(") if one}


def _plain(word: str) -> str:
    """Return an attribute's name without the underscores it may have (GCC manual, 6.39)."""
    return word[2:-2] if word.startswith("__") and word.endswith("__") and len(word) > 4 else word


def counting(text: str) -> list[tuple[str, int]]:
    """Return the tokens that count where two definitions are compared, each with its place.

    That is its number among the tokens of the text, directives not counted. Entries whose order
    says nothing come in an order that is the same for both; all of another text counts.

    >>> counting("static int x __initdata = { .b = 1, .a = 2 };")[:7]
    [('int', 1), ('x', 2), ('=', 4), ('{', 5), ('.', 11), ('a', 12), ('=', 13)]
    """
    items = parse_module(text).items
    item = items[0] if len(items) == 1 else None
    if isinstance(item, FunctionDef):
        return [*_of_head(item.head), *_placed(item.text, item.body)]
    if isinstance(item, Declaration) and item.initializer is not None:
        start, end = item.initializer
        first = len(_placed(item.text[:start]))
        return [*_of_head(item.head), ("=", first - 1), *_of_entries(item.text[start:end], first)]
    if isinstance(item, Declaration) and read_entity(text).is_definition:
        return _of_head(item.head)
    return _placed(text)


def _of_head(head: Head) -> list[tuple[str, int]]:
    counted = [t.kind not in TRIVIA and t.kind is not Kind.DIRECTIVE for t in head.tokens]
    return [(head.tokens[at].text, sum(counted[:at])) for at in _signature(head, set())]


def _of_entries(initializer: str, first: int) -> list[tuple[str, int]]:
    groups = _sorted_entries(initializer)
    if groups is None:
        return [(word, first + at) for word, at in _placed(initializer)]
    words = [("{", first)]
    for entry, conditions, at in (one for group in groups for one in group):
        words += [(f"#{condition}", first + at) for condition in conditions]
        words += [(word, first + at + number) for number, word in enumerate((*entry, ","))]
    return [*words, ("}", len(_placed(initializer)) - 1 + first)]


def _placed(text: str, start: int = 0) -> list[tuple[str, int]]:
    """Return the tokens from an offset on, each with its number among all, directives apart."""
    found: list[tuple[str, int]] = []
    number = offset = 0
    for token in lex(text):
        if token.kind not in TRIVIA:
            if offset >= start:
                found.append((token.text, number))
            number += token.kind is not Kind.DIRECTIVE
        offset += len(token.text)
    return found


def significant(text: str) -> Texts:
    """Return the texts of tokens that are neither blanks nor comments.

    >>> significant('f( "a  b" ) /* c */ ;')
    ('f', '(', '"a  b"', ')', ';')
    """
    return tuple(code_words(lex_line(text)))


def rename_text(text: str, names: dict[str, str]) -> str:
    """Return a chunk's text with file-scope names changed wherever they mean the object.

    >>> rename_text("int f(void) { return x.g + g(); }", {"g": "h"})
    'int f(void) { return x.g + h(); }'
    """
    if not names or not word_pattern(frozenset(names)).search(text):
        return text
    items: tuple[Item, ...] = parse_module(text).items
    pieces: list[str] = []
    for item in items:
        code, end = item.code, 0
        for found in find_occurrences(item, frozenset(names)):
            if found.meaning.refers:
                pieces += [code[end : found.offset], names[found.name]]
                end = found.offset + len(found.name)
        pieces.append(code[end:])
    return "".join(pieces)
