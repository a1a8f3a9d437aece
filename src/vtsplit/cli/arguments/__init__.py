"""Arguments: which tree, spec, tables and values they ask for."""
