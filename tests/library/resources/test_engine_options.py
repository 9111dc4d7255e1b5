"""Options and annotations that only the engine needs: who owns the number, adoption, content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from configurations import DEV, MARKER, said_in, specification
from engine_mocks import Before, Request, Run, engine_config, main_program, run
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.resources.hooks import CREATION, DELETION
from kubevirt_vm_pool.resources.service_fields import SERVERS_OWN
from vm_pools import EVERYTHING, one_pool, output, secret

SKIP_AWAIT = "pulumi.com/skipAwait"
FORCE = "pulumi.com/patchForce"
SCALED = "autoscaling: {minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 50}\n"


def annotations_of(request: Request) -> Mapping[str, Any]:
    """Return the annotations of an object, as state and diffs show them."""
    found: Mapping[str, Any] = request.public["metadata"].get("annotations", {})
    return found


def objects_of(done: Run) -> dict[str, Request]:
    """Return the requests of a pool's objects by role."""
    return {
        name.removeprefix("vms-"): request
        for name, request in done.resources.items()
        if name.startswith("vms-")
    }


# --- waiting -------------------------------------------------------------------------------------


def test_the_engine_waits_for_everything_but_the_service() -> None:
    made = objects_of(run(one_pool(EVERYTHING)))
    assert len(made) == 11
    assert [role for role in made if SKIP_AWAIT in annotations_of(made[role])] == ["service"]
    assert annotations_of(made["service"])[SKIP_AWAIT] == "true"


# --- who owns the number -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "autoscaled"),
    [
        (SCALED, True),
        (SCALED + "replicas: 3", True),
        (SCALED + "replicas: 1", True),
        (SCALED + "replicas: 0", False),
        ("autoscaling: {external: true}", True),
        ("autoscaling: {external: true}\nreplicas: 0", False),
        ("autoscaling:", False),
        ("autoscaling:\nreplicas: 0", False),
    ],
)
def test_the_number_is_ignored_while_there_is_an_autoscaler_and_enforced_otherwise(
    changes: str, autoscaled: bool
) -> None:
    made = objects_of(run(one_pool(changes)))
    pool = made["pool"]
    assert ("autoscaler" in made) == (autoscaled and "external" not in changes)
    assert list(pool.raw.ignoreChanges) == (["spec.replicas"] if autoscaled else [])
    assert annotations_of(pool).get(FORCE) == (None if autoscaled else "true")
    assert [role for role in made if FORCE in annotations_of(made[role])] == (
        [] if autoscaled else ["pool"]
    )


def test_a_pool_that_is_parked_asks_for_no_vms() -> None:
    pool = objects_of(run(one_pool(SCALED + "replicas: 0")))["pool"]
    assert pool.properties["spec"]["replicas"] == 0


def test_the_persons_annotations_stay_beside_the_engines() -> None:
    done = run(one_pool("annotations: {note: a}\nautoscaling:"))
    made = objects_of(done)
    assert annotations_of(made["pool"]) == {"note": "a", FORCE: "true"}
    assert annotations_of(made["cloud-init"]).keys() == {"note"}


def test_the_objects_of_a_specification_are_left_as_they_are() -> None:
    spec = specification("autoscaling:\nannotations: {note: a}")
    made = objects(spec)
    run(one_pool("autoscaling:\nannotations: {note: a}"))
    assert made == objects(spec)


# --- a pool that was parked wakes ----------------------------------------------------------------

THIS = {"pool": "lab05-webserver", "namespace": "user1"}


def woken(outputs: Mapping[str, Any] | None, changes: str = SCALED, **more: Any) -> Request:
    """Return the request of a pool after an update that has left outputs."""
    return objects_of(run(one_pool(changes), before=Before(outputs), **more))["pool"]


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("changes", [SCALED, SCALED + "replicas: 3", SCALED + "replicas: 1"])
def test_a_pool_that_was_at_0_is_set_to_its_minimum_once(changes: str, preview: bool) -> None:
    pool = woken({**THIS, "replicas": 0}, changes, preview=preview)
    assert list(pool.raw.ignoreChanges) == []
    assert annotations_of(pool) == {FORCE: "true"}
    assert pool.properties["spec"]["replicas"] == 2


@pytest.mark.parametrize(
    "outputs",
    [
        None,
        {},
        {**THIS, "pool": "other", "replicas": 0},
        {**THIS, "namespace": "other", "replicas": 0},
        THIS,
        {**THIS, "replicas": None},
        {**THIS, "replicas": 2},
        {**THIS, "replicas": {"min": 2, "max": 5}},
        {**THIS, "replicas": {"min": 0, "max": 5}},
    ],
)
def test_a_pool_that_was_not_at_0_is_left_alone(outputs: Mapping[str, Any] | None) -> None:
    pool = woken(outputs)
    assert list(pool.raw.ignoreChanges) == ["spec.replicas"]
    assert annotations_of(pool) == {}


