"""How many ops tables of a kernel are split and proved, drawn by a seed."""
