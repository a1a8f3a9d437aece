"""Open the tree and read the spec that the arguments ask for, and show lines of both."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from vtsplit.cli.arguments.completing import complete_preset
from vtsplit.cli.arguments.table_argument import read_tables
from vtsplit.cli.terminal.progress import Progress
from vtsplit.diagnostics import Problem, RefusedError, Site
from vtsplit.discover.proposal import propose
from vtsplit.spec.document import Spec, load
from vtsplit.spec.presets import load_preset, names, preset_for
from vtsplit.spec.rules import NO_SPEC, UNREADABLE_SPEC
from vtsplit.spec.toml_sites import LARGEST
from vtsplit.survey.search.index import WordIndex
from vtsplit.survey.search.words import silent
from vtsplit.tree.source_tree import SourceTree

SPEC_FILE = "vtsplit.toml"
CC_HELP = "The compiler; default: the one of the build."
DEFINE_HELP = "Also compile the changed files with this value (y, m or n); may be repeated."


class Asked:
    """A tree and, once it is known, the spec for it; `index` has what was searched for it.

    With `is_kept`, what searches find is kept in the user's cache folder.
    """

    def __init__(self, root: Path, is_kept: bool = False) -> None:
        self.root = root
        self.is_kept = is_kept
        self.tree: SourceTree | None = None
        self.spec: Spec | None = None
        self.index: WordIndex | None = None
        self.title = "split"
        self._spec_file: Path | None = None
        self.broken: tuple[str, str] | None = None  # path and text of a spec that was refused

    def open(
        self,
        spec_file: Path | None,
        preset: str | None,
        tables: tuple[str, ...] = (),
        progress: Progress = silent,
    ) -> tuple[SourceTree, Spec]:
        """Open the tree and read the spec, or make one for `tables`. Raises RefusedError."""
        tree, index = self.open_tree(progress)
        if tables:
            source, names = read_tables(self.root, tree, tables)
            self.title = f"{source}:{','.join(names)}"
            self.spec = propose(tree, source, names, index, "--table")
        else:
            self.spec = self._choose(tree, spec_file, preset)
        return tree, self.spec

    def open_tree(self, progress: Progress = silent) -> tuple[SourceTree, WordIndex]:
        """Open the tree, and let it be listed meanwhile. Raises RefusedError."""
        if self.index is not None:
            self.index.close()
        self.tree = SourceTree(self.root)
        self.index = WordIndex(self.tree.root, progress, self.is_kept)
        self.index.start()
        return self.tree, self.index

    def changed(self) -> list[str]:
        """Return what is not as it was read: the spec, and files of the tree.

        It is asked when no run can be writing. Raises RefusedError if the tree is half written.
        """
        assert self.tree is not None
        assert self.index is not None
        self.tree.refuse_half_written(alone=True)
        files = sorted({*self.tree.changed(), *self.index.changed()})
        return [*([] if self._is_spec_as_read() else [str(self._spec_file)]), *files]

    def _is_spec_as_read(self) -> bool:
        if self._spec_file is None or self.spec is None:
            return True
        try:
            text = self._spec_file.read_bytes().decode("utf-8", "surrogateescape")
        except OSError:
            return False
        return text.removeprefix("\ufeff") == self.spec.text

    @contextmanager
    def read_as_one(self) -> Iterator[None]:
        """Refuse what is done here if the tree is half written, or changes meanwhile.

        That comes first: what else was refused may only be due to it.
        """
        try:
            yield
        except RefusedError:
            if self.tree is not None:
                self.tree.refuse_changed()
            raise
        if self.tree is not None:
            self.tree.refuse_changed()

    def _choose(self, tree: SourceTree, spec_file: Path | None, preset: str | None) -> Spec:
        if preset:
            self.title = preset
            return load_preset(preset)
        path = spec_file or (self.root / SPEC_FILE)
        if spec_file or path.exists():
            self.title = path.stem
            self._spec_file = path
            return self._load(path)
        found = preset_for(tree.exists)
        if found is None:
            raise RefusedError(
                Problem(
                    NO_SPEC,
                    f"no spec: {self.root} has no {SPEC_FILE}, and no preset fits it",
                    None,
                    f"name one with --spec FILE or --preset NAME ({', '.join(names())})",
                )
            )
        self.title = Path(found.file).stem
        return found

    def _load(self, path: Path) -> Spec:
        try:
            text = _read_bounded(path).decode("utf-8", "surrogateescape")
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            problem = Problem(UNREADABLE_SPEC, f"cannot read the spec: {reason}", Site(str(path)))
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


def _read_bounded(path: Path) -> bytes:
    """Return the bytes of a file; of a device, or of a large file, no more than tells that."""
    if path.is_file() and path.stat().st_size <= 4 * LARGEST:
        return path.read_bytes()
    with path.open("rb") as file:
        return file.read(4 * LARGEST + 1)


def _line(text: str, number: int) -> str | None:
    lines = text.split("\n")
    return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else None


def spec_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--spec` and `--preset`, as arguments `spec_file` and `preset`."""
    spec = click.option(
        "--spec",
        "spec_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"The spec to read; default: {SPEC_FILE} in TREE, else the preset that fits.",
    )
    preset = click.option(
        "--preset",
        metavar="NAME",
        shell_complete=complete_preset,
        help=f"A built-in spec: {', '.join(names())}.",
    )
    return spec(preset(command))


def cache_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--no-cache`, as the argument `no_cache`."""
    return click.option(
        "--no-cache",
        is_flag=True,
        envvar="VTSPLIT_NO_CACHE",
        help="Search all files, also those in which an earlier run has searched for these names; "
        "keep nothing for later runs.",
    )(command)


def read_compiler(context: click.Context, option: click.Parameter, text: str) -> tuple[str, ...]:
    """Return the words of `--cc`, none if it is not given. Raises BadParameter for an odd quote."""
    try:
        words = tuple(shlex.split(text or ""))
    except ValueError as error:
        raise click.BadParameter(f"{text!r} has a quote that does not end") from error
    if text is not None and (not words or "\0" in text):
        raise click.BadParameter("it names no program")
    return words


def refuse_two_specs(
    spec_file: Path | None, preset: str | None, tables: tuple[str, ...] = ()
) -> None:
    """Raise UsageError where the arguments name more than one spec."""
    given = {"--spec": spec_file, "--table": tables, "--preset": preset}
    chosen = [option for option, value in given.items() if value]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} cannot be used together")
