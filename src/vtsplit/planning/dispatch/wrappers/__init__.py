"""Wrappers: which ops get one, and what it does."""
