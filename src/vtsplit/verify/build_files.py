"""What a change does to Makefiles: new objects may be listed, and nothing else."""

import re
from collections.abc import Callable, Collection, Mapping
from posixpath import basename, splitext

from vtsplit.diagnostics import Problem, Site
from vtsplit.survey.build_files import is_makefile
from vtsplit.survey.kbuild import find_object
from vtsplit.survey.meson import is_listed
from vtsplit.verify.token_diff import diff_tokens
from vtsplit.verify.verdict import Designed, Verdict

Read = Callable[[str], str | None]


def is_build_file(path: str) -> bool:
    """Tell Makefiles, which list objects, from what else a build reads."""
    return is_makefile(path) or basename(path) == "meson.build"


def compare_build_files(
    before: Read,
    after: Read,
    changed: Collection[str],
    new: Collection[str],
    renamed: Mapping[str, str],
    verdict: Verdict,
) -> None:
    """Check that changed Makefiles gain the objects of new files, which must be listed somewhere.

    `changed` are the Makefiles, `new` the new `.c` files, some of them `renamed`. The object of
    such a file may have become a composite of new ones; then what names it names the new one.
    """
    added = {f"{_stem(path)}.o" for path in new} | {basename(path) for path in new}
    stems = {_stem(old): _stem(name) for old, name in renamed.items()}
    for path in sorted(changed):
        plain = _unquoted if basename(path) == "meson.build" else str
        ours = _words(plain(before(path) or ""))
        theirs = _words(
            plain(after(path) or ""),
            lambda line: _is_composite(line, stems, added) or _only_adds(line, added),
        )
        rest = _without(theirs, ours, added, stems)
        if rest == ours:
            verdict.designed.append(Designed("object listed", path, Site(path)))
        else:
            lines = diff_tokens(" ".join(ours), " ".join(rest)).lines
            message = "differs in more than the objects of new files"
            verdict.differ("makefile", path, message, Site(path), Site(path), lines)
    for path in sorted(new):
        found = find_object(after, path)
        if isinstance(found, Problem) and not is_listed(after, path):
            verdict.differ(
                "makefile", path, "is compiled nowhere: " + found.message, None, found.site
            )


def _stem(path: str) -> str:
    return splitext(basename(path))[0]


def _unquoted(text: str) -> str:
    """Take quotes and commas off, which a path that is added to a list brings along."""
    return re.sub("[',]+", " ", text)


def _words(text: str, leave: Callable[[str], bool] = lambda _: False) -> list[str]:
    lines = text.replace("\\\n", " ").split("\n")
    return [word for line in lines if not leave(line) for word in [*line.split(), "\n"]]


def _is_composite(line: str, stems: Collection[str], added: Collection[str]) -> bool:
    """Tell a list that makes the object of a renamed file out of new ones: `foo-y := a.o b.o`."""
    name, _, rest = line.partition("=")
    name = name.rstrip(":+ \t")
    objects = [basename(word) for word in rest.split()]
    makes = any(name in (f"{stem}-y", f"{stem}-objs") for stem in stems)
    return makes and bool(objects) and all(word in added for word in objects)


def _only_adds(line: str, added: Collection[str]) -> bool:
    """Tell a line of new objects alone, with `foo-y +=` in front or not.

    >>> [_only_adds(line, {"b.o"}) for line in ("a += b.o", "\tb.o", "a = b.o", "a +=", "")]
    [True, True, False, False, False]
    """
    words = line.split()
    words = words[2:] if words[1:2] == ["+="] else words
    return bool(words) and all(basename(word) in added for word in words)


def _without(
    words: list[str], base: list[str], added: Collection[str], stems: Mapping[str, str]
) -> list[str]:
    """Take words of `added` out where the other text has something else at that place.

    Words that follow a renamed file are as they were.
    """
    kept: list[str] = []
    for word in words:
        old = base[len(kept)] if len(kept) < len(base) else None
        if old is not None and word in (old, _following(old, stems)):
            kept.append(old)
        elif basename(word) not in added:
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