def test_waking_changes_nothing_else() -> None:
    changes = SCALED + "annotations: {note: a}\nprotect: true\nadopt: true"
    asleep, awake = woken(None, changes), woken({**THIS, "replicas": 0}, changes)
    assert annotations_of(awake) == {**annotations_of(asleep), FORCE: "true"}
    assert awake.properties["spec"] == asleep.properties["spec"]
    options = asleep.options
    assert options.pop("ignoreChanges") == ["spec.replicas"]
    assert awake.options == options
    assert options["hooks"] == {
        "beforeCreate": [CREATION],
        "beforeUpdate": ["vms-pool-update", "vms-pool-adopt"],
        "beforeDelete": [DELETION],
    }


def test_a_pool_that_stays_at_0_does_not_wake() -> None:
    pool = woken({**THIS, "replicas": 0}, SCALED + "replicas: 0")
    assert pool.properties["spec"]["replicas"] == 0


def test_the_program_wakes_the_pool_whose_outputs_it_has_left_itself() -> None:
    parked = run(main_program, engine_config({**DEV, "replicas": 0}))
    again = run(main_program, engine_config(DEV), before=Before(parked.stack_outputs))
    assert annotations_of(again.resources["vms-pool"]) == {FORCE: "true"}
    later = run(main_program, engine_config(DEV), before=Before(again.stack_outputs))
    assert annotations_of(later.resources["vms-pool"]) == {}


# --- protection ----------------------------------------------------------------------------------


def test_protect_protects_the_pool_and_nothing_else() -> None:
    made = objects_of(run(one_pool("protect: true")))
    assert [role for role in made if made[role].raw.protect] == ["pool"]


def test_without_protect_nothing_is_said_of_it() -> None:
    # "No" would lift a protection that somebody set by `pulumi state protect`.
    made = objects_of(run(one_pool()))
    assert [role for role in made if "protect" in made[role].options] == []


# --- adoption ------------------------------------------------------------------------------------


def test_adopt_takes_over_what_replicas_have_of_their_own_too() -> None:
    made = objects_of(run(one_pool("adopt: true\nperReplica: {hostname: 'web{{ index }}'}")))
    own = {role: made[role].raw.importId for role in made if role.startswith("cloud-init-")}
    assert len(own) > 2
    assert own == {role: f"user1/lab05-cloudinit-{role.rpartition('-')[2]}" for role in own}
    assert made["cloud-init"].raw.importId == "user1/lab05-cloudinit"


def test_adopt_imports_every_object_but_the_namespace() -> None:
    made = objects_of(run(one_pool(f"adopt: true\n{EVERYTHING}")))
    assert {role: request.raw.importId for role, request in made.items()} == {
        "namespace": "",
        **{
            role: "/".join([manifest["metadata"]["namespace"], manifest["metadata"]["name"]])
            for role, manifest in objects(specification(EVERYTHING)).items()
            if role != "namespace"
        },
    }
    assert made["pool"].raw.importId == "user1/lab05-webserver"
    assert made["clone-role"].raw.importId.startswith("images/")


@pytest.mark.parametrize("adopt", ["", "adopt: true"])
def test_of_a_service_that_is_ignored_which_a_server_adds(adopt: str) -> None:
    """Also long after the adoption, when nothing says any more that it was one."""
    made = objects_of(run(one_pool(adopt)))
    ignored = {role: list(request.raw.ignoreChanges) for role, request in made.items()}
    assert ignored == {
        "cloud-init": [],
        "service": [f"spec.{field}" for field in SERVERS_OWN],
        "autoscaler": [],
        "pool": ["spec.replicas"],
    }
    asked = made["service"].properties["spec"]
    assert [field for field in SERVERS_OWN if field in asked] == []


def test_without_adopt_nothing_is_imported() -> None:
    made = objects_of(run(one_pool(EVERYTHING)))
    assert [role for role in made if made[role].raw.importId] == []


# --- content that is not shown -------------------------------------------------------------------


@pytest.mark.parametrize("kind", [lambda value: value, output, secret], ids=["", "later", "secret"])
def test_nothing_in_state_and_diffs_depends_on_a_password(kind: Any) -> None:
    one, two = (
        run(one_pool({"cloudInit": None, "password": kind(text)})) for text in ("one", MARKER)
    )
    assert {name: request.public for name, request in one.resources.items()} == {
        name: request.public for name, request in two.resources.items()
    }
    assert not said_in(two.plain_text, MARKER)
