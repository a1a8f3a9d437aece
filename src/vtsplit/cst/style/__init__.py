"""How code is laid out: alignment, indentation, long lists."""
