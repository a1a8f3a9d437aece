"""The command line of `bench/tables`."""

import click

from tables.judge import Judgement, Status
from tables.runs import Draw, carry_out


def _read_draws(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> list[Draw]:
    try:
        return [Draw.parse(value) for value in values]
    except ValueError:
        raise click.BadParameter("a draw is written like 6.1:300:7") from None


@click.command()
@click.argument("draws", nargs=-1, metavar="VERSION:COUNT:SEED...", callback=_read_draws)
def main(draws: list[Draw]) -> None:
    """Carry out draws, such as 6.1:300:7: so many tables of a kernel, by a seed."""
    for wanted in draws:
        results = carry_out(wanted, _tell)
        proved = sum(one.status is Status.PROVED for one in results)
        click.echo(f"{wanted}: {proved} of {len(results)} split and proved")


def _tell(one: Judgement, count: int) -> None:
    click.echo(f"{count:4d} {one.status.value:16} {one.path}:{one.line} {one.name}", err=True)
    for detail in one.details[:4]:
        click.echo(f"     {' '.join(one.codes)} {detail}", err=True)
