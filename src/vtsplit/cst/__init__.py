"""C as it is written: a lossless syntax tree. Knows nothing of ops tables, specs or files."""
