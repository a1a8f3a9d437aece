"""Structures, typedefs and enumerations: their parts, and whether two are the same."""
