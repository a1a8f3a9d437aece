r"""Write a wrapper: a function in main that chooses between two backends at run time.

static int bar_open(struct dev *dev)
{
        if (is_b(dev))
                return b_open(dev);

        return a_open(dev);
}
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vtsplit.codemods.declare import wrap_prototype
from vtsplit.codemods.dispatch.specifiers import kept_specifiers
from vtsplit.cst.heads.declarator import Head, read_head, standard_attribute
from vtsplit.cst.lexer import TRIVIA, Kind, Token, lex
from vtsplit.cst.style.align import width
from vtsplit.cst.style.indentation import KERNEL, Indentation
from vtsplit.cst.style.layout import LIMIT, condition, split_list, statement


@dataclass(frozen=True)
class BodyBlock:
    """`if (condition) statements`; without a condition the statements alone, without `;` each.

    A block inside of another stands behind its statements. `close` joins it to what stands before
    it, without a blank line between them; `option` puts it under an `#ifdef`.
    """

    statements: tuple[str, ...] = ()
    condition: str = ""
    inner: "BodyBlock | None" = None
    close: bool = False
    option: str = ""


@dataclass(frozen=True)
class Body:
    """What a wrapper does: blocks in order, with a comment above one of them.

    `verbatim` stands in place of all else.
    """

    blocks: tuple[BodyBlock, ...] = ()
    comment: str = ""
    commented: int = 0  # the block that the comment is about
    verbatim: str = ""


def render(head: str, body: Body, heading: str = "", style: Indentation = KERNEL) -> str:
    r"""Return a function's text: its head as one line of C, its body by blocks.

    >>> block = BodyBlock(("b_put(dev)", "return"), "is_b(dev)")
    >>> text = render("void bar_put(struct dev *dev)", Body((block, BodyBlock(("a_put(dev)",)))))
    >>> print(text.expandtabs())
    static void bar_put(struct dev *dev)
    {
            if (is_b(dev)) {
                    b_put(dev);
                    return;
            }
    <BLANKLINE>
            a_put(dev);
    }
    """
    lines = [_comment(heading, "")] if heading else []
    lines += [
        wrap_prototype(read_head(with_storage("static", head)), style=style).removesuffix(";"),
        "{",
    ]
    if body.verbatim:
        lines.append(body.verbatim.strip("\n"))
    for at, block in enumerate(body.blocks):
        if at and not block.close:
            lines.append("")
        if body.comment and at == body.commented:
            lines.append(_comment(body.comment, style.level(1)))
        own = _lines(block, 1, style)
        lines += [f"#ifdef {block.option}", *own, "#endif"] if block.option else own
    return "\n".join([*lines, "}"])


def _lines(block: BodyBlock, level: int, style: Indentation) -> list[str]:
    inside = level + 1 if block.condition else level
    lines = [statement(text, inside, style=style) for text in block.statements]
    if block.inner is not None:
        lines += _lines(block.inner, inside, style)
    if not block.condition:
        return lines
    braces = len(block.statements) + (block.inner is not None) > 1
    opening = condition(block.condition, level, style=style) + (" {" if braces else "")
    return [opening, *lines, *([style.level(level) + "}"] if braces else [])]


def _comment(text: str, lead: str) -> str:
    """Lay out a comment in kernel style (Documentation/process/coding-style.rst, 8)."""
    paragraphs = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    line = f"{lead}/* {paragraphs[0]} */"
    if len(paragraphs) == 1 and width(line) <= LIMIT:
        return line
    lines = [f"{lead}/*"]
    for at, paragraph in enumerate(paragraphs):
        if at:
            lines.append(f"{lead} *")
        lines += _filled(paragraph, f"{lead} * ")
    return "\n".join([*lines, f"{lead} */"])


def _filled(paragraph: str, lead: str) -> list[str]:
    lines = [lead.rstrip(" ")]
    for word in paragraph.split():
        if width(f"{lines[-1]} {word}") > LIMIT and len(lines[-1]) > len(lead):
            lines.append(lead.rstrip(" "))
        lines[-1] += f" {word}"
    return lines


def wrapper_head(head: Head, name: str, names: Sequence[str], dropped: Collection[str] = ()) -> str:
    """Return a function's head under another name, its parameters named so, on one line.

    Linkage, comments and `inline` go, and what a wrapper does not keep (`kept_specifiers`):
    `dropped` are macros of that kind. Annotations such as `__init` stay.

    >>> wrapper_head(read_head("static int __init f(struct foo *, int (*)(void))"), "g", "ab")
    'int __init g(struct foo *a, int (*b)(void))'
    """
    lead = ""
    for text in kept_specifiers(head, dropped):
        lead += text if not lead or lead.endswith("*") else f" {text}"
    lead = lead if lead.endswith("*") else f"{lead} "
    inside = head.tokens[head.open_paren + 1 : head.close_paren]
    given = split_list([token for token in inside if token.kind is not Kind.COMMENT])
    parameters = [
        named(parameter, name_) for parameter, name_ in zip(given, names, strict=False)
    ] or given
    return f"{lead}{name}({', '.join(parameters) or 'void'})"


def with_storage(storage: str, head: str) -> str:
    """Return a head with specifiers in front, but for `[[...]]`, which is first (C23 6.7.1).

    >>> with_storage("static", "int f(void)"), with_storage("static", "[[gnu::cdecl]] int f(void)")
    ('static int f(void)', '[[gnu::cdecl]] static int f(void)')
    """
    tokens = lex(head)
    end = at = 0
    while at < len(tokens) and (last := standard_attribute(tokens, at)) >= 0:
        end = at = last + 1
        while at < len(tokens) and tokens[at].kind in TRIVIA:
            at += 1
    front, rest = ("".join(token.text for token in part) for part in (tokens[:end], tokens[at:]))
    return f"{front} {storage} {rest}" if front else f"{storage} {rest}"


def named(parameter: str, name: str) -> str:
    """Return a parameter's declaration with a name, its own or, where it has none, this one.

    >>> named("struct foo *", "foo"), named("int (*)(void)", "f"), named("u8 a[4]", "a")
    ('struct foo *foo', 'int (*f)(void)', 'u8 a[4]')
    """
    head = read_head(f"{parameter};")
    if head.name == name:
        return parameter
    tokens = list(lex(parameter))
    if head.name and _is_named(head, parameter):
        tokens[head.name_index] = Token(Kind.IDENT, name)
        return "".join(token.text for token in tokens)
    for at, token in enumerate(tokens):
        following = next((t.text for t in tokens[at + 1 :] if t.kind not in TRIVIA), "")
        if token.text == "*" and following == ")":
            return "".join(t.text for t in tokens[: at + 1]) + name + parameter[_end(tokens, at) :]
    bracket = next((at for at, token in enumerate(tokens) if token.text == "["), len(tokens))
    lead = "".join(token.text for token in tokens[:bracket]).rstrip()
    rest = "".join(token.text for token in tokens[bracket:])
    return f"{lead}{'' if lead.endswith('*') else ' '}{name}{rest}"


def _end(tokens: Sequence[Token], at: int) -> int:
    return sum(len(token.text) for token in tokens[: at + 1])


def _is_named(head: Head, parameter: str) -> bool:
    """Tell a parameter's name from its type: a lone word is a type (C11 6.7.6.3)."""
    words = [t for t in head.tokens[: head.name_index] if t.kind is Kind.IDENT]
    return bool(words) and parameter.rstrip()[-1:] != "*"
