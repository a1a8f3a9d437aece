"""What the rules of a Makefile, and of those that include it, do with lists and objects."""
