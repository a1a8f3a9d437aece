"""Colours for lines of C and of Makefiles, by Pygments; what a browser would obey is escaped."""

from collections.abc import Iterator

from markupsafe import Markup, escape
from pygments.lexer import Lexer
from pygments.lexers import CLexer, MakefileLexer
from pygments.token import Token

from vtsplit.diagnostics import visible

# A longer text is not coloured: a page has to open at once.
_LONGEST = 2_000_000
_CLASSES = (
    (Token.Comment.Preproc, "cp"),
    (Token.Comment.PreprocFile, "s"),
    (Token.Comment, "c"),
    (Token.Keyword.Type, "kt"),
    (Token.Keyword, "k"),
    (Token.Literal.String, "s"),
    (Token.Literal.Number, "m"),
    (Token.Name.Function, "nf"),
)


def color_lines(text: str, path: str) -> list[Markup]:
    """Return the lines of a file, coloured by what its path says it is.

    >>> color_lines("int a; /* <b>\\n*/", "a.c")[1]
    Markup('<span class="c">*/</span>')
    """
    text = text.replace("\r\n", "\n")
    lexer = _lexer(path)
    if lexer is None or len(text) > _LONGEST:
        return [_plain(line) for line in text.split("\n")]
    lines = [""]
    for kind, value in _tokens(lexer, text):
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append("")
            lines[-1] += _span(kind, part)
    return list(map(Markup, lines))


def color(text: str) -> Markup:
    """Return a piece of C, coloured."""
    return Markup("\n").join(color_lines(text, "piece.c"))


def _lexer(path: str) -> Lexer | None:
    name = path.rpartition("/")[2]
    if name.endswith((".c", ".h", ".S", ".inc")):
        return CLexer()
    if name in {"Makefile", "Kbuild", "GNUmakefile"} or name.endswith((".mk", ".am", ".in")):
        return MakefileLexer()
    return None


def _tokens(lexer: Lexer, text: str) -> Iterator[tuple[str, str]]:
    """Yield pieces of a text, each with its class; neighbours of one class are one piece."""
    before, run = "", ""
    # `get_tokens` would drop blank lines and carriage returns, and so lose count of lines.
    for _, kind, value in lexer.get_tokens_unprocessed(text):
        found = next((name for known, name in _CLASSES if kind in known), "")
        if found != before and run:
            yield before, run
            run = ""
        before, run = found, run + value
    yield before, run


def _span(kind: str, text: str) -> str:
    shown = str(_plain(text))
    return f'<span class="{kind}">{shown}</span>' if kind and shown else shown


def _plain(text: str) -> Markup:
    return escape(visible(text, "\t"))
