"""The disk guard: what the hooks of a pool and of its Secret say and refuse."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pulumi
import pytest
from configurations import MARKER, said_in, specification
from engine_mocks import SECRET, Before, HookError, Run, attempt, run, unknown
from kubevirt_vm_pool import VmPool
from kubevirt_vm_pool.cluster.live_pool import Vms
from kubevirt_vm_pool.effects.disk_guard import DISK_LOSS, RESTART, RefusedError
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.secret import cloud_init_secret
from kubevirt_vm_pool.manifests.virtual_machine_pool import virtual_machine_pool
from kubevirt_vm_pool.resources import hooks, options, run_environment
from kubevirt_vm_pool.resources.provider import Cluster
from kubevirt_vm_pool.resources.surroundings import Surroundings
from kubevirt_vm_pool.spec.pool import PoolSpec
from vm_pools import Changes, arguments, one_pool, output, secret

NAME = "lab05-webserver"
# The dev stack is autoscaled between 2 and 5 VMs.
FIXED = "autoscaling:\n"
LARGER = "disk: {size: 9Gi, source: {pvc: {name: fedora-cloud-nginx-base}}}\n"


@pytest.fixture(autouse=True)
def _nothing_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DISK_LOSS, raising=False)
    monkeypatch.delenv(RESTART, raising=False)


@pytest.fixture(autouse=True)
def _the_cluster_is_as_the_engine_last_saw_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def vms(_: Surroundings, seen: Mapping[str, Any] | None) -> Vms | None:
        last = ((seen or {}).get("spec") or {}).get("replicas")
        return None if last is None else Vms(int(last), 0)

    monkeypatch.setattr(Surroundings, "vms", vms)


def inputs(changes: str = "") -> Object:
    """Return a pool as the engine hands it to a hook: what was asked for."""
    spec = specification(changes)
    return options.annotated("pool", spec, virtual_machine_pool(spec))


def live(changes: str = "", replicas: int | None = None) -> Object:
    """Return a pool as the engine last saw it, with what a cluster adds."""
    pool = inputs(changes)
    number = pool["spec"]["replicas"] if replicas is None else replicas
    return {
        **pool,
        "metadata": {**pool["metadata"], "uid": "1", "generation": 4, "managedFields": []},
        "spec": {**pool["spec"], "replicas": number},
        "status": {"replicas": number},
        "__fieldManager": "pulumi-kubernetes-1",
        "__initialApiVersion": pool["apiVersion"],
    }


def floats(value: Any) -> Any:
    """Return plain data with every number as the wire has it."""
    if isinstance(value, dict):
        return {key: floats(member) for key, member in value.items()}
    if isinstance(value, list):
        return [floats(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def hook(spec: PoolSpec, when: str, role: str = "pool") -> pulumi.ResourceHook:
    """Return the one hook of a pool or its Secret for a moment."""
    bound = {"pool": hooks.pool_hooks, "cloud-init": hooks.cloud_init_hooks}[role]
    (found,) = getattr(bound(f"vms-{role}", spec), when)
    assert isinstance(found, pulumi.ResourceHook)
    return found


Inputs = Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None


def called(
    when: str,
    changes: str = "",
    *,
    role: str = "pool",
    old: Inputs = None,
    new: Inputs = None,
    seen: Inputs = None,
) -> Run:
    """Call a hook of a configuration as the engine does; functions are called in the program.

    old: what was asked for before. new: what is asked for. seen: what the engine last saw.
    """

    def program() -> None:
        args = pulumi.ResourceHookArgs(
            urn="urn:pulumi:user1::kubevirt-vm-pool::a:b:C::vms-pool",
            id=f"user1/{NAME}",
            name="vms-pool",
            type="a:b:C",
            old_inputs=old() if callable(old) else old,
            new_inputs=new() if callable(new) else new,
            old_outputs=seen() if callable(seen) else seen,
        )
        done = hook(specification(changes), when, role)(args)
        if done is not None:
            waited: Awaitable[Any] = done
            pulumi.Output.from_input(waited)

    return attempt(program)


def updated(before: str, after: str, *, replicas: int | None = None) -> Run:
    """Update a pool from one configuration to another; replicas: how many VMs there are."""
    return called(
        "before_update",
        after,
        old=inputs(before),
        new=inputs(after),
        seen=live(before, replicas),
    )


def refusal(done: Run) -> str:
    """Return why a hook refused."""
    assert isinstance(done.error, RefusedError), done.error
    return str(done.error)


def told(done: Run) -> list[tuple[str, str]]:
    """Return what a hook that allowed the change told."""
    if done.error is not None:
        raise done.error
    return done.told


# --- updates -------------------------------------------------------------------------------------


def test_an_update_that_loses_disks_is_refused_with_the_reason_and_the_way_out() -> None:
    done = updated(FIXED, FIXED + LARGER)
    said = refusal(done)
    assert said.startswith("refused: ")
    assert "everything on 2 disks (lab05-webserver-disk-*) is lost" in said
    assert "spec.virtualMachineTemplate.spec.dataVolumeTemplates" in said
    assert said.endswith(f"To allow it for one command, set {DISK_LOSS}={NAME}")
    assert done.told == []


def test_an_update_that_loses_disks_is_a_warning_where_it_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(DISK_LOSS, f"other, {NAME}")
    ((severity, text),) = told(updated(FIXED, FIXED + LARGER))
    assert severity == "warning"
    assert "everything on 2 disks (lab05-webserver-disk-*) is lost" in text


def test_the_permission_of_another_pool_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DISK_LOSS, "other")
    monkeypatch.setenv(RESTART, NAME)
    assert "is lost" in refusal(updated(FIXED, FIXED + LARGER))


@pytest.mark.parametrize("after", ["name: other\n", "namespace: other\n"])
def test_a_replacement_is_refused(after: str) -> None:
    said = refusal(updated(FIXED, FIXED + after))
    assert said.startswith(f"refused: {NAME} is replaced by ")


def test_an_update_that_restarts_vms_is_told() -> None:
    ((severity, text),) = told(updated(FIXED, FIXED + "memory: 4Gi"))
    assert severity == "info"
    assert "restart" in text
    assert "their disks stay" in text


def test_a_scale_in_is_a_warning_and_no_mistake() -> None:
    ((severity, text),) = told(updated(FIXED + "replicas: 5", FIXED + "replicas: 3"))
    assert severity == "warning"
    assert "2 of 5 VMs" in text


def test_an_update_that_no_vm_notices_is_not_told() -> None:
    assert told(updated(FIXED, FIXED + "labels: {a: b}")) == []


def test_an_update_that_changes_nothing_is_not_told() -> None:
    assert told(updated("", "")) == []


def test_the_vms_are_those_that_the_engine_last_saw() -> None:
    ((severity, text),) = told(updated(FIXED, FIXED + "replicas: 3", replicas=7))
    assert severity == "warning"
    assert "4 of 7 VMs" in text


def test_the_number_that_an_autoscaler_chose_is_no_change() -> None:
    assert told(updated("", "labels: {a: b}", replicas=5)) == []


def test_an_autoscaled_pool_that_is_parked_loses_all_that_it_has() -> None:
    found = told(updated("", "replicas: 0", replicas=5))
    assert [severity for severity, _ in found] == ["warning"]
    assert "All 5 VMs" in found[0][1]


def test_a_pool_whose_autoscaler_goes_is_set_to_its_number() -> None:
    # Of the CPU that an HPA needs to know nothing is said any more: hence the restart.
    (scaled, restarted) = told(updated("", FIXED, replicas=5))
    assert (scaled[0], "3 of 5 VMs" in scaled[1]) == ("warning", True)
    assert (restarted[0], "2 VMs" in restarted[1]) == ("info", True)


def test_a_pool_whose_autoscaler_goes_may_shrink_where_nobody_knows_its_number() -> None:
    done = called("before_update", FIXED, old=inputs(), new=inputs(FIXED), seen=None)
    assert [text for severity, text in told(done) if severity == "warning"] == [
        f"VMs of {NAME} may be removed: everything on every disk ({NAME}-disk-*) is lost"
    ]


def test_a_scale_out_is_told() -> None:
    found = told(updated(FIXED, FIXED + "replicas: 5"))
    assert found == [("info", f"3 VMs are added to {NAME}")]


def test_an_autoscaler_that_comes_takes_the_number_that_is_there() -> None:
    found = told(updated(FIXED, "", replicas=4))
    assert [text for severity, text in found if "removed" in text] == []


def test_numbers_of_the_wire_are_numbers() -> None:
    done = called(
        "before_update",
        FIXED + "replicas: 3",
        old=floats(inputs(FIXED + "replicas: 5")),
        new=floats(inputs(FIXED + "replicas: 3")),
        seen=floats(live(FIXED + "replicas: 5")),
    )
    ((_, text),) = told(done)
    assert "2 of 5 VMs" in text


@pytest.mark.parametrize("changes", ["", FIXED])
def test_the_same_numbers_of_the_wire_are_no_change(changes: str) -> None:
    new = inputs(changes)
    done = called("before_update", changes, old=floats(new), new=new, seen=floats(live(changes)))
    assert told(done) == []


def test_a_pool_that_nobody_has_seen_is_judged_by_what_was_asked() -> None:
    done = called(
        "before_update", FIXED + LARGER, old=inputs(FIXED), new=inputs(FIXED + LARGER), seen=None
    )
    assert "2 disks" in refusal(done)


# --- deletions -----------------------------------------------------------------------------------


def deleted(changes: str = FIXED, **more: Any) -> Run:
    """Delete a pool."""
    return called("before_delete", **{"changes": changes, "old": inputs(changes), **more})


def test_a_deletion_is_refused_with_the_reason_and_the_way_out() -> None:
    done = deleted(seen=live(FIXED))
    assert refusal(done) == (
        f"refused: {NAME} is deleted with all 2 VMs: everything on 2 disks ({NAME}-disk-*) is "
        f"lost. To allow it for one command, set {DISK_LOSS}={NAME}"
    )
    assert done.told == []


def test_a_deletion_is_a_warning_where_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DISK_LOSS, NAME)
    assert told(deleted(seen=live(FIXED))) == [
        (
            "warning",
            f"{NAME} is deleted with all 2 VMs: everything on 2 disks ({NAME}-disk-*) is lost",
        )
    ]


def test_a_deletion_counts_the_vms_that_the_engine_last_saw() -> None:
    seen = floats(live("", 5))
    assert "all 5 VMs" in refusal(deleted("", old=floats(inputs()), seen=seen))


def test_a_pool_without_vms_may_go() -> None:
    done = deleted(FIXED + "replicas: 0", seen=live(FIXED + "replicas: 0"))
    assert [severity for severity, _ in told(done)] == ["warning"]


def test_the_pool_that_goes_must_be_named_and_not_the_one_that_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(DISK_LOSS, "new")
    gone = {"old": inputs(FIXED), "seen": live(FIXED)}
    assert refusal(deleted("name: new", **gone)).endswith(f"{DISK_LOSS}={NAME}")
    monkeypatch.setenv(DISK_LOSS, NAME)
    told(deleted("name: new", **gone))


def test_an_adopted_pool_is_deleted_by_what_the_import_has_found() -> None:
    done = deleted("adopt: true", old=IMPORTED, seen=live(FIXED, 3))
    assert "all 3 VMs" in refusal(done)


# --- adoption ------------------------------------------------------------------------------------

# What the inputs of an object hold that was just imported.
IMPORTED = {key: inputs()[key] for key in ("apiVersion", "kind", "metadata")}


def adopted(
    found: Mapping[str, Any], changes: str = "", *, old: Mapping[str, Any] = IMPORTED
) -> Run:
    """Take over a pool that was found."""
    asked = f"adopt: true\n{changes}"
    return called("before_update", asked, old=old, new=inputs(asked), seen=found)


def test_a_pool_that_is_as_it_should_be_is_adopted_without_a_word() -> None:
    assert told(adopted(live("", 4))) == []


def test_an_adoption_that_restarts_vms_is_refused() -> None:
    said = refusal(adopted(live("memory: 4Gi")))
    assert said.startswith("refused: ")
    assert "restart" in said
    assert "spec.virtualMachineTemplate" in said
    assert said.endswith(f"To allow it for one command, set {RESTART}={NAME}")


def test_an_adoption_that_restarts_vms_is_told_where_it_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(RESTART, NAME)
    ((severity, text),) = told(adopted(live("memory: 4Gi")))
    assert severity == "info"
    assert "restart" in text


def test_an_adoption_that_loses_disks_needs_the_word_for_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(RESTART, NAME)
    assert refusal(adopted(live(), LARGER)).endswith(f"set {DISK_LOSS}={NAME}")


def test_an_adoption_that_removes_vms_is_refused() -> None:
    said = refusal(adopted(live(FIXED, 5), FIXED))
    assert "3 of 5 VMs" in said
    assert said.endswith(f"set {RESTART}={NAME}")


def test_a_pool_that_was_adopted_before_is_updated_like_any_other() -> None:
    done = adopted(live("memory: 4Gi"), old=inputs("memory: 4Gi"))
    assert [severity for severity, _ in told(done)] == ["info"]


def test_without_adopt_an_imported_pool_is_judged_by_its_disks_only() -> None:
    """Somebody imported it by hand: `pulumi import`, and then an up."""
    done = called("before_update", old=IMPORTED, new=inputs(), seen=live("memory: 4Gi"))
    assert [severity for severity, _ in told(done)] == ["info"]
    done = called("before_update", LARGER, old=IMPORTED, new=inputs(LARGER), seen=live())
    assert "is lost" in refusal(done)


# --- cloud-init ----------------------------------------------------------------------------------

SEEN_BY_NEW_ONES = (
    "info",
    f"cloud-init of {NAME} changes: VMs that exist keep what they have, only new ones see it",
)


def secret_of(password: str | None) -> Object:
    """Return a cloud-init Secret as the engine hands it to a hook: what is secret is an Output."""
    made = cloud_init_secret(specification(f"password: {password}"))
    return {**made, "data": pulumi.Output.secret(made["data"])}


def secret_updated(before: str, after: str) -> Run:
    """Update a cloud-init Secret from one password to another."""
    return called(
        "before_update",
        role="cloud-init",
        old=lambda: secret_of(before),
        new=lambda: secret_of(after),
        # What somebody did to it by hand is no change of ours.
        seen=lambda: secret_of("by hand"),
    )


def test_other_content_of_the_secret_is_told_without_it() -> None:
    done = secret_updated("one", MARKER)
    assert told(done) == [SEEN_BY_NEW_ONES]
    assert not said_in(done.plain_text, MARKER)


def test_the_same_content_of_the_secret_is_not_told() -> None:
    assert told(secret_updated(MARKER, MARKER)) == []


@pytest.mark.parametrize("metadata", [None, {}, {"annotations": None}, {"annotations": {}}])
def test_of_a_secret_that_was_made_by_hand_nobody_knows_what_its_vms_have_seen(
    metadata: Any,
) -> None:
    old = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata}
    done = called(
        "before_update", role="cloud-init", old=old, new=lambda: secret_of("one"), seen=old
    )
    assert told(done) == []


# --- as the engine calls them --------------------------------------------------------------------


def up(before: Changes, after: Changes, *, preview: bool = False) -> Run:
    """Bring a stack up whose last update had other arguments."""
    state = Before(objects=run(one_pool(before)).resources)
    return attempt(one_pool(after), before=state, preview=preview)


def test_pool_hpa_and_secret_have_hooks_beside_that_of_every_object() -> None:
    done = run(one_pool("createNamespace: true"))
    bound = {name: request.hooks for name, request in done.resources.items() if name != "vms"}
    made = {"beforeCreate": [hooks.CREATION]}
    assert {name: own for name, own in bound.items() if own != made} == {
        "vms-pool": made | {"beforeUpdate": ["vms-pool-update"], "beforeDelete": [hooks.DELETION]},
        "vms-cloud-init": made | {"beforeUpdate": ["vms-cloud-init-update"]},
        "vms-autoscaler": {
            "beforeCreate": [hooks.CREATION, "vms-autoscaler-limits"],
            "beforeUpdate": ["vms-autoscaler-limits"],
        },
    }


def test_every_hook_is_run_in_previews_too() -> None:
    assert run(one_pool()).hooks == {
        "vms-pool-update": True,
        hooks.CREATION: True,
        hooks.DELETION: True,
        "vms-cloud-init-update": True,
        "vms-autoscaler-limits": True,
    }


# --- an autoscaler of others ---------------------------------------------------------------------


@pytest.fixture
def eight_vms(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many the pool was made with, there are eight VMs by now."""

    async def vms(_: Surroundings, seen: Mapping[str, Any] | None) -> Vms | None:
        return Vms(8, 0) if seen else None

    monkeypatch.setattr(Surroundings, "vms", vms)


