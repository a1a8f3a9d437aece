"""The options of a proof: `verify`, `split --verify` and `series --verify` have the same."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypedDict

import click

from vtsplit.cli.arguments.asked import CC_HELP, DEFINE_HELP, read_compiler
from vtsplit.cli.arguments.common import NamedPath


def table_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--table`, as the argument `tables`."""
    return click.option(
        "--table",
        "tables",
        multiple=True,
        metavar="FILE:TABLE",
        help="Split this table by the spec that `vtsplit init` would write; may be repeated. "
        "FILE:LINE, as `vtsplit scan` prints it, will do.",
    )(command)


def record_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--build`, `--compile-commands`, `--cc` and `--require-build`.

    They are the arguments `build`, `database`, `cc` and `require_build`.
    """
    build = click.option(
        "--build",
        type=NamedPath(),
        metavar="DIR",
        help="Kbuild's output folder; default: a tree that is itself built.",
    )
    database = click.option(
        "--compile-commands",
        "database",
        type=NamedPath(),
        metavar="FILE",
        help="A compilation database; default: compile_commands.json of a tree that is built.",
    )
    compiler = click.option("--cc", metavar="COMMAND", callback=read_compiler, help=CC_HELP)
    required = click.option(
        "--require-build",
        is_flag=True,
        help="Refuse a weaker proof: one without a build, or of code that no compiler has seen.",
    )
    return build(database(compiler(required(command))))


def define_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--define`, as the argument `defines`."""
    return click.option(
        "--define", "defines", multiple=True, metavar="CONFIG_X=y", help=DEFINE_HELP
    )(command)


class ProofOptions(TypedDict):
    """What the options of a proof ask for."""

    build: Path | None
    database: Path | None
    cc: tuple[str, ...]
    require_build: bool


def refuse_records(verify: bool, options: Mapping[str, object]) -> None:
    """Raise UsageError for records without `--verify`, or two that contradict each other."""
    if (options["build"] or options["database"]) and not verify:
        raise click.UsageError("--build and --compile-commands need --verify")
    for name in ("cc", "require_build"):
        if options[name] and not verify:
            raise click.UsageError(f"--{name.replace('_', '-')} needs --verify")
    if options["build"] and options["database"]:
        raise click.UsageError("--build and --compile-commands cannot be used together")
