"""The command-line companion of the VmPool component."""
