"""Every way to get a configuration wrong that we know of, with what is said about it."""

from __future__ import annotations

import os
import traceback

import pytest
from bad_configurations import BAD
from bad_networks import BAD_NETWORKS
from bad_vm_settings import BAD as BAD_VM_SETTINGS
from bad_words import BAD_WORDS
from configurations import ED25519_KEY, MARKER, given, problems, specification
from kubevirt_vm_pool.spec import cloud_init as shapes
from kubevirt_vm_pool.validation import cloud_init, validate
from kubevirt_vm_pool.validation.problems import ConfigurationError, Problem
from template_mistakes import BAD_TEMPLATES

MISTAKES = [*BAD, *BAD_NETWORKS, *BAD_TEMPLATES, *BAD_VM_SETTINGS, *BAD_WORDS]


@pytest.mark.parametrize(
    ("written", "title", "explanation"),
    MISTAKES,
    ids=[f"{place}-{' '.join(row[0].split())[:60]}" for place, row in enumerate(MISTAKES)],
)
def test_a_mistake_is_reported_once_with_its_key_value_rule_and_fix(
    written: str, title: str, explanation: str
) -> None:
    assert [str(problem) for problem in problems(written)] == [f"{title}\n    {explanation}"]


def test_a_stack_name_that_is_no_namespace_is_said_to_be_the_stack_name() -> None:
    assert [str(problem) for problem in problems("replicas: 2", stack="team.dev")] == [
        "namespace: team.dev\n"
        "    is not set, so it is the stack's name, and that must be an RFC 1123 label: lower-case "
        "letters, digits and '-', beginning and ending with a letter or digit; "
        "set namespace, for instance team-dev, or rename the stack"
    ]


def test_a_default_that_the_cluster_does_not_honour_is_said_to_be_the_default() -> None:
    (problem,) = problems('kubevirtVersion: "1.5"')
    assert problem.key == "rollout.maxUnavailable"
    assert problem.rule.startswith("is the default and needs KubeVirt 1.6")


@pytest.mark.skipif(
    not os.path.isfile(f"{shapes.ZONES}/UTC"), reason=f"no time zones in {shapes.ZONES}"
)
@pytest.mark.parametrize(
    ("zone", "fix"),
    [
        ("Europe/Zuerich", "did you mean Europe/Zurich?"),
        ("Zurich", "did you mean Europe/Zurich?"),
        ("Europe", "for instance Europe/Zurich"),
        ("CEST", "for instance Europe/Zurich"),
    ],
)
def test_a_time_zone_that_does_not_exist_is_refused(zone: str, fix: str) -> None:
    assert problems({"cloudInit": {"timezone": zone}}) == (
        Problem("cloudInit.timezone", "is no time zone that IANA knows", fix, zone),
    )


def test_without_time_zones_on_the_machine_only_the_form_of_one_is_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shapes, "ZONES", "/nowhere")
    assert problems({"cloudInit": {"timezone": "Europe/Zuerich"}}) == ()


def test_annotations_larger_than_kubernetes_holds_are_refused() -> None:
    (problem,) = problems({"annotations": {"a": "x" * (256 * 1024)}})
    assert (problem.key, problem.rule) == (
        "annotations",
        "take 262145 bytes together, and Kubernetes holds 262144",
    )


def test_documents_larger_than_a_secret_are_refused() -> None:
    (problem,) = problems({"cloudInit": {"runCommands": ["x" * cloud_init.LONGEST_SECRET]}})
    assert problem.key == "cloudInit"
    assert problem.rule.endswith("bytes, and a Secret holds 1048576")


@pytest.mark.parametrize("member", ["secrets", "configMaps"])
def test_a_name_that_is_too_long_with_the_index_is_refused(member: str) -> None:
    name = "a" * 252
    volume = (
        {"secret": {"secretName": name}} if member == "secrets" else {"configMap": {"name": name}}
    )
    changes = {"perReplica": {member: {name: {"a": "b"}}}, "volumes": [{"name": "a", **volume}]}
    assert problems(changes) == (
        Problem(
            f"perReplica.{member}.{name}",
            "has 254 characters with the last index, and at most 253 are possible: it is an RFC "
            "1123 subdomain",
            "shorten it by 1",
        ),
    )


@pytest.mark.parametrize(("member", "kind"), [("secrets", "Secret"), ("configMaps", "ConfigMap")])
def test_texts_of_a_replica_larger_than_what_holds_them_are_refused(member: str, kind: str) -> None:
    own = {member: {"big": {"a": "{{ 'x' * 1048570 }}", "b": "{{ name }}"}}}
    volume = (
        {"secret": {"secretName": "big"}} if member == "secrets" else {"configMap": {"name": "big"}}
    )
    (problem,) = problems({"perReplica": own, "volumes": [{"name": "big", **volume}]})
    assert (problem.key, problem.rule.partition(": ")[2]) == (
        f"perReplica.{member}.big",
        f"makes 1048587 bytes, and a {kind} holds 1048576",
    )


MANY = """
replcas: 3
memory: 2GB
cores: 0
kubevirtVersion: "1.6"
poolApiVersion: v1beta1
disk: {size: 6, acessModes: [ReadWriteOnce], source: {pvc: {name: golden}}}
service: {ports: [{port: 80, name: web}, {port: 80, name: web}]}
tolerations: [{key: baremetal, operator: Exists, value: "true"}, {operator: Equal}]
cloudInit: {timezon: Europe/Zurich, packages: [1], config: {pakages: [vim]}}
"""


