"""The policies: what breaks a rule, and what policies.yaml may say."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from configurations import MARKER, problems, specification
from kubevirt_vm_pool import policy
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.policy.parameters import Level
from kubevirt_vm_pool.policy.rules import RULES, Sight
from kubevirt_vm_pool.validation.problems import ConfigurationError
from policy_cases import CASES, POOL, Case

NAMES = [case.name for case in CASES]


# --- rules ---------------------------------------------------------------------------------------


def test_no_two_cases_have_one_name() -> None:
    assert sorted(NAMES) == sorted(set(NAMES))


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_stacks_of_the_cases_are_sound(case: Case) -> None:
    assert problems(case.changes) == ()


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_rule_finds_what_breaks_it_and_nothing_else(case: Case) -> None:
    found = tuple(f"{one.rule}: {one.about} {one.message}" for one in case.findings)
    assert found == case.broken


@pytest.mark.parametrize("rule", [rule.name for rule in RULES.values() if rule.sight != Sight.FILE])
def test_every_rule_has_a_case_that_breaks_it_and_one_that_keeps_it(rule: str) -> None:
    of_rule = [bool(case.broken) for case in CASES if rule in case.document]
    assert set(of_rule) == {True, False}


@pytest.mark.parametrize("case", [one for one in CASES if one.broken])
def test_every_finding_says_what_to_do_and_shows_no_secret(case: Case) -> None:
    assert all(finding.fix for finding in case.findings)
    assert MARKER not in " ".join(map(str, case.findings))


IN_TEMPLATE = (
    "template: {dataVolumeTemplates: [{metadata: {name: lab05-webserver-data}, spec: {source: "
    "{pvc: {name: b, namespace: c}}, storage: {}}}], template: {spec: {volumes: [{name: more, "
    "dataVolume: {name: lab05-webserver-data}}]}}}"
)


def fixes_of(rule: str, parameters: dict[str, Any], changes: str) -> list[str]:
    """Return what is to be done about what breaks one rule."""
    made = tuple(objects(specification(changes)).values())
    found = policy.findings(policy.Stack(made), policy.settings({rule: parameters}))
    return [one.fix for one in found if one.rule == rule]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ("disk: {source: {pvc: {name: b}}}", "disk.source"),
        ("disks: {more: {size: 1Gi, source: {pvc: {name: b}}}}", "disks.more.source"),
        ("disks: {my-data: {size: 1Gi, source: {pvc: {name: b}}}}", "disks.my-data.source"),
        ("disk:\ncontainerDisk: {image: b}", "containerDisk.image"),
        ("disk:\nephemeral: {claimName: b}", "ephemeral.claimName"),
        ("disks: {iso: {containerDisk: {image: b}}}", "disks.iso.containerDisk.image (or"),
        (IN_TEMPLATE, "template.dataVolumeTemplates (lab05-webserver-data)"),
        (
            "template: {template: {spec: {volumes: [{name: a, dataVolume: {name: b}}], domain: "
            "{devices: {disks: [{name: a, cdrom: {}}]}}}}}",
            "the volume of b in template",
        ),
    ],
)
def test_an_image_that_is_not_allowed_is_told_by_the_key_that_names_it(
    changes: str, key: str
) -> None:
    golden = {"images": ["fedora-cloud-nginx-base"]}
    (fix,) = fixes_of("golden-images", golden, changes)
    assert fix.startswith(f"set {key}")


def test_a_disk_that_is_too_large_is_told_by_its_key() -> None:
    changes = (
        "disks: {data: {size: 9Gi, source: {blank: {}}}, scratch: {emptyDisk: {capacity: 9Gi}}}"
    )
    fixes = fixes_of("size-ceiling", {"disk": "8Gi"}, changes)
    assert [fix.split()[1] for fix in fixes] == [
        "disks.data.size",
        "disks.scratch.emptyDisk.capacity",
    ]


def test_credentials_in_a_url_are_not_shown() -> None:
    pool = next(one for one in CASES[0].objects if one["kind"] == "VirtualMachinePool")
    template = pool["spec"]["virtualMachineTemplate"]["spec"]["dataVolumeTemplates"][0]
    url = f"https://me:{MARKER}@images.example/a.qcow2?token={MARKER}"
    template["spec"]["source"] = {"http": {"url": url}}
    settings = policy.settings({"golden-images": {"images": ["b"]}})
    (found,) = policy.findings(policy.Stack((pool,)), settings)
    assert "made from https://images.example/a.qcow2, which" in str(found)
    assert MARKER not in str(found)


def test_a_disk_of_nothing_is_made_from_no_image() -> None:
    pool = next(one for one in CASES[0].objects if one["kind"] == "VirtualMachinePool")
    template = pool["spec"]["virtualMachineTemplate"]["spec"]["dataVolumeTemplates"][0]
    template["spec"]["source"] = {"blank": {}}
    settings = policy.settings({"golden-images": {"images": [], "namespaces": []}})
    assert policy.findings(policy.Stack((pool,)), settings) == ()


def test_an_autoscaler_of_something_else_is_no_business_of_the_pool() -> None:
    case = next(case for case in CASES if case.name == "no request with autoscaling")
    objects = case.objects
    target = next(one for one in objects if one["kind"].startswith("Horizontal"))["spec"]
    target["scaleTargetRef"]["name"] = "another"
    assert policy.findings(policy.Stack(objects), case.settings) == ()


def test_a_password_in_the_stacks_file_is_named_by_its_key() -> None:
    stack = policy.Stack((), ("cloudInit.config.users[0].plain_text_passwd",))
    (found,) = policy.findings(stack, policy.settings(None))
    assert (found.rule, found.level, found.about) == (
        "encrypted-password",
        Level.ADVISORY,
        "cloudInit.config.users[0].plain_text_passwd",
    )


# --- levels --------------------------------------------------------------------------------------

NO_PROBE = next(case for case in CASES if case.name == "no probe").objects


@pytest.mark.parametrize(
    ("document", "level"),
    [
        ("{}", Level.ADVISORY),
        ("readiness-probe: mandatory", Level.MANDATORY),
        ("readiness-probe: {enforcementLevel: mandatory}", Level.MANDATORY),
        ("all: mandatory", Level.MANDATORY),
        ("{all: mandatory, readiness-probe: advisory}", Level.ADVISORY),
        ("{all: disabled, readiness-probe: {}}", None),
        ("readiness-probe: disabled", None),
    ],
)
def test_a_rule_has_the_level_that_is_said_nearest_to_it(
    document: str, level: Level | None
) -> None:
    settings = policy.settings({"hashed-password": "disabled"} | yaml.safe_load(document))
    found = policy.findings(policy.Stack(NO_PROBE), settings)
    levels = [one.level for one in found if one.rule == "readiness-probe"]
    assert levels == ([level] if level else [])


def test_a_parameter_alone_makes_a_ceiling_refuse() -> None:
    settings = policy.settings({"replica-ceiling": {"maximum": 1}})
    found = policy.findings(policy.Stack(NO_PROBE), settings)
    assert policy.refused(found)
    assert found[0].rule == "replica-ceiling"


def test_what_is_advisory_refuses_nothing_and_comes_last() -> None:
    settings = policy.settings({"autoscaling-requests": "disabled"})
    found = policy.findings(policy.Stack(NO_PROBE), settings)
    assert {one.level for one in found} == {Level.ADVISORY}
    assert not policy.refused(found)
    settings = policy.settings({"readiness-probe": "mandatory"})
    found = policy.findings(policy.Stack(NO_PROBE), settings)
    assert [one.rule for one in found] == ["readiness-probe", "hashed-password"]


def test_a_finding_reads_as_a_sentence() -> None:
    settings = policy.settings({"all": "disabled", "readiness-probe": "advisory"})
    (found,) = policy.findings(policy.Stack(NO_PROBE), settings)
    assert str(found) == (
        f"advisory: {POOL} has no readiness probe, so the Service sends requests to VMs that still "
        "boot; remove readinessProbe.enabled: false (readiness-probe)"
    )


# --- policies.yaml -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "report"),
    [
        ("[]", "policies.yaml: must be an object of rules; begin it with a rule's name"),
        ("replica-celing: {}", "replica-celing: is no rule; did you mean replica-ceiling?"),
        ("limits: {}", f"limits: is no rule; known here: all, {', '.join(RULES)}"),
        (
            "replica-ceiling: {max: 3}",
            "replica-ceiling.max: unknown key; did you mean maximum?",
        ),
        (
            "replica-ceiling: {maximum: '3'}",
            'replica-ceiling.maximum: "3" must be a whole number; write it without quotes: 3',
        ),
        (
            "replica-ceiling: {maximum: 0}",
            "replica-ceiling.maximum: 0 must be at least 1; set 1 or more",
        ),
        (
            "size-ceiling: {memory: 64GB}",
            "size-ceiling.memory: 64GB has a unit that Kubernetes does not know (GB); did you mean "
            "64Gi?",
        ),
        (
            "tolerations: {allowed: [{key: gpu, operator: exists}]}",
            "tolerations.allowed[0].operator: exists must be Exists or Equal; did you mean Exists?",
        ),
        (
            "golden-images: {images: fedora}",
            "golden-images.images: fedora must be a list; begin each item with '- '",
        ),
        (
            "readiness-probe: madatory",
            "readiness-probe: madatory must be advisory, mandatory or disabled; did you mean "
            "mandatory?",
        ),
        (
            "readiness-probe: 'off'",
            "readiness-probe: off must be advisory, mandatory or disabled; did you mean disabled?",
        ),
        (
            "readiness-probe: {enforcementLevel: strict}",
            "readiness-probe.enforcementLevel: strict must be advisory, mandatory or disabled; "
            "pick one",
        ),
        ("all: strict", "all: strict must be advisory, mandatory or disabled; pick one"),
    ],
)
def test_a_mistake_is_named_by_its_key(document: str, report: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        policy.settings(yaml.safe_load(document))
    (problem,) = refused.value.problems
    assert str(problem).replace("\n    ", " ") == report


def test_all_mistakes_are_in_one_report() -> None:
    with pytest.raises(ConfigurationError, match=r"^policies.yaml has 3 problems:\n"):
        policy.settings({"all": "x", "typo": {}, "replica-ceiling": {"maximum": "x"}})
