"""Modules: how they start and stop, and what one exports to another."""
