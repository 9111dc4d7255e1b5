"""Bringing a stack up without an engine: kubectl applies the rendered objects."""
