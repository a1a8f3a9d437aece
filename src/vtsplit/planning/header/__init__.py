"""What the header declares, and how long an array is that others measure."""
