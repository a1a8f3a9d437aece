"""What names refer to: equal tokens are equal programs only if their names mean the same."""
