"""Commands that tell about vtsplit itself: help, man pages, completion, schemas."""
