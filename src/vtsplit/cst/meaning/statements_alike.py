"""The statements of a function's body in one form, so that two ways to write them are alike."""

from collections.abc import Collection, Sequence

from vtsplit.cst.lexer import Kind, Token
from vtsplit.cst.spans import matching

_OPEN, _CLOSE = Token(Kind.PUNCT, "{"), Token(Kind.PUNCT, "}")
_END = Token(Kind.PUNCT, ";")
# What these do is not read: a body that has one is left as it is.
_NOT_READ = frozenset(
    "for while do switch case default goto else asm __asm__ __asm break continue".split()
)
_STATEMENT = _NOT_READ | {";", "{", "}", "if", "return"}


class _UnreadError(Exception):
    pass


def braced(
    body: tuple[Token, ...], is_void: bool, macros: Collection[str] = ()
) -> tuple[Token, ...] | None:
    """Return a body, `{` to `}`, with braces round what each `if` and `else` rules.

    In a function that returns nothing `return f(x);` becomes `f(x); return;`, and the `return` at
    its end goes. `if (!f(x)) return a; return b;` at the end is turned round. It is left alone if
    `f` is one of the `macros`: it may expand to `a == b`, which `!` takes apart. None stands for a
    body that is not certain to be read rightly.

    >>> from vtsplit.cst.lexer import lex
    >>> def show(text, is_void=False):
    ...     found = braced(tuple(t for t in lex(text) if t.text.strip()), is_void)
    ...     return found and " ".join(token.text for token in found)
    >>> show("{ if (a) if (b) f(); else g(); }")
    '{ if ( a ) { if ( b ) { f ( ) ; } else { g ( ) ; } } }'
    >>> show("{ if (a) return f(); return g(); }", True)
    '{ if ( a ) { f ( ) ; return ; } g ( ) ; }'
    >>> show("{ if (a) return f(); }", True)
    '{ if ( a ) { f ( ) ; } }'
    >>> show("{ if (!f(a)) return 0; return g(); }")
    '{ if ( f ( a ) ) { return g ( ) ; } return 0 ; }'
    >>> show("{ each(x) if (a) f(); }")
    """
    reader = _AlikeReader(body, is_void)
    try:
        statements, end = reader.block(0)
    except (_UnreadError, IndexError):
        return None
    if end != len(body):
        return None
    if is_void:
        statements = _falling_through(statements)
    statements[-2:] = _affirmed(statements[-2:], macros)
    return (_OPEN, *(token for one in statements for token in one), _CLOSE)


def _falling_through(statements: list[Sequence[Token]]) -> list[Sequence[Token]]:
    """Leave out a `return;` behind which nothing is left to do, also that of a last `if`."""
    while statements and [t.text for t in statements[-1]] == ["return", ";"]:
        statements = statements[:-1]
    last = tuple(statements[-1]) if statements else ()
    ends = [t.text for t in last[-4:]] in ([";", "return", ";", "}"], ["}", "return", ";", "}"])
    is_choice = bool(last) and last[0].text == "if" and all(t.text != "else" for t in last)
    return [*statements[:-1], (*last[:-3], _CLOSE)] if ends and is_choice else statements


def _affirmed(last: list[Sequence[Token]], macros: Collection[str]) -> list[Sequence[Token]]:
    """Turn a denied choice between two returns round (C11 6.5.3.3p5, 6.8.4.1)."""
    if len(last) < 2 or [t.text for t in last[0][:3]] != ["if", "(", "!"]:
        return last
    choice, final = tuple(last[0]), tuple(last[1])
    end = matching(choice, 1)
    called, inside, ruled = choice[3].text, choice[3:end], choice[end + 1 :]
    is_call = len(inside) > 2 and inside[1].text == "(" and matching(inside, 1) == len(inside) - 1
    returns = [t.text for t in ruled[:2]] == ["{", "return"] and final[0].text == "return"
    # One statement each: a brace or a second `;` inside would be more.
    is_one = sum(t.text in {";", "{", "}"} for t in ruled) == 3
    if not (is_call and returns and is_one and choice[3].kind is Kind.IDENT):
        return last
    if called in macros:
        return last
    return [(*choice[:2], *inside, choice[end], _OPEN, *final, _CLOSE), ruled[1:-1]]


class _AlikeReader:
    """Reads statements. Each method returns what it has read and where it ends."""

    def __init__(self, tokens: tuple[Token, ...], is_void: bool) -> None:
        self.tokens = tokens
        self.is_void = is_void

    def block(self, at: int) -> tuple[list[Sequence[Token]], int]:
        """Read `{ ... }`: its statements, each by itself."""
        if self.tokens[at].text != "{":
            raise _UnreadError
        at += 1
        found: list[Sequence[Token]] = []
        while self.tokens[at].text != "}":
            statements, at = self.statement(at)
            found += statements
        return found, at + 1

    def statement(self, at: int) -> tuple[list[Sequence[Token]], int]:
        word = self.tokens[at].text
        if word == "{":
            inside, at = self.block(at)
            return [(_OPEN, *(t for one in inside for t in one), _CLOSE)], at
        if word == "if":
            return self.choice(at)
        return self.simple(at)

    def choice(self, at: int) -> tuple[list[Sequence[Token]], int]:
        if self.tokens[at + 1].text != "(":
            raise _UnreadError
        end = matching(self.tokens, at + 1) + 1
        if any(token.text in _STATEMENT for token in self.tokens[at + 1 : end]):
            raise _UnreadError
        found = [*self.tokens[at:end]]
        ruled, at = self.ruled(end)
        found += ruled
        if self.tokens[at].text == "else":
            found.append(self.tokens[at])
            ruled, at = self.ruled(at + 1)
            found += ruled
        return [found], at

    def ruled(self, at: int) -> tuple[list[Token], int]:
        """Read what an `if` or `else` rules, in braces or not."""
        read = self.block if self.tokens[at].text == "{" else self.statement
        statements, at = read(at)
        return [_OPEN, *(token for one in statements for token in one), _CLOSE], at

    def simple(self, at: int) -> tuple[list[Sequence[Token]], int]:
        """Read an expression, a declaration or a `return`, up to its `;`.

        A name with arguments that anything but an operator follows is a macro, which may rule the
        next statement; a `:` is a label's or an operator's.
        """
        start, called = at, False
        while self.tokens[at].text != ";":
            token = self.tokens[at]
            word = token.kind in {Kind.IDENT, Kind.NUMBER, Kind.STRING, Kind.CHAR}
            if token.text in _NOT_READ | {"{", "}", "if", ":", "]", ")"} or (called and word):
                raise _UnreadError
            called = False
            if token.text in {"(", "["}:
                before = self.tokens[at - 1]
                called = token.text == "(" and at > start and before.kind is Kind.IDENT
                end = matching(self.tokens, at)
                # Statements in an argument are the macro's to place.
                if any(t.text in _STATEMENT for t in self.tokens[at:end]):
                    raise _UnreadError
                at = end
            at += 1
        inside = self.tokens[start:at]
        if self.is_void and inside[:1] and inside[0].text == "return" and inside[1:]:
            return [(*inside[1:], _END), (inside[0], _END)], at + 1
        return [(*inside, _END)], at + 1
