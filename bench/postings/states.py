"""Bad states of a repository: how each is made, and which command has to be refused there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from postings.programs import ADDRESS, NAME, git, run
from trees import SPEC, small_tree

Make = Callable[[Path], Path | None]
PATCHES, COMMIT = ("-o", "OUT"), ("--commit",)
ON_BRANCH = (*COMMIT, "--branch", "split")


@dataclass(frozen=True)
class State:
    """A state: `make` changes a repository, and may return another tree to be asked instead."""

    name: str
    make: Make
    options: tuple[str, ...] = PATCHES
    variables: Mapping[str, str] = field(default_factory=dict)
    works: bool = False


def repository(root: Path, spec: str = SPEC) -> Path:
    """Make a small tree with a spec, in two commits."""
    small_tree(root, {"vtsplit.toml": spec, "drv/other.c": "int less;\n"})
    git(root, "init", "--quiet", "--initial-branch=main")
    settings = {"user.name": NAME, "user.email": ADDRESS, "gc.auto": "0"}
    for key, value in settings.items():
        git(root, "config", key, value)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "net: foo: Begin")
    edit(root, "drv/other.c", "int more;\n")
    git(root, "commit", "--quiet", "--all", "--message", "net: foo: Count more")
    return root


def edit(root: Path, path: str, text: str) -> None:
    """Write a file of a tree."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def _git(*arguments: str) -> Make:
    def do(root: Path) -> None:
        git(root, *arguments)

    return do


def _config(*settings: str) -> Make:
    return _git("config", *settings)


def _edit(path: str, text: str) -> Make:
    return lambda root: edit(root, path, text)


def _no_git(root: Path) -> Path:
    return small_tree(root.with_name("bare"))


def _no_commit(root: Path) -> Path:
    tree = small_tree(root.with_name("unborn"))
    git(tree, "init", "--quiet")
    return tree


def _staged(root: Path) -> None:
    edit(root, "drv/other.c", "int changed;\n")
    git(root, "add", "drv/other.c")


def _staged_alone(root: Path) -> None:
    text = (root / "drv/other.c").read_text()
    _staged(root)
    edit(root, "drv/other.c", text)


def _hidden(flag: str) -> Make:
    def hide(root: Path) -> None:
        git(root, "update-index", flag, "drv/foo.c")
        with (root / "drv/foo.c").open("a") as file:
            file.write("/* mine */\n")

    return hide


def _untracked_target(root: Path) -> None:
    git(root, "rm", "--quiet", "--cached", "drv/Makefile")
    git(root, "commit", "--quiet", "--message", "Forget it")


def _ignored_main(root: Path) -> None:
    edit(root, ".gitignore", "main.c\n")
    git(root, "add", ".gitignore")
    git(root, "commit", "--quiet", "--message", "Ignore it")
    edit(root, "drv/main.c", '#include "foo.h"\n')


def _shallow(root: Path) -> Path:
    to = root.with_name("shallow")
    git(root.parent, "clone", "--quiet", "--depth=1", f"file://{root}", to)
    for key, value in {"user.name": NAME, "user.email": ADDRESS}.items():
        git(to, "config", key, value)
    return to


def _shallow_with_prefix(root: Path) -> Path:
    edit(root, "vtsplit.toml", f'{SPEC}[series]\nprefix = "net: foo:"\n')
    git(root, "commit", "--quiet", "--all", "--message", "spec: Say the prefix")
    return _shallow(root)


def _two_sides(root: Path) -> None:
    git(root, "switch", "--quiet", "--create", "side")
    edit(root, "drv/other.c", "int a;\n")
    git(root, "commit", "--quiet", "--all", "--message", "A")
    git(root, "switch", "--quiet", "main")
    edit(root, "drv/other.c", "int b;\n")
    git(root, "commit", "--quiet", "--all", "--message", "B")


def _begun(*arguments: str) -> Make:
    """Begin what ends in a conflict."""

    def begin(root: Path) -> None:
        _two_sides(root)
        assert run(root, "git", *arguments).code

    return begin


def _begun_and_clean(*arguments: str) -> Make:
    """Begin what ends in a conflict, and take the files back: only git's own notes are left."""

    def begin(root: Path) -> None:
        _begun(*arguments)(root)
        git(root, "checkout", "--quiet", "--force", "HEAD", "--", ".")

    return begin


def _stopped_am(root: Path) -> None:
    edit(root.with_name("no"), "bad.patch", "From: a <a@b>\nSubject: x\n\n---\nno patch\n")
    assert run(root, "git", "am", root.with_name("no") / "bad.patch").code


def _bisect(root: Path) -> None:
    git(root, "bisect", "start", "HEAD", "HEAD~1")


def _hook(name: str, text: str) -> Make:
    def hang_in(root: Path) -> None:
        hook = root / ".git/hooks" / name
        edit(root, f".git/hooks/{name}", f"#!/bin/sh\n{text}\n")
        hook.chmod(0o755)

    return hang_in


def _spec(replaced: str, by: str) -> Make:
    """Change the spec for good: what is bad is in the last commit."""

    def change(root: Path) -> None:
        assert replaced in SPEC
        edit(root, "vtsplit.toml", SPEC.replace(replaced, by))
        git(root, "commit", "--quiet", "--all", "--message", "spec: Change")

    return change


def _more_spec(text: str) -> Make:
    return _spec("[tables]", f"{text}\n[tables]")


