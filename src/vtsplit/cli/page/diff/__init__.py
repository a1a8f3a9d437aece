"""The diff of a page: cut into pieces, coloured, with the kinds and reasons of each."""
