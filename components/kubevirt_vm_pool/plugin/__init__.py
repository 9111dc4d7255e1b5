"""VmPool for programs in other languages: a plugin of the engine (components/__main__.py).

The engine asks it for the package's schema (schema.json, written by `make generate`), from which it
makes SDKs, and to construct a VmPool for each that a program has.
"""
