"""The same command makes the same patches, and they come to what `split --write` makes."""

from pathlib import Path

from postings.checks import Checks
from postings.programs import git, vtsplit
from postings.subject import Posting, Subject, is_clean, must


def make_posting(subject: Subject, checks: Checks) -> Posting:
    """Make the patches twice, and the split in its tree. Raises FailedError."""
    once, again = subject.folder("once"), subject.folder("again")
    subject.series("-o", once)
    subject.series("-o", again)
    same = _contents(once) == _contents(again)
    checks.see(f"the same bytes twice ({len(_contents(once))} files)", same)
    untouched = is_clean(subject.tree) and git(subject.tree, "rev-parse", "HEAD") == subject.base
    checks.see("the repository is as it was", untouched)
    files = sorted(once.iterdir())
    covers = [path for path in files if path.name.startswith("0000-")]
    patches = tuple(path for path in files if path not in covers)
    return Posting(covers[0] if covers else None, patches, _written(subject))


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _written(subject: Subject) -> str:
    """Return the id of the tree that `split --write` makes; the tree itself goes back."""
    root = subject.tree
    before = _untracked(root)
    must(vtsplit("split", root, *subject.spec, "--write"), "split")
    if new := sorted(_untracked(root) - before):
        git(root, "add", "--force", "--", *new)
    git(root, "add", "--update")
    tree = git(root, "write-tree")
    git(root, "reset", "--quiet", "--hard", subject.base)
    return tree


def _untracked(root: Path) -> set[str]:
    """Return all files that git does not track, ignored ones as well."""
    return set(filter(None, git(root, "ls-files", "--others", "-z").split("\0")))