def _full_output(root: Path) -> None:
    edit(root.with_name("out"), "0001-old.patch", "old\n")


def _file_for_output(root: Path) -> None:
    edit(root.parent, "out", "old\n")


def _no_object(root: Path) -> None:
    """Take the blob of the source from the repository, as a broken disk does."""
    blob = git(root, "rev-parse", "HEAD:drv/foo.c")
    (root / ".git/objects" / blob[:2] / blob[2:]).unlink()


_MOVE = "[series.words.move]\n"
_TEMPLATE = '[templates]\nheader-file = """\n{{ broken\n"""\n'
STATES = (
    State("as it is: patches", lambda root: None, works=True),
    State("as it is: commits", lambda root: None, COMMIT, works=True),
    State("no git", _no_git),
    State("no git, commits", _no_git, COMMIT),
    State("no commit yet", _no_commit),
    State("an edited file", _edit("drv/other.c", "int changed;\n")),
    State("an edited file, commits", _edit("drv/other.c", "int changed;\n"), COMMIT),
    State("a file that is gone", lambda root: (root / "drv/other.c").unlink()),
    State("a changed mode", lambda root: (root / "drv/foo.c").chmod(0o755)),
    State("a staged change", _staged),
    State("a staged change that the file has not", _staged_alone),
    State("an edited file that git is to take as it was", _hidden("--assume-unchanged")),
    State("an edited file that git is to skip", _hidden("--skip-worktree")),
    State("an edited spec", _edit("vtsplit.toml", f"# mine\n{SPEC}")),
    State("another untracked file", _edit("drv/mine.txt", "mine\n"), works=True),
    State("an untracked file that is to change", _untracked_target),
    State("an untracked main", _edit("drv/main.c", '#include "foo.h"\n')),
    State("an ignored main", _ignored_main),
    State("a shallow clone", _shallow),
    State("a shallow clone, commits", _shallow, COMMIT),
    State("a shallow clone with a prefix", _shallow_with_prefix, works=True),
    State("a sparse checkout", _git("sparse-checkout", "set", "drv")),
    State("a sparse checkout, commits", _git("sparse-checkout", "set", "drv"), COMMIT),
    State("a branch that is there", _git("branch", "split"), ON_BRANCH),
    State("a branch below the name", _git("branch", "split/one"), ON_BRANCH),
    State("a name that no branch can have", lambda root: None, (*COMMIT, "--branch", "a..b")),
    State("a branch that is locked", _edit(".git/refs/heads/split.lock", ""), ON_BRANCH),
    State("an index that is locked", _edit(".git/index.lock", ""), COMMIT),
    State("HEAD on no branch", _git("switch", "--quiet", "--detach"), COMMIT),
    State("HEAD on no branch, a new one", _git("switch", "-q", "--detach"), ON_BRANCH, works=True),
    State("a merge", _begun("merge", "side")),
    State("a merge, commits", _begun("merge", "side"), COMMIT),
    State("a merge without changes", _begun_and_clean("merge", "side"), COMMIT),
    State("a rebase", _begun("rebase", "side")),
    State("a rebase without changes", _begun_and_clean("rebase", "side"), ON_BRANCH),
    State("a cherry-pick", _begun("cherry-pick", "side")),
    State("a cherry-pick without changes", _begun_and_clean("cherry-pick", "side"), COMMIT),
    State("a revert without changes", _begun_and_clean("revert", "--no-edit", "HEAD~1"), COMMIT),
    State("an am that has stopped", _stopped_am, COMMIT),
    State("a bisection", _bisect, COMMIT),
    State("a hook that fails", _hook("reference-transaction", "exit 1"), COMMIT),
    State("a hook that fails, a new branch", _hook("reference-transaction", "exit 1"), ON_BRANCH),
    State("no address", _config("user.email", "")),
    State("an address that is not set", _config("--unset", "user.email")),
    State("an address that is not set, commits", _config("--unset", "user.email"), COMMIT),
    State("a name that is not set", _config("--unset", "user.name")),
    State("a folder that is not empty", _full_output),
    State("a file in place of the folder", _file_for_output),
    State("a folder in no folder", lambda root: None, ("-o", "OUT/inside")),
    State("a template that is broken", _more_spec(_TEMPLATE)),
    State("words with an unknown fact", _more_spec(f'{_MOVE}subject = "{{who}}"\n')),
    State("words with a loose brace", _more_spec(f'{_MOVE}subject = "a {{ b"\n')),
    State("a table that is not there", _spec("foo_ops = ", "no_ops = ")),
    State("no spec", _git("rm", "--quiet", "vtsplit.toml")),
    State("a spec that is no TOML", _spec("[tables]", "[tables")),
    State("a previous posting that is not there", lambda root: None, (*PATCHES, "--previous", "x")),
    State("nobody to ask for maintainers", lambda root: None, (*PATCHES, "--to-maintainers")),
    State("a repository that lacks an object", _no_object),
    *(
        State(
            f"SOURCE_DATE_EPOCH is {value!r}",
            lambda root: None,
            PATCHES,
            {"SOURCE_DATE_EPOCH": value},
        )
        for value in ("yesterday", "1.5", "-1x", "99999999999999999999")
    ),
    State("options of two kinds", lambda root: None, (*PATCHES, *COMMIT)),
    State("no option", lambda root: None, ()),
)
