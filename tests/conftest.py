"""Fixtures of all tests."""

from cluster_fixtures import cluster, kubectl, made_namespace, namespace

__all__ = ["cluster", "kubectl", "made_namespace", "namespace"]
