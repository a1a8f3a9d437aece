"""A file's text without its function bodies, and a quick check whether to parse it at all."""

import re

_INITIALIZED = re.compile(rb"=[ \t]*(?:\r?\n[ \t]*)?\{")
# Bytes of other letters than ASCII's, and GCC's `$`, are letters of names too.
_FIRST, _LETTERS = r"[A-Za-z_$\x80-\xff]", r"\w$\x80-\xff"
_CALLED = re.compile(
    rf"^(?:{_FIRST}[{_LETTERS} \t*]*[ \t*])?({_FIRST}[{_LETTERS}]*+)[ \t]*+\(".encode("latin-1"),
    re.MULTILINE,
)
_NAMED = re.compile(
    rf"[=,{{(:&)][ \t\r\n]*+({_FIRST}[{_LETTERS}]*+)[ \t\r]*+(?=[,}})\n])".encode("latin-1")
)

# A function's head and nothing else: no directive, no other declaration before it.
_HEAD = re.compile(r"\s*[^\W\d][\w$\s*,()\[\]]*\)[\w$\s()]*")
_WORD_BYTES = re.compile(rf"{_FIRST}[{_LETTERS}]*".encode("latin-1"))
_WORD = re.compile(r"[\w$]+")
_CONDITIONAL = re.compile(r"\n[ \t]*#[ \t]*(if|endif|el)")


def words_of_tables(data: bytes, least: int) -> frozenset[str]:
    """Return the words of the initializers of a file that name at least so many functions of it.

    Empty where there is no such initializer. Quick, no parser: names count that stand alone in an
    entry and, elsewhere, before a parenthesis in a line that begins in the first column, as kernel
    style has definitions.
    """
    called: set[bytes] | None = None
    found: set[bytes] = set()
    for match in _INITIALIZED.finditer(data):
        end = data.find(b"\n}", match.end() - 1)
        while data[end + 2 : end + 3] == b",":  # an array of structures: `}, {`
            end = data.find(b"\n}", end + 2)
        same_line = data.find(b"\n", match.end())
        if data[max(same_line - 3, 0) : same_line].rstrip().endswith(b"};"):
            end = same_line
        named = set(_NAMED.findall(data, match.end() - 1, end + 2 if end >= 0 else len(data)))
        if len(named) < least:
            continue
        if called is None:
            called = set(_CALLED.findall(data))
        if len(called & named) >= least:
            # All words, as definitions may look unlike what is looked for above.
            found |= set(_WORD_BYTES.findall(data, match.end(), end if end >= 0 else len(data)))
    return frozenset(name.decode("utf-8", "surrogateescape") for name in found)


def without_bodies(text: str, kept: frozenset[str] | None = None) -> str:
    r"""Return the text with the bodies of functions in kernel style emptied, lines kept.

    Such a body opens and closes in the first column. One that an `#if` cuts through, or whose
    braces do not match, stays. With `kept`, functions of other names go as a whole.

    >>> without_bodies("int f(void)\n{\n\treturn 1;\n}\nint a;\n")
    'int f(void)\n{\n\n}\nint a;\n'
    >>> without_bodies("\nint f(void)\n{\n}\n\nint g(void)\n{\n}\n", frozenset({"g"}))
    '\n\n\n\n\nint g(void)\n{\n}\n'
    """
    pieces, at = [], 0
    while (start := text.find("\n{\n", at)) >= 0 and (end := text.find("\n}", start + 2)) >= 0:
        body = text[start + 2 : end]
        # Behind these it is an element of an array, not a body.
        is_element = text[at:start].rstrip().endswith((",", "{", "="))
        if is_element or body.count("{") != body.count("}") or not _is_whole(body):
            pieces.append(text[at : start + 2])
            at = start + 2
            continue
        head = max(text.rfind("\n\n", at, start), at)
        lines = text[head:start]
        whole = kept is not None and text.startswith("\n}\n", end) and _HEAD.fullmatch(lines)
        if whole and kept is not None and kept.isdisjoint(_WORD.findall(lines)):
            pieces += [text[at:head], "\n" * text.count("\n", head, end + 3)]
            at = end + 3
        else:
            pieces += [text[at : start + 2], "\n" * body.count("\n")]
            at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _is_whole(body: str) -> bool:
    """Tell whether each `#if` of a body ends in it, and no other does."""
    depth = 0
    for match in _CONDITIONAL.finditer(body) if "#" in body else ():
        depth += {"if": 1, "endif": -1, "el": 0}[match[1]]
        if depth < (match[1] == "el"):
            return False
    return depth == 0
