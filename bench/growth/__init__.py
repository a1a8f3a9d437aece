"""How the time of a dry run grows with what it reads."""
