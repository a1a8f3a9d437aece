"""Open the tree and read the spec that the arguments ask for, and show lines of both."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from vtsplit.cli.arguments.common import NamedPath
from vtsplit.cli.arguments.completing import complete_preset
from vtsplit.cli.arguments.spec_file import SpecFile, find_spec, seen_from_here
from vtsplit.cli.arguments.table_argument import read_tables
from vtsplit.cli.machine.envelope import Origin, origin
from vtsplit.diagnostics import Problem, RefusedError, Site, visible
from vtsplit.discover.proposal import propose
from vtsplit.progress import Progress, silent
from vtsplit.spec.document import SPEC_FILE, Spec
from vtsplit.spec.presets import is_preset, load_preset, load_spec, names, preset_for
from vtsplit.spec.rules import NO_SPEC
from vtsplit.survey.search.index import WordIndex
from vtsplit.tree.source_tree import SourceTree

CC_HELP = "The compiler; default: the one of the build."
DEFINE_HELP = "Also compile the changed files with this value (y, m or n); may be repeated."


class TreeAndSpec:
    """A tree and, once it is known, the spec for it; `index` has what was searched for it.

    Without a root, the tree is the current folder or, unless a `spec` is named, that of the nearest
    `vtsplit.toml` upwards. With `is_kept`, what searches find is kept in the user's cache folder.
    """

    def __init__(
        self, root: Path | None, is_kept: bool = False, spec: Path | str | None = None
    ) -> None:
        found = find_spec(Path()) if root is None and not spec else None
        self.root = root or (seen_from_here(found.parent) if found else Path())
        self.is_above = found is not None and self.root != Path()  # of the current folder
        self.is_kept = is_kept
        self.tree: SourceTree | None = None
        self.spec: Spec | None = None
        self.index: WordIndex | None = None
        self.title = "split"
        self._spec_file: SpecFile | None = None
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
            source, names = read_tables(self.root, tree, index, tables)
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

    def origin(self) -> Origin:
        """Return what a result is made of, as far as it is known."""
        return origin(self.spec, self.root)

    def changed(self) -> list[str]:
        """Return what is not as it was read: the spec, and files of the tree.

        It is asked when no run can be writing. Raises RefusedError if the tree is half written.
        """
        assert self.tree is not None
        assert self.index is not None
        self.tree.refuse_half_written(alone=True)
        files = sorted({*self.tree.changed(), *self.index.changed()})
        return [*self._changed_spec(), *files]

    def _changed_spec(self) -> list[str]:
        file, spec = self._spec_file, self.spec
        if file is None or spec is None or file.is_as_read(spec.text):
            return []
        return [file.name]

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
            if self._spec_file is None:  # stdin is not read again
                self._spec_file = SpecFile(path)
            self.title = self._spec_file.title
            if not spec_file and self.is_above:
                self.title += f" in {visible(str(self.root))}"
            return self._load(self._spec_file)
        found = preset_for(tree.exists)
        if found is None:
            raise RefusedError(
                Problem(
                    NO_SPEC,
                    f"no spec: {self.root} has no {SPEC_FILE}, and no preset fits it",
                    None,
                    f"write one with `{self._init()}`, or name one with --spec FILE or "
                    f"--preset NAME ({', '.join(names())})",
                )
            )
        self.title = Path(found.file).stem
        return found

    def _init(self) -> str:
        """Return the command that writes a spec to where one is looked for."""
        tree, file = shlex.quote(str(self.root)), shlex.quote(str(self.root / SPEC_FILE))
        return f"vtsplit init {tree} FILE:TABLE -o {file}"

    def _load(self, file: SpecFile) -> Spec:
        text = file.read()
        try:
            return load_spec(text, file.name)
        except RefusedError:
            # The text is at hand though no spec came of it: its lines can be shown.
            self.broken = (file.name, text)
            raise

    def line_at(self, site: Site) -> str | None:
        """Return the text of a site's line, from the spec or the tree."""
        if self.broken and site.path == self.broken[0]:
            return _line(self.broken[1], site.line)
        if self.spec is not None and site.path == self.spec.file:
            return self.spec.line(site.line)
        if self.spec is not None and self.spec.base and site.path == self.spec.base.file:
            return self.spec.base.line(site.line)
        try:
            text = self.tree.find(site.path) if self.tree else None
        except RefusedError:
            return None
        return _line(text, site.line) if text is not None else None

    def seen(self, path: str) -> str | None:
        """Return the path of a message as it is seen from here; None for what is no file.

        It is a path of the tree, unless it is the tree itself or a spec that was named.
        """
        spec = self._spec_file
        is_spec = spec is not None and path == spec.name
        if is_spec and spec is not None and spec.is_stdin:
            return None
        if is_preset(path):
            return None
        is_in_tree = not is_spec and path != str(self.root) and self.root.is_dir()
        return seen_from_here(self.root / path if is_in_tree else Path(path)).as_posix()


def _line(text: str, number: int) -> str | None:
    lines = text.split("\n")
    return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else None


def tree_argument(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command TREE, as the argument `tree`, None if it is left out."""
    return click.argument("tree", type=NamedPath(), required=False)(command)


def spec_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--spec` and `--preset`, as arguments `spec_file` and `preset`."""
    spec = click.option(
        "--spec",
        "spec_file",
        type=NamedPath(),
        metavar="FILE",
        help=f"The spec to read, - for stdin; default: {SPEC_FILE} in TREE, else the preset that "
        "fits.",
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
