"""Faults of a tree that is split: declarations, definitions, uses and wrappers that do not fit."""
