"""Record a run and ask it questions."""
