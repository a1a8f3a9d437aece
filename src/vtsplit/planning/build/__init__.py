"""Every build system that links the source file: main is linked there as well."""
