"""Which tables move, what they name, and what becomes global with them."""
