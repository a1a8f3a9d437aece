"""Kill the write path at every instant, let every call fail, fill the disk, and run pairs."""
