"""What depends on the order of includes: who provides a name, which macros stand in front."""
