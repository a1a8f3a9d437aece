r"""Names that the assembler reads: in `asm` and `alias`, and in files of assembly.

No compiler changes them: what they name has to keep its name.
"""

import re
from functools import lru_cache

from vtsplit.cst.directives import directive_name
from vtsplit.cst.lexer import STRING, Kind, Token, code_tokens, lex

# A text without these gives no name to the assembler.
READERS = ("asm", "alias", "weakref", "ifunc")
_ASM = frozenset({"asm", "__asm", "__asm__"})
_ALIASES = frozenset({"alias", "__alias__", "weakref", "__weakref__", "ifunc", "__ifunc__"})
_STRING = re.compile(STRING)
_STATEMENT_END = re.compile(r"\\[ntr]|[;\n]")
_LABELS = re.compile(r"(?:\s*[\w.$]+:)*\s*")
# Not `%[operand]`, `%eax` and `.Llocal`; `sym@PLT` names `sym`.
_SYMBOL = re.compile(r"(?<![\w.$%@\[])[A-Za-z_$][\w$]*")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")


@lru_cache(maxsize=1 << 12)
def assembler_names(text: str) -> frozenset[str]:
    r"""Return the names that a chunk of C gives to the assembler, those of instructions left out.

    >>> sorted(assembler_names('asm volatile("1: call f\\n\\tadd %[x], g(%%rip)" : [x] "+r" (h));'))
    ['f', 'g']
    >>> sorted(assembler_names('int f(void) __asm__("g");'))
    ['g']
    >>> sorted(assembler_names('int f(void) __attribute__((alias("g"), section("h")));'))
    ['g']
    >>> sorted(assembler_names('void f(void) { asm("hlt"); }'))
    []
    """
    tokens = code_tokens(lex(text))
    found: set[str] = set()
    depth = 0
    for at, token in enumerate(tokens):
        depth += (token.text == "{") - (token.text == "}")
        if token.text in _ASM:
            opening = at + 1
            while opening < len(tokens) and tokens[opening].kind is Kind.IDENT:
                opening += 1
            code = _first_string(tokens, opening)
            # In front of a declaration's end it is a name, and no instruction.
            is_name = not depth and at > 0 and _WORD.fullmatch(code) is not None
            found |= {code} if is_name else _operands(code)
        elif token.text in _ALIASES:
            found.update(_WORD.findall(_first_string(tokens, at + 1)))
    return frozenset(found)


def words_of_strings(text: str) -> frozenset[str]:
    """Return the words in the strings of a text, fast."""
    return frozenset(_WORD.findall(" ".join(_STRING.findall(text)))) if '"' in text else frozenset()


def _first_string(tokens: list[Token], opening: int) -> str:
    """Return the string behind a bracket, all of its parts; "" if there is none."""
    parts: list[str] = []
    if opening < len(tokens) and tokens[opening].text == "(":
        for token in tokens[opening + 1 :]:
            if token.kind is not Kind.STRING:
                break
            parts.append(token.text[token.text.index('"') + 1 : -1])
    return "".join(parts)


def _operands(code: str) -> set[str]:
    """Return the names in assembler code that are no instructions, labels or registers."""
    found: set[str] = set()
    for statement in _STATEMENT_END.split(code):
        start = _LABELS.match(statement)
        _, _, operands = statement[start.end() if start else 0 :].replace("\\t", " ").partition(" ")
        found.update(_SYMBOL.findall(operands))
    return found


def words_of_assembly(text: str) -> frozenset[str]:
    r"""Return the words of a file of assembly, but for those in comments.

    >>> sorted(words_of_assembly("# old\n#define CALL call f\nstart:\tCALL // g\n"))
    ['CALL', 'call', 'define', 'f', 'start']
    """
    found: set[str] = set()
    for token in lex(text):
        if token.kind is Kind.IDENT or (
            token.kind is Kind.DIRECTIVE and directive_name(token.text) in {"define", "if", "elif"}
        ):
            found.update(_WORD.findall(token.text))
    return frozenset(found)
