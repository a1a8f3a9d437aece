"""Commands that look at a file or copy it out of the tree, and build nothing from it."""

import re

from vtsplit.survey.make.makefile import ObjectList

# What `grep` or `diff` says of a file decides on something: they are not among these.
_LOOKS = frozenset(
    "splint lint cppcheck clang-tidy cpplint cpplint.py checkpatch.pl sparse flawfinder gcov"
    " wc size nm objdump readelf strings ls file stat du cat head tail echo printf"
    " ctags etags cscope md5sum sha1sum sha256sum cksum cloc sloccount".split()
)
_COPIES = frozenset({"cp", "install", "install_data", "install_program"})
# Where a copy is packed or installed, and nothing is built any more.
_AWAY = re.compile(
    r"/|\$[({](?:(?:top_)?distdir|DESTDIR|prefix|exec_prefix|(?:pkg)?(?:data|include|lib)dir"
    r"|(?:data|src)rootdir|docdir|htmldir|mandir|examplesdir|sysconfdir)[)}]"
)
_QUIET = re.compile(r"\s(?:\d?>[ \t]*/dev/null|2>&1)(?=\s|$)")
_JOINED = re.compile(r"(?<![$({])[<>|;&`]|\$[({]shell\b|\s-o\s")


def says_something(line: ObjectList) -> bool:
    """Tell a line that only says what is done, to whoever runs make."""
    return bool(line.words) and line.words[0].text.lstrip("@-+") in ("echo", "printf")


def builds_nothing(text: str, line: ObjectList) -> bool:
    r"""Tell a line of a recipe that is known to build nothing from the files that it names.

    >>> from vtsplit.survey.make.makefile import MakefileReader
    >>> text = "a: b\n\t@wc -l b.c\n\tcp b.c $(distdir)\n\tcp b.c c.c\n\tnm b.o > b.txt\n"
    >>> [builds_nothing(text, line) for line in MakefileReader(text).rules[0].recipe]
    [True, True, False, False]
    """
    if not line.words or _JOINED.search(_QUIET.sub("", text[line.start : line.end])):
        return False
    first = line.words[0].text.lstrip("@-+")
    variable = re.fullmatch(r"\$[({](\w+)[)}]", first)
    command = variable[1].lower() if variable else first.rsplit("/", 1)[-1]
    if command in _COPIES:
        return len(line.words) > 2 and bool(_AWAY.match(line.words[-1].text))
    return command in _LOOKS
