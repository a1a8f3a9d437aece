"""Codemods, one mechanical step in each file: it takes a module and returns a module."""
