"""Declarations that declare several things at once are taken apart, and joined again."""
