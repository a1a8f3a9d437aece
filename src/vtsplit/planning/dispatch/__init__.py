"""Decide how main dispatches between two backends, on a tree that is split already."""
