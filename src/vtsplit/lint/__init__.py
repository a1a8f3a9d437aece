"""Faults of a split that stands: declarations, definitions, uses and wrappers that do not fit."""
