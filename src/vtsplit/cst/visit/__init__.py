"""Visitors, transformers and matchers of the whole tree."""
