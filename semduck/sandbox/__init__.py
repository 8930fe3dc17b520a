"""Running code that is not trusted."""
