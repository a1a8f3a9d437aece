"""Programs compared by what a compiler makes of them."""
