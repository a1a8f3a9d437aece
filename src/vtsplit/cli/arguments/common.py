"""The options that all commands have, in the same words."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from vtsplit.cli.terminal.manner import CHOICES, ColorChoice, choose_color, use_no_pager


class NamedPath(click.Path):
    """A path that somebody has named; an empty name, as of an unset variable, is refused."""

    name = "path"

    def __init__(self, kind: type[Path] | type[str] = Path) -> None:
        super().__init__(path_type=kind)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Return the path. Raises BadParameter for an empty name."""
        if value == "":
            self.fail("the name is empty; the current folder is '.'", param, ctx)
        return super().convert(value, param, ctx)


def manner_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--color` and `--no-pager`, which need no argument of its function."""
    colors = click.option(
        "--color",
        type=click.Choice(CHOICES),
        expose_value=False,
        callback=_choose_color,
        help="Colour the output; default: auto, on a terminal.",
    )
    no_pager = click.option(
        "--no-pager",
        is_flag=True,
        expose_value=False,
        callback=_use_no_pager,
        help="Print to the terminal without a pager.",
    )
    return colors(no_pager(command))


def _choose_color(context: click.Context, _: click.Parameter, choice: ColorChoice | None) -> None:
    if choice is not None:
        choose_color(context, choice)


def _use_no_pager(context: click.Context, _: click.Parameter, is_given: bool) -> None:
    if is_given:
        use_no_pager(context)


def jobs_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `-j`, which needs no argument of its function."""
    return click.option(
        "-j",
        "--jobs",
        type=click.IntRange(1),
        metavar="N",
        expose_value=False,
        callback=_use_jobs,
        help="How many processes or threads work at once; default: one for each processor.",
    )(command)


def _use_jobs(context: click.Context, _: click.Parameter, count: int | None) -> None:
    from vtsplit.workers import use_at_most

    use_at_most(count)


def quiet_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `-q`, as the argument `quiet`."""
    return click.option(
        "-q", "--quiet", is_flag=True, help="No report; the result, warnings and errors only."
    )(command)


def verbose_option(more: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return what gives a command `-v`, as the argument `verbose`; `more` is what it also says."""
    return click.option("-v", "--verbose", is_flag=True, help=f"Also report {more}.")


def report_options(more: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return what gives a command `-q`, `-v`, `--color` and `--no-pager`."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        return quiet_option(verbose_option(more)(manner_options(command)))

    return decorate
