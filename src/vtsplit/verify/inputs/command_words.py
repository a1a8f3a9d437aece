"""The words of a recorded command: the compiler, the options that are kept, and those left out.

A record may come with a tree from anywhere, so an option is kept only if it is known to do no more
than say how C is read and compiled. What writes a file, loads a plugin or starts a program goes.
"""

import os
import posixpath
import re
import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

# Options that have a word behind them. These are kept, where their word is.
_JOINED = (
    *("-isystem", "-iquote", "-idirafter", "-isysroot", "-include", "-imacros"),
    *("-D", "-U", "-I", "-A"),
)
_KEPT_WITH = (*_JOINED, "-x", "-G", "--param", "--sysroot", "-target", "-arch")
_LANGUAGES = frozenset({"c", "none", "cpp-output", "assembler", "assembler-with-cpp"})
# These say where output goes and how much, or what is linked: the program does not depend on them.
_OUTPUT_WITH = frozenset("-o -MF -MT -MQ -MJ -dumpdir -dumpbase -dumpbase-ext -aux-info".split())
_OUTPUT_WITH |= frozenset("-L -l -T -u -z -e -Xlinker --output --serialize-diagnostics".split())
_OUTPUT_WITH |= frozenset({"-serialize-diagnostics"})
_OUTPUT = re.compile(
    r"-(?:[cESvsrPCHQ]|CC|MD|MMD|MP|MG|M|MM|MV|###|M[FTQJ].+|o.+|[lLT].+|d[a-zA-Z]\w*|aux-info.+)"
    r"|-(?:Wl|Wp,-MM?D),.*|-static.*|-shared.*|-rdynamic|-(?:no-)?pie|-nostdlib|-nostartfiles"
    r"|-nodefaultlibs|--coverage|-time.*|--?save-(?:temps|stats).*|--output=.*"
    r"|-f(?:no-)?(?:dump|opt-info|diagnostics-|compare-debug|mem-report|time-report).*"
    r"|-f(?:no-)?(?:syntax-only|profile-arcs|test-coverage)"
)
# What these options have behind them goes with them.
_LOST_WITH = frozenset("-wrapper -B -specs --specs --prefix -Xclang -Xassembler --config".split())
_LOST_WITH |= frozenset({"-Xpreprocessor", "-mllvm", "-plugin", "-load", "-gcc-toolchain"})
# An option that is one word, and reads nothing but its own letters. No path stands behind these.
_PLAIN = re.compile(
    r"-(?:ansi|undef|nostdinc|nostdlibinc|nobuiltininc|trigraphs|remap|pipe|pthreads?|pg?|w|EL|EB)"
    r"|-pedantic(?:-errors)?|-traditional(?:-cpp)?|--?std=[\w:+]+|-G\d+|-O\w*|-I-|-Q\w+-arguments"
    r"|-(?:no-)?integrated-as|--no-default-config|--target=[\w.-]+|--param=[\w=-]+"
    r"|-g(?!cc-)[\w=+.-]*|-W(?![alp],)[\w+=.,/-]*|-m(?!llvm)[\w+=.,:@-]+|-f[\w-]+(?:=[\w+=.,:@-]*)?"
)
_WRITES = re.compile(
    r"-f[\w-]*(?:dump|module|plugin|report|time-trace|profile|record|output|deps|session|crash"
    r"|offload|proc-stat|self-test)|-m[\w-]*(?:dump|module|depend)"
)
# The value is a text that the compiler puts elsewhere; it opens no such file.
_TEXT = re.compile(r"-f(?:\w+-prefix-map|random-seed|\w+-compilation-dir)=.*")
_FOR_ASSEMBLER = re.compile(r"--?(?:m|g|W|no)[\w=+.-]*|--fatal-warnings")
_FOR_PREPROCESSOR = re.compile(r"-[DU]\w.*")
_DEEPEST, _LARGEST = 8, 1 << 20  # response files inside of one another, and bytes of one


@dataclass(frozen=True)
class CommandWords:
    """A command, taken apart. `left_out` are options that may matter and are not passed on."""

    compiler: tuple[str, ...]
    flags: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def read_command(words: list[str], source: str, directory: str) -> CommandWords:
    """Take a command apart that ran in a folder; outputs and the source go. Raises ValueError.

    >>> read_command(["ccache", "gcc", "-O2", "-c", "-o", "a.o", "a.c"], "a.c", "/")
    CommandWords(compiler=('ccache', 'gcc'), flags=('-O2',), left_out=())
    >>> read_command(["gcc", "-fplugin=x.so", "-save-temps", "-I", "b", "a.c"], "a.c", "/")
    CommandWords(compiler=('gcc',), flags=('-I', 'b'), left_out=('-fplugin=x.so',))
    """
    leading = list(takewhile(lambda word: word[:1] not in {"-", "@"}, words))
    compiler = tuple(word for word in leading if word != source)
    if not compiler:
        raise ValueError("no compiler in its command")
    rest = iter([*_expanded(words[len(leading) :], directory, _DEEPEST)])
    flags: list[str] = []
    left_out: list[str] = []
    for word in rest:
        if word in _KEPT_WITH:
            behind = next(rest, None)
            # GCC would read a file that begins with `@`, whatever stands in front of it.
            if behind and behind[0] != "@" and (word != "-x" or behind in _LANGUAGES):
                flags += [word, behind]
            else:
                left_out.append(f"{word} {behind or ''}".strip())
        elif word in _OUTPUT_WITH:
            next(rest, None)
        elif word in _LOST_WITH:
            left_out.append(f"{word} {next(rest, '')}".strip())
        elif _is_safe(word):
            flags.append(word)
        elif word[:1] in {"-", "@"} and not _OUTPUT.fullmatch(word):
            left_out.append(word)
    return CommandWords(compiler, tuple(flags), tuple(left_out))


def _is_safe(word: str) -> bool:
    """Tell whether an option of one word does no more than say how C is read and compiled.

    >>> [_is_safe(word) for word in ("-Iinclude", "-fno-common", "-Wa,-mx86-used-note=no")]
    [True, True, True]
    >>> [_is_safe(word) for word in ("-Wa,-a=victim", "-fdump-tree-all", "-Bfolder", "-o")]
    [False, False, False, False]
    """
    first, comma, rest = word.partition(",")
    if comma and first == "-Wa":
        return all(_FOR_ASSEMBLER.fullmatch(part) for part in rest.split(","))
    if comma and first == "-Wp":
        return all(_FOR_PREPROCESSOR.fullmatch(part) for part in rest.split(","))
    if _OUTPUT.fullmatch(word) or (_WRITES.match(word) and not _TEXT.fullmatch(word)):
        return False
    if _PLAIN.fullmatch(word) or _TEXT.fullmatch(word) or word.startswith("--sysroot="):
        return True
    if word.startswith("-x"):
        return word[2:] in _LANGUAGES
    option = next((one for one in _JOINED if word.startswith(one)), word)
    return word[len(option) : len(option) + 1] not in {"", "-"}


def _expanded(words: list[str], directory: str, deepest: int) -> Iterator[str]:
    """Yield words with those of response files (`@file`) in their place, as GCC reads them."""
    for word in words:
        text = _response(word, directory) if word[:1] == "@" and deepest else None
        if text is None:
            yield word
        else:
            yield from _expanded(shlex.split(text), directory, deepest - 1)


def _response(word: str, directory: str) -> str | None:
    path = Path(posixpath.join(directory, word[1:]))
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            return None
        return file.read(_LARGEST).decode("utf-8", "surrogateescape")
