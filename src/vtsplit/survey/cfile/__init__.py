"""One C file: what it declares, and which names it uses."""
