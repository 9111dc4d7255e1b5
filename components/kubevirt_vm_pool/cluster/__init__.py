"""A live cluster, seen by kubectl: waiting for VMs, and why they are not ready."""
