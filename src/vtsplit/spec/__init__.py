"""The spec: what to split. It is read from TOML, and checked before anything reads a tree."""
