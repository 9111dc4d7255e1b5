"""The embedded control plane: a real API server on this machine, without nodes."""
