"""The terminal: its width, colours, pager and progress, and what is printed by them."""
