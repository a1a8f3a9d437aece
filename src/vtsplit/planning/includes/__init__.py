"""Which includes the new files need."""
