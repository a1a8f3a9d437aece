"""What a shell completes as the value of an argument."""

from collections.abc import Iterable

import click

STATUSES = ("clear", "splits", "refused")


def complete_preset(_: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the built-in specs that begin so."""
    from vtsplit.spec.presets import names

    return _beginning(begun, names())


def complete_code(_: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the codes, and the causes of a code that is whole, that begin so."""
    from vtsplit.registry import RULES

    has_slug = "/" in begun
    return _beginning(begun, [rule.name if has_slug else rule.code for rule in RULES])


def complete_status(_: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the statuses of a table that begin so."""
    return _beginning(begun, STATUSES)


def complete_command(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the commands that begin so."""
    top = context.find_root()
    assert isinstance(top.command, click.Group)
    return _beginning(begun, top.command.list_commands(top))


def _beginning(begun: str, words: Iterable[str]) -> list[str]:
    lower = begun.lower()
    return [word for word in dict.fromkeys(words) if word.lower().startswith(lower)]
