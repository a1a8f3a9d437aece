"""A split as a series of patches: each does one thing, and builds alone."""
