"""What builds give the object of one source alone."""
