"""What the command line says, as text and as JSON."""
