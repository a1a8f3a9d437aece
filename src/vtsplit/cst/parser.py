"""Text to `Module`. What cannot be read becomes `Opaque`; there is no input that fails.

The scan is coarse: it finds where items end and does not look into function bodies, beyond braces,
so that a file of 10,000 lines is parsed in milliseconds and a tree of 1 GB in a minute.
"""

import re
from functools import lru_cache

from vtsplit.cst.branches import Assumed, DeadText, Opened, opener_of
from vtsplit.cst.directives import BRANCHES, OPENERS, directive_name
from vtsplit.cst.heads.annotations import is_annotation_call
from vtsplit.cst.lexer import (
    CHAR,
    COMMENT,
    DIRECTIVE,
    HASH_LINE,
    IDENT,
    NUMBER,
    SPLICE,
    STANDARD_ATTRIBUTE,
    STRING,
    may_separate_digits,
)
from vtsplit.cst.lone_words import lone_word
from vtsplit.cst.nodes import Declaration, Directive, FunctionDef, Item, MacroCall, Module, Opaque

_TRIVIA = re.compile(rf"(?:[ \t\f\v\r\n\ufeff]+|{SPLICE}|{COMMENT})*", re.MULTILINE)
_REST_OF_LINE = re.compile(rf"(?:[ \t\f\v]|{COMMENT})*(?:\r?\n|\Z)")
_HASH_LINE = re.compile(HASH_LINE, re.MULTILINE)
_QUOTED = rf"{COMMENT}|{STRING}|{CHAR}"
# The slower way, for the few texts in which a quote may stand in a number.
_QUOTED_OR_NUMBER = rf"{_QUOTED}|(?<![\w$]){NUMBER}"


def _marks(quoted: str, marks: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<directive>{DIRECTIVE})|{quoted}|(?P<mark>[{marks}])", re.MULTILINE)


_OUTSIDE, _INSIDE = _marks(_QUOTED, r"()\[\]{};"), _marks(_QUOTED, "{}")
_OUTSIDE_NUMBERS = _marks(_QUOTED_OR_NUMBER, r"()\[\]{};")
_INSIDE_NUMBERS = _marks(_QUOTED_OR_NUMBER, "{}")
_BLANKED = re.compile(rf"{DIRECTIVE}|{_QUOTED}", re.MULTILINE)
_BLANKED_NUMBERS = re.compile(rf"{DIRECTIVE}|{_QUOTED_OR_NUMBER}", re.MULTILINE)
_ATTRIBUTE = re.compile(r"\b__\w+\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\b__\w+\b")
_AGGREGATE = re.compile(rf"\b(?:struct|union|enum)(?:\s+{IDENT})*\s*\Z")
_CALL = re.compile(
    r"\s*(?:(?:static|const|extern)\s+)*"
    rf"((?!(?:typeof|typeof_unqual|_Alignas|alignas)\b){IDENT})\s*\Z"
)
_LETTER = r"(?:[^\W\d]|\$)"
# A K&R definition's parameters: `int f(a) int a; {` (C11 6.9.1p6). A brace behind a semicolon
# begins nothing else at file scope.
_OLD_PARAMETER = re.compile(rf"\)\s*(?:{IDENT}[\s*]+)+{_LETTER}[\w$\s*,\[\]]*\Z")
_OLD_PARAMETERS = re.compile(
    rf"(?:(?:[ \t\f\v\r\n]|{COMMENT})*{_LETTER}[\w$\s*,\[\]()]*;){{0,32}}"
    rf"(?:[ \t\f\v\r\n]|{COMMENT})*\{{"
)
_LONGEST_OLD = 2000  # characters of such a declaration
_NO_BRACE = re.compile(r"[^{}]+")
_RECOVER = re.compile(r"^\}[^\n]*", re.MULTILINE)
_MOST_RECOVERIES = 64
_Patterns = tuple[re.Pattern[str], re.Pattern[str]]


def parse_module(text: str) -> Module:
    r"""Parse a file, valid C or not; `parse_module(text).code == text` for every text.

    >>> module = parse_module("/* a */\nstatic int f(void)\n{\n}\n\nMODULE_LICENSE(\"GPL\");\n")
    >>> [type(item).__name__ for item in module.items]
    ['FunctionDef', 'MacroCall']
    >>> module.items[0].leading
    '/* a */\n'
    """
    return _parse_short(text) if len(text) < _SHORT else _parse_long(text)


