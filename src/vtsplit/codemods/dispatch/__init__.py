"""Changes of main for dispatch: the text of a wrapper, and where wrappers and entries go."""
