"""The command line of `bench/tables`."""

import click

from tables.judge import Judgement, Status
from tables.runs import Draw, carry_out


class _DrawType(click.ParamType):
    name = "VERSION:COUNT:SEED"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Draw:
        try:
            return Draw.parse(value)
        except ValueError:
            self.fail(f"'{value}' is not like 6.1:300:7", param, ctx)


@click.command()
@click.argument("draws", nargs=-1, type=_DrawType())
def main(draws: tuple[Draw, ...]) -> None:
    """Carry out DRAWS, such as 6.1:300:7: so many tables of a kernel by a seed."""
    for wanted in draws:
        results = carry_out(wanted, _tell)
        proved = sum(one.status is Status.PROVED for one in results)
        click.echo(f"{wanted}: {proved} of {len(results)} split and proved")


def _tell(one: Judgement, count: int) -> None:
    click.echo(f"{count:4d} {one.status.value:16} {one.path}:{one.line} {one.name}", err=True)
    for detail in one.details[:4]:
        click.echo(f"     {' '.join(one.codes)} {detail}", err=True)
