"""The spec: what is to be split, read from TOML and checked before anything looks at a tree."""