def test_all_mistakes_stand_in_one_report_in_the_order_of_the_keys() -> None:
    assert [problem.key for problem in problems(MANY)] == [
        "replcas",
        "cores",
        "memory",
        "disk.size",
        "disk.acessModes",
        "cloudInit.packages[0]",
        "cloudInit.timezon",
        "cloudInit.config.pakages",
        "tolerations[0]",
        "tolerations[1]",
        "service.ports[1].port",
        "service.ports[1].name",
        "poolApiVersion",
    ]


def test_the_order_of_what_is_written_does_not_change_the_report() -> None:
    changes = given(MANY)
    backwards = dict(reversed(changes.items()))
    assert str(_error(backwards)) == str(_error(changes))


def test_a_report_names_its_file_and_breaks_its_lines() -> None:
    error = _error(given({"name": "Lab05", "replicas": "two"}))
    assert str(error) == (
        "Pulumi.user1.yaml has 2 problems:\n"
        "  name: Lab05\n"
        "      must be an RFC 1123 label: lower-case letters, digits and '-',\n"
        "      beginning and ending with a letter or digit; for instance lab05\n"
        "  replicas: two\n"
        "      must be a whole number; for instance 2"
    )


def test_a_single_problem_is_counted_as_one() -> None:
    error = _error(given("replicas: two"))
    assert str(error).splitlines()[0] == "Pulumi.user1.yaml has 1 problem:"


def test_a_long_value_is_cut_and_stays_on_one_line() -> None:
    (problem,) = problems({"memory": "1\n" + "0" * 100})
    assert str(problem).splitlines()[0] == f'memory: "1\\n{"0" * 53}...'


@pytest.mark.parametrize(
    "broken_too", ["cores: 0", "disk: {size: 1}", "service: 80", "readinessProbe: 1"]
)
def test_a_mistake_in_one_place_does_not_hide_a_rule_about_others(broken_too: str) -> None:
    keys = [problem.key for problem in problems(f"{broken_too}\nreplicas: 9")]
    assert "replicas" in keys


def test_keys_that_only_an_older_program_knew_do_not_hide_the_rest() -> None:
    assert [problem.key for problem in problems("vmCount: 2\nreplicas: 9")] == [
        "vmCount",
        "replicas",
    ]


SECRET_PLACES = {
    "a password that is an object": {"password": {"x": MARKER}},
    "a misspelt password": {"pasword": MARKER},
    "a password beside cloudInit": {"cloudInit": {"password": MARKER}},
    "cloudInit as text": {"cloudInit": MARKER},
    "user data without a header": {"cloudInit": {"userData": MARKER}},
    "user data with an alias": {"cloudInit": {"userData": f"#cloud-config\npassword: *{MARKER}"}},
    "user data with a tag": {"cloudInit": {"userData": f"#cloud-config\npassword: !{MARKER} x"}},
    "user data with a wrong number": {
        "cloudInit": {"userData": f"#cloud-config\npassword: !!int {MARKER}"}
    },
    "user data cut short": {"cloudInit": {"userData": f"#cloud-config\npassword: ['{MARKER}"}},
    "user data as an object": {"cloudInit": {"userData": {"password": MARKER}}},
    "config as a list": {"cloudInit": {"config": [MARKER]}},
    "config said twice": {"cloudInit": {"config": {"password": MARKER}}},
    "a misspelt key in config": {"cloudInit": {"config": {"pasword": MARKER}}},
    "network data as a list": {"cloudInit": {"networkData": [MARKER]}},
    "network data that is no YAML": {"cloudInit": {"networkData": f"wifis: [{MARKER}"}},
    "network data without a version": {"cloudInit": {"networkData": {"wifis": MARKER}}},
    "a command that is an object": {"cloudInit": {"runCommands": [{"echo": MARKER}]}},
    "a command with a number": {"cloudInit": {"runCommands": [[MARKER, 5]]}},
    "commands as text": {"cloudInit": {"runCommands": MARKER}},
    "a key that is none": {"cloudInit": {"sshAuthorizedKeys": [MARKER]}},
    "a private key": {"cloudInit": {"sshAuthorizedKeys": [f"PRIVATE KEY {MARKER}"]}},
    "a key in an object": {"cloudInit": {"sshAuthorizedKeys": [{"key": MARKER}]}},
}


@pytest.mark.parametrize("changes", SECRET_PLACES.values(), ids=SECRET_PLACES)
def test_a_report_shows_no_secret(changes: dict[str, object]) -> None:
    try:
        specification({"replicas": "two", **changes})
    except ConfigurationError as error:
        told = "\n".join([str(error), repr(error), repr(error.problems), traceback.format_exc()])
    assert MARKER not in told


@pytest.mark.parametrize(
    "changes",
    [
        {"password": MARKER},
        {"cloudInit": {"userData": f"#cloud-config\npassword: {MARKER}"}, "password": None},
        {"cloudInit": {"config": {"bootcmd": [MARKER]}}},
        {"cloudInit": {"networkData": {"version": 2, "wifis": {MARKER: {}}}}},
        {"cloudInit": {"runCommands": [MARKER]}},
        {"cloudInit": {"sshAuthorizedKeys": [f"{ED25519_KEY}{MARKER}"]}},
    ],
    ids=lambda changes: " ".join(changes.get("cloudInit", changes)),
)
def test_a_specification_shows_no_secret(changes: dict[str, object]) -> None:
    spec = specification(changes)
    assert MARKER not in f"{spec!r} {spec} {spec.cloud_init!r}"


def test_numbers_that_are_known_to_be_secret_are_not_repeated_in_the_fix() -> None:
    error = _error({**given(), "password": 271828})
    assert [str(problem) for problem in error.problems] == ["password:\n    must be text; quote it"]


def _error(config: dict[str, object]) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        validate.specify(config, stack="user1", where="Pulumi.user1.yaml")
    return caught.value
