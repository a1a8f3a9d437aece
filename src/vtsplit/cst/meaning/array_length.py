"""Whether a declaration gives an array as many elements as its initializer, under each condition.

The compiler tells of one configuration. `[2 + 1]` may have its `+ 1` under another `#if` than the
entry that it stands for.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from vtsplit.cst.guards import token_guards
from vtsplit.cst.heads.typed import TypeReadError, read_signature
from vtsplit.cst.implication import Together, configurations
from vtsplit.cst.lexer import TRIVIA, Kind
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.spans import listed, matching

_Guarded = tuple[str, Together]
_SUM = re.compile(r"\d+(?:\+\d+)*\Z")


def same_length(
    definition: Declaration,
    declared: Declaration,
    above: Together = (),
    macros: Collection[str] = (),
) -> bool:
    r"""Tell whether no configuration is known in which the lengths are not the same.

    A definition that says its length is not looked at. `above` are conditions that hold for both.
    Where the entries are the same the length has to be. They are counted if each is in braces, or
    the name of no macro and a pointer.

    >>> from vtsplit.cst.parser import parse_module
    >>> one = "const char *a[] = { x,\n#ifdef A\ny,\n#endif\nz };\n"
    >>> other = "extern const char *a[2\n#ifdef A\n+ 1\n#endif\n];\n"
    >>> texts = [other, other.replace("+ 1", "+ 2"), other.replace("A", "B")]
    >>> definition, *others = (parse_module(text).items[0] for text in (one, *texts))
    >>> [same_length(definition, declared) for declared in others]
    [True, False, False]
    """
    brackets = _guarded(declared, *_brackets(declared))
    start, end = definition.initializer or (0, 0)
    entries = _guarded(definition, start, end)
    if not brackets or not entries or _guarded(definition, *_brackets(definition)):
        return True
    conditions = {text for _, guard in (*brackets, *entries) for text in guard}
    are_pointers = _are_pointers(definition)
    lengths: dict[tuple[str, ...], str] = {}
    for holds in configurations([*sorted(conditions), *above]):
        if not holds(above):
            continue
        length, inside = (
            tuple(text for text, guard in part if holds(guard)) for part in (brackets, entries)
        )
        text = "".join(length)
        if not text:
            continue
        value = sum(map(int, text.split("+"))) if _SUM.match(text) else None
        shown = text if value is None else str(value)
        if lengths.setdefault(inside, shown) != shown:
            return False
        count = _count(inside, are_pointers, macros)
        if value is not None and count is not None and value != count:
            return False
    return True


def _brackets(item: Declaration) -> tuple[int, int]:
    """Return where the first brackets behind a name begin and end, themselves left out."""
    tokens = item.tokens
    for at in range(item.head.name_index, len(tokens)):
        if tokens[at].text == "[":
            end = matching(tokens, at)
            return _offset(item, at + 1), _offset(item, end)
    return 0, 0


def _offset(item: Declaration, index: int) -> int:
    return sum(len(token.text) for token in item.tokens[:index])


def _guarded(item: Declaration, start: int, end: int) -> list[_Guarded]:
    """Return the words between two offsets, each with the conditions inside of the item."""
    found = []
    at = 0
    for token, guard in zip(item.tokens, token_guards(item), strict=True):
        if start <= at < end and token.kind not in TRIVIA and token.kind is not Kind.DIRECTIVE:
            found.append((token.text, tuple(one.expression for one in guard)))
        at += len(token.text)
    return found


def _are_pointers(item: Declaration) -> bool:
    try:
        key = read_signature(item.head).key
    except TypeReadError:
        return False
    return key[:1] == ("array",) and isinstance(key[2], tuple) and key[2][:1] == ("pointer",)


def _count(inside: Sequence[str], are_pointers: bool, macros: Collection[str]) -> int | None:
    """Count the entries of an initializer, None if they may stand for more or fewer elements."""
    if inside[:1] != ("{",) or inside[-1:] != ("}",):
        return None
    entries = [one for one in listed(inside[1:-1]) if one]
    plain = [one for one in entries if not _is_braced(one)]
    if plain and not (are_pointers and all(_is_pointer(one, macros) for one in plain)):
        return None
    return len(entries)


def _is_braced(entry: Sequence[str]) -> bool:
    return entry[0] == "{" and matching(entry, 0) == len(entry) - 1


def _is_pointer(entry: Iterable[str], macros: Collection[str]) -> bool:
    """Tell a name or a string: a macro may stand for several entries, or for none."""
    words = [word for word in entry if word != "&"]
    if all(word[0] == '"' for word in words):
        return True
    return words == ["NULL"] or (
        len(words) == 1 and not words[0].isupper() and words[0] not in macros
    )
