"""What the arguments ask for."""
