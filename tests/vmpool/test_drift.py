"""What `vmpool drift` finds in a cluster, with the engine and without it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from checkout import Checkout, made, without_engine
from engine_checkout import kubectl

MORE_MEMORY = json.dumps(
    {"path": "/spec/virtualMachineTemplate/spec/template/spec/domain/resources/requests/memory"}
    | {"op": "replace", "value": "3Gi"}
)


WITH_THE_ENGINE = pytest.param("with the engine", marks=pytest.mark.needs_python_host)


@pytest.fixture(scope="module", params=[WITH_THE_ENGINE, "without the engine"])
def mode(request: pytest.FixtureRequest) -> str:
    """How the stack was brought up."""
    return str(request.param)


@pytest.fixture(scope="module")
def checkout(mode: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose stack dev is up, and whose stack other never was."""
    environment = {"PYTHONPATH": ""}
    if mode == "without the engine":
        environment |= without_engine(tmp_path_factory.mktemp("home"))
    for checkout in made(tmp_path_factory.mktemp("project") / "p", **environment):
        checkout.make("setup")
        (checkout.folder / "Pulumi.three-webservers.yaml").unlink()
        checkout.vm_pool("up")
        checkout.write("other", (checkout.folder / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
        yield checkout
        checkout.vm_pool("down")


def drift(checkout: Checkout, *args: str, code: int) -> str:
    """Return what `vmpool drift` says."""
    done = checkout.run(".venv/bin/vmpool", "drift", *args)
    assert done.returncode == code, done.stdout
    return done.stdout


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


def test_what_somebody_changed_is_told_and_left(checkout: Checkout, mode: str) -> None:
    pool = ("vmpool", "lab05-webserver", "-n", "dev")
    kubectl(checkout, "patch", *pool, "--type=json", "-p", f"[{MORE_MEMORY}]")
    said = drift(checkout, "--stack", "dev", code=1)
    told = {
        "with the engine": "VirtualMachinePool vms-pool",
        # Nothing is forced beside an autoscaler, not even in a comparison.
        "without the engine": "resources.requests.memory\nerror: could not be compared: dev",
    }
    assert told[mode] in said
    assert "3Gi" in kubectl(checkout, "get", *pool, "-o", "yaml")


def test_a_stack_that_cannot_be_compared_keeps_no_other_from_it(checkout: Checkout) -> None:
    checkout.write("broken", "config: {replicas: many}\n")
    try:
        said = drift(checkout, "--stack", "broken", "--stack", "other", code=1)
    finally:
        (checkout.folder / "Pulumi.broken.yaml").unlink()
    assert "error: Pulumi.broken.yaml has " in said
    assert "stack other is not up\n" in said
    assert "error: could not be compared: broken" in said
