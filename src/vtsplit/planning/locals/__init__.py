"""Types and macros that only the source file has, and that other files need."""
