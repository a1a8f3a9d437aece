"""How many elements an initializer gives an array if directives stand among its entries.

The compiler adds up what vtsplit cannot know: `[2 + 1]`, each `+ 1` under its `#if`.
"""

from collections.abc import Collection, Sequence

from vtsplit.cst.directives import (
    BRANCHES,
    OPENERS,
    decided_macro,
    directive_argument,
    directive_name,
)
from vtsplit.cst.guards import token_guards
from vtsplit.cst.lexer import TRIVIA, Kind, Token
from vtsplit.cst.meaning.expansion import MacrosOf
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.spans import nested
from vtsplit.planning.edits import Length
from vtsplit.planning.header.element_count import (
    CountError,
    Element,
    Placed,
    ValueOf,
    count_between,
)

_CLOSER = "endif"


def count_under_conditions(
    item: Declaration, element: Element, macros_of: MacrosOf, value_of: ValueOf
) -> Length:
    r"""Return the length of an array whose entries stand under conditions, as C for its brackets.

    >>> from vtsplit.cst.parser import parse_module
    >>> (item,) = parse_module("int a[] = { 1, 2,\n#ifdef A\n3,\n#endif\n4 };\n").items
    >>> length = count_under_conditions(item, Element("number"), lambda _: (), lambda _: None)
    >>> length.text, [one.expression for one in length.conditions]
    ('3\n#ifdef A\n\t+ 1\n#endif\n', ['defined(A)'])

    Raises CountError where the parts of the initializer cannot be counted one by one.
    """
    braces, parts = _parts(item)
    lines: list[str] = []
    always, depth = 0, 0
    for directive, tokens in parts:
        if directive:
            depth += _follow(lines, directive)
        found = count_between(braces, tokens, element, macros_of, value_of)
        if not depth:
            always += found
        elif found:
            lines.append(f"\t+ {found}")
    text = "\n".join([str(always), *lines, ""]) if lines else str(always)
    seen = (condition for guard in token_guards(item) for condition in guard)
    return Length(text, tuple(dict.fromkeys(seen)) if lines else ())


def _parts(
    item: Declaration,
) -> tuple[tuple[Placed, Placed], list[tuple[str, list[Placed]]]]:
    """Return the braces of an initializer, and each directive inside with the entries behind it."""
    start, end = item.initializer or (0, 0)
    parts: list[tuple[str, list[Placed]]] = [("", [])]
    offset, inside = 0, []
    for token in item.tokens:
        if start <= offset < end and token.kind not in TRIVIA:
            inside.append((token, offset))
        offset += len(token.text)
    if len(inside) < 2 or inside[0][0].text != "{" or inside[-1][0].text != "}":
        raise CountError("an #if or another directive stands outside of its braces")
    words = {token.text for token, _ in inside}
    inside = [one for one in inside if not _is_idle(one[0], words)]
    depths = [depth for _, depth in nested([token for token, _ in inside])]
    for (token, place), depth in zip(inside[1:-1], depths[1:-1], strict=True):
        if token.kind is not Kind.DIRECTIVE:
            parts[-1][1].append((token, place))
            continue
        name = directive_name(token.text)
        if macro := decided_macro(token.text):
            raise CountError(
                f"a #{name} of '{macro}', which an entry uses, stands among the entries"
            )
        if depth != 1 or (name not in OPENERS and name not in BRANCHES and name != _CLOSER):
            raise CountError("an #if or another directive stands inside of an entry")
        before = next((part for _, part in reversed(parts) if part), [])
        # What follows a number or a string may go on with it.
        if before and before[-1][0].text not in {",", "}"}:
            raise CountError("an #if or another directive stands inside of an entry")
        parts.append((token.text, []))
    if len(parts) > 1 and any(_is_designated([token for token, _ in part]) for _, part in parts):
        raise CountError("an #if or another directive stands among entries with an index")
    return (inside[0], inside[-1]), parts


def _is_idle(token: Token, words: Collection[str]) -> bool:
    """Tell a line that decides on a macro which no entry uses."""
    macro = decided_macro(token.text) if token.kind is Kind.DIRECTIVE else None
    return macro is not None and macro not in words


def _is_designated(tokens: Sequence[Token]) -> bool:
    """Tell whether an entry of a part names its index."""
    behind = True  # of a comma
    for token, depth in nested(tokens):
        if behind and token.text == "[":
            return True
        behind = token.text == "," and not depth
    return False


def _follow(lines: list[str], directive: str) -> int:
    """Add a directive, without blocks that add nothing; return by how much it nests deeper."""
    name = directive_name(directive)
    lines.append(f"#{name} {directive_argument(directive)}".rstrip())
    if name in OPENERS:
        return 1
    if name != _CLOSER:
        return 0
    at = len(lines) - 2
    while at >= 0 and directive_name(lines[at]) in BRANCHES:
        at -= 1
    if at >= 0 and directive_name(lines[at]) in OPENERS:
        del lines[at:]
    return -1
