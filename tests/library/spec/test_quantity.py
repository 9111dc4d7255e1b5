"""Kubernetes quantities as numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from kubevirt_vm_pool.spec import quantity


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", "0"),
        ("1", "1"),
        ("+1", "1"),
        ("-1", "-1"),
        ("1.", "1"),
        (".5", "0.5"),
        ("500m", "0.5"),
        ("1u", "0.000001"),
        ("1n", "0.000000001"),
        ("2k", "2000"),
        ("2M", "2000000"),
        ("1E", "1000000000000000000"),
        ("1Ki", "1024"),
        ("1.5Gi", "1610612736"),
        ("2Ti", "2199023255552"),
        ("1Pi", "1125899906842624"),
        ("1e3", "1000"),
        ("1E3", "1000"),
        ("1e-3", "0.001"),
    ],
)
def test_a_quantity_is_the_number_that_kubernetes_reads(text: str, amount: str) -> None:
    assert quantity.parse(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no Kubernetes quantity"),
        ("Gi", "is no Kubernetes quantity"),
        ("two", "is no Kubernetes quantity"),
        ("٣Gi", "is no Kubernetes quantity"),
        ("inf", "is no Kubernetes quantity"),
        ("1KI", "has a unit that Kubernetes does not know (KI); did you mean 1Ki?"),
        ("2GB", "has a unit that Kubernetes does not know (GB); did you mean 2Gi?"),
        ("2g", "has a unit that Kubernetes does not know (g); did you mean 2Gi?"),
        ("2tib", "has a unit that Kubernetes does not know (tib); did you mean 2Ti?"),
        ("2 cores", "must not have spaces in it"),
        ("2cores", "has a unit that Kubernetes does not know (cores)"),
        ("2 Gi", "must not have spaces in it; did you mean 2Gi?"),
        (" 2Gi", "must not have spaces in it; did you mean 2Gi?"),
        ("2Gi\n", "must not have spaces in it; did you mean 2Gi?"),
        ("2 GB", "must not have spaces in it; did you mean 2Gi?"),
        ("1,5Gi", "has a comma, where Kubernetes takes a point; did you mean 1.5Gi?"),
        ("1.5.2Gi", "has a unit that Kubernetes does not know (.2Gi)"),
        ("8Ei", "is more than Kubernetes can count (8Ei)"),
        ("1e99", "is more than Kubernetes can count (8Ei)"),
        ("1e999999999", "has a unit that Kubernetes does not know (e999999999)"),
    ],
)
def test_what_is_no_quantity_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=".") as caught:
        quantity.parse(text)
    assert str(caught.value) == reason


def test_the_largest_number_of_kubernetes_is_a_quantity() -> None:
    assert quantity.parse(str(2**63 - 1)) == 2**63 - 1
