"""Trees to split, copies of samples/mini-kvm and small ones, and how to run vtsplit on them."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import click.testing

from vtsplit.cli import main

SAMPLE = Path(__file__).parent.parent / "samples" / "mini-kvm"

# What `make` leaves in the sample's folder where someone has tried it there.
_BUILT = shutil.ignore_patterns("*.o", ".config-stamp", "mini-kvm", "__pycache__")

SPEC = """\
[split]
source = "drv/foo.c"
header = "drv/foo_ops.h"
main = "drv/main.c"
prefix = "foo_"
[tables]
foo_ops = "bar_ops"
"""

SOURCE = """\
// SPDX-License-Identifier: GPL-2.0
#include "foo.h"

static int foo_open(int unit)
{
	return unit;
}

static int foo_free_unit(int unit)
{
	return foo_open(unit);
}

static struct ops foo_ops = {
	.open = foo_open,
	.free = foo_free_unit,
};

int foo_init(void)
{
	return foo_ops.open(1);
}
"""

HEADER = """\
/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FOO_H
#define FOO_H

struct ops {
	int (*open)(int unit);
	int (*free)(int unit);
	const void *data;
	int number;
};

int foo_init(void);

#endif /* FOO_H */
"""

MAKEFILE = """\
obj-m += foo-drv.o
foo-drv-y := foo.o other.o
"""

SMALL: Mapping[str, str] = {
    "vtsplit.toml": SPEC,
    "drv/foo.c": SOURCE,
    "drv/foo.h": HEADER,
    "drv/Makefile": MAKEFILE,
    "drv/other.c": "int other;\n",
}

Files = Mapping[str, str | bytes | None]


def copy_sample(to: Path, *, dispatch: bool = False) -> Path:
    """Copy the sample to a folder that does not exist yet, and return it.

    Its spec is cut where dispatch begins, unless that is asked for.
    """
    shutil.copytree(SAMPLE, to, ignore=_BUILT)
    if not dispatch:
        spec, _, _ = (to / "vtsplit.toml").read_text().partition("\n# -----")
        (to / "vtsplit.toml").write_text(spec)
    return to


def small_tree(root: Path, changed: Files | None = None) -> Path:
    """Make the small tree, with some files of other content, or None for no such file."""
    for path, content in {**SMALL, **(changed or {})}.items():
        if content is None:
            continue
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def split(root: Path, *options: str) -> click.testing.Result:
    """Run `vtsplit split ROOT` in this process. A traceback fails the test that asked."""
    result = click.testing.CliRunner().invoke(main, ["split", str(root), *options])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.stderr
    return result


def write(root: Path, *options: str) -> Path:
    """Split a tree for good."""
    result = split(root, "--write", *options)
    assert result.exit_code == 0, result.stderr
    return root


def snapshot(root: Path) -> dict[str, tuple[int, bytes] | str]:
    """Return mode and bytes of each file, and what each link names; git's own files left out."""
    found: dict[str, tuple[int, bytes] | str] = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for path in (Path(folder, name) for name in [*names, *folders]):
            name = path.relative_to(root).as_posix()
            if path.is_symlink():
                found[name] = str(path.readlink())
            elif path.is_file():
                found[name] = (path.stat().st_mode, path.read_bytes())
    return found


def files(root: Path) -> dict[str, tuple[int, bytes]]:
    """Return what `snapshot` does, links left out."""
    return {path: found for path, found in snapshot(root).items() if isinstance(found, tuple)}


def make_run(root: Path, *settings: str) -> str:
    """Build the sample and run it; return what it prints. Its Makefile makes warnings errors."""
    environment = {key: value for key, value in os.environ.items() if "MAKE" not in key}
    made = subprocess.run(
        ["make", "-s", "-j2", "run", "CFLAGS=-O0", *settings],
        cwd=root,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert (made.returncode, made.stderr) == (0, "")
    return made.stdout


def git(folder: Path, *command: str) -> None:
    """Run git there, without the developer's own settings."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false"]
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(
        ["git", *identity, *command], cwd=folder, check=True, capture_output=True, env=environment
    )


def commit(folder: Path) -> None:
    """Put all of a folder into a repository there."""
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "all")


def with_spec(*replaced: tuple[str, str], more: str = "") -> dict[str, str]:
    """Return the small tree's spec with pieces replaced and `more` behind it."""
    text = SPEC
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    return {"vtsplit.toml": text + more}


def with_rename(line: str) -> dict[str, str]:
    """Return the small tree's spec with a [rename] section."""
    return with_spec(more=f"[rename]\n{line}\n")


class Bad(NamedTuple):
    """Files to put into the small tree, and what has to be said of them, `|` between phrases."""

    name: str
    files: Mapping[str, str | bytes | None]
    code: str
    site: str
    says: str


def refused(root: Path, *options: str) -> str:
    """Split for good, which has to be refused as a whole, and return what was said."""
    before = snapshot(root)
    result = split(root, "--write", *options)
    assert result.exit_code == 2, result.stderr
    assert result.stdout == "", result.stdout
    assert snapshot(root) == before, "the tree has changed"
    said = result.stderr.replace(f"{root}/", "")
    assert "\nrefused: 1 problem; nothing was written\nfor more: vtsplit explain " in said, said
    return said


def check_refused(bad: Bad, root: Path) -> None:
    """Make a tree of it, and split that: what is said is what has to be."""
    said = refused(small_tree(root, bad.files))
    assert said.startswith(f"error[{bad.code}]: "), said
    assert f"  --> {bad.site}\n" in said, said
    for phrase in bad.says.split("|"):
        assert phrase in said, said
