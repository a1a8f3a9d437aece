"""Where names occur in a whole tree: read from disk in parallel, and kept for the next run."""