GOING = (
    "warning",
    f"3 of 8 VMs of {NAME}, chosen at random, are removed: everything on 3 disks ({NAME}-disk-*) "
    "is lost",
)
HPA = {"targetCPUAverageValue": "600m", "minReplicas": 2}


@pytest.mark.usefixtures("eight_vms")
@pytest.mark.parametrize("preview", [False, True])
def test_what_goes_by_an_hpa_is_told_though_the_pool_is_not_touched(preview: bool) -> None:
    raised = {"autoscaling": {**HPA, "maxReplicas": 20}}
    assert told(up(raised, {"autoscaling": {**HPA, "maxReplicas": 5}}, preview=preview)) == [GOING]


@pytest.mark.usefixtures("eight_vms")
def test_what_goes_by_an_hpa_is_judged() -> None:
    judged = []

    def judge(*asked: Any) -> None:
        judged.append(asked[:3])

    def program() -> None:
        run_environment.give(None, judge)
        one_pool({"autoscaling": {**HPA, "maxReplicas": 5}})()

    raised = {"autoscaling": {**HPA, "maxReplicas": 20}}
    attempt(program, before=Before(objects=run(one_pool(raised)).resources))
    ((namespace, pool, effects),) = judged
    assert (namespace, pool) == ("user1", NAME)
    assert [one.vms for one in effects if one.loses_disks] == [3]


