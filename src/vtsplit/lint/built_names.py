"""Names that macros build with `##`: no search for such a name finds where it is used."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property

from vtsplit.cst.directives import Macro, directive_name, read_macro
from vtsplit.cst.lexer import Kind, Token, code_tokens, lex

_PASTED_START = re.compile(r"\b([A-Za-z]\w*_)[ \t]*##")
_PASTED_END = re.compile(r"##[ \t]*(_\w+)")
_CONTINUED = re.compile(r"\\[ \t]*\r?\n")
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(.*)", re.MULTILINE)
_WORD = re.compile(r"[\w$]+")
_ASKING = frozenset({"undef", "ifdef", "ifndef"})  # directives that only ask for a name, or end it
_PLAIN = frozenset({Kind.IDENT, Kind.NUMBER})


class BuiltNames:
    """What macros build in the files at hand.

    `users` are the files whose words macros may be given, `seen` have macros that those may call.
    A macro of a file of `alone` is called by that file only, since nothing includes the file.
    """

    def __init__(
        self,
        text_of: Callable[[str], str],
        users: Collection[str],
        seen: Iterable[str],
        alone: frozenset[str],
    ) -> None:
        self._text_of = text_of
        self._users = users
        self._alone = alone
        self._bodies: dict[str, list[tuple[str, str]]] = {}  # by macro: the file, and a body
        for path in dict.fromkeys((*seen, *users)):
            for name, body in _DEFINE.findall(_CONTINUED.sub(" ", text_of(path))):
                self._bodies.setdefault(name, []).append((path, body))
        self._code: dict[str, frozenset[str]] = {}

    def may_have(self, name: str) -> bool:
        """Tell whether a macro could build a name.

        That is one of the names which a macro of a file's own builds there. Of another macro only
        a piece is known: it counts if the rest of the name, too, is a word of the code.
        """
        listed, pieces = self._built
        return name in listed or self._fits(name, pieces, listed)

    def _fits(self, name: str, pieces: Iterable[tuple[str, str]], listed: Collection[str]) -> bool:
        for start, end in pieces:
            if name.startswith(start) and name.endswith(end):
                rest = name.removeprefix(start).removesuffix(end)
                if rest in listed or self._is_in_code(rest):
                    return True
        return False

    @cached_property
    def _words(self) -> frozenset[str]:
        """All words of the users, those of comments too."""
        return frozenset(
            word for path in self._users for word in _WORD.findall(self._text_of(path))
        )

    def _is_in_code(self, word: str) -> bool:
        if word not in self._words:
            return False
        for path in self._users:
            if path not in self._code and word in self._text_of(path):
                code = (one.text for one in lex(self._text_of(path)) if one.kind != Kind.COMMENT)
                self._code[path] = frozenset(word for text in code for word in _WORD.findall(text))
            if word in self._code.get(path, ()):
                return True
        return False

    @cached_property
    def _built(self) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
        """Names that are built, and the beginnings and ends that macros paste to unknown words."""
        names: dict[str, frozenset[str]] = {}  # of macros whose calls are all known
        pieces: dict[str, set[tuple[str, str]]] = {}
        for name, body in self._called():
            affixes = {(start, "") for start in _PASTED_START.findall(body)}
            affixes |= {("", end) for end in _PASTED_END.findall(body)}
            if affixes:
                pieces.setdefault(name, set()).update(affixes)
        for name in pieces:
            if (found := self._listed(name)) is not None:
                names[name] = found
        # A macro that another one could name is called where nobody sees it.
        is_open = True
        while is_open:
            listed = frozenset[str]().union(*names.values())
            loose = frozenset(
                piece for name, some in pieces.items() if name not in names for piece in some
            )
            hidden = {one for one in names if one in listed or self._fits(one, loose, listed)}
            is_open = bool(hidden)
            names = {name: found for name, found in names.items() if name not in hidden}
        return listed, loose

    def _called(self) -> Iterator[tuple[str, str]]:
        """Yield the macros that the users' code could call, with each of their bodies."""
        pending, called = set(self._words), set[str]()
        while pending:
            name = pending.pop()
            called.add(name)
            for _, body in self._bodies.get(name, ()):
                yield name, body
                pending |= (self._bodies.keys() & _WORD.findall(body)) - called

    def _listed(self, name: str) -> frozenset[str] | None:
        """Return the names that a macro builds; None if not all of its calls are known."""
        paths = {path for path, _ in self._bodies[name]}
        if not paths <= self._alone or self._is_in_body(name):
            return None
        found: set[str] = set()
        for path in paths:
            read = _read_calls(name, self._text_of(path))
            if read is None:
                return None
            macros, calls = read
            for macro in macros:
                for call in [[]] if macro.parameters is None else calls:
                    built = _built_by(macro, call)
                    if built is None:
                        return None
                    found |= built
        return frozenset(found)

    def _is_in_body(self, name: str) -> bool:
        """Tell whether another macro has a name in its body."""
        return any(
            name in body and name in _WORD.findall(body)
            for other, bodies in self._bodies.items()
            if other != name
            for _, body in bodies
        )


def _read_calls(name: str, text: str) -> tuple[list[Macro], list[list[list[Token]]]] | None:
    """Return a macro's definitions in a text and the arguments of its calls.

    It is None if something else is done with the name, or if the text includes a file below the
    macro: that could call it.
    """
    tokens = code_tokens(lex(text))
    macros: list[Macro] = []
    calls: list[list[list[Token]]] = []
    for at, token in enumerate(tokens):
        if token.kind is Kind.DIRECTIVE:
            macro = read_macro(token.text)
            what = directive_name(token.text)
            if macro is not None and macro.name == name:
                macros.append(macro)
                continue
            is_given = name in _WORD.findall(token.text) and what not in _ASKING
            if is_given or (macros and what.startswith("include")):
                return None
        elif token.text == name:
            call = _arguments(tokens, at + 1)
            if call is None and any(macro.parameters is not None for macro in macros):
                return None
            calls += [call] if call is not None else []
    return macros, calls


def _arguments(tokens: list[Token], at: int) -> list[list[Token]] | None:
    """Return the arguments of a call whose parenthesis is expected at an index."""
    if at >= len(tokens) or tokens[at].text != "(":
        return None
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens[at + 1 :]:
        if token.kind is Kind.DIRECTIVE:
            return None
        if token.text == ")" and not depth:
            return found
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and not depth:
            found.append([])
        else:
            found[-1].append(token)
    return None


def _built_by(macro: Macro, call: list[list[Token]]) -> set[str] | None:
    """Return the names that a call builds; None if what it pastes is no plain word.

    >>> macro = read_macro("#define OP(x, y) foo_##x##_op, y")
    >>> assert macro is not None
    >>> call = _arguments(code_tokens(lex("(open, 1 + 1)")), 0) or []
    >>> _built_by(macro, call), _built_by(macro, call[::-1])
    ({'foo_open_op'}, None)
    """
    parameters = macro.parameters or ()
    if macro.is_variadic or (parameters and len(call) != len(parameters)):
        return None
    given = dict(zip(parameters, call, strict=False))
    found: set[str] = set()
    pasted = ""
    for at, token in enumerate(macro.body):
        if token.text == "##":
            continue
        is_first = at == 0 or macro.body[at - 1].text != "##"
        is_last = at + 1 >= len(macro.body) or macro.body[at + 1].text != "##"
        if is_first and is_last:
            continue
        words = given.get(token.text, [token])
        if len(words) != 1 or words[0].kind not in _PLAIN:
            return None
        pasted = words[0].text if is_first else pasted + words[0].text
        if is_last:
            found.add(pasted)
    return found
