"""Widgets: plain values in, messages out."""
