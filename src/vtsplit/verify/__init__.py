"""Proof that two trees are the same program, except for linkage, place and names."""
