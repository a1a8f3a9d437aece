"""The second backend: its files, its option, and main's own init and exit."""
