"""What Pulumi.yaml says for all stacks: the same to a bare pulumi, to vmpool's up and to render."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from checkout import made, needs
from engine_checkout import live, state
from person import Person

pytestmark = needs("pulumi")

COMMON = """\
  memory:
    value: 3Gi
  cores:
    value: 2
  cloudInit.timezone:
    value: Etc/UTC
  cloudInit.runCommands:
    value: [echo known-to-this-team]
  disk.size:
    value: 7Gi
  disk.source.pvc.name:
    value: golden
  labels["example.com/team"]:
    value: blue
  createNamespace:
    value: true

  # begin: make generate
"""
# Nothing of its own; each thing otherwise.
STACKS = {
    "plain": "config: {password: x}\n",
    "other": "config:\n  kubevirt-vm-pool:memory: 4Gi\n  cores: 1\n  password: x\n"
    "  disk: {size: 9Gi, source: {pvc: {namespace: images}}}\n"
    "  cloudInit: {timezone: Europe/Zurich, user: mine}\n",
}


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A person whose project has values for all stacks, and two stacks that are up."""
    for checkout in made(tmp_path_factory.mktemp("project") / "p"):
        file = checkout.folder / "Pulumi.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("  # begin: make generate\n", COMMON), encoding="utf-8")
        checkout.python("-m", "vmpool.generate")
        for name, stack in STACKS.items():
            checkout.write(name, stack)
            checkout.vmpool("up", "--stack", name)
        yield Person(checkout)


def rendered(person: Person, name: str) -> Any:
    """Return the pool of a stack as `vmpool render` has it."""
    manifests = yaml.safe_load_all(person.checkout.vmpool("render", "--stack", name))
    return next(one for one in manifests if one["kind"] == "VirtualMachinePool")


@pytest.mark.parametrize("name", STACKS)
def test_a_bare_pulumi_finds_nothing_to_change_in_what_vmpool_brought_up(
    person: Person, name: str
) -> None:
    person.previews_no_change(name)


@pytest.mark.parametrize("name", STACKS)
def test_what_is_rendered_is_what_the_cluster_has(person: Person, name: str) -> None:
    here, there = rendered(person, name), live(person.checkout, "vmpool", "webserver", name)
    assert there["metadata"]["labels"].items() >= here["metadata"]["labels"].items()
    assert there["spec"] == here["spec"]


def test_a_value_for_all_is_one_that_a_stack_does_not_say_itself(person: Person) -> None:
    plain, other = (rendered(person, name) for name in STACKS)
    assert [domain(one)["cpu"]["cores"] for one in (plain, other)] == [2, 1]
    assert [memory(one) for one in (plain, other)] == ["3Gi", "4Gi"]
    assert plain["metadata"]["labels"]["example.com/team"] == "blue"


def test_of_an_object_each_member_counts_by_itself(person: Person) -> None:
    disks = [disk(rendered(person, name)) for name in STACKS]
    assert [one["pvc"]["resources"]["requests"]["storage"] for one in disks] == ["7Gi", "9Gi"]
    source = {"namespace": "images", "name": "golden"}
    assert disks[1]["source"]["pvc"] == source


def test_a_diff_has_each_revisions_own_values(person: Person) -> None:
    checkout = person.checkout
    for command in ("init -q", "add -A", "-c user.name=a -c user.email=a@b.c commit -qm first"):
        checkout.run("git", *command.split())
    file = checkout.folder / "Pulumi.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("value: 3Gi", "value: 5Gi"), encoding="utf-8")
    try:
        told = checkout.vmpool("diff", "--base", "HEAD")
        by_hand = checkout.vmpool("preview", "--stack", "plain")
    finally:
        file.write_text(text, encoding="utf-8")
    assert ("plain" in told, "other" in told.partition("nchanged")[0]) == (True, False)
    assert "3Gi" in by_hand
    assert "5Gi" in by_hand


def test_what_may_be_secret_is_encrypted_in_the_state_wherever_it_was_said(
    person: Person,
) -> None:
    assert "known-to-this-team" not in state(person.checkout)


def domain(pool: Any) -> Any:
    return pool["spec"]["virtualMachineTemplate"]["spec"]["template"]["spec"]["domain"]


def memory(pool: Any) -> str:
    asked: str = domain(pool)["resources"]["requests"]["memory"]
    return asked


def disk(pool: Any) -> Any:
    return pool["spec"]["virtualMachineTemplate"]["spec"]["dataVolumeTemplates"][0]["spec"]
