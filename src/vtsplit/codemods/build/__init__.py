"""Changes of build files: a second object or source beside the first."""
