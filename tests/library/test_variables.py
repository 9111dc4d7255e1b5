"""What an environment allows, and for which stack."""

from __future__ import annotations

import pytest
from kubevirt_vm_pool.text.variables import for_stack, names_in

VARIABLE = "VMPOOL_ALLOW_DISK_LOSS"


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("web", {"web"}),
        ("ann/web", {"web"}),
        ("bob/web", set()),
        ("bob/web, ann/db ,cache,", {"db", "cache"}),
        ("org/ann/web", set()),
        ("ann/", set()),
        ("", set()),
    ],
)
def test_a_permission_holds_for_the_stack_that_it_names(value: str, names: set[str]) -> None:
    assert names_in(VARIABLE, for_stack("ann", {VARIABLE: value})) == names


def test_other_variables_stay_as_they_are() -> None:
    others = {
        "PATH": "/bin:bob/web",
        "KUBECONFIG": "bob/web,x",
        "VMPOOL_ALLOW_OTHER_CLUSTER": "bob",
    }
    assert for_stack("ann", others) == others
