"""Texts of every sort: paths of keys, near spellings, durations, YAML."""
