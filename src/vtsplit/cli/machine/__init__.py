"""What the command line says to programs: JSON of one shape, SARIF, and the schemas of both."""
