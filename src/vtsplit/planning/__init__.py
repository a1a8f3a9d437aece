"""From a spec and a tree to ordered steps; every refusal happens here, before anything changes."""
