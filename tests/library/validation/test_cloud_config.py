"""Values that cloud-init takes for something else, and templates that nobody fills in."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from configurations import problems, specification
from kubevirt_vm_pool.guest.cloud_init import documents
from kubevirt_vm_pool.guest.per_replica import replicas
from kubevirt_vm_pool.validation.warnings import warnings

ETHERNET = {"version": 2, "ethernets": {"a": {"dhcp4": "no", "dhcp6": True}}}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"cloudInit": {"networkData": ETHERNET}}, "cloudInit.networkData.ethernets.a.dhcp4"),
        ({"perReplica": {"networkData": ETHERNET}}, "perReplica.networkData.ethernets.a.dhcp4"),
        (
            {"cloudInit": {"networkData": "version: 2\nethernets: {a: {dhcp4: 'no'}}\n"}},
            "cloudInit.networkData.ethernets.a.dhcp4",
        ),
        (
            {
                "cloudInit": {
                    "config": {"users": ["default", {"name": "a", "lock_passwd": "False"}]}
                }
            },
            "cloudInit.config.users[1].lock_passwd",
        ),
    ],
)
def test_a_text_that_means_false_is_refused_where_any_text_is_true(changes: Any, key: str) -> None:
    (problem,) = problems(changes)
    assert (problem.key, problem.fix) == (key, "write false, without quotes")


def test_in_a_block_of_text_cloud_init_reads_no_as_false() -> None:
    text = "version: 2\nethernets: {a: {dhcp4: no, dhcp6: yes}}\n"
    assert problems({"cloudInit": {"networkData": text}}) == ()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"cloudInit": {"config": {"write_files": [{"path": "/a", "content": 0}]}}}, "config."),
        (
            {
                "password": None,
                "cloudInit": {
                    "userData": "#cloud-config\npassword: x\nwrite_files: [{path: /a, content: 0}]"
                },
            },
            "userData.",
        ),
    ],
)
def test_a_file_whose_content_is_a_number_is_refused(changes: Any, where: str) -> None:
    (problem,) = problems(changes)
    assert problem.key == f"cloudInit.{where}write_files[0].content"
    assert problem.rule.startswith("must be text")


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"write_files": [{"path": "/a", "content": "{{ index }}"}]}, "content: '0'"),
        ({"users": ["default", {"name": "a", "passwd": "{{ values.port }}"}]}, "passwd: '80'"),
        ({"user": {"name": "{{ index }}"}}, "name: '0'"),
        ({"fqdn": "{{ index }}"}, "fqdn: '0'"),
        ({"runcmd": [["echo", "{{ index }}"], "{{ count }}"]}, "- '5'"),
        ({"chpasswd": {"users": [{"name": "a", "password": "{{ index }}"}]}}, "password: '0'"),
    ],
)
def test_a_template_of_one_number_is_text_where_cloud_init_needs_text(
    config: dict[str, Any], text: str
) -> None:
    own = {"config": config, "values": [{"port": 80}], "spare": 0}
    changes = {"password": None, "perReplica": own, "autoscaling": None, "replicas": 1}
    if "{{ count }}" in str(config):
        changes["replicas"] = 5
        own["values"] = [{"port": 80}] * 5
    (first, *_) = replicas(specification(changes))
    assert text in str(documents(first.spec)["userdata"])


def test_a_template_of_one_number_stays_one_elsewhere() -> None:
    own = {"config": {"swap": {"size": "{{ index }}"}}, "spare": 0}
    (first, *_) = replicas(specification({"perReplica": own}))
    assert yaml.safe_load(str(documents(first.spec)["userdata"]))["swap"] == {"size": 0}


# --- templates that nobody fills in --------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "key", "fix"),
    [
        (
            {"cloudInit": {"config": {"fqdn": "{{ name }}.example.com"}}},
            "cloudInit.config.fqdn",
            "move it to perReplica.config.fqdn",
        ),
        (
            {"cloudInit": {"runCommands": ["ls", ["echo", "{{ index }}"]]}},
            "cloudInit.runCommands[1][1]",
            "move it to perReplica.config.runcmd",
        ),
        (
            {"cloudInit": {"config": {"write_files": [{"path": "/a", "content": "{{name}}"}]}}},
            "cloudInit.config.write_files[0].content",
            "move it to perReplica.config.write_files",
        ),
        ({"password": "{{ values.pw }}"}, "password", "move it to perReplica.password"),
        (
            {"cloudInit": {"networkData": {"version": 2, "wifis": {"a": "{{ index + 1 }}"}}}},
            "cloudInit.networkData.wifis.a",
            "move it to perReplica.networkData.wifis.a",
        ),
        (
            {
                "password": None,
                "cloudInit": {
                    "userData": "#cloud-config\npassword: '{{ generated.pw }}'\npackages: [a]\n"
                },
            },
            "cloudInit.userData.password",
            "move it to perReplica.userData",
        ),
    ],
)
def test_a_template_outside_of_per_replica_is_refused_with_its_place(
    changes: Any, key: str, fix: str
) -> None:
    (problem,) = problems(changes)
    assert (problem.key, problem.fix) == (key, fix)


@pytest.mark.parametrize(
    "command",
    [
        "docker inspect --format '{{ index .Config.Labels \"a\" }}' a",
        "docker ps --format '{{.Names}}'",
        "echo '{{ other }}'",
        "echo {{",
    ],
)
def test_templates_of_others_are_left_alone(command: str) -> None:
    assert problems({"cloudInit": {"runCommands": [command]}}) == ()


def test_cloud_inits_own_templates_are_its_business() -> None:
    text = "## template: jinja\n#cloud-config\npassword: x\nfqdn: '{{ name }}'\n"
    assert problems({"password": None, "cloudInit": {"userData": text}}) == ()


def test_a_file_of_several_lines_may_be_somebody_elses_template_and_is_told() -> None:
    content = "- hosts: all\n  name: '{{ name }}'\n"
    changes = {"cloudInit": {"config": {"write_files": [{"path": "/a.yml", "content": content}]}}}
    assert warnings(specification(changes)) == [
        "cloudInit.config.write_files[0].content reaches every VM with {{ }} as it stands there: "
        "only perReplica fills in templates"
    ]
