"""What the header and main start with."""
