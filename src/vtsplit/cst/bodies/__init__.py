"""What stands inside of items: statements, calls, names. It is read when someone asks for it."""
