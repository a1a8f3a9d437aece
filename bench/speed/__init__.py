"""Times of commands on a large tree, each beside a program that others use for a part of it."""
