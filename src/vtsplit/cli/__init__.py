"""The command line: reads arguments, calls the other rooms, prints what they return."""

import click

from vtsplit import __version__
from vtsplit.cli.init import init
from vtsplit.cli.lint import lint
from vtsplit.cli.scan import scan
from vtsplit.cli.split import split
from vtsplit.cli.verify import verify_command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vtsplit")
def main() -> None:
    """Split ops tables out of their C source file: mechanically, losslessly, with reasons."""


main.add_command(split)
main.add_command(lint)
main.add_command(verify_command)
main.add_command(init)
main.add_command(scan)
