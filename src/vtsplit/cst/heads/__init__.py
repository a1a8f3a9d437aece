"""Declarations: their heads, types, annotations and initializers."""
