"""A draft of `[dispatch]` for a table: what the tree says of the second backend, as a spec."""
