"""What the arguments ask for: a tree and a spec; and how to show a line of either."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.diff import colored
from vtsplit.presets import load_preset, names, preset_for
from vtsplit.spec import Spec, load
from vtsplit.tree import SourceTree

SPEC_FILE = "vtsplit.toml"

Progress = Callable[[int, int], None]


class Asked:
    """A tree and, once it is known, the spec for it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tree: SourceTree | None = None
        self.spec: Spec | None = None
        self.title = "split"
        self.broken: tuple[str, str] | None = None  # path and text of a spec that was refused

    def open(self, spec_file: Path | None, preset: str | None) -> tuple[SourceTree, Spec]:
        """Open the tree and read the spec. Raises RefusedError."""
        self.tree = SourceTree(self.root)
        self.spec = self._choose(self.tree, spec_file, preset)
        return self.tree, self.spec

    def _choose(self, tree: SourceTree, spec_file: Path | None, preset: str | None) -> Spec:
        if preset:
            self.title = preset
            return load_preset(preset)
        path = spec_file or (self.root / SPEC_FILE)
        if spec_file or path.exists():
            self.title = path.stem
            return self._load(path)
        found = preset_for(tree.exists)
        if found is None:
            raise RefusedError(
                Problem(
                    "VT007",
                    f"no spec: {self.root} has no {SPEC_FILE}, and no preset fits it",
                    None,
                    f"name one with --spec FILE or --preset NAME ({', '.join(names())})",
                )
            )
        self.title = Path(found.file).stem
        return found

    def _load(self, path: Path) -> Spec:
        try:
            text = path.read_bytes().decode("utf-8", "surrogateescape")
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            problem = Problem("VT006", f"cannot read the spec: {reason}", Site(str(path)))
            raise RefusedError(problem) from error
        try:
            return load(text, str(path))
        except RefusedError:
            # The text is at hand though no spec came of it: its lines can be shown.
            self.broken = (str(path), text)
            raise

    def line_at(self, site: Site) -> str | None:
        """Return the text of a site's line, from the spec or the tree."""
        if self.broken and site.path == self.broken[0]:
            return _line(self.broken[1], site.line)
        if self.spec is not None and site.path == self.spec.file:
            return self.spec.line(site.line)
        try:
            text = self.tree.find(site.path) if self.tree else None
        except RefusedError:
            return None
        return _line(text, site.line) if text is not None else None


def _line(text: str, number: int) -> str | None:
    lines = text.split("\n")
    return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else None


@contextmanager
def searching(quiet: bool) -> Iterator[Progress]:
    """Show a bar on stderr while the tree is searched, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=1, label="searching the tree", file=sys.stderr) as bar:
        shown = 0

        def show(done: int, total: int) -> None:
            nonlocal shown
            bar.length = total
            bar.update(done - shown)
            shown = done

        yield show


def print_patch(patch: bytes) -> None:
    """Write a patch byte for byte; coloured on a terminal."""
    if sys.stdout.isatty():
        click.echo(colored(patch), nl=False)
    else:
        print_bytes(patch)


def print_bytes(data: bytes) -> None:
    """Write to stdout, byte for byte."""
    stream = sys.stdout.buffer
    stream.write(data)
    stream.flush()
