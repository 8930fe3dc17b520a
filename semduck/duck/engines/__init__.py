"""Engines: sources of words."""
