"""From manifests to a stack file: a pure function, and the command around it (command.py)."""
