"""What `vmpool drift` finds in a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import Checkout, made
from engine_checkout import kubectl

pytestmark = pytest.mark.needs_engine

MORE_MEMORY = json.dumps(
    {"path": "/spec/virtualMachineTemplate/spec/template/spec/domain/resources/requests/memory"}
    | {"op": "replace", "value": "3Gi"}
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose stack dev is up, and whose stack other never was."""
    for checkout in made(tmp_path_factory.mktemp("project") / "p"):
        (checkout.folder / "Pulumi.three-webservers.yaml").unlink()
        checkout.vmpool("up")
        checkout.write("other", (checkout.folder / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
        yield checkout
        checkout.vmpool("down")


def drift(checkout: Checkout, *args: str, code: int) -> str:
    """Return what `vmpool drift` says."""
    return checkout.vmpool("drift", *args, code=code)


def test_a_number_of_replicas_that_an_autoscaler_chose_is_no_drift(checkout: Checkout) -> None:
    kubectl(checkout, "scale", "vmpool", "lab05-webserver", "-n", "dev", "--replicas=4")
    said = drift(checkout, "--stack", "dev", code=0)
    assert said.endswith("no drift\n")
    replicas = kubectl(
        checkout, "get", "vmpool", "lab05-webserver", "-n", "dev", "-o", "jsonpath={.spec.replicas}"
    )
    assert replicas == "4"


def test_a_stack_that_was_never_up_has_not_drifted(checkout: Checkout) -> None:
    said = drift(checkout, code=0)
    assert "stack other is not up\n" in said
    assert said.endswith("no drift\n")


def test_what_somebody_deleted_is_told_and_not_made_again(checkout: Checkout) -> None:
    kubectl(checkout, "delete", "service", "lab05-webserver", "-n", "dev")
    said = drift(checkout, code=1)
    assert "error: not as their stacks say: dev. `vmpool preview` shows" in said
    assert kubectl(checkout, "get", "services", "-n", "dev", "-o", "name") == ""


def test_what_somebody_changed_is_told_and_left(checkout: Checkout) -> None:
    pool = ("vmpool", "lab05-webserver", "-n", "dev")
    kubectl(checkout, "patch", *pool, "--type=json", "-p", f"[{MORE_MEMORY}]")
    said = drift(checkout, "--stack", "dev", code=1)
    assert "VirtualMachinePool vms-pool" in said
    assert "3Gi" in kubectl(checkout, "get", *pool, "-o", "yaml")


def test_a_stack_that_is_expected_to_be_up_and_is_not_is_a_failure(checkout: Checkout) -> None:
    said = drift(checkout, "--stack", "other", "--expected", "o*", code=1)
    assert said.endswith(
        "error: not up, and expected to be: other. `vmpool preview` shows what an up would change "
        "back\n"
    )
    assert "no drift" in drift(checkout, "--stack", "other", "--expected", "d*", code=0)


def test_a_cluster_that_does_not_answer_is_a_failure(checkout: Checkout, tmp_path: Path) -> None:
    own = (checkout.folder / ".vmpool" / "cluster" / "kubeconfig").read_text(encoding="utf-8")
    document = json.loads(own)
    document["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:9"
    nowhere = tmp_path / "kubeconfig"
    nowhere.write_text(json.dumps(document))
    state = checkout.folder / ".vmpool" / "cluster" / "state"
    checkout.environment |= {"KUBECONFIG": str(nowhere), "PULUMI_BACKEND_URL": ""}
    (checkout.folder / ".vmpool" / "state").symlink_to(state)
    try:
        said = drift(checkout, "--stack", "dev", code=1)
    finally:
        (checkout.folder / ".vmpool" / "state").unlink()
        del checkout.environment["KUBECONFIG"], checkout.environment["PULUMI_BACKEND_URL"]
    assert "error: could not be compared: dev" in said
    assert "no drift" not in said


def test_a_stack_that_cannot_be_compared_keeps_no_other_from_it(checkout: Checkout) -> None:
    checkout.write("broken", "config: {replicas: many}\n")
    try:
        said = drift(checkout, "--stack", "broken", "--stack", "other", code=1)
    finally:
        (checkout.folder / "Pulumi.broken.yaml").unlink()
    assert "error: Pulumi.broken.yaml has " in said
    assert "stack other is not up\n" in said
    assert "error: could not be compared: broken" in said


def test_a_backend_that_does_not_answer_is_no_stack_that_is_not_up(checkout: Checkout) -> None:
    checkout.environment["PULUMI_BACKEND_URL"] = "file:///dev/null"
    try:
        said = drift(checkout, "--stack", "dev", code=1)
        down = checkout.vmpool("down", code=1)
    finally:
        del checkout.environment["PULUMI_BACKEND_URL"]
    assert "error: pulumi stack output: unable to open state directory" in said
    assert "error: could not be compared: dev" in said
    assert "is not up" not in said + down
