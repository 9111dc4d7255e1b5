"""What a plan lets an up take, and how it is handed from the one to the other."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from kubevirt_vm_pool.effects import Effect, Severity
from kubevirt_vm_pool.effects.disk_guard import RefusedError

from vmpool.ci import bring_up, gitlab
from vmpool.ci.plan import Loss, Plan, losses_of, read, told_once
from vmpool.console import UserError

LOSS = Loss("web", "scale-in", "2 of 5 VMs of web are removed", "a rule", 2, "shop", ("replicas",))
PLAN = Plan("alice", 40 * "a", 40 * "b", (LOSS,))


def scale_in(vms: int | None, rule: str = "a rule", path: str = "replicas") -> Effect:
    """Return an effect that takes disks of so many VMs."""
    return Effect(Severity.SCALE_IN, f"{vms} VMs go", rule, ((path,),), vms)


@pytest.mark.parametrize("vms", [0, 1, 2])
def test_what_was_shown_may_go_and_so_may_less(vms: int) -> None:
    PLAN.judge("shop", "web", [scale_in(vms)])


@pytest.mark.parametrize(
    ("namespace", "pool", "effect"),
    [
        ("shop", "web", scale_in(3)),
        ("shop", "web", scale_in(None)),
        ("shop", "db", scale_in(2)),
        ("test", "web", scale_in(2)),
        ("shop", "web", scale_in(2, "another rule")),
        ("shop", "web", scale_in(2, path="maxReplicas")),
        ("shop", "web", Effect(Severity.DISK_LOSS, "web is recreated", "a rule", vms=1)),
    ],
    ids=[
        "more VMs",
        "nobody knows how many",
        "another pool",
        "another namespace",
        "another rule",
        "another cause",
        "worse",
    ],
)
def test_anything_else_is_refused(namespace: str, pool: str, effect: Effect) -> None:
    with pytest.raises(RefusedError, match=rf"refused: {effect.text}. That is not in the plan \("):
        PLAN.judge(namespace, pool, [effect])


def test_what_was_approved_once_goes_once() -> None:
    with pytest.raises(RefusedError, match="refused: 1 VMs go"):
        PLAN.judge("shop", "web", [scale_in(2), scale_in(1)])
    # The engine asks in the preview and in the update, and again for objects that are made.
    for _ in range(2):
        PLAN.judge("shop", "web", [scale_in(2)])


@pytest.mark.parametrize("vms", [(1, None), (None, 1), (2, 3), (3, 2)])
def test_two_losses_of_one_cause_are_approved_one_by_one(vms: tuple[int | None, ...]) -> None:
    both = told_once([losses_of("shop", "web", [scale_in(one) for one in vms])])
    assert len(both) == 2
    for order in (vms, vms[::-1]):
        effects = [scale_in(one) for one in order]
        Plan("alice", "a", None, both).judge("shop", "web", effects)


def test_what_is_known_in_two_ways_is_shown_once_and_as_the_larger_one() -> None:
    by_commits = losses_of("shop", "web", [scale_in(1), scale_in(4, path="maxReplicas")])
    by_engine = losses_of("shop", "web", [scale_in(2)])
    told = told_once([by_commits, by_engine, losses_of("shop", "web", [scale_in(2)])])
    assert sorted((loss.changed, loss.vms) for loss in told) == [
        (("maxReplicas",), 4),
        (("replicas",), 2),
    ]


def test_what_takes_no_disks_needs_no_plan() -> None:
    restart = Effect(Severity.RESTART_ALL, "all restart", "")
    Plan("alice", "a", None).judge("shop", "web", [restart])


def test_a_number_that_nobody_knew_lets_any_number_go() -> None:
    shown = replace(LOSS, vms=None)
    assert shown.covers(LOSS)
    assert not LOSS.covers(shown)


def test_a_plan_is_handed_on_as_one_line() -> None:
    text = PLAN.as_json()
    assert "\n" not in text
    assert read(text) == PLAN


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 1}', '{"version": 2, "losses": [{"a": 1}]}']
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="this is no plan of `vmpool ci plan`"):
        read(text)


def test_plans_that_differ_have_other_names() -> None:
    assert PLAN.digest != Plan("alice", 40 * "a", 40 * "b").digest


def test_reviewers_see_pools_effects_and_the_name_of_the_plan() -> None:
    shown = PLAN.as_markdown()
    assert "| `web` | **scale-in** | 2 of 5 VMs of web are removed |" in shown
    assert f"Plan `{PLAN.digest}`: nothing else is approved." in shown


@pytest.mark.parametrize(
    ("stack", "commit", "last", "said"),
    [
        ("bob", 40 * "a", 40 * "b", "the plan is for stack alice with commit aaaaaaaaaa"),
        ("alice", 40 * "c", 40 * "b", "and this is stack alice with cccccccccc"),
        ("alice", 40 * "a", 40 * "d", "was brought up with commit dddddddddd since plan"),
    ],
)
def test_a_plan_is_for_one_stack_commit_and_state(
    stack: str, commit: str, last: str, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        bring_up.require_as_planned(PLAN, stack, commit, last)


def test_a_plan_without_losses_is_for_one_state_as_well() -> None:
    harmless = replace(PLAN, losses=())
    with pytest.raises(UserError, match="was brought up with commit dddddddddd since plan"):
        bring_up.require_as_planned(harmless, "alice", PLAN.commit, 40 * "d")


@pytest.mark.parametrize("last", [PLAN.last, PLAN.commit])
def test_what_an_up_of_the_plan_itself_has_left_is_no_other_state(last: str) -> None:
    bring_up.require_as_planned(PLAN, "alice", PLAN.commit, last)


def test_effects_that_take_no_disks_are_no_losses() -> None:
    effects = [scale_in(1), Effect(Severity.STRANDED, "", ""), Effect(Severity.OTHER, "", "")]
    assert [loss.vms for loss in losses_of("shop", "web", effects)] == [1]


# --- GitLab --------------------------------------------------------------------------------------


def test_gitlabs_job_waits_for_a_person_where_disks_go_and_has_the_plan() -> None:
    child = json.loads(gitlab.jobs({"alice": PLAN, "bob": Plan("bob", "a", None)}))
    waits = child["up alice"]
    assert (waits["environment"], waits["when"], waits["allow_failure"]) == (
        "disk-loss",
        "manual",
        False,
    )
    assert read(waits["variables"][gitlab.PLAN]) == PLAN
    assert "when" not in child["up bob"]


def test_gitlabs_job_of_a_stack_without_a_plan_takes_nothing() -> None:
    child = json.loads(gitlab.jobs({"alice": None}))
    assert child["up alice"]["variables"] == {"STACK": "alice"}
