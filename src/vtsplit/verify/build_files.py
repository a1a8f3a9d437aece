"""What a change does to Makefiles: new objects may be listed, and nothing else."""

from collections.abc import Callable, Collection
from posixpath import basename, splitext

from vtsplit.diagnostics import Problem, Site
from vtsplit.survey.kbuild import find_object
from vtsplit.verify.token_diff import diff_tokens
from vtsplit.verify.verdict import Designed, Verdict

Read = Callable[[str], str | None]


def is_build_file(path: str) -> bool:
    """Tell Makefiles, which list objects, from what else a build reads."""
    return basename(path).startswith(("Makefile", "Kbuild"))


def compare_build_files(
    before: Read, after: Read, changed: Collection[str], new: Collection[str], verdict: Verdict
) -> None:
    """Check that changed Makefiles gain the objects of new files, which must be listed somewhere.

    `changed` are the Makefiles, `new` the new `.c` files.
    """
    added = {splitext(basename(path))[0] + ".o" for path in new}
    for path in sorted(changed):
        ours, theirs = _words(before(path)), _words(after(path))
        rest = _without(theirs, ours, added)
        if rest == ours:
            verdict.designed.append(Designed("object listed", path, Site(path)))
        else:
            lines = diff_tokens(" ".join(ours), " ".join(rest)).lines
            message = "differs in more than the objects of new files"
            verdict.differ("makefile", path, message, Site(path), Site(path), lines)
    for path in sorted(new):
        found = find_object(after, path)
        if isinstance(found, Problem):
            verdict.differ(
                "makefile", path, "is compiled nowhere: " + found.message, None, found.site
            )


def _words(text: str | None) -> list[str]:
    lines = (text or "").replace("\\\n", " ").split("\n")
    return [word for line in lines for word in [*line.split(), "\n"]]


def _without(words: list[str], base: list[str], added: Collection[str]) -> list[str]:
    """Take words of `added` out where the other text has something else at that place."""
    kept: list[str] = []
    for word in words:
        at = len(kept)
        differs = at >= len(base) or base[at] != word
        if differs and (basename(word) in added or basename(word).rpartition("/")[2] in added):
            continue
        kept.append(word)
    return kept
