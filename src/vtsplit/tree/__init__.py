"""The tree that is read, and the same tree with some texts in place of what is on disk."""
