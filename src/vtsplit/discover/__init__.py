"""Find ops tables in a tree, and propose a spec for them."""
