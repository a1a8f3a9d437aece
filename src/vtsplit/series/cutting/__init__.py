"""Cut a split into stages."""
