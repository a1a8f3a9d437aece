"""Where a build file lists a source as a plain word or a string, in a language of a simple shape.

    SOURCE[../libfoo]=foo.c bar.c                OpenSSL's build.info
    PHP_NEW_EXTENSION(foo, foo.c bar.c, no)      autoconf's macros, and PHP's config.w32
    foo_sources="foo.c bar.c"                    a variable of a shell or of a script
    bld.MODULE('foo', source='foo.c bar.c')      waf
    srcs = ["foo.c", "bar.c"]                    Bazel, gn, gyp, Soong, SCons, qbs

What else names the file is left to whoever warns of it.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from posixpath import basename, dirname, join, normpath

from vtsplit.survey.build.listed import Listed, ListedPath, ListRole
from vtsplit.tree.folders import folders_up

# The files of a folder that may list sources of it, by fixed names.
FIXED_NAMES = (
    "build.info configure.ac configure.in config.m4 config0.m4 config9.m4 config.w32 wscript"
    " wscript_build BUILD BUILD.bazel BUILD.gn Android.bp SConscript SConstruct setup.py"
).split()

_WORD = re.compile(r"(?:[\w.+@/-]|\$(?:\w+|\{\w+\}|\(\w+\)))++")
_SPACE = re.compile(r"(?:\s|\\\r?\n)++")
_JOINED = re.compile(r"(?:[ \t]|\\\r?\n)++")  # between words of one line, which a backslash joins
_COMMENT = re.compile(r"(?:^|(?<=\s))(?:#|//|dnl\b)|^[ \t]*\*", re.MULTILINE)
# What a variable, an argument or a key is called that has sources.
_OTHERS = r"(?!(?i:exclude|remove|ignore|install|config|header|dist|clean|doc))"
_SOURCES = rf"{_OTHERS}(?i:\w*(?:srcs?|sources?|files))"
_ASSIGNED = re.compile(
    rf"(?:\b(?:SHARED_)?SOURCE\[[^\]\n]*\]|^[ \t]*\$\w+|\b{_SOURCES}['\"]?)[ \t]*(?:\+?=|:)\s*$",
    re.MULTILINE,
)
# A macro or a function that takes sources as words, and its arguments in front of them.
_FRONT = r"[ \t]*\((?P<front>(?:[^()]|\([^()]*\))*+)$"
_CALLED = re.compile(
    r"\b(?P<name>\w*(?:NEW_EXTENSION|ADD_SOURCES(?:_X)?|SELECT_SAPI)|(?:ZEND_)?EXTENSION|SAPI|Split)"
    + _FRONT
)
# One that takes them as strings in brackets.
_BUILT = re.compile(rf"\b(?:Program|(?:Static|Shared)?Library|LoadableModule|Extension){_FRONT}")
_QUOTED = re.compile(r"(?:m4_normalize\s*\(\s*)?\[\s*$")  # what m4 may have around an argument
_NEAR, _NAME = 2_000, 200  # how many characters in front are looked at, for a call and for a name
_STRING = re.compile(r"(?P<quote>['\"])(?P<text>[^'\"\n\\]+)(?P=quote)")
# Where words that nothing quotes are a list, where the words of one string are, and where a string
# is a list of one file.
_PLAIN = re.compile(r"build\.info|.*\.pr[oi]")
_WORDS_IN_STRING = re.compile(r"config\w*\.\w+|wscript\w*")
_ONE_IN_STRING = re.compile(r"SCons\w+|.*\.qbs")


def find_listed(text: str, path: str, source: str) -> tuple[Listed, ...]:
    """Find where the build file `path` lists a source file of the tree.

    >>> text = "SOURCE[../lib]=x.c y.c\\nDEPEND[x.c]=x.inc\\n# SOURCE[a]=x.c\\n"
    >>> [(one.line, len(one.entries)) for one in find_listed(text, "d/build.info", "d/x.c")]
    [(1, 2)]
    """
    return tuple(_Lists(text, path).find(source)) if basename(source) in text else ()


def is_listed(read: Callable[[str], str | None], source: str) -> bool:
    """Tell whether such a file, from the source's folder up to the root, lists it.

    >>> is_listed({"BUILD": 'srcs = ["d/x.c"]'}.get, "d/x.c")
    True
    """
    paths = (join(folder, name) for folder in folders_up(dirname(source)) for name in FIXED_NAMES)
    return any(find_listed(read(path) or "", path, source) for path in paths)


class _Lists:
    """The lists of one build file. Its words, lines and lists are each looked at once."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]  # where each starts
        self._comments: dict[int, int] = {}  # where the comment of a line starts
        self._runs: dict[re.Pattern[str], range] = {}  # the last one that was asked for
        self._lists: dict[tuple[int, object], Listed | None] = {}

    def find(self, source: str) -> Iterator[Listed]:
        """Yield each list that has the source."""
        name = basename(source)
        for at, found in enumerate(self.words):
            if not f"/{found[0]}".endswith(f"/{name}") or self._is_comment(found.start()):
                continue
            word = _path(found)
            listed = self._in_strings(word) or self._among_words(at)
            if listed and self._leads_to(source, listed):
                yield listed

    @cached_property
    def words(self) -> list[re.Match[str]]:
        """All words of the text."""
        return list(_WORD.finditer(self.text))

    def _is_comment(self, place: int) -> bool:
        line = bisect_right(self.lines, place)
        if line not in self._comments:
            end = self.lines[line] if line < len(self.lines) else len(self.text)
            found = _COMMENT.search(self.text, self.lines[line - 1], end)
            self._comments[line] = found.end() if found else end
        return self._comments[line] <= place

    def _among_words(self, at: int) -> Listed | None:
        """Return a list of words that are parted by spaces; they may stand in one string."""
        for gap in (_SPACE, _JOINED):
            run = self._run(at, gap)
            if (run.start, gap) not in self._lists:
                self._lists[run.start, gap] = self._read_words(run, gap)
            if listed := self._lists[run.start, gap]:
                here = listed.entry if listed.bare else _path(self.words[at])
                return self._listed(here, listed.entries, listed.separator, bare=listed.bare)
        return None

    def _run(self, at: int, gap: re.Pattern[str]) -> range:
        """Return the words around one, as far as nothing but such gaps parts them."""
        if at not in self._runs.get(gap, ()):
            first, last = at, at + 1
            while first and self._are_parted(first, gap):
                first -= 1
            while last < len(self.words) and self._are_parted(last, gap):
                last += 1
            self._runs[gap] = range(first, last)
        return self._runs[gap]

    def _are_parted(self, at: int, gap: re.Pattern[str]) -> bool:
        """Tell whether such a gap parts a word from the one in front of it."""
        start = self.words[at].start()
        return gap.fullmatch(self.text, self.words[at - 1].end(), start) is not None

    def _read_words(self, run: range, gap: re.Pattern[str]) -> Listed | None:
        """Read words as a list, if what stands in front says that they are one."""
        before = self._before(self.words[run.start].start())
        opened = before.rstrip("'\"")
        quote = before[len(opened) :]
        opened = opened.rstrip()
        is_argument = _argument_of(opened) is not None
        if not is_argument and not _ASSIGNED.search(opened[-_NAME:]):
            return None
        name = basename(self.path)
        entries = tuple(map(_path, self.words[run.start : run.stop]))
        if is_argument:
            return self._listed(entries[0], entries)
        if not quote:
            is_list = gap is _JOINED and _PLAIN.fullmatch(name)
            return self._listed(entries[0], entries) if is_list else None
        if len(entries) > 1 or _WORDS_IN_STRING.fullmatch(name):
            return self._listed(entries[0], entries)
        return self._one_string(entries[0], quote) if _ONE_IN_STRING.fullmatch(name) else None

    def _one_string(self, entry: ListedPath, quote: str) -> Listed | None:
        """Read a string that is one file, and may become a list of two."""
        start, end = entry.start - len(quote), entry.end + len(quote)
        if self.text[start:end] != f"{quote}{entry.text}{quote}" or len(quote) > 1:
            return None
        one = ListedPath(entry.start, entry.end, entry.text, quote)
        return self._listed(one, (one,), ",", bare=True)

    def _before(self, place: int) -> str:
        return self.text[max(0, place - _NEAR) : place].rstrip(" \t\r\n\\")

    def _in_strings(self, word: ListedPath) -> Listed | None:
        """Return a list in brackets, each path of which is a string of its own."""
        text = self.text
        quote = text[word.start - 1 : word.start]
        if quote not in ("'", '"') or text[word.end : word.end + 1] != quote:
            return None
        opened = self._open_bracket(word.start)
        if opened < 0:
            return None
        if (opened, "[") not in self._lists:
            self._lists[opened, "["] = self._read_strings(opened)
        listed = self._lists[opened, "["]
        here = ListedPath(word.start, word.end, word.text, quote)
        return self._listed(here, listed.entries, ",") if listed else None

    def _open_bracket(self, place: int) -> int:
        """Return where the bracket stands that is open at a place; less than 0 if none is."""
        at = bisect_right(self._brackets, place) - 1
        return self._brackets[at] if at >= 0 and self.text[self._brackets[at]] == "[" else -1

    @cached_property
    def _brackets(self) -> list[int]:
        return [match.start() for match in re.finditer(r"[\[\]]", self.text)]

    def _read_strings(self, opened: int) -> Listed | None:
        before = self._before(opened)
        is_argument = before.endswith((",", "(")) and _BUILT.search(before)
        if not is_argument and not _ASSIGNED.search(before[-_NAME:]):
            return None
        closed = self.text.find("]", opened)
        strings = _STRING.finditer(self.text, opened, closed if closed >= 0 else len(self.text))
        entries = tuple(ListedPath(*one.span("text"), one["text"], one["quote"]) for one in strings)
        return self._listed(entries[0], entries, ",") if entries else None

    def _listed(
        self,
        entry: ListedPath,
        entries: tuple[ListedPath, ...],
        separator: str = "",
        *,
        bare: bool = False,
    ) -> Listed:
        line = bisect_right(self.lines, entry.start)
        return Listed(entry, line, entries, ListRole.SOURCE, separator, bare)

    def _leads_to(self, source: str, listed: Listed) -> bool:
        """Tell whether a path means the source: from the file's folder, the top, or a named one."""
        called = _argument_of(self._before(listed.entries[0].start).rstrip("'\""))
        bases = [dirname(self.path)]
        if called and "ADD_SOURCES" in called["name"]:
            named = called["front"].split(",")[0].strip(" \t\r\n'\"[]")
            # What a script or a shell has in a variable is the folder of the file.
            own = re.match(r"(?:\w*dirname|\$\w+)(?:\s*\+\s*['\"])?(?P<below>.*)", named)
            bases = [join(bases[0], own["below"].strip("/")) if own else named.strip("/")]
        elif basename(self.path).startswith(("BUILD", "config", "SCons")):
            bases.append("")
        written = re.sub(r"^\$[\w{}()]+/", "", listed.entry.text)
        return any(normpath(join(base, written)) == source for base in bases)


def _path(word: re.Match[str]) -> ListedPath:
    return ListedPath(*word.span(), word[0])


def _argument_of(before: str) -> re.Match[str] | None:
    """Return the call whose next argument begins behind a text."""
    before = _QUOTED.sub("", before).rstrip()
    return _CALLED.search(before) if before.endswith((",", "(")) else None
