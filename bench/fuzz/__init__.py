"""Damaged files and specs: whatever they are, they are split or refused, and soon."""
