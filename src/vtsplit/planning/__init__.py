"""Make a plan from a spec and a tree. Every refusal happens here, before anything changes."""
