"""Tests on real Linux sources. None of their text is kept here: Debian's packages supply it."""
