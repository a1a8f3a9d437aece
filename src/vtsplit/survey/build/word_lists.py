"""Where a build file lists a source as a plain word or a string, in a language of a simple shape.

    SOURCE[../libfoo]=foo.c bar.c                OpenSSL's build.info
    PHP_NEW_EXTENSION(foo, foo.c bar.c, no)      autoconf's macros, and PHP's config.w32
    foo_sources="foo.c bar.c"                    a variable of a shell or of a script
    bld.MODULE('foo', source='foo.c bar.c')      waf
    srcs = ["foo.c", "bar.c"]                    Bazel, gn, gyp, Soong, SCons, qbs

What else names the file is left to whoever warns of it.
"""

import re
from collections.abc import Callable, Iterator
from posixpath import basename, dirname, join, normpath

from vtsplit.survey.build.listed import Listed, ListedPath, ListRole
from vtsplit.tree.folders import folders_up

# The files of a folder that may list sources of it, by fixed names.
FIXED_NAMES = (
    "build.info configure.ac configure.in config.m4 config0.m4 config9.m4 config.w32 wscript"
    " wscript_build BUILD BUILD.bazel BUILD.gn Android.bp SConscript SConstruct setup.py"
).split()

_WORD = r"(?:[\w.+@/-]|\$(?:\w+|\{\w+\}|\(\w+\)))+"
_JOINED = r"(?:[ \t]|\\\r?\n)+"  # between words of one line, which a backslash may carry on
_SPACE = r"(?:\s|\\\r?\n)+"
_COMMENT = re.compile(r"(?:^|\s)(?:#|//|dnl\b)|^[ \t]*\*")
# What a variable, an argument or a key is called that has sources.
_OTHERS = r"(?!(?i:exclude|remove|ignore|install|config|header|dist|clean|doc))"
_SOURCES = rf"{_OTHERS}(?i:\w*(?:src|source|file)s?)"
_ASSIGNED = re.compile(
    rf"(?:\b(?:SHARED_)?SOURCE\[[^\]\n]*\]|^[ \t]*\$\w+|\b{_SOURCES}['\"]?)[ \t]*(?:\+?=|:)\s*$",
    re.MULTILINE,
)
# A macro or a function that takes sources, and its arguments in front of them.
_CALLED = re.compile(
    r"\b(?P<name>\w*(?:NEW_EXTENSION|ADD_SOURCES(?:_X)?|SELECT_SAPI)|(?:ZEND_)?EXTENSION|SAPI)"
    r"[ \t]*\((?P<front>(?:[^()]|\([^()]*\))*)$"
)
_QUOTED = re.compile(r"(?:m4_normalize\s*\(\s*)?\[\s*$")  # what m4 may have around an argument
_NEAR, _FAR = 2_000, 20_000  # how many characters in front are looked at
_STRING = re.compile(r"(?P<quote>['\"])(?P<text>[^'\"\n\\]+)(?P=quote)")


def find_listed(text: str, path: str, source: str) -> tuple[Listed, ...]:
    """Find where the build file `path` lists a source file of the tree.

    >>> text = "SOURCE[../lib]=x.c y.c\\nDEPEND[x.c]=x.inc\\n# SOURCE[a]=x.c\\n"
    >>> [(one.line, len(one.entries)) for one in find_listed(text, "d/build.info", "d/x.c")]
    [(1, 2)]
    """
    return tuple(_find(text, path, source))


def is_listed(read: Callable[[str], str | None], source: str) -> bool:
    """Tell whether such a file, from the source's folder up to the root, lists it.

    >>> is_listed({"BUILD": 'srcs = ["d/x.c"]'}.get, "d/x.c")
    True
    """
    paths = (join(folder, name) for folder in folders_up(dirname(source)) for name in FIXED_NAMES)
    name = basename(source)
    for path in paths:
        text = read(path)
        if text and name in text and find_listed(text, path, source):
            return True
    return False


def _find(text: str, path: str, source: str) -> Iterator[Listed]:
    name = re.escape(basename(source))
    for match in re.finditer(rf"(?:{_WORD}/)?(?<![\w.+@-]){name}(?![\w.+@/-])", text):
        line_start = text.rfind("\n", 0, match.start()) + 1
        if _COMMENT.search(text[line_start : match.start()]):
            continue
        entry = ListedPath(*match.span(), match[0])
        listed = _in_strings(text, entry) or _among_words(text, entry)
        if listed and _leads_to(source, path, listed, text):
            yield listed


