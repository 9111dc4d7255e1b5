"""Fixtures of all tests."""

import pytest
from cluster_fixtures import cluster, kubectl, made_namespace, namespace
from looking import fit, place

pytest_plugins = ["engine_requirements"]

__all__ = ["cluster", "fit", "kubectl", "made_namespace", "namespace", "place"]

# Its asserts show what differs, as those of the tests do.
pytest.register_assert_rewrite("effect_rows")
