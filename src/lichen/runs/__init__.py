"""Placeholder docstring, replaced by the slice."""
