"""New names: what they are, where old ones stand, and whether a rename is safe."""