def parse_anew(text: str) -> Module:
    """Parse a file as `parse_module` does, whether it is known or not."""
    items: list[Item] = []
    at = 0
    recoveries = 0
    patterns = _patterns_for(text)
    dead = DeadText(text, _blanked_for(text))
    while True:
        start = _TRIVIA.match(text, at).end()  # type: ignore[union-attr]
        if start == len(text):
            return Module(tuple(items), text[at:])
        directive = _directive_at(text, start)
        if directive:
            end = directive.end()
            item: Item = Directive("", directive[0], "")
        elif word := lone_word(text, start):
            end = start + len(word)
            item = MacroCall("", word, "", name=word)
        else:
            item = _ItemScan(text, start, patterns).run()
            dead_end = dead.end_at(start) if dead.starts else -1
            if 0 <= dead_end < start + len(item.text):
                item = Opaque("", text[start:dead_end].rstrip(), "")
            elif isinstance(item, Opaque) and item.unbalanced and recoveries < _MOST_RECOVERIES:
                # Kernel style closes a function with a brace in the first column: go on there.
                recoveries += 1
                brace = _RECOVER.search(text, start)
                if brace and brace.end() < start + len(item.text):
                    item = item.with_changes(text=text[start : brace.end()])
            end = start + len(item.text)
        rest = _REST_OF_LINE.match(text, end)
        trailing = rest[0] if rest else ""
        items.append(item.with_changes(leading=text[at:start], trailing=trailing))
        at = end + len(trailing)


# A run asks for the same text from several sides, and a module never changes. Of short texts, such
# as a prototype that is made, there are so many that files would not stay.
_SHORT = 4096
_parse_short = lru_cache(maxsize=1024)(parse_anew)
_parse_long = lru_cache(maxsize=64)(parse_anew)


def _patterns_for(text: str) -> _Patterns:
    """Return what finds brackets outside and inside of braces."""
    if may_separate_digits(text):
        return _OUTSIDE_NUMBERS, _INSIDE_NUMBERS
    return _OUTSIDE, _INSIDE


def _blanked_for(text: str) -> re.Pattern[str]:
    """Return what finds directives, and the comments and strings that hide what looks like one."""
    return _BLANKED_NUMBERS if may_separate_digits(text) else _BLANKED


def _directive_at(text: str, start: int) -> re.Match[str] | None:
    """Match a directive at `start`: a `#` with only blanks between it and its line's beginning."""
    if text[start] != "#":
        return None
    at = start
    while at and text[at - 1] in " \t\f\v":
        at -= 1
    starts = not at or text[at - 1] == "\n" or text.startswith("*/", max(at - 2, 0))
    starts = starts or (at == 1 and text[0] == "\ufeff")
    return _HASH_LINE.match(text, start) if starts else None


def _blank(text: str) -> str:
    """Return a text with a space for each directive, comment, string and character."""
    if "/" in text or '"' in text or "'" in text or "#" in text:
        return _blanked_for(text).sub(" ", text)
    return text


def _plain_end(text: str, start: int) -> int:
    r"""Return where the last brace of an initializer stands that need not be looked into.

    `start` is behind its first brace. Such a one ends in the first column, and has neither
    directives, comments, statements, nor anything but braces in pairs. Any other is looked into
    from `start`. Half of a driver's text is data.

    >>> _plain_end('x = {\n\t{ 1, "}" },\n};\n', 5), _plain_end("x = {\n\t/* } */\n};\n", 5)
    (18, 5)
    """
    if not text[max(start - 9, 0) : start - 1].rstrip().endswith("="):
        return start
    end = text.find("\n};", start)
    inside = text[start:end]
    if end < 0 or "'" in inside or "\\" in inside or "/*" in inside or "//" in inside:
        return start
    # Without escapes every second piece is a string, and no string goes over a line's end.
    pieces = inside.split('"')
    code, strings = "".join(pieces[::2]), "".join(pieces[1::2])
    is_plain = len(pieces) % 2 and ";" not in code and "#" not in code and "\n" not in strings
    return end if is_plain and _is_paired(code) else start


