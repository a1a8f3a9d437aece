"""Macros of a text that have to do with a name that changes: no compiler shows what they make.

In a text as it is written nothing is expanded. A macro may have the name itself, join it from
words, or name it where a local variable of that name would hide it.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache

from vtsplit.cst.directives import Macro, read_macro
from vtsplit.cst.lexer import code_words, lex_line
from vtsplit.cst.meaning.occurrences import Meaning
from vtsplit.verify.references.definitions import Named
from vtsplit.verify.references.occurrences import (
    USES,
    find_names,
    is_symbolic,
    without_comments,
)
from vtsplit.verify.tokens.program import Thing, Unit, words
from vtsplit.verify.verdict import Difference, Verdict

_LOCAL = frozenset({Meaning.SHADOWED})
_Macro = tuple[Thing, Thing, Macro]  # a thing as it is written and under its new names


class MacroRule:
    """Finds macros that have to do with names which change in a file, and cannot be followed."""

    def __init__(
        self, names: Mapping[str, Mapping[str, str]], changed: Set[str], verdict: Verdict
    ) -> None:
        self.names = names
        self.changed = changed
        self.new = {new for own in names.values() for new in own.values()}
        self.verdict = verdict

    def check(
        self, unit: Unit, named: Sequence[Named], read: Sequence[Named], after: Unit | None
    ) -> None:
        """Check a file of the tree before."""
        own = self.names.get(unit.path, {})
        if unit.beside is None or not own:
            return
        mentioned = {word for thing, _ in named for word in words(thing.text)}
        own = {old: new for old, new in own.items() if old in mentioned or new in mentioned}
        found = list(_macros([*named, *read]))
        calls: _Calls | None = None
        for thing, now, macro in found:
            known: Set[str] = frozenset()
            if macro.pastes() and any(_makes(macro, pair, None) for pair in own.items()):
                calls = calls or _Calls([*named, *read], found)
                known = calls.arguments(macro)
            for old, new in own.items():
                if macro.name in {old, new}:
                    self._record(
                        thing, macro, f"has the name of '{old}', which changes", (named, read)
                    )
                elif known and _makes(macro, (old, new), known):
                    message = f"may make '{old}' or '{new}', of which one changes to the other"
                    self._record(thing, macro, message, (named, read))
            touched = {one for pair in own.items() for one in pair} & words(thing.text)
            if touched and _names(thing, now, touched):
                self._hidden(unit, [*named, *read], thing, macro, own)

    def check_new(self, unit: Unit, named: Sequence[Named], read: Sequence[Named]) -> None:
        """Check a file of the tree after: a new name must not be a macro there."""
        if unit.beside is None or not self.new:
            return
        mentioned = {
            word for thing, _ in named if not _is_directive(thing) for word in words(thing.text)
        } & self.new
        for thing, _, macro in _macros([*named, *read]) if mentioned else ():
            if macro.name in mentioned:
                self._record(thing, macro, "has the name that something gets", (named, read))

    def _hidden(
        self,
        unit: Unit,
        things: Sequence[Named],
        thing: Thing,
        macro: Macro,
        own: Mapping[str, str],
    ) -> None:
        """Find local variables that would hide what a macro names, where it is called."""
        both = {one for pair in own.items() if set(pair) & words(thing.text) for one in pair}
        for other, now in things:
            for one in (other, now):
                if both.isdisjoint(words(one.text)) or _is_directive(one):
                    continue
                if any(found.meaning in _LOCAL for found in find_names(one.text, both)):
                    message = (
                        f"names what '{other.entity.name}' has a local variable of the name of"
                    )
                    self._record(thing, macro, message, ([(other, now)], things))
                    return

    def _record(
        self,
        thing: Thing,
        macro: Macro,
        message: str,
        files: tuple[Sequence[Named], Sequence[Named]],
    ) -> None:
        conditional = thing.is_conditional or is_called_conditionally(*files, macro)
        one = Difference("reference", macro.name, message, thing.site(), None, (), conditional)
        self.verdict.record(one)


def symbolic_macros(things: Sequence[Named]) -> frozenset[str]:
    """Return the macros that may make a symbol's name of an argument, by way of others as well."""
    macros = [(macro, words(thing.text)) for thing, _, macro in _macros(things)]
    taking = [(macro.name, body) for macro, body in macros if macro.parameters]
    made = {macro.name for thing, _, macro in _macros(things) if is_symbolic(thing.text)}
    return _callers(made & {name for name, _ in taking}, taking)


def _callers(names: Set[str], macros: Sequence[tuple[str, Set[str]]]) -> frozenset[str]:
    """Return macros and those whose bodies, as words, have them."""
    found = set(names)
    while more := {name for name, body in macros if not found.isdisjoint(body)} - found:
        found |= more
    return frozenset(found)


