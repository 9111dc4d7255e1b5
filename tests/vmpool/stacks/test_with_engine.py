"""Stacks that the engine knows: listed as up, and removed only when they are down."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import OWN_NAMESPACE, Checkout, copied, made, needs
from passwords import PASSWORDS

from vmpool.engine import install

pytestmark = needs("pulumi")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose stacks ann and bob were made from one, of which ann is up."""
    for checkout in made(tmp_path_factory.mktemp("project") / "p"):
        checkout.write("base", f"{OWN_NAMESPACE}  name: web\n  password: x\n")
        for name in ("ann", "bob"):
            checkout.vmpool("stack", "new", name, "--from", "base")
        checkout.vmpool("up", "--stack", "ann")
        yield checkout


def state(checkout: Checkout) -> Path:
    """Return the folder in which the backend keeps what it knows."""
    return checkout.folder / ".vmpool" / "cluster" / "state" / ".pulumi"


def there(checkout: Checkout, name: str) -> tuple[bool, bool]:
    """Tell whether there is a stack's file, and whether the backend knows the stack."""
    known = any((state(checkout) / "stacks").rglob(f"{name}.json"))
    return (checkout.folder / f"Pulumi.{name}.yaml").exists(), known


def states(checkout: Checkout) -> dict[str, bool]:
    """Return which stacks are up."""
    rows = json.loads(checkout.vmpool("stack", "ls", "--format", "json", "-s", "[ab]*"))
    return {row["stack"]: row["up"] for row in rows}


def test_what_is_up_is_listed_and_stays_until_it_is_down(checkout: Checkout) -> None:
    assert states(checkout) == {"ann": True, "base": False, "bob": False}
    refused = checkout.vmpool("stack", "rm", "bob", "ann", code=1)
    assert "error: ann is up, and without its file nobody could take it down" in refused
    assert "vmpool down --stack ann" in refused
    assert (there(checkout, "ann"), there(checkout, "bob")) == ((True, True), (True, False))

    checkout.vmpool("down", "--stack", "ann")
    assert states(checkout)["ann"] is False
    removed = checkout.vmpool("stack", "rm", "ann", "bob")
    assert removed.splitlines()[-2:] == ["removed Pulumi.ann.yaml", "removed Pulumi.bob.yaml"]
    assert (there(checkout, "ann"), there(checkout, "bob")) == ((False, False), (False, False))


def test_a_stack_whose_file_is_gone_is_removed_as_it_is_said(checkout: Checkout) -> None:
    checkout.vmpool("stack", "new", "cid", "--from", "base")
    checkout.vmpool("up", "--stack", "cid")
    file = checkout.folder / "Pulumi.cid.yaml"
    file.unlink()
    refused = checkout.vmpool("stack", "new", "cid", "--from", "base", code=1)
    assert f"cid is known to the backend ({state(checkout).parent})" in refused
    told = re.search("cp Pulumi.base.yaml Pulumi.cid.yaml; vmpool stack rm cid", refused)
    assert told, refused

    checkout.run("cp", "Pulumi.base.yaml", "Pulumi.cid.yaml")
    assert "vmpool down --stack cid" in checkout.vmpool("stack", "rm", "cid", code=1)
    checkout.vmpool("down", "--stack", "cid")
    checkout.vmpool("stack", "rm", "cid")
    assert there(checkout, "cid") == (False, False)
    checkout.vmpool("stack", "new", "cid", "--from", "base")


