"""Proof that two trees are the same program but for linkage, place and renames."""
