"""Facts about a tree, read only: files, words, includes, object lists, tables."""
