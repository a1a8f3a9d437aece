"""`vtsplit completion`: the script that lets a shell complete commands, options and values."""

import click
from click.shell_completion import get_completion_class

from vtsplit.cli import main
from vtsplit.cli.arguments.common import manner_options
from vtsplit.cli.terminal.printing import print_text

_EPILOG = """\b
Examples:
  vtsplit completion bash > ~/.local/share/bash-completion/completions/vtsplit
  vtsplit completion zsh > ~/.zfunc/_vtsplit      with ~/.zfunc in fpath, before compinit
  vtsplit completion fish > ~/.config/fish/completions/vtsplit.fish
  eval "$(vtsplit completion bash)"               for this shell only

\b
Exit codes:
  0  printed
  2  bad input
"""


@click.command(epilog=_EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@manner_options
def command(shell: str) -> None:
    """Print what lets a shell complete commands, options and their values."""
    made_by = get_completion_class(shell)
    assert made_by is not None
    # What `source()` of click's class for bash adds is a check of bash's version, which runs bash.
    script = made_by(main, {}, "vtsplit", "_VTSPLIT_COMPLETE")
    print_text((script.source_template % script.source_vars()).rstrip())
