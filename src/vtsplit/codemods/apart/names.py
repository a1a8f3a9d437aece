"""Give each name of a declaration that has several a declaration of its own.

Before:

    static int verbose, dry_run = 1;

After:

    static int verbose;static int dry_run = 1;

No line gets another number. What is the same afterwards, but for names, is joined again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vtsplit.cst.heads.annotations import QUALIFIERS, STORAGE, TYPE_WORDS
from vtsplit.cst.heads.declarator_list import declarators_of
from vtsplit.cst.lexer import TRIVIA, Kind
from vtsplit.cst.nodes import Declaration, Item, Module
from vtsplit.cst.spans import nested

_WORDS = STORAGE | QUALIFIERS | TYPE_WORDS


@dataclass(frozen=True)
class Shared:
    """The names of one declaration, in order, and what stands between each and the next."""

    names: tuple[str, ...]
    gaps: tuple[str, ...]


def shared_names(item: Item, macros: Collection[str] = ()) -> Shared | None:
    """Return the names of a declaration if each can be declared alone.

    None if a comment or an `#if` stands among them, or if a word in front may be a macro: the star
    of `#define PTR char *` belongs to the first name only.

    >>> shared_names(Declaration("", "static int a = 1, *b;", ""))
    Shared(names=('a', 'b'), gaps=(', ',))
    >>> shared_names(Declaration("", "static PTR a, b;", "")) is None
    True
    """
    if not isinstance(item, Declaration) or not item.head.more or item.head.defines_tag:
        return None
    found = declarators_of(item)
    outside = [token for token, depth in nested(item.tokens) if not depth]
    if len(found) < 2 or not all(one.name for one in found):
        return None
    if any(token.kind in {Kind.COMMENT, Kind.DIRECTIVE} for token in outside):
        return None
    if not _is_plain(item, found[0].start, macros):
        return None
    between = pairwise(found)
    gaps = tuple(item.text[one.end : other.start] for one, other in between)
    return Shared(tuple(one.name for one in found), gaps)


def _is_plain(item: Declaration, end: int, macros: Collection[str]) -> bool:
    """Tell whether the specifiers have C's words, a tag and at most one name of a type."""
    at, words, is_tag, others = 0, [], False, 0
    for token in item.tokens:
        if at >= end:
            break
        at += len(token.text)
        if token.kind not in TRIVIA:
            words.append(token)
    for token in words:
        if token.kind is not Kind.IDENT:
            return False
        if token.text in {"struct", "union", "enum"}:
            is_tag = True
        elif token.text not in _WORDS:
            others += 1
            if token.text in macros or (token.text.isupper() and not is_tag):
                return False
    return "typedef" not in item.head.storage and others <= 1


def separate_names(module: Module, shared: Mapping[int, Shared]) -> str:
    r"""Return the module's text with these items, by index, as one declaration for each name.

    >>> from vtsplit.cst.parser import parse_module
    >>> module = parse_module("static int a = 1,\n  *b;\n")
    >>> print(separate_names(module, {0: shared_names(module.items[0])}), end="")
    static int a = 1;static int
      *b;
    """
    texts = []
    for index, item in enumerate(module.items):
        text = item.text
        if index in shared and isinstance(item, Declaration):
            text = "".join(_pieces(item, shared[index].gaps))
        texts.append(f"{item.leading}{text}{item.trailing}")
    return "".join(texts) + module.footer


def _pieces(item: Declaration, gaps: Sequence[str]) -> Iterator[str]:
    found = declarators_of(item)
    specifiers = item.text[: found[0].start].rstrip()
    yield f"{item.text[: found[0].end]};"
    for place, gap in enumerate(gaps, 1):
        blank = gap.replace(",", "", 1)
        is_last = place == len(gaps)
        end = len(item.text) if is_last else found[place].end
        text = item.text[found[place].start : end]
        yield f"{specifiers}{blank or ' '}{text}{'' if is_last else ';'}"


def join_names(module: Module, shared: Sequence[Shared]) -> tuple[str, list[bool]]:
    r"""Return the text with declarations joined that have stayed alike, others on their own lines.

    Also returned is for each of `shared`, whose names are those of now, whether it is whole again.

    >>> from vtsplit.cst.parser import parse_module
    >>> both = Shared(("a", "b", "c"), (", ", ","))
    >>> print(*join_names(parse_module("int a;int b;static int c;\n"), [both]))
    int a, b;
    static int c;
     [False]
    """
    newline = "\r\n" if "\r\n" in module.code else "\n"
    group_of = {name: group for group in shared for name in group.names}
    found: dict[int, list[str]] = {}
    texts: list[str] = []
    last: Declaration | None = None
    for item in module.items:
        group = group_of.get(item.name) if isinstance(item, Declaration) else None
        known = group_of.get(last.name) if last else None
        text = item.code
        if last is not None and known is not None and not last.trailing and not item.leading:
            gap = known.names.index(last.name)
            if isinstance(item, Declaration) and group is known and _alike(last, item):
                is_next = known.names[gap + 1 : gap + 2] == (item.name,)
                texts[-1] = texts[-1].removesuffix(";")
                text = (known.gaps[gap] if is_next else ", ") + _declarator(item) + item.trailing
                found.setdefault(id(known), [last.name]).append(item.name)
            elif isinstance(item, Declaration) and group is known:
                text = f"{newline}{_specifiers(item)} {_declarator(item)}{item.trailing}"
            else:
                text = newline + text
        texts.append(text)
        last = item if isinstance(item, Declaration) else None
    if last and last.name in group_of and not last.trailing and not module.footer:
        texts.append(newline)
    whole = [tuple(found.get(id(group), ())) == group.names for group in shared]
    return "".join(texts) + module.footer, whole


def _specifiers(item: Declaration) -> str:
    return item.text[: declarators_of(item)[0].start].rstrip()


def _declarator(item: Declaration) -> str:
    return item.text[declarators_of(item)[0].start :]


def _alike(one: Declaration, other: Declaration) -> bool:
    return _specifiers(one).split() == _specifiers(other).split()
