"""Small trees under git, and how to make a series of them."""

import os
import subprocess
from pathlib import Path

import click.testing

from trees import Files, small_tree
from vtsplit.cli import main

DATE = "1700000000 +0100"


def git(root: Path, *arguments: str, code: int = 0) -> str:
    """Run git, and return what it prints; it must end with this code."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_COMMITTER_DATE": DATE,
        "GIT_AUTHOR_DATE": DATE,
    }
    done = subprocess.run(
        ["git", *arguments], cwd=root, env=environment, capture_output=True, check=False
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def repository(root: Path, files: Files | None = None, subject: str = "foo: Begin") -> Path:
    """Make the small tree and commit it."""
    return committed(small_tree(root, files), subject)


def committed(root: Path, subject: str = "foo: Begin") -> Path:
    """Put all files of a folder under git."""
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Ada Dev")
    git(root, "config", "user.email", "ada@example.org")
    git(root, "config", "gc.auto", "0")
    git(root, "add", "--all", "--force")
    git(root, "commit", "--quiet", "--message", subject)
    return root


def series(root: Path, *options: str) -> click.testing.Result:
    """Run `vtsplit series ROOT` in this process. A traceback fails the test that asked."""
    result = click.testing.CliRunner().invoke(main, ["series", str(root), *options])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.stdout == ""
    return result


def patches(root: Path, folder: Path, *options: str) -> list[str]:
    """Make the patches of a tree, and return them without the cover letter."""
    result = series(root, "-o", str(folder), *options)
    assert result.exit_code == 0, result.stderr
    files = sorted(path for path in folder.iterdir() if "cover-letter" not in path.name)
    return [path.read_bytes().decode("utf-8", "surrogateescape") for path in files]


def subjects(texts: list[str]) -> list[str]:
    """Return the subjects of patches, without `[PATCH 1/2]`."""
    lines = (next(line for line in text.split("\n") if line.startswith("Sub")) for text in texts)
    return [line.partition("] ")[2] for line in lines]


def clone(root: Path, to: Path) -> Path:
    """Clone a repository, for patches to be applied there."""
    git(root, "clone", "--quiet", str(root), str(to))
    git(to, "config", "user.name", "Ada Dev")
    git(to, "config", "user.email", "ada@example.org")
    return to


def state(root: Path) -> tuple[str, ...]:
    """Return all that a run must not change in a repository: refs, HEAD, index, files."""
    return (
        git(root, "for-each-ref"),
        git(root, "symbolic-ref", "HEAD") if git(root, "branch", "--show-current") else "",
        git(root, "rev-parse", "HEAD"),
        git(root, "ls-files", "--stage"),
        git(root, "status", "--porcelain", "--ignored"),
    )
