"""Blocks of C linkage in a header: `extern "C" { ... }`, written out or by a pair of macros."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from vtsplit.cst.lexer import TRIVIA, Kind, Token, lex
from vtsplit.cst.spans import nested

_CPLUSPLUS = re.compile(r"\s*#\s*if(?:def|\s+defined)?\b[\s(]*__cplusplus\b")
_IF = re.compile(r"\s*#\s*if")
_ENDIF = re.compile(r"\s*#\s*endif\b")
# Macros that systems' headers define are known by their names: G_BEGIN_DECLS, __BEGIN_DECLS.
_BEGINS = re.compile(r"(?=.*(?:DECL|EXTERN|LINKAGE|_C_|C_BEGIN)).*(?:BEGIN|START|OPEN)", re.ASCII)
_ENDS = {"BEGIN": ("END",), "START": ("END", "STOP"), "OPEN": ("CLOSE",)}


@dataclass(frozen=True)
class LinkageBlock:
    """Offsets in a text: where the block's first line begins, its inside, and its last lines."""

    start: int
    inside: int
    end: int
    behind: int


@dataclass(frozen=True)
class _Code:
    """A token that is no white space, and its offset."""

    token: Token
    offset: int

    @property
    def text(self) -> str:
        return self.token.text

    @property
    def behind(self) -> int:
        return self.offset + len(self.token.text)


@lru_cache(maxsize=16)
def linkage_blocks(text: str) -> tuple[LinkageBlock, ...]:
    r"""Return the blocks of C linkage that stand at file scope of a text.

    >>> text = '#ifdef __cplusplus\nextern "C" {\n#endif\nint a;\n#ifdef __cplusplus\n}\n#endif\n'
    >>> [text[one.inside : one.end] for one in linkage_blocks(text)]
    ['int a;\n']
    >>> [text[one.inside : one.end] for one in linkage_blocks("F_BEGIN_DECLS\nint b;\nF_END_DECLS")]
    []
    >>> text = "F_BEGIN_DECLS\nint b;\nF_END_DECLS\n"
    >>> [text[one.inside : one.end] for one in linkage_blocks(text)]
    ['int b;\n']
    """
    code: list[_Code] = []
    offset = 0
    for token in lex(text):
        if token.kind not in TRIVIA:
            code.append(_Code(token, offset))
        offset += len(token.text)
    found = [*_written_out(text, code), *_by_macros(text, code)]
    return tuple(sorted(found, key=lambda one: one.start))


def _written_out(text: str, code: list[_Code]) -> Iterator[LinkageBlock]:
    around = _conditions(code)
    depth = 0
    opened: tuple[int, int, int] | None = None
    for at, one in enumerate(code):
        first, last = around.get(at, (at, at))
        if one.text == "{":
            words = [before.text for before in code[max(at - 2, 0) : at]]
            if not depth and opened is None and words == ["extern", '"C"']:
                first = min(first, at - 2)
                opened = first, _line_end(text, code[last].behind), depth
                continue
            depth += 1
        elif one.text == "}" and opened is not None and depth == opened[2]:
            inside, end = opened[1], _line_start(text, code[first].offset)
            start = _line_start(text, code[opened[0]].offset)
            if inside <= end:
                yield LinkageBlock(start, inside, end, _line_end(text, code[last].behind))
            opened = None
        elif one.text == "}":
            depth = max(depth - 1, 0)


def _conditions(code: list[_Code]) -> dict[int, tuple[int, int]]:
    """Return, for each brace under an `#ifdef __cplusplus`, that directive and its `#endif`."""
    found: dict[int, tuple[int, int]] = {}
    opened: list[tuple[int, list[int]]] = []
    for at, one in enumerate(code):
        if one.token.kind is not Kind.DIRECTIVE:
            if one.text in {"{", "}"}:
                for start, braces in opened:
                    braces += [at] if _CPLUSPLUS.match(code[start].text) else []
        elif _IF.match(one.text):
            opened.append((at, []))
        elif _ENDIF.match(one.text) and opened:
            start, braces = opened.pop()
            found |= dict.fromkeys(braces, (start, at))
    return found


def _by_macros(text: str, code: list[_Code]) -> Iterator[LinkageBlock]:
    opened: tuple[_Code, list[str]] | None = None
    for one, depth in nested(code, "({"):
        if depth or one.token.kind is not Kind.IDENT or not _is_alone(text, one):
            continue
        begins = _BEGINS.match(one.text)
        if opened is not None and one.text in opened[1]:
            first = opened[0]
            yield LinkageBlock(
                _line_start(text, first.offset),
                _line_end(text, first.behind),
                _line_start(text, one.offset),
                _line_end(text, one.behind),
            )
            opened = None
        elif begins:
            word = next(word for word in _ENDS if word in one.text)
            opened = one, [end.join(one.text.rsplit(word, 1)) for end in _ENDS[word]]


def _is_alone(text: str, one: _Code) -> bool:
    """Tell whether a word is all that its line has."""
    line = text[_line_start(text, one.offset) : _line_end(text, one.behind)]
    return line.endswith("\n") and re.sub(r"/\*.*?\*/|//.*", "", line).strip() == one.text


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1