def is_called_conditionally(things: Sequence[Named], read: Sequence[Named], macro: Macro) -> bool:
    """Tell whether code of a file under an `#if` may call a macro, perhaps by another one."""
    macros = [(one.name, words(thing.text)) for thing, _, one in _macros([*things, *read])]
    names = _callers({macro.name}, macros)
    return any(
        thing.is_conditional and not names.isdisjoint(words(thing.text)) for thing, _ in things
    )


class _Calls:
    """Which things of a file, and which macros, have a word: there are some hundred pasting macros.

    `macros` are all macros of the things.
    """

    def __init__(self, things: Sequence[Named], macros: Sequence[_Macro]) -> None:
        named = frozenset(macro.name for _, _, macro in macros)
        self._macros: dict[str, set[str]] = {}
        for thing, _, macro in macros:
            for word in named & words(thing.text):
                self._macros.setdefault(word, set()).add(macro.name)
        pasting = (macro.name for _, _, macro in macros if macro.pastes())
        wanted = frozenset[str]().union(*map(self._callers, pasting))
        self._having: dict[str, list[str]] = {}
        for thing, _ in things:
            for word in wanted & words(thing.text):
                self._having.setdefault(word, []).append(thing.text)

    def _callers(self, name: str) -> frozenset[str]:
        names, pending = {name}, [name]
        while pending:
            more = self._macros.get(pending.pop(), set()) - names
            names |= more
            pending += more
        return frozenset(names)

    def arguments(self, macro: Macro) -> frozenset[str]:
        """Return the words that calls of a macro have in their parentheses, or may hand on."""
        names = self._callers(macro.name)
        texts = {text for name in names for text in self._having.get(name, ())}
        return frozenset[str]().union(*(_given(text, names) for text in texts))


def _given(text: str, names: Set[str]) -> Set[str]:
    """Return the tokens between the parentheses of calls."""
    found: set[str] = set()
    tokens = _code_words(text)
    for at, word in enumerate(tokens):
        if word in names and tokens[at + 1 : at + 2] == ("(",):
            depth = 0
            for inner in tokens[at + 1 :]:
                depth += (inner == "(") - (inner == ")")
                found.add(inner)
                if not depth:
                    break
    return found


@lru_cache(maxsize=1 << 12)
def _code_words(text: str) -> tuple[str, ...]:
    return tuple(code_words(lex_line(without_comments(text))))


def _is_directive(thing: Thing) -> bool:
    return thing.text.lstrip().startswith("#")


def _macros(things: Sequence[Named]) -> Iterator[_Macro]:
    for thing, now in things:
        macro = macro_of_text(thing.text)
        if macro is not None:
            yield thing, now, macro


# A header's macros are asked for in each file that includes it.
@lru_cache(maxsize=1 << 16)
def macro_of_text(text: str) -> Macro | None:
    """Return the macro that a thing's text defines, if it does so."""
    return read_macro(text) if text.lstrip().startswith("#") else None


def _names(thing: Thing, now: Thing, names: Set[str]) -> bool:
    return any(
        found.meaning in USES
        for text in {thing.text, now.text}
        for found in find_names(text, names)
    )


def _makes(macro: Macro, names: Sequence[str], known: Set[str] | None) -> bool:
    """Tell whether a macro may join one of some names together from words that it gets.

    `known` are those words; None stands for any.
    """
    parameters = {*(macro.parameters or ()), "__VA_ARGS__"}
    body = [token.text for token in macro.body if token.text.strip()]
    for at, text in enumerate(body):
        if "##" not in body[at + 1 : at + 2] or "##" in body[max(at - 1, 0) : at]:
            continue
        joined = [text]
        while body[at + 1 : at + 2] == ["##"] and at + 2 < len(body):
            at += 2
            joined.append(body[at])
        made = [None if piece in parameters else piece for piece in joined]
        if any(_joined(name, made, known) for name in names):
            return True
    return False


def _joined(name: str, made: Sequence[str | None], known: Set[str] | None) -> bool:
    """Tell whether pieces make a name; a piece None stands for any word, of `known` if there are.

    >>> _joined("a_run", ["a_", None], {"run"}), _joined("a_run", ["a_", None], {"walk"})
    (True, False)
    """
    if not made:
        return not name
    first, *rest = made
    if first is not None:
        return name.startswith(first) and _joined(name[len(first) :], rest, known)
    return any(
        (known is None or name[:end] in known) and _joined(name[end:], rest, known)
        for end in range(1, len(name) + 1)
    )
