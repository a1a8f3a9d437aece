"""What is compared: trees, flags, and files after the preprocessor."""
