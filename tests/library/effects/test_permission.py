"""What a change may cost without anybody's word, and the words that allow more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kubevirt_vm_pool.effects import Effect, Severity
from kubevirt_vm_pool.effects.disk_guard import (
    DISK_LOSS,
    RESTART,
    RefusedError,
    as_allowed,
    require_disks_stay,
    require_no_restart,
    require_vms_start,
)

Demand = Callable[..., None]
DISKS = [Severity.REPLACED, Severity.DISK_LOSS]
RESTARTS = [
    Severity.RESTART_SOME,
    Severity.RESTART_ALL,
    Severity.STRANDED,
    Severity.SCALE_IN,
    *DISKS,
]


def effect(severity: Severity, *changed: str) -> Effect:
    """Return an effect of a severity. changed: keys of the object that cause it."""
    return Effect(severity, f"web has {severity.label}", "a rule", tuple((key,) for key in changed))


def refusal(demand: Demand, *effects: Effect, **environment: str) -> str | None:
    """Return why a change of the pool web is refused, None if it is not."""
    try:
        demand("web", effects, environment)
    except RefusedError as error:
        return str(error)
    return None


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize(
    ("demand", "refused"),
    [
        (require_disks_stay, DISKS),
        (require_no_restart, RESTARTS),
        (require_vms_start, [Severity.STRANDED]),
    ],
)
def test_a_change_is_refused_by_its_severity(
    demand: Demand, refused: list[Severity], severity: Severity
) -> None:
    assert (refusal(demand, effect(severity)) is not None) == (severity in refused)


def test_a_smaller_number_of_vms_is_a_normal_act() -> None:
    assert refusal(require_disks_stay, effect(Severity.SCALE_IN)) is None


@pytest.mark.parametrize("demand", [require_disks_stay, require_no_restart])
def test_no_effect_is_refused_by_nobody(demand: Demand) -> None:
    assert refusal(demand) is None


@pytest.mark.parametrize(
    ("demand", "variable"), [(require_disks_stay, DISK_LOSS), (require_no_restart, RESTART)]
)
def test_a_refusal_says_what_is_lost_why_and_what_allows_it(demand: Demand, variable: str) -> None:
    loss = effect(Severity.DISK_LOSS, "spec.a", "spec.b[0]")
    assert refusal(demand, loss) == (
        "refused: web has disk loss (changed: spec.a, spec.b[0]). To allow it for one command, "
        f"set {variable}=web"
    )


def test_a_refusal_without_causes_names_none() -> None:
    assert refusal(require_disks_stay, effect(Severity.DISK_LOSS)) == (
        "refused: web has disk loss. To allow it for one command, set VMPOOL_ALLOW_DISK_LOSS=web"
    )


@pytest.mark.parametrize("demand", [require_disks_stay, require_no_restart])
def test_one_bad_effect_among_others_is_enough(demand: Demand) -> None:
    effects = [effect(Severity.OTHER), effect(Severity.REPLACED), effect(Severity.NOTHING)]
    assert str(refusal(demand, *effects)).startswith("refused: web has replace.")


@pytest.mark.parametrize(
    ("named", "allowed"),
    [
        ("web", True),
        ("api,web", True),
        ("web,api", True),
        (" api , web ", True),
        ("web,", True),
        ("", False),
        ("api", False),
        ("web2", False),
        ("we", False),
        ("api web", False),
        ("WEB", False),
        ("true", False),
        ("1", False),
        ("*", False),
    ],
)
@pytest.mark.parametrize(
    ("demand", "variable"), [(require_disks_stay, DISK_LOSS), (require_no_restart, RESTART)]
)
def test_only_who_names_the_pool_allows_it(
    demand: Demand, variable: str, named: str, allowed: bool
) -> None:
    said = refusal(demand, effect(Severity.DISK_LOSS), **{variable: named})
    assert (said is None) == allowed


def test_what_allows_the_one_does_not_allow_the_other() -> None:
    loss = effect(Severity.DISK_LOSS)
    assert refusal(require_disks_stay, loss, **{RESTART: "web"}) is not None
    assert refusal(require_no_restart, loss, **{DISK_LOSS: "web"}) is not None


@pytest.mark.parametrize(
    ("demand", "variable"), [(require_disks_stay, DISK_LOSS), (require_no_restart, RESTART)]
)
def test_a_permission_is_the_environments(
    monkeypatch: pytest.MonkeyPatch, demand: Demand, variable: str
) -> None:
    monkeypatch.delenv(variable, raising=False)
    with pytest.raises(RefusedError):
        demand("web", [effect(Severity.DISK_LOSS)])
    monkeypatch.setenv(variable, "web")
    demand("web", [effect(Severity.DISK_LOSS)])


def test_a_pool_without_a_name_is_not_allowed_by_an_empty_variable() -> None:
    with pytest.raises(RefusedError):
        require_disks_stay("web", [effect(Severity.DISK_LOSS)], {DISK_LOSS: " , "})


def test_what_allows_it_is_told_for_the_stacks_that_it_is_said_of() -> None:
    words = "refused: all is lost. To allow it for one command, set VMPOOL_ALLOW_DISK_LOSS=web,db"
    told = as_allowed(words, ["ann", "bob"])
    assert told.endswith("set VMPOOL_ALLOW_DISK_LOSS=ann/web,ann/db,bob/web,bob/db")
    assert as_allowed("3 created", ["ann"]) == "3 created"
    both = as_allowed(f"{words}\nand a = b, too", ["ann"])
    assert both.endswith("set VMPOOL_ALLOW_DISK_LOSS=ann/web,ann/db\nand a = b, too")
