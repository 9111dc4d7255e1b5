"""The fleet in the hands of the Pulumi Kubernetes Operator: the objects that it works by."""
