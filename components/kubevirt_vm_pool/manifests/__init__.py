"""The Kubernetes objects of a pool as plain data, a file per kind."""
