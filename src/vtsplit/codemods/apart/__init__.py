"""Declarations that declare several things at once: apart, and together again."""
