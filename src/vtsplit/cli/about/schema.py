"""`vtsplit schema`: a JSON Schema on stdout."""

import click

from vtsplit.cli.arguments.common import manner_options
from vtsplit.cli.terminal.printing import print_bytes

_EPILOG = """\b
Examples:
  vtsplit schema spec > vtsplit.schema.json     then in vtsplit.toml, as its first line:
                                                #:schema ./vtsplit.schema.json
  vtsplit schema verify                         what verify --json prints

\b
Exit codes:
  0  printed
  2  bad input
"""


# To load what makes them takes a while, and `--help` asks for their names alone.
_NAMES = "spec split lint verify scan series report init recover explain".split()


@click.command(epilog=_EPILOG)
@click.argument("what", type=click.Choice(_NAMES), metavar="NAME")
@manner_options
def command(what: str) -> None:
    """Print a JSON Schema: of the spec, for editors, or of what --json prints.

    NAME is `spec`, or a command that has --json: `split`, `lint`, `verify`, `scan`, `series`,
    `report`, `init`, `recover` or `explain`.
    """
    from vtsplit.cli.machine.schemas import SCHEMAS

    print_bytes(SCHEMAS[what]())
