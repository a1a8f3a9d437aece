"""What a series has to do with git."""
