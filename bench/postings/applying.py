"""`git am` takes each patch and each builds; what is given up halfway leaves nothing behind."""

from collections import Counter

from postings.checks import Checks
from postings.programs import FailedError, git, run
from postings.subject import Posting, Subject, is_clean, tree_of


def check_each(subject: Subject, posting: Posting, checks: Checks) -> None:
    """Apply patch by patch and build after each; the branch `posting` keeps the commits."""
    root = subject.tree
    subject.back()
    before = subject.build()
    known = Counter[str]()
    for one in before.values():
        known |= one
    checks.see(f"builds before ({known.total()} warnings)", True)
    git(root, "switch", "--quiet", "--create", "posting")
    for patch in posting.patches:
        git(root, "am", "--quiet", patch)
        for setting, said in _built(subject).items():
            new = said - known if said is not None else Counter({"it does not build": 1})
            where = f"{patch.name[:4]} builds without new warnings"
            checks.see(where + (f", {setting}" if setting else ""), not new, "\n".join(new))
    checks.see("the end is that of `split --write`", tree_of(root) == posting.end)


def _built(subject: Subject) -> dict[str, Counter[str] | None]:
    try:
        return dict(subject.build())
    except FailedError as error:
        return {str(error): None}


def check_abort(subject: Subject, posting: Posting, checks: Checks) -> None:
    """Give a series up where a patch fails, and where a person stops."""
    root = subject.tree
    subject.back()
    middle = len(posting.patches) // 2
    broken = subject.folder("broken.patch")
    text = posting.patches[middle].read_bytes()
    # A line of context, or one that goes, is another one: the patch does not apply.
    lines = text.split(b"\n")
    at = next(
        at for at, line in enumerate(lines) if line.startswith(b"@@ -") and b"-0,0" not in line
    )
    lines[at + 1] = lines[at + 1][:1] + b"another line"
    broken.write_bytes(b"\n".join(lines))
    files = [*posting.patches[:middle], broken, *posting.patches[middle + 1 :]]
    ran = run(root, "git", "am", *files)
    stopped = ran.code != 0 and (root / ".git/rebase-apply").is_dir()
    checks.see("a patch that is damaged stops git am", stopped, ran.end)
    _abort(subject, "after a patch that fails", checks)
    # A hook stands for a person who presses Ctrl-C in the middle.
    hook = root / ".git/hooks/pre-applypatch"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\n[ "$(cat .git/rebase-apply/next)" -le {middle} ]\n')
    hook.chmod(0o755)
    ran = run(root, "git", "am", *posting.patches)
    hook.unlink()
    checks.see("git am stops in the middle", ran.code != 0, ran.end)
    _abort(subject, "in the middle", checks)


def _abort(subject: Subject, when: str, checks: Checks) -> None:
    root = subject.tree
    git(root, "am", "--abort")
    is_back = git(root, "rev-parse", "HEAD") == subject.base
    right = is_back and is_clean(root) and not (root / ".git/rebase-apply").exists()
    checks.see(f"git am --abort {when} leaves all as it was", right)
