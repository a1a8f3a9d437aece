"""Find where a name stands in a text without a parser, to find the few files worth parsing.

It errs on one side only: a place that it rules out, the parser would also rule out. Texts are
bytes, as they are on disk; a name is a whole word there if it is one to the lexer.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from vtsplit.cst.lexer import CHAR, COMMENT, NUMBER, STRING

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")
_WORD_BYTES = frozenset(bytes([char]) for char in _WORD)
_LETTER = re.compile(rb"[A-Za-z_]")
_DECLARATOR_END = re.compile(rb"[ \t]*[(=\[;,]")
_DEFINE = re.compile(rb"[ \t]*#[ \t]*define[ \t]+\Z")
_OPENER = re.compile(rb"^(?:[A-Za-z_][^\n\"'/]*)?\{[ \t]*\r?$", re.MULTILINE)
_DIRECTIVE = re.compile(rb"\n[ \t\f\v]*#|\*/[ \t\f\v]*#")
_QUOTED = f"{COMMENT}|{STRING}|{CHAR}"
_BRACES = re.compile(f"{_QUOTED}|(?P<brace>[{{}}])".encode())
_BRACES_NUMBERS = re.compile(rf"{_QUOTED}|(?<![\w$]){NUMBER}|(?P<brace>[{{}}])".encode())
_SEPARATOR = re.compile(rb"[0-9A-Fa-f]'[0-9A-Fa-f]")
_BLANKS = b" \t\r\f\v\n"


class NamePlaces:
    r"""The places of a name in a text.

    >>> text = b"/* f() */\nint g(void)\n{\n\treturn f;\n}\n"
    >>> f, g = NamePlaces(text, "f"), NamePlaces(text, "g")
    >>> f.may_be_code(), f.may_be_mentioned(), f.may_be_declared(), f.is_likely_declared()
    (True, True, False, False)
    >>> g.may_be_code(), g.may_be_mentioned(), g.may_be_declared(), g.is_likely_declared()
    (True, False, True, True)
    """

    def __init__(self, text: bytes, name: str) -> None:
        self.text = text
        self.name = name.encode()
        self._sound: dict[int, bool] = {}

    def __iter__(self) -> Iterator[int]:
        text, name = self.text, self.name
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            if (not at or text[at - 1] not in _WORD) and text[end : end + 1] not in _WORD_BYTES:
                yield at
            at = text.find(name, end)

    @cached_property
    def line(self) -> int:
        """The line of the first place, from 1."""
        return self.text.count(b"\n", 0, next(iter(self), 0)) + 1

    def may_be_code(self) -> bool:
        """Tell whether it may stand outside of comments."""
        return any(not self._is_commented(at) for at in self)

    def may_be_mentioned(self) -> bool:
        """Tell whether a comment may mean the object by it: a plain word does when called."""
        speaks = b"_" in self.name or any(chr(char).isdigit() for char in self.name)
        end = len(self.name)
        return any(
            (speaks or self.text.startswith(b"()", at + end)) and self._may_be_commented(at)
            for at in self
        )

    def is_likely_declared(self) -> bool:
        """Tell whether a line in kernel style declares it; wrong on either side at times."""
        for at in self:
            before = self.text[self._line_start(at) : at]
            if _DEFINE.match(before) or (
                _LETTER.match(before)
                and not any(mark in before for mark in (b"(", b"=", b";", b"{"))
                and _DECLARATOR_END.match(self.text, at + len(self.name))
            ):
                return True
        return False

    def may_be_declared(self) -> bool:
        """Tell whether a declaration at file scope, or a `#define`, may have it.

        Uses of members do not count, nor do arguments of macros that are called there.
        """
        return any(
            not self.text.endswith((b".", b"->"), 0, at)
            and not self._is_commented(at)
            and not self._is_nested(at)
            for at in self
        )

    def _line_start(self, at: int) -> int:
        return self.text.rfind(b"\n", 0, at) + 1

    def _continues(self, start: int) -> bool:
        """Tell whether the line that starts here may go on the one above."""
        return self.text[self._line_start(max(start - 1, 0)) : start].rstrip().endswith(b"\\")

    def _may_be_commented(self, at: int) -> bool:
        opened = self.text.rfind(b"/*", 0, at)
        # Of `/*/` the second half closes nothing.
        if opened >= 0 and self.text.find(b"*/", opened + 2, at) < 0:
            return True
        start = self._line_start(at)
        while start and self._continues(start):
            start = self._line_start(start - 1)
        return self.text.find(b"//", start, at) >= 0

    def _is_commented(self, at: int) -> bool:
        """Tell whether it stands in a comment for sure."""
        opened = self.text.rfind(b"/*", 0, at)
        # What is never closed is not a comment: the parser may go on in it after a fault. The end
        # of `/*/` may close another comment.
        slash = self.text.startswith(b"/", opened + 2)
        closed = self.text.find(b"*/", opened + 2) if opened >= 0 and not slash else -1
        if closed > at and self.text.find(b"\n}", opened, closed) < 0 and self._is_plain(opened):
            return True
        opened = self.text.find(b"//", self._line_start(at), at)
        return (
            opened >= 0
            and self._is_plain(opened)
            and self.text.find(b"*/", opened, at) < 0
            and self.text.find(b"/*", self._line_start(at), opened) < 0
        )

    def _is_plain(self, at: int) -> bool:
        """Tell whether no string or line comment that starts further up can hold this place."""
        start = self._line_start(at)
        before = self.text[start : at + 1]  # of `//*` the second slash opens nothing
        marks = (b'"', b"'", b"//")
        return not any(mark in before for mark in marks) and not self._continues(start)

    @cached_property
    def _openers(self) -> list[int]:
        """The braces that end a line which begins in the first column."""
        return [match.end() for match in _OPENER.finditer(self.text)]

    @cached_property
    def _braces(self) -> re.Pattern[bytes]:
        """What finds braces; a slower one where numbers may have quotes, `1'000`."""
        return _BRACES_NUMBERS if _SEPARATOR.search(self.text) else _BRACES

    def _is_nested(self, at: int) -> bool:
        """Tell whether it stands in braces for sure, other than those of an enumeration."""
        which = bisect_right(self._openers, at) - 1
        opening = self.text.rfind(b"{", 0, self._openers[which]) if which >= 0 else -1
        if (
            opening < 0
            or self.text.find(b"\n}", opening, at) >= 0  # where the parser may go on after a fault
            or _DIRECTIVE.search(self.text, opening, at)  # an #else goes back in depth
            or not self._holds_no_declarations(opening)
        ):
            return False
        depth = 1
        for match in self._braces.finditer(self.text, opening + 1, at):
            if match["brace"]:
                depth += 1 if match["brace"] == b"{" else -1
                if not depth:
                    return False
        return True

    def _holds_no_declarations(self, opening: int) -> bool:
        """Tell whether a brace is code for sure, and neither an `enum`'s nor of `extern "C"`."""
        if opening not in self._sound:
            start = self._line_start(opening)
            self._sound[opening] = not (
                self._continues(start)
                or self._may_be_commented(start)
                or (start == opening and not self.text[:start].rstrip(_BLANKS).endswith(b")"))
                or self._may_be_enumeration(opening)
            )
        return self._sound[opening]

    def _may_be_enumeration(self, opening: int) -> bool:
        text = self.text
        end = max(text.rfind(b";", 0, opening), text.rfind(b"}", 0, opening))
        comment = text.rfind(b"*/", 0, opening)
        if b"enum" in text[max(end, comment) + 1 : opening]:
            return True
        if comment > end:
            # What is in front of comments and directives may go on behind them.
            before = text[:comment]
            while True:
                before = before[: before.rfind(b"/*")].rstrip(_BLANKS)
                while (line := before[before.rfind(b"\n") + 1 :]).startswith(b"#"):
                    before = before[: -len(line)].rstrip(_BLANKS)
                if not before.endswith(b"*/"):
                    break
                before = before[:-2]
            end = len(before) - 1
            if before and not before.endswith((b";", b"}")):
                return True
        if end < 0:
            return False
        line = text[self._line_start(end) : end]
        return self._may_be_commented(end) or b'"' in line or b"'" in line
