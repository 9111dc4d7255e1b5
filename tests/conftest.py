"""Fixtures of all tests."""

import pytest
from cluster_fixtures import cluster, kubectl, made_namespace, namespace
from looking import fit, place

pytest_plugins = ["engine_requirements"]

__all__ = ["cluster", "fit", "kubectl", "made_namespace", "namespace", "place"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that look back on the others come last."""
    items.sort(key=lambda item: item.get_closest_marker("looks_back") is not None)


# Its asserts show what differs, as those of the tests do.
pytest.register_assert_rewrite("effect_rows")
