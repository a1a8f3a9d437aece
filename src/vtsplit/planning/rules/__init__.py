"""Checks that only refuse: one file for each kind of trap."""
