"""What a change does to Makefiles: new objects may be listed, and nothing else."""

import re
from collections.abc import Callable, Collection, Mapping, Set
from dataclasses import dataclass, field
from posixpath import basename

from vtsplit.diagnostics import Problem, Site
from vtsplit.example_trees import LAMP, SPLIT
from vtsplit.rule import Example, Rule
from vtsplit.survey.build.build_files import (
    has_word_lists,
    is_cmake,
    is_makefile,
    stem_of,
)
from vtsplit.survey.build.cmake_commands import read_commands
from vtsplit.survey.make.makefile import join_lines
from vtsplit.verify.lists.listed_nowhere import listed_nowhere
from vtsplit.verify.object_lists import (
    copies_setting,
    macros_lacking,
    other_list,
    settings_lacking,
)
from vtsplit.verify.token_diff import diff_tokens
from vtsplit.verify.verdict import IntendedChange, Verdict

UNKNOWN_BUILD = Rule(
    "VT316",
    "unknown-build",
    "it is not known whether a new file is compiled",
    "The build is one that vtsplit does not understand: no build file that it can read lists "
    "the new file or any other file of the change.",
    "Check that the build compiles the file, or give `--build` or `--compile-commands` for the "
    "tree AFTER.",
    Example(
        files={
            **{f"before/{path}": LAMP[path] for path in ("lamp.c", "lamp.h")},
            **{
                f"after/{path}": SPLIT[path]
                for path in ("lamp.c", "lamp.h", "lamp_ops.h", "main.c")
            },
        },
        command="vtsplit verify before after",
        base={},
    ),
)


NO_C = Rule(
    "VT308",
    "no-c",
    "a file that is not C differs",
    "Assembly, a linker script or Kconfig differs, and vtsplit cannot compare it. Of a build file "
    "such as `configure.ac` or `wscript` it knows only the lists of sources. If the spec "
    "has `dispatch.backend.config`, a Kconfig entry for that option is by design.",
    "If a spec made the change, name it with `--spec` or `--preset`. Take any other change out, "
    "and check it yourself.",
    Example(
        files={"before/start.S": "nop\n", "after/start.S": "ret\n"},
        command="vtsplit verify before after",
        base={},
    ),
)


Read = Callable[[str], str | None]
# `a.o b.o: CFLAGS += -O0` (GNU make manual, 6.11).
_SETS = re.compile(r"(?m)^([^\t:=#\n][^:=#\n]*)(:[ \t]*(?:\w+[ \t]+)*[\w.-]+[ \t]*(?:[+?!]|::?)?=)")
_OTHER_LINES = "take out what adds no source to a list, and check it yourself"
_ADVICE = (
    "check that the build compiles it, or give --build or --compile-commands for the tree AFTER"
)


@dataclass(frozen=True)
class FileChanges:
    """Which files of a change decide what its build files may say.

    `build_files` have changed. `new` are the `.c` files that are new, `headers` the new headers,
    which automake wants to be listed. `renamed` is old path to new path. `sources` are the C files
    of the tree before that the change touches. `compiled` are known to be compiled.
    """

    build_files: Set[str]
    new: Set[str]
    renamed: Mapping[str, str] = field(default_factory=dict)
    headers: Set[str] = frozenset()
    sources: Set[str] = frozenset()
    compiled: Set[str] = frozenset()

    @property
    def added(self) -> frozenset[str]:
        """What a build file may name: new sources without their ending, and new headers."""
        return frozenset((*map(stem_of, self.new), *map(basename, self.headers)))

    @property
    def stems(self) -> dict[str, str]:
        """Which name becomes which where a file is renamed, without its ending."""
        return {stem_of(old): stem_of(name) for old, name in self.renamed.items()}


def compare_build_files(
    before: Read, after: Read, files: FileChanges, verdict: Verdict
) -> list[Problem]:
    """Check that changed build files gain new files, and that each new source is in some list.

    The object of a renamed file may have become a composite of new ones; then what names that
    object names the new one. If no list has any source of the change, before or after, it is not
    known whether a new file is compiled. That is returned (VT316), and so are build files of which
    vtsplit knows only the lists, where they differ in more (VT308).
    """
    undecided: list[Problem] = []
    for path in sorted(files.build_files):
        was, now = _words_of(path, before(path) or "", after(path) or "", files)
        if was == now:
            verdict.designed.append(IntendedChange("object listed", path, Site(path)))
        elif has_word_lists(path):
            # Nothing but its lists is read, so that the rest may be a comment or decide all.
            message = f"'{path}' differs in more than its lists, so vtsplit cannot compare it"
            undecided.append(Problem(NO_C, message, Site(path), _OTHER_LINES))
        else:
            lines = diff_tokens(" ".join(was), " ".join(now)).lines
            message = "differs in more than the objects of new files"
            verdict.differ("makefile", path, message, Site(path), Site(path), lines)
    for path in sorted(files.new - files.compiled):
        reason = listed_nowhere(after, path, files.build_files)
        if reason is None:
            _compare_place(before, after, path, files, verdict)
            continue
        places = (listed_nowhere(before, other, files.build_files) for other in files.sources)
        if None in places:
            verdict.differ("makefile", path, f"is compiled nowhere: {reason}", None, Site(path))
        else:
            # Nothing that is read here lists any file of the change.
            message = f"cannot tell whether '{path}' is compiled: {reason}"
            undecided.append(Problem(UNKNOWN_BUILD, message, Site(path), _ADVICE))
    return undecided


