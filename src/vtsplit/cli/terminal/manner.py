"""What the command line says of how results are shown, for one run."""

from typing import Literal

import click

ColorChoice = Literal["auto", "always", "never"]
CHOICES: tuple[ColorChoice, ...] = ("auto", "always", "never")
_COLOR = "vtsplit.color"
_NO_PAGER = "vtsplit.no-pager"


def choose_color(context: click.Context, choice: ColorChoice) -> None:
    """Keep what `--color` says."""
    context.meta[_COLOR] = choice


def color_choice() -> ColorChoice:
    """Return what `--color` says."""
    context = click.get_current_context(silent=True)
    choice: ColorChoice = context.meta.get(_COLOR, "auto") if context else "auto"
    return choice


def use_no_pager(context: click.Context) -> None:
    """Keep that results are shown without a pager."""
    context.meta[_NO_PAGER] = True


def may_page() -> bool:
    """Tell whether results may be shown by a pager: a command runs, and nobody forbids it."""
    context = click.get_current_context(silent=True)
    return context is not None and not context.meta.get(_NO_PAGER)
