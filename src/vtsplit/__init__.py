"""vtsplit: move a static ops table out of its C file, and prove that nothing else changes."""

__version__ = "0.1.0"
