"""Find, try, rank and apply repairs."""