def _among_words(text: str, entry: ListedPath) -> Listed | None:
    """Return a list of words that are parted by spaces; they may stand in one string."""
    for gap in (_SPACE, _JOINED):
        entries = _run(text, entry, gap)
        before = text[max(0, entries[0].start - _NEAR) : entries[0].start].rstrip(" \t\r\n\\")
        is_string = before.endswith(("'", '"'))
        before = before.rstrip("'\"").rstrip()
        is_argument = _argument_of(before) is not None
        is_one = is_string or is_argument or gap == _JOINED
        if is_one and (is_argument or _ASSIGNED.search(before)):
            return _listed(text, entry, entries, "")
    return None


def _run(text: str, entry: ListedPath, gap: str) -> tuple[ListedPath, ...]:
    """Return the words around one, as far as nothing but such gaps parts them."""
    first = max(0, entry.start - _FAR)
    front = re.compile(rf"(?<!\S)(?:{_WORD}{gap})+$|{_WORD}(?:{gap}{_WORD})*{gap}$")
    found = front.search(text, first, entry.start)
    start = found.start() if found else entry.start
    behind = re.compile(rf"(?:{gap}{_WORD})*").match(text, entry.end)
    assert behind is not None
    words = list(re.finditer(_WORD, text[start : entry.start]))
    rest = re.finditer(_WORD, text[entry.end : behind.end()])
    return (
        *(ListedPath(start + w.start(), start + w.end(), w[0]) for w in words),
        entry,
        *(ListedPath(entry.end + w.start(), entry.end + w.end(), w[0]) for w in rest),
    )


def _argument_of(before: str) -> re.Match[str] | None:
    """Return the call whose next argument begins behind a text."""
    before = _QUOTED.sub("", before).rstrip()
    return _CALLED.search(before) if before.endswith((",", "(")) else None


def _in_strings(text: str, entry: ListedPath) -> Listed | None:
    """Return a list in brackets, each path of which is a string of its own."""
    quote = text[entry.start - 1 : entry.start]
    if quote not in ("'", '"') or text[entry.end : entry.end + 1] != quote:
        return None
    opened = text.rfind("[", 0, entry.start)
    if opened < 0 or "]" in text[opened : entry.start]:
        return None
    if not _ASSIGNED.search(text[max(0, opened - 200) : opened]):
        return None
    closed = text.find("]", entry.end)
    strings = _STRING.finditer(text, opened, closed if closed >= 0 else len(text))
    entries = tuple(ListedPath(*one.span("text"), one["text"], one["quote"]) for one in strings)
    here = ListedPath(entry.start, entry.end, entry.text, quote)
    return _listed(text, here, entries, ",") if here in entries else None


def _listed(
    text: str, entry: ListedPath, entries: tuple[ListedPath, ...], separator: str
) -> Listed:
    line = text.count("\n", 0, entry.start) + 1
    return Listed(entry, line, entries, ListRole.SOURCE, separator)


def _leads_to(source: str, path: str, listed: Listed, text: str) -> bool:
    """Tell whether a path means the source: from the file's folder, the top, or a named folder."""
    start = listed.entries[0].start
    called = _argument_of(text[max(0, start - _NEAR) : start].rstrip(" \t\r\n\\'\""))
    bases = [dirname(path)]
    if called and "ADD_SOURCES" in called["name"]:
        named = called["front"].split(",")[0].strip(" \t\r\n'\"[]")
        # What a script or a shell has in a variable is the folder of the file.
        own = re.match(r"(?:\w*dirname|\$\w+)(?:\s*\+\s*['\"])?(?P<below>.*)", named)
        bases = [join(bases[0], own["below"].strip("/")) if own else named.strip("/")]
    elif basename(path).startswith(("BUILD", "config", "SCons")):
        bases.append("")
    written = re.sub(r"^\$[\w{}()]+/", "", listed.entry.text)
    return any(normpath(join(base, written)) == source for base in bases)
