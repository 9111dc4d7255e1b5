"""Stacks: their files, read without the engine, and the project they belong to."""
