"""The options that `split --verify` and `series --verify` have in common."""

from collections.abc import Callable
from pathlib import Path

import click

from vtsplit.cli.arguments.asked import CC_HELP, read_compiler


def table_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--table`, as the argument `tables`."""
    return click.option(
        "--table",
        "tables",
        multiple=True,
        metavar="FILE:TABLE",
        help="Split this table by the spec that `vtsplit init` would write; may be repeated.",
    )(command)


def record_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--build`, `--compile-commands` and `--cc`.

    They are the arguments `build`, `database` and `cc`.
    """
    build = click.option(
        "--build",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="For --verify: Kbuild's output folder; default: TREE, if it is built.",
    )
    database = click.option(
        "--compile-commands",
        "database",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="For --verify: a compilation database.",
    )
    compiler = click.option(
        "--cc",
        metavar="COMMAND",
        callback=read_compiler,
        help=f"For --verify: {CC_HELP[0].lower()}{CC_HELP[1:]}",
    )
    return build(database(compiler(command)))


def refuse_records(
    verify: bool, build: Path | None, database: Path | None, cc: tuple[str, ...]
) -> None:
    """Raise UsageError for records without `--verify`, or two that contradict each other."""
    if (build or database) and not verify:
        raise click.UsageError("--build and --compile-commands need --verify")
    if cc and not verify:
        raise click.UsageError("--cc needs --verify")
    if build and database:
        raise click.UsageError("--build and --compile-commands cannot be used together")
