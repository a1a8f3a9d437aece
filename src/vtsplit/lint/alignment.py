"""Continuation lines of declarations, aligned to the open parenthesis."""

from collections.abc import Iterator

from vtsplit.cst.lexer import Kind, Token, lex
from vtsplit.cst.nodes import Declaration
from vtsplit.cst.style.align import width
from vtsplit.cst.style.indentation import KERNEL, Indentation
from vtsplit.example_trees import SPLIT, edited
from vtsplit.lint.facts import Facts
from vtsplit.lint.findings import Align, Finding
from vtsplit.rule import Example, Rule

MISALIGNED = Rule(
    "L009",
    "misaligned",
    "misaligned continuation line in a declaration",
    "A line of a declaration in the split's header does not start in the column behind the open "
    "parenthesis. `checkpatch.pl` says PARENTHESIS_ALIGNMENT.",
    "Align it. `--fix` does so.",
    Example(
        {
            **edited("lamp_ops.h", ("light *light)", "light *light,\n\tint level)"), base=SPLIT),
            **edited("lamp.c", ("light *light)", "light *light, int level)"), base=SPLIT),
            **edited(
                "lamp.h",
                ("(*on)(struct light *light)", "(*on)(struct light *light, int level)"),
                base=SPLIT,
            ),
        },
        base=SPLIT,
        command="vtsplit lint",
    ),
)


_LIMIT = 80


def find_misaligned(facts: Facts) -> Iterator[Finding]:
    """Find declarations in the split's headers with lines that are not aligned (L009).

    The rule is checkpatch.pl's PARENTHESIS_ALIGNMENT. A line that would not fit is left alone, and
    so is one behind a parenthesis that ends its line.
    """
    for file in facts.headers:
        for index, item in enumerate(file.module.items):
            if not isinstance(item, Declaration) or not item.head.is_function:
                continue
            if item.straddles or item.head.has_directive:
                continue
            for offset, has, wants in misalignments(item.text):
                message = (
                    f"'{item.name}': this line should start in column {wants + 1}, not {has + 1}"
                )
                site = file.site(index, offset)
                yield Finding(site, MISALIGNED, item.name, message, Align(file.path, index))


def misalignments(text: str) -> list[tuple[int, int, int]]:
    r"""Return the lines of a declaration that are not aligned: offset, column it has, and wants.

    >>> misalignments("int f(int a,\n  int b);")
    [(15, 2, 6)]
    """
    return [(offset, has, wants) for offset, _, has, wants in _lines(text) if has != wants]


def align(text: str, style: Indentation = KERNEL) -> str:
    r"""Return a declaration with its continuation lines aligned.

    >>> align("int f(int a,\n  int b);")
    'int f(int a,\n      int b);'
    """
    for offset, blank, has, wants in reversed(list(_lines(text))):
        if has != wants:
            text = text[: offset - blank] + style.columns(wants) + text[offset:]
    return text


def _lines(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield each continuation line inside of parentheses that has a column to align to.

    Offset of its first character, how many characters of white space stand before it, the column
    it starts in, from 0, and the one it should.
    """
    tokens = lex(text)
    columns: list[int | None] = []  # behind each open parenthesis, None where it ends its line
    moved = 0  # how far the line that is read will move
    offset = column = 0
    for at, token in enumerate(tokens):
        starts = at > 0 and tokens[at - 1].text.endswith("\n")
        if starts:
            column = moved = 0
            blank = token.text if token.kind is Kind.SPACE else ""
            rest = _rest_of_line(tokens, at)[len(blank) :]
            wants = columns[-1] if columns else None
            is_code = rest.strip() and not rest.startswith(("/*", "//", "*"))
            if wants is not None and is_code and width(rest, wants) <= _LIMIT:
                has = width(blank)
                moved = wants - has
                yield offset + len(blank), len(blank), has, wants
        end = width(token.text, column)
        if token.text == "(":
            hangs = not _rest_of_line(tokens, at + 1).strip()
            columns.append(None if hangs else end + moved)
        elif token.text == ")" and columns:
            columns.pop()
        column = end
        offset += len(token.text)


def _rest_of_line(tokens: tuple[Token, ...], at: int) -> str:
    return "".join(token.text for token in tokens[at:]).split("\n")[0].rstrip("\r")
