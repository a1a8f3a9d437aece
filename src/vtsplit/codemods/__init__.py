"""One mechanical step a file: each takes a module and returns a module."""