@pytest.mark.usefixtures("eight_vms")
def test_an_hpa_that_somebody_has_deleted_comes_back_with_its_limits() -> None:
    left = {
        name: request
        for name, request in run(one_pool()).resources.items()
        if name != "vms-autoscaler"
    }
    assert GOING in told(attempt(one_pool(), before=Before(objects=left)))


@pytest.mark.usefixtures("eight_vms")
def test_of_an_hpa_that_comes_to_a_pool_without_one_is_told_once() -> None:
    assert [one for one in told(up({"autoscaling": None}, {})) if "removed" in one[1]] == [GOING]


def test_where_nobody_can_count_the_limits_before_say_how_many_there_may_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def vms(_: Surroundings, seen: Mapping[str, Any] | None) -> Vms | None:
        return None

    monkeypatch.setattr(Surroundings, "vms", vms)
    raised = {"autoscaling": {**HPA, "maxReplicas": 20}}
    ((_, text),) = told(up(raised, {"autoscaling": {**HPA, "maxReplicas": 5}}))
    assert text.startswith(f"Up to 15 VMs of {NAME}, chosen at random, are removed")


def test_an_hpa_of_a_first_up_is_not_told() -> None:
    other = {"other": next(iter(run(one_pool()).resources.values()))}
    assert told(attempt(one_pool(), before=Before(objects=other))) == []


