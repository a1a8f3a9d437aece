"""A draft of `[dispatch]` for a table, from what the tree says about the second backend."""
