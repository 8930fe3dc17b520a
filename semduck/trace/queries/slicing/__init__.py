"""Dynamic program slices of a recording."""