@pytest.fixture
def dead(checkout: Checkout) -> Iterator[Path]:
    """The kubeconfig of a cluster that is gone."""
    file = checkout.folder.parent / "dead"
    document = json.loads((checkout.folder / ".vmpool/cluster/kubeconfig").read_text())
    document["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    file.write_text(json.dumps(document))
    yield file
    checkout.environment.pop("KUBECONFIG", None)


def test_what_is_up_on_another_cluster_than_the_shells_is_told_and_stays(
    checkout: Checkout, dead: Path
) -> None:
    checkout.vmpool("stack", "new", "flo", "--from", "base")
    checkout.vmpool("up", "--stack", "flo")
    checkout.environment["KUBECONFIG"] = str(dead)
    where = "on another cluster: the embedded control plane, which is it without KUBECONFIG"
    assert f"flo: it is up {where}\n" in checkout.vmpool("stack", "ls", "-s", "flo")
    assert f"stack flo is not up here; it is up {where}\n" in checkout.vmpool(
        "down", "--stack", "flo", code=1
    )
    refused = checkout.vmpool("stack", "rm", "flo", code=1)
    assert "error: flo is up on another cluster than this shell's (the embedded" in refused
    assert there(checkout, "flo") == (True, True)
    del checkout.environment["KUBECONFIG"]
    checkout.vmpool("down", "--stack", "flo")
    checkout.vmpool("stack", "rm", "flo")


def test_a_passphrase_that_is_not_the_stacks_is_named_with_its_source(checkout: Checkout) -> None:
    checkout.vmpool("stack", "new", "ida", "--from", "base", "--set", "password=abc")
    checkout.vmpool("preview", "--stack", "ida")
    file = checkout.folder / ".vmpool" / "passphrase"
    phrase = file.read_text(encoding="utf-8")
    file.write_text("that of another checkout\n", encoding="utf-8")
    said = checkout.vmpool("fleet", "preview", "--stacks", "ida", code=1)
    file.write_text(phrase, encoding="utf-8")
    assert (
        "incorrect passphrase: the passphrase in .vmpool/passphrase is not the one with which "
        "Pulumi.ida.yaml or the stack's state was encrypted; set PULUMI_CONFIG_PASSPHRASE to that\n"
    ) in said


def test_what_the_backend_does_not_forget_is_told_and_done_by_a_rerun(checkout: Checkout) -> None:
    for name in ("dora", "eve"):
        checkout.vmpool("stack", "new", name, "--from", "base")
        checkout.vmpool("up", "--stack", name)
        checkout.vmpool("down", "--stack", name)
    lock = state(checkout) / "locks" / "organization" / "kubevirt-vm-pool" / "eve" / "a.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text("{}", encoding="utf-8")
    failed = checkout.vmpool("stack", "rm", "dora", "eve", code=1)
    assert "forgotten by the backend: dora\n" in failed
    assert "still there: Pulumi.dora.yaml, Pulumi.eve.yaml; once that is mended: " in failed
    assert failed.endswith("vmpool stack rm dora eve\n")
    assert (there(checkout, "dora"), there(checkout, "eve")) == ((True, False), (True, True))

    lock.unlink()
    checkout.vmpool("stack", "rm", "dora", "eve")
    assert (there(checkout, "dora"), there(checkout, "eve")) == ((False, False), (False, False))


@pytest.fixture
def alone(tmp_path: Path) -> Checkout:
    """A checkout with a backend of the person's own, without any cluster."""
    backend = tmp_path / "state"
    backend.mkdir()
    own = {"PULUMI_BACKEND_URL": backend.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "open"}
    return copied(tmp_path / "p", **own)


def pulumi(checkout: Checkout, *arguments: str) -> str:
    """Run a bare pulumi and return what it prints."""
    engine = install.found_engine()
    assert engine
    done = checkout.run(str(engine.program), *arguments)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_a_backend_of_the_persons_own_forgets_a_stack_without_any_cluster(
    alone: Checkout,
) -> None:
    alone.write("ann", f"{OWN_NAMESPACE}  password: x\n")
    pulumi(alone, "stack", "init", "ann", "--no-select")
    backend = alone.folder.parent / "state"
    assert any(backend.rglob("ann.json"))
    alone.vmpool("stack", "rm", "ann")
    assert not any(backend.rglob("ann.json"))


def test_the_engine_reads_what_was_typed(alone: Checkout) -> None:
    typed = {f"a{number}": text for number, text in enumerate(PASSWORDS)}
    values = [f"annotations.{key}='{text}'" for key, text in typed.items()]
    alone.vmpool("stack", "new", "ann", *(part for one in values for part in ("--set", one)))
    pulumi(alone, "stack", "init", "ann", "--no-select")
    told = pulumi(alone, "config", "--json", "--stack", "ann")
    read = json.loads(told[told.index("{") :])["kubevirt-vm-pool:annotations"]["value"]
    assert json.loads(read) == typed


def test_what_an_up_leaves_that_made_nothing_is_forgotten(alone: Checkout, tmp_path: Path) -> None:
    """As it is where the cluster goes away after the preview: no object, but a provider."""
    alone.write("ann", f"{OWN_NAMESPACE}  password: x\n")
    pulumi(alone, "stack", "init", "ann", "--no-select")
    urn = "urn:pulumi:ann::kubevirt-vm-pool::{type}::{name}"
    root = {"type": "pulumi:pulumi:Stack", "urn": urn.format(type="pulumi:pulumi:Stack", name="a")}
    kind = "pulumi:providers:kubernetes"
    provider = {"type": kind, "urn": urn.format(type=kind, name="b"), "custom": True, "id": "1"}
    exported = json.loads(pulumi(alone, "stack", "export", "--stack", "ann"))
    exported["deployment"]["resources"] = [root, provider]
    file = tmp_path / "left.json"
    file.write_text(json.dumps(exported), encoding="utf-8")
    pulumi(alone, "stack", "import", "--stack", "ann", "--file", str(file))
    rows = json.loads(alone.vmpool("stack", "ls", "--format", "json", "-s", "ann"))
    assert rows[0]["up"] is False
    alone.vmpool("stack", "rm", "ann")
    assert not any((tmp_path / "state").rglob("ann.json"))
