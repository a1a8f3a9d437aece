"""What is to change, as one value: shown as a diff, or written."""
