"""The change as one value: it is shown as a diff, or written."""
