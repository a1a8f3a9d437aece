"""`python -m vtsplit` runs the command line."""

from vtsplit.cli import main

main(prog_name="vtsplit")
