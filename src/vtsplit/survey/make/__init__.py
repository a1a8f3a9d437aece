"""Makefiles, and which of them link an object."""
