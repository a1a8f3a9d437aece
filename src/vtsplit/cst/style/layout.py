"""Write code within 80 columns as kernel style has it: lists aligned to their parenthesis."""

from collections.abc import Sequence
from itertools import pairwise

from vtsplit.cst.lexer import TRIVIA, Kind, Token, lex
from vtsplit.cst.spans import matching, outside, split_at
from vtsplit.cst.style.align import width
from vtsplit.cst.style.indentation import KERNEL, Indentation

LIMIT = 80


def fill(
    before: str, parameters: list[str], after: str, limit: int, style: Indentation = KERNEL
) -> str:
    r"""Lay out a list behind an open parenthesis: as much on a line as fits, aligned to it.

    >>> fill("f(", ["aa", "bb"], ")", 8)
    'f(aa,\n  bb);'
    """
    column = width(before)
    lines = [before]
    for at, parameter in enumerate(parameters):
        last = at == len(parameters) - 1
        piece = parameter + (f"{after};" if last else ",")
        blank = "" if at == 0 else " "
        if width(lines[-1] + blank + piece) <= limit:
            lines[-1] += blank + piece
            continue
        lead = style.columns(column) if at else lines.pop()
        whole = f"{lead}{piece}"
        lines += (whole if width(whole) <= limit else _broken(lead, piece, limit, style)).split(
            "\n"
        )
    return "\n".join(lines) if parameters else f"{before}{after};"


def _broken(lead: str, piece: str, limit: int, style: Indentation) -> str:
    """Lay out a piece over lines, if it has a list of its own: `int (*f)(...)`."""
    inner = _inner_list(piece)
    if inner is None:
        return lead + piece
    before, pieces, after = inner
    return fill(lead + before, pieces, after, limit, style).removesuffix(";")


def _inner_list(piece: str) -> tuple[str, list[str], str] | None:
    """Split a piece around its last list of several: what is before, the list, what is behind."""
    tokens = lex(piece)
    opening = [at for at, token in enumerate(tokens) if token.text == "("]
    for at in reversed(opening):
        closing = matching(tokens, at)
        pieces = split_list(tokens[at + 1 : closing])
        if len(pieces) > 1:
            before = "".join(token.text for token in tokens[: at + 1])
            return before, pieces, "".join(token.text for token in tokens[closing:])
    return None


def least_width(piece: str) -> int:
    """Return how many columns a piece of a list takes when it is broken wherever it can be.

    >>> least_width("int a"), least_width("int (*f)(int a, int b)")
    (5, 15)
    """
    inner = _inner_list(piece)
    if inner is None:
        return width(piece)
    before, pieces, _ = inner
    return width(before) + max(map(least_width, pieces)) + 1


def split_list(tokens: Sequence[Token]) -> list[str]:
    """Split what stands between parentheses at its commas.

    >>> split_list(lex("int a,  int (*f)(int, int)"))
    ['int a', 'int (*f)(int, int)']
    """
    return [text for text in map(joined, split_at(tokens, ",", "([")) if text]


def joined(tokens: Sequence[Token]) -> str:
    """Join tokens with single blanks where any white space stood; line comments are left out."""
    text = ""
    for token in tokens:
        if token.kind in TRIVIA and not token.text.startswith("/*"):
            text += " " if text and not text.endswith((" ", "(")) else ""
        elif token.kind is not Kind.DIRECTIVE:
            text += token.text
    return text.strip()


def statement(text: str, level: int, style: Indentation = KERNEL) -> str:
    r"""Return a statement without its `;` as lines of a level, its last call's list wrapped.

    >>> statement("return f(a, b)", 1)
    '\treturn f(a, b);'
    """
    line = style.level(level) + text
    if width(f"{line};") <= LIMIT:
        return f"{line};"
    return f"{_wrapped(line, style)};"


def condition(text: str, level: int, style: Indentation = KERNEL) -> str:
    """Return `if (text)`, wrapped behind its `&&` and `||` where one line does not hold it."""
    line = f"{style.level(level)}if ({text})"
    if width(line) <= LIMIT:
        return line
    lines = [f"{style.level(level)}if ("]
    column = width(lines[0])
    *terms, last = _terms(text)
    for piece in [*terms, f"{last})"]:
        if width(f"{lines[-1]} {piece}") > LIMIT and lines[-1].strip() != "if (":
            lines[-1] = lines[-1].rstrip()
            lines.append(style.columns(column))
        lines[-1] += piece if lines[-1].endswith(("(", "\t", " ")) else f" {piece}"
    return "\n".join(lines)


def _terms(text: str) -> list[str]:
    """Split an expression behind each `&&` and `||` that no parenthesis holds."""
    words = [token.text for token in lex(text)]
    ends = [at + 1 for at in outside(words, {"&&", "||"}, "([")]
    terms = ["".join(words[a:b]).strip() for a, b in pairwise([0, *ends, len(words)])]
    return list(filter(None, terms))


def _wrapped(line: str, style: Indentation) -> str:
    tokens = lex(line)
    opening = next((at for at, token in enumerate(tokens) if token.text == "("), -1)
    if opening < 0:
        return line
    closing = matching(tokens, opening)
    before = "".join(token.text for token in tokens[: opening + 1])
    after = "".join(token.text for token in tokens[closing:])
    pieces = split_list(tokens[opening + 1 : closing])
    return fill(before, pieces, after, LIMIT, style).removesuffix(";")