def only_the_import() -> None:
    from kubevirt_vm_pool import VmPool  # noqa: F401 - all that is left of a pool


@pytest.mark.parametrize("program", [only_the_import, lambda: Cluster("cluster")])
def test_a_program_that_has_lost_its_pool_has_its_guard(program: Callable[[], object]) -> None:
    assert run(program).hooks == {hooks.DELETION: True}


def test_the_guard_against_deletion_is_one_for_all_pools() -> None:
    def program() -> None:
        for name in ("web", "api"):
            VmPool(name, arguments(f"name: {name}\ncloudInit:"))

    bound = {name: request.hooks for name, request in run(program).resources.items()}
    assert bound["web-pool"]["beforeDelete"] == bound["api-pool"]["beforeDelete"]


@pytest.mark.parametrize("preview", [False, True])
def test_what_is_refused_ends_the_preview_and_the_update(preview: bool) -> None:
    source = {"pvc": {"name": "golden"}}
    done = up({"disk": {"source": source}}, {"disk": {"size": "9Gi", "source": source}})
    assert isinstance(done.error, HookError)
    assert str(done.error).startswith('before hook "vms-pool-update" failed: refused: ')


def test_what_is_allowed_is_told_and_done() -> None:
    done = up({}, {"memory": "4Gi"})
    ((severity, text),) = told(done)
    assert (severity, "restart" in text) == ("info", True)
    assert "vms-service" in done.resources


@pytest.mark.parametrize("kind", [lambda value: value, output, secret], ids=["", "later", "secret"])
@pytest.mark.parametrize("preview", [False, True])
def test_another_password_is_told_and_not_shown(kind: Any, preview: bool) -> None:
    done = up({"password": "one"}, {"password": kind(MARKER)}, preview=preview)
    assert told(done) == [SEEN_BY_NEW_ONES]
    assert not said_in(done.plain_text, MARKER)
    assert done.resources["vms-cloud-init"].public["data"] == SECRET


def test_a_password_that_is_not_known_yet_is_told_as_another() -> None:
    done = up({"password": "one"}, {"password": unknown}, preview=True)
    assert told(done) == [SEEN_BY_NEW_ONES]


@pytest.mark.parametrize("preview", [False, True])
def test_the_same_password_is_no_news_when_something_else_changes(preview: bool) -> None:
    assert told(up({}, {"labels": {"a": "b"}}, preview=preview)) == []
