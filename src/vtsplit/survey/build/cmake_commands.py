"""The commands of a CMake file as they are written (cmake-language(7), Syntax). Nothing is run."""

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"#\[(?P<c>=*)\[.*?\](?P=c)\]|#[^\n]*"
    r"|\[(?P<b>=*)\[(?P<bracket>.*?)\](?P=b)\]"
    r'|"(?P<quoted>(?:\\.|[^"\\])*)"'
    r'|(?P<plain>(?:\\.|"(?:\\.|[^"\\])*"|[^\s()#"\\])+)'
    r"|(?P<paren>[()])",
    re.DOTALL,
)
_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Argument:
    """One argument: its offsets without quotes, its text, and its quote."""

    start: int
    end: int
    text: str
    quote: str = ""


@dataclass(frozen=True)
class Command:
    """A command by its name in lower case, its arguments, and its offset."""

    name: str
    arguments: tuple[Argument, ...]
    start: int

    @property
    def first(self) -> str:
        """The first argument, which names a target or a variable; empty without one."""
        return self.arguments[0].text if self.arguments else ""


@lru_cache(maxsize=16)
def read_commands(text: str) -> tuple[Command, ...]:
    r"""Read the commands of a CMake file; comments have none.

    >>> [one] = read_commands('set(A "x.c" y.c # z.c\n [[w.c]])')
    >>> one.name, [argument.text for argument in one.arguments]
    ('set', ['A', 'x.c', 'y.c', '[[w.c]]'])
    """
    found: list[Command] = []
    name, start, depth = "", 0, 0
    arguments: list[Argument] = []
    for token in _TOKEN.finditer(text):
        paren = token["paren"]
        if paren == "(":
            depth += 1
            if depth == 1:
                arguments = []
        elif paren == ")":
            depth = max(depth - 1, 0)
            if not depth and name:
                found.append(Command(name.lower(), tuple(arguments), start))
                name = ""
        elif not depth:
            plain = token["plain"]
            name, start = (plain, token.start()) if plain and _NAME.fullmatch(plain) else ("", 0)
        else:
            for kind, quote in (("plain", ""), ("quoted", '"')):
                if token[kind] is not None:
                    arguments.append(Argument(*token.span(kind), token[kind], quote))
            if token["bracket"] is not None:
                arguments.append(Argument(*token.span(), token[0]))
    return tuple(found)
