"""Carry out plans on a tree in memory, and check what comes out before anything is shown."""
