"""What names and statements mean where they stand: scopes, uses, macro calls."""
