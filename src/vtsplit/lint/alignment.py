"""Continuation lines of declarations, aligned to the open parenthesis."""

from collections.abc import Iterator

from vtsplit.cst.nodes import Declaration
from vtsplit.cst.style.continuation import continuation_lines
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
    return [
        (one.offset, one.has, one.wants) for one in continuation_lines(text) if one.has != one.wants
    ]


def align(text: str, style: Indentation = KERNEL) -> str:
    r"""Return a declaration with its continuation lines aligned.

    >>> align("int f(int a,\n  int b);")
    'int f(int a,\n      int b);'
    """
    for one in reversed(list(continuation_lines(text))):
        if one.has != one.wants:
            blanks = style.columns(one.wants)
            text = text[: one.offset - one.blank] + blanks + text[one.offset :]
    return text
