"""Structures, typedefs and enumerations: what they are made of, and whether two are the same."""
