"""`python -m vtsplit` runs the command line."""

from vtsplit.start import main

main()
