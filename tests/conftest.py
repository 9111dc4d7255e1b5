"""Fixtures of all tests."""

import pytest
from cluster_fixtures import cluster, kubectl, made_namespace, namespace

pytest_plugins = ["engine_requirements"]

__all__ = ["cluster", "kubectl", "made_namespace", "namespace"]

# Its asserts show what differs, as those of the tests do.
pytest.register_assert_rewrite("effect_rows")
