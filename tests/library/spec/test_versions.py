"""Which versions of KubeVirt there are."""

from __future__ import annotations

import pytest
from configurations import problems
from kubevirt_vm_pool.kubevirt.fields import fields
from kubevirt_vm_pool.spec.values import ASK_FOR_VERSION, MINORS_AHEAD, NEWEST_MINOR, version_text


@pytest.mark.parametrize("text", ["0.59", "1.0", "1.8", "v1.8.2", "1.9.0-rc.0", "1.10", "1.12"])
def test_a_version_that_there_is_or_soon_may_be_is_taken(text: str) -> None:
    assert version_text(text) == text


@pytest.mark.parametrize("text", ["2.0", "1.100", "1.13", "0.60", "3.11", "5.1"])
def test_a_version_that_kubevirt_does_not_have_is_refused(text: str) -> None:
    (problem,) = problems({"kubevirtVersion": text})
    assert (problem.rule, problem.fix) == (
        "is a version that KubeVirt does not have",
        ASK_FOR_VERSION,
    )


@pytest.mark.parametrize(
    ("text", "its"), [("4.18", "a 0.x or 1.x"), ("4.18.3", "a 0.x or 1.x"), ("4.12", "0.58")]
)
def test_a_version_of_openshift_virtualization_is_named_as_such(text: str, its: str) -> None:
    (problem,) = problems({"kubevirtVersion": text})
    assert problem.rule == (
        f"is a version of OpenShift Virtualization, which brings a KubeVirt of its own ({its})"
    )
    assert "observedKubeVirtVersion" in problem.fix


def test_the_newest_version_is_the_one_whose_fields_are_known() -> None:
    assert fields().versions[-1] == (1, NEWEST_MINOR)
    assert MINORS_AHEAD == 3