def _compare_place(
    before: Read, after: Read, path: str, files: FileChanges, verdict: Verdict
) -> None:
    """Check that a new file is linked as a source of the change is, with the same options."""
    places = other_list(before, after, path, files.sources)
    if places is not None:
        ours, theirs = places
        message = f"is in the list '{ours}', and what it comes from is in '{theirs}'"
        verdict.differ("makefile", path, message, None, Site(path))
    for source in sorted(files.sources):
        lacking = settings_lacking(after, path, source)
        if not lacking:
            continue
        for word in dict.fromkeys(macros_lacking(lacking, after(path) or "")):
            message = f"names a macro of {word}, which {source} alone is compiled with"
            verdict.differ("makefile", path, message, None, Site(lacking[0].makefile))
        names = dict.fromkeys(f"{one.name}_{stem_of(source)}.o" for one in lacking)
        verdict.limits.append(
            f"{lacking[0].makefile} gives {source} options that {path} does not have: "
            f"{', '.join(names)}"
        )


def _words_of(path: str, was: str, now: str, files: FileChanges) -> tuple[list[str], list[str]]:
    """Return the words of a build file, and what it has now but for the names of new files."""
    added, stems = files.added, files.stems
    if is_makefile(path):
        ours = _words(was)
        theirs = _words(
            _without_targets(now, added),
            lambda line: (
                _is_composite(line, stems, added)
                or _only_adds(line, added)
                or _copies_setting(line, was, files)
            ),
        )
    else:
        read = _cmake_words if is_cmake(path) else _meson_words
        read = _list_words if has_word_lists(path) else read
        ours, theirs = read(was), read(now)
    return ours, _without(theirs, ours, added, stems)


def _copies_setting(line: str, was: str, files: FileChanges) -> bool:
    """Tell an option for the object of a new file that the object of a source has as well."""
    lines, sources = was.split("\n"), [stem_of(path) for path in files.sources]
    new = files.new - {*files.renamed.values()}  # a renamed source's options follow it
    return any(copies_setting(line, lines, sources, stem_of(path)) for path in new)


def _meson_words(text: str) -> list[str]:
    """Return the words of a meson.build but for comments, commas and the quotes of strings.

    >>> _meson_words("a = ['x.c', # all\\n  'y.c']")
    ['a', '=', '[', 'x.c', 'y.c', ']']
    """
    found = re.findall(r"#[^\n]*|'((?:\\.|[^'\\\n])*)'|([^\s',()\[\]]+|[()\[\]])", text)
    return [string or word for string, word in found if string or word]


def _list_words(text: str) -> list[str]:
    """Return the words of a file of plain lists, without what parts or joins them.

    >>> _list_words('A="x.c \\\\\\n  y.c"')
    ['A=', 'x.c', 'y.c']
    """
    return re.findall(r"(?:[^\s'\",()\[\]\\]|\\(?!\r?\n))+|[()\[\]]", text)


def _cmake_words(text: str) -> list[str]:
    """Return names and arguments of a CMake file's commands, lists taken apart.

    >>> _cmake_words('set(A "x.c;y.c") # all')
    ['set(', 'A', 'x.c', 'y.c', ')']
    """
    return [
        word
        for command in read_commands(text)
        for words in (
            [f"{command.name}("],
            *(argument.text.split(";") for argument in command.arguments),
            [")"],
        )
        for word in words
    ]


def _words(text: str, leave: Callable[[str], bool] = lambda _: False) -> list[str]:
    """Return the words of a Makefile but for comments; a recipe's line has none of make's.

    What stands behind a call or a variable is kept: it may be part of it.

    >>> _words("a = b # c\\n#d\\n\\tcc #e\\n")
    ['a', '=', 'b', '\\n', 'cc', '#e', '\\n']
    """
    joined = join_lines(text)
    lines = re.sub(r"(?m)^(?!\t)([^#$\n]*)(?<!\S)#.*$", r"\1", joined).split("\n")
    return [
        part
        for line in lines
        if line.strip() and not leave(line)
        for word in [*line.split(), "\n"]
        for part in _parted(word)
    ]


