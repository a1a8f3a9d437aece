"""What headers have, include and need."""
