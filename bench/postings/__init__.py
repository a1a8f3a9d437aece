"""Whether a series of patches is all that a maintainer may ask of it."""
