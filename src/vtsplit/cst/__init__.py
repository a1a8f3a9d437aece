"""C as it is written: a lossless syntax tree. It knows no ops tables, specs or files."""