def _parted(word: str) -> list[str]:
    """Part a word from the brackets that close what began before it.

    >>> _parted("b.o))"), _parted("$(b.o)")
    (['b.o', '))'], ['$(b.o)'])
    """
    end = len(word)
    while (
        end
        and word[end - 1] in ")}"
        and word.count(word[end - 1], 0, end)
        > word.count("(" if word[end - 1] == ")" else "{", 0, end)
    ):
        end -= 1
    return [part for part in (word[:end], word[end:]) if part] or [word]


def _is_new(word: str, added: Collection[str]) -> bool:
    """Tell a word for one of the new files, its object, or its name without an end.

    A header stands in `added` by its whole name.

    >>> _is_new("src/b_ops.h", {"b_ops.h"}), _is_new("src/b_ops.o", {"b_ops.h"})
    (True, False)
    >>> [_is_new(word, {"b"}) for word in ("$(D)/b.o", "b", "b.$(O)", "$<$<BOOL:${X}>:b.c>", "b-y")]
    [True, True, True, True, False]
    """
    name = re.split(r"[/:]", word.rstrip(">") if word.startswith("$<") else word)[-1]
    if name in added:
        return True
    stem, dot, end = name.partition(".")
    while dot and stem not in added and "." in end:
        more, dot, end = end.partition(".")
        stem = f"{stem}.{more}"
    return stem in added and (not dot or bool(re.fullmatch(r"\w+|\$[({]\w+[)}]", end)))


def _without_targets(text: str, added: Collection[str]) -> str:
    r"""Return a Makefile where lines that set a variable for objects name no new ones.

    >>> _without_targets("a.o b.o: CFLAGS += -O0\nb.o: F = 1\na.o b.o: c.h\n", {"b"})
    'a.o: CFLAGS += -O0\nb.o: F = 1\na.o b.o: c.h\n'
    """

    def targets(match: re.Match[str]) -> str:
        kept = [word for word in match[1].split() if not _is_new(word, added)]
        is_same = not kept or len(kept) == len(match[1].split())
        return match[0] if is_same else " ".join(kept) + match[2]

    return _SETS.sub(targets, join_lines(text))


def _is_composite(line: str, stems: Collection[str], added: Collection[str]) -> bool:
    """Tell a list that makes the object of a renamed file out of new ones.

    >>> lines = "foo-y := a.o b.o", "  foo-objs\\t+= a.o", "foo-y := c.o"
    >>> [_is_composite(line, {"foo"}, {"a", "b"}) for line in lines]
    [True, True, False]
    """
    name, _, rest = line.partition("=")
    name = name.rstrip(":+ \t").lstrip()
    objects = [basename(word) for word in rest.split()]
    makes = any(name in (f"{stem}-y", f"{stem}-objs") for stem in stems)
    return makes and bool(objects) and all(_is_new(word, added) for word in objects)


def _only_adds(line: str, added: Collection[str]) -> bool:
    """Tell a line of new objects alone, with `foo-y +=` in front or not.

    >>> [_only_adds(line, {"b"}) for line in ("a += b.o", "a+=b.o", "\tb.o", "a = b.o", "a +=", "")]
    [True, True, True, False, False, False]
    """
    words = re.sub(r"^[ \t]*[^ \t=:+]+[ \t]*\+=", "", line).split()
    return bool(words) and all(_is_new(word, added) for word in words)


def _without(
    words: list[str], base: list[str], added: Collection[str], stems: Mapping[str, str]
) -> list[str]:
    """Take words of `added` out where the other text has something else at that place.

    Words that follow a renamed file are as they were. A path that nothing enclosed may stand in
    brackets with new ones.

    >>> _without("srcs += [ a.c b.c ]".split(), "srcs += a.c".split(), {"b"}, {})
    ['srcs', '+=', 'a.c']
    """
    kept: list[str] = []
    at = 0
    while at < len(words):
        word, old = words[at], base[len(kept)] if len(kept) < len(base) else None
        at += 1
        if old is not None and word in (old, _following(old, stems)):
            kept.append(old)
            continue
        more = words[at : at + 3]  # a list of two, and its end
        there = [one for one in more[:2] if not _is_new(one, added)]
        if old and word == "[" and more[2:] == ["]"] and there == [_following(old, stems)]:
            kept.append(old)
            at += len(more)
        elif not _is_new(word, added):
            kept.append(word)
    return kept


def _following(word: str, stems: Mapping[str, str]) -> str:
    """Return how what names a file or its object names it under the new name.

    >>> [_following(word, {"foo": "bar"}) for word in ("CFLAGS_foo.o", "$(obj)/foo.o:", "foo.o")]
    ['CFLAGS_bar.o', '$(obj)/bar.o:', 'foo.o']
    """
    for old, new in stems.items():
        if word != f"{old}.o":  # in a list it is the module, which keeps its name
            pattern = rf"(?:(?<=[A-Z]_)|(?<![\w-])){re.escape(old)}(?=\.[oc]\b)"
            word = re.sub(pattern, new, word)
    return word
