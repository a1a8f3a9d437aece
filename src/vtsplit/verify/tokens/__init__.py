"""Programs compared by their tokens, with or without a compiler."""
