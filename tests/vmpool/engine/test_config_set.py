"""Keys of more than one type, as `pulumi config set` writes them: read by all in one way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from checkout import made, needs
from engine_checkout import live
from person import Person

from vmpool.stack import stack_files

pytestmark = needs("pulumi")

BEGUN = "config:\n  name: web\n  disk: {source: {pvc: {name: golden}}}\n"
POD = '[{"name": "default", "pod": {}, "bridge": {}}]'

# What is set, as arguments, and what the keys are then.
SET: dict[str, tuple[list[tuple[str, ...]], dict[str, Any]]] = {
    "false": (
        [
            ("service", "false"),
            ("cloudInit", "false"),
            ("networks", "false"),
            ("--path", "memory.guest", "4Gi"),
        ],
        {"service": False, "cloudInit": False, "networks": False, "memory": {"guest": "4Gi"}},
    ),
    "objects by path": (
        [
            ("--path", "service.ports[0].port", "8080"),
            ("--path", "cloudInit.timezone", "Etc/UTC"),
            ("--path", "cloudInit.user", "ann"),
            ("--secret", "password", "known-to-nobody"),
            ("memory", "4Gi"),
        ],
        {
            "service": {"ports": [{"port": 8080}]},
            "cloudInit": {"timezone": "Etc/UTC", "user": "ann"},
            "memory": "4Gi",
        },
    ),
    "objects as text": (
        [
            ("service", '{"ports": [{"port": 8080}]}'),
            ("cloudInit", '{"config": {"users": ["default", {"name": "ann"}]}}'),
            ("networks", POD),
            ("memory", '{"guest": "4Gi", "maxGuest": "8Gi"}'),
        ],
        {
            "service": {"ports": [{"port": 8080}]},
            "cloudInit": {"config": {"users": ["default", {"name": "ann"}]}},
            "networks": [{"name": "default", "pod": {}, "bridge": {}}],
            "memory": {"guest": "4Gi", "maxGuest": "8Gi"},
        },
    ),
}


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A person in a checkout with a cluster and a stack lab."""
    for checkout in made(tmp_path_factory.mktemp("project") / "p"):
        checkout.write("lab", "config: {}\n")
        checkout.vmpool("cluster", "start")
        one = Person(checkout)
        one.runs("pulumi", "stack", "init", "lab", "--no-select")
        yield one


@pytest.mark.parametrize(("commands", "said"), SET.values(), ids=SET)
def test_what_is_set_by_hand_is_the_same_to_the_file_and_to_both_ways_of_the_engine(
    person: Person, commands: list[tuple[str, ...]], said: dict[str, Any]
) -> None:
    checkout = person.checkout
    checkout.write("lab", BEGUN)
    for command in commands:
        person.runs("pulumi", "config", "set", *command, "--stack", "lab")
    given = stack_files.read("lab", checkout.folder).given
    assert {key: given[key] for key in said} == said

    checkout.vmpool("up", "--stack", "lab")
    pool = live(checkout, "vmpool", "web", "lab")
    assert_comes_out(pool["spec"]["virtualMachineTemplate"]["spec"]["template"]["spec"], said)
    person.previews_no_change("lab")


def assert_comes_out(guest: dict[str, Any], said: dict[str, Any]) -> None:
    volumes = [volume["name"] for volume in guest["volumes"]]
    assert ("cloudinitdisk" in volumes) == (said["cloudInit"] is not False)
    assert ("networks" in guest) == (said.get("networks") is not False)
    probe = guest.get("readinessProbe", {"tcpSocket": None})["tcpSocket"]
    assert probe == (None if said["service"] is False else {"port": 8080})
    domain = guest["domain"]
    in_object = isinstance(said["memory"], dict)
    memory = domain["memory"] if in_object else domain["resources"]["requests"]["memory"]
    assert memory == said["memory"]