def _is_paired(code: str) -> bool:
    """Tell whether each brace has its partner, an opening one in front of a closing one."""
    if code.count("{") != code.count("}"):
        return False
    braces = _NO_BRACE.sub("", code)
    while "{}" in braces:
        braces = braces.replace("{}", "")
    return not braces


def _is_name(called: str) -> bool:
    """Tell whether `__word(...)` is not known to annotate."""
    word, opening, _ = called.partition("(")
    return bool(opening) and not is_annotation_call(word.rstrip())


class _ItemScan:
    """One item from `start`: where it ends and what it is."""

    def __init__(self, text: str, start: int, patterns: _Patterns) -> None:
        self.text = text
        self.start = start
        self.outside, self.inside = patterns
        self.braces = 0
        self.parens = 0
        self.saved: list[Opened] = []
        self.assumed = Assumed()
        self.ended_at = 0  # where the item would end, within an `#if` that it has itself
        self.straddles = False
        self.body: int | None = None
        self.call: str | None = None
        self.called: str | None = None  # what the first parenthesis calls, once that is known
        self.old_style = False

    def run(self) -> Item:
        at = self.start
        while True:
            pattern = self.inside if self.braces else self.outside
            match = pattern.search(self.text, at)
            if match is None and self.ended_at:
                self.body = None if (self.body or 0) >= self.ended_at else self.body
                return self._make(self.ended_at)
            if match is None:
                return Opaque("", self.text[self.start :], "", self.straddles, unbalanced=True)
            at = match.end()
            if match["directive"] is not None:
                self._follow_conditional(match["directive"], match.start())
                if self.ended_at and not self.saved and not self.braces and not self.parens:
                    return Opaque("", self.text[self.start : at], "", straddles=True)
            elif match["mark"] is None or any(opened.is_dead for opened in self.saved):
                continue
            elif self._step(match["mark"], match.start()):
                if not self.saved and self.ended_at:
                    return Opaque("", self.text[self.start : at], "", straddles=True)
                if self.straddles or not any(opened.is_inside for opened in self.saved):
                    return self._make(at)
                # Other branches of the `#if` may end it as well.
                self.ended_at = self.ended_at or at
            elif self.braces == 1 and match["mark"] == "{" and not self.parens:
                at = _plain_end(self.text, at)

    def _follow_conditional(self, directive: str, at: int) -> None:
        """Go back, at `#else`, to the depth the `#if` had: a bracket may open in each branch.

        What no compiler reads, as under `#if 0`, need not be C, and its brackets do not count.
        Where a branch opens more than another, its condition is taken to hold from there on.
        """
        name = directive_name(directive)
        depth = (self.braces, self.parens)
        if name in OPENERS:
            truth = self.assumed.truth_of(directive)
            self.saved.append(Opened(directive, depth, truth is False, truth is True))
        elif name in BRANCHES and self.saved:
            self.braces, self.parens = self.saved[-1].branch(directive, depth, self.assumed)
        elif name in BRANCHES:
            self.straddles, self.braces, self.parens = True, 0, 0
        elif name == "endif" and self.saved:
            self.braces, self.parens = self.saved.pop().close(depth, self.assumed)
        elif name == "endif":
            if self.braces or self.parens:
                # The `#if` stands in front of the item.
                opener = opener_of(self.text, _blanked_for(self.text), at)
                self.assumed.choose(opener, not opener.endswith("else"))
            self.straddles = True

    def _step(self, mark: str, at: int) -> bool:
        """Follow one bracket or semicolon; True when the item ends with it."""
        if mark == "{":
            if not self.braces and not self.parens and self.body is None:
                self.body = at
            self.braces += 1
        elif mark == "}":
            if not self.braces:
                return True
            self.braces -= 1
            return not self.braces and not self.parens and self._is_body(at)
        elif mark in "([":
            self.parens += 1
        elif mark in ")]":
            self.parens = max(self.parens - 1, 0)
            return mark == ")" and not self.parens and self._is_lone_call(at + 1)
        else:
            self.old_style = self.old_style or (not self.parens and self._is_old_style(at))
            return not self.parens and not self.old_style
        # `extern "C" {`: the block is not a function's; its inside is at file scope still.
        return mark == "{" and self.braces == 1 and self._is_linkage_block()

    def _is_old_style(self, semicolon: int) -> bool:
        """Tell whether this semicolon ends the first parameter declaration of a K&R definition."""
        if self.body is not None:
            return False
        closing = self.text.rfind(")", max(self.start, semicolon - _LONGEST_OLD), semicolon)
        return (
            closing >= 0
            and _OLD_PARAMETER.match(self.text, closing, semicolon) is not None
            and _OLD_PARAMETERS.match(self.text, semicolon + 1) is not None
            and "=" not in self._head(semicolon)
        )

    def _head(self, end: int) -> str:
        """Return the text up to the first brace, else `end`: no comments, strings, `[[...]]`."""
        head = _blank(self.text[self.start : end if self.body is None else self.body])
        return STANDARD_ATTRIBUTE.sub(" ", head) if "[" in head else head

    def _is_linkage_block(self) -> bool:
        return self.text.startswith("extern", self.start) and bool(
            re.fullmatch(r'extern\s*"[^"]*"\s*', self.text[self.start : self.body])
        )

    def _is_body(self, end: int) -> bool:
        """Tell whether the brace at `body` opened a function body: not `= {`, not `struct x {`."""
        head = self._head(end).strip()
        if not head:
            return True
        depth = 0
        for char in head if "=" in head else "":
            depth += (char in "([") - (char in ")]")
            if char == "=" and not depth:
                return False
        if _AGGREGATE.search(self._without_attributes(head) if "__" in head else head):
            return False
        return ")" in head

    def _without_attributes(self, head: str) -> str:
        """Blank what annotates; `enum e __foo(int a)` with a brace below declares a function."""
        is_below = self.text.endswith("\n", 0, self.body)
        return _ATTRIBUTE.sub(
            lambda found: found[0] if is_below and _is_name(found[0]) else " ", head
        )

    def _is_lone_call(self, at: int) -> bool:
        """Tell whether `NAME(...)` ends here without `;`: the next thing starts a line."""
        if self.called is None:
            self.called = self._called(at)
        if not self.called:
            return False
        self.call = self.called
        if re.match("__[a-z]", self.call):
            # `__acquires(x)` on a line of its own is an attribute of what follows, not a call.
            return False
        following = _TRIVIA.match(self.text, at).end()  # type: ignore[union-attr]
        if following == len(self.text):
            return True
        return "\n" in self.text[at:following] and (
            self.text[following] in "#$"
            or self.text[following].isidentifier()
            or STANDARD_ATTRIBUTE.match(self.text, following) is not None
        )

    def _called(self, at: int) -> str:
        """Return the word that the item's first parenthesis, in front of `at`, calls; else ""."""
        opening = _blank(self.text[self.start : at])
        opening = STANDARD_ATTRIBUTE.sub(" ", opening) if opening[:1] == "[" else opening
        # A parenthesis that nothing opened has none in front of it.
        match = _CALL.match(opening[: max(opening.find("("), 0)])
        return match[1] if match else ""

    def _make(self, end: int) -> Item:
        text = self.text[self.start : end]
        ended_by_brace = text.endswith("}")
        if text in {"}", ";"} or (ended_by_brace and not self._head(end).strip()):
            return Opaque("", text, "", self.straddles)
        if self.call is not None and (text.endswith(")") or self._call_is_all(text)):
            return MacroCall("", text, "", self.straddles, name=self.call)
        if text.endswith("{") or self.straddles:
            return Opaque("", text, "", self.straddles)
        if ended_by_brace and self.body is not None:
            function = FunctionDef("", text, "", body=self.body - self.start)
            return function if function.head.is_function else Opaque("", text, "")
        if not text.endswith(";"):
            return Opaque("", text, "")  # a brace that nothing opened ended it
        declaration = Declaration("", text, "")
        if self.call is not None and declaration.head.name == self.call:
            # `DEFINE_PER_CPU(int, x) = 3;`, `DEFINE_PER_CPU(int, x) __aligned(8);`
            return MacroCall("", text, "", name=self.call)
        return declaration

    def _call_is_all(self, text: str) -> bool:
        """Tell `NAME(...);` and `NAME(...) { }` from a declaration that starts like one."""
        end = self.body - self.start if self.body is not None else len(text) - 1
        opening = _blank(text[:end]).rstrip()
        depth = 0
        for at, char in enumerate(opening):
            depth += (char == "(") - (char == ")")
            if char == ")" and not depth:
                return at == len(opening) - 1
        return False
