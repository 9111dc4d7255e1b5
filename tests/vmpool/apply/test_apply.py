"""`up`, `preview` and `down` where Pulumi cannot be had: kubectl and the embedded control plane."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from checkout import OWN_NAMESPACE, Checkout, made, without_engine
from configurations import MARKER, said_in

WEBSERVERS = "three-webservers"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout on a machine without pulumi, whose network has no way out."""
    # An unusable proxy is a network without a way out; caches stay the person's.
    yield from made(
        tmp_path_factory.mktemp("project") / "p",
        **without_engine(tmp_path_factory.mktemp("home")),
        https_proxy="http://127.0.0.1:9",
    )


def get(checkout: Checkout, kind: str, name: str, namespace: str = "dev") -> Any:
    """Return an object of the checkout's cluster, or None."""
    env = checkout.folder / ".vmpool" / "cluster" / "kubeconfig"
    done = checkout.run(
        "kubectl", "--kubeconfig", str(env), "get", kind, name, "-n", namespace, "-o", "json",
        "--ignore-not-found", "--show-managed-fields",
    )  # fmt: skip
    return json.loads(done.stdout) if done.stdout.strip() else None


def kubectl(checkout: Checkout, *args: str) -> None:
    """Run kubectl as somebody who works on the checkout's cluster by hand."""
    kubeconfig = checkout.folder / ".vmpool" / "cluster" / "kubeconfig"
    done = checkout.run("kubectl", "--kubeconfig", str(kubeconfig), *args)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def up(checkout: Checkout) -> str:
    """What the first up of the dev stack printed."""
    return checkout.vmpool("up")


def test_up_says_in_one_line_why_there_is_no_engine(up: str) -> None:
    lines = [line for line in up.splitlines() if line.startswith("no Pulumi engine: ")]
    assert len(lines) == 1
    assert lines[0].endswith("; kubectl applies the same objects")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("secret", "lab05-cloudinit"),
        ("vmpool", "lab05-webserver"),
        ("service", "lab05-webserver"),
        ("hpa", "lab05-webserver"),
    ],
)
def test_up_makes_the_labs_objects(up: str, checkout: Checkout, kind: str, name: str) -> None:
    assert get(checkout, kind, name) is not None


def test_up_says_what_there_is_and_how_to_use_it(up: str) -> None:
    assert "lab05-webserver in namespace dev" in up
    assert "2 to 5" in up
    assert "http://lab05-webserver.dev.svc.cluster.local" in up
    assert "virtctl console lab05-webserver-0 -n dev" in up


def test_a_second_up_changes_nothing(up: str, checkout: Checkout) -> None:
    before = get(checkout, "vmpool", "lab05-webserver")["metadata"]["resourceVersion"]
    checkout.vmpool("up")
    assert get(checkout, "vmpool", "lab05-webserver")["metadata"]["resourceVersion"] == before


def test_preview_of_what_is_up_shows_no_changes(up: str, checkout: Checkout) -> None:
    assert checkout.vmpool("preview").endswith("no changes\n")


def test_preview_shows_a_change_and_makes_none(up: str, checkout: Checkout) -> None:
    checkout.edit("dev", "maxReplicas: 5", "maxReplicas: 6")
    try:
        shown = checkout.vmpool("preview")
    finally:
        checkout.edit("dev", "maxReplicas: 6", "maxReplicas: 5")
    assert "-  maxReplicas: 5\n+  maxReplicas: 6" in shown
    assert get(checkout, "hpa", "lab05-webserver")["spec"]["maxReplicas"] == 5


def test_up_waits_until_all_vms_are_ready(up: str, checkout: Checkout) -> None:
    checkout.edit("dev", "config:\n", "config:\n  waitForReady: true\n")
    try:
        assert "pool lab05-webserver: 2 of 2 VMs ready" in checkout.vmpool("up")
    finally:
        checkout.edit("dev", "  waitForReady: true\n", "")


def test_up_keeps_the_replicas_that_the_autoscaler_chose(up: str, checkout: Checkout) -> None:
    kubectl(checkout, "scale", "vmpool", "lab05-webserver", "-n", "dev", "--replicas=4")
    checkout.vmpool("up")
    assert get(checkout, "vmpool", "lab05-webserver")["spec"]["replicas"] == 4


def test_what_left_the_configuration_leaves_the_cluster_and_config_owns_replicas_then(
    up: str, checkout: Checkout
) -> None:
    text = (checkout.folder / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    kubectl(checkout, "scale", "vmpool", "lab05-webserver", "-n", "dev", "--replicas=5")
    checkout.write("dev", text.partition("  autoscaling:")[0])
    try:
        assert "horizontalpodautoscaler" in checkout.vmpool("preview")
        checkout.vmpool("up")
        assert get(checkout, "hpa", "lab05-webserver") is None
        assert get(checkout, "vmpool", "lab05-webserver")["spec"]["replicas"] == 2
    finally:
        checkout.write("dev", text)
    checkout.vmpool("up")
    assert get(checkout, "hpa", "lab05-webserver") is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [("size: 6Gi", "size: 9Gi"), ("name: lab05-webserver", "name: other")],
    ids=["another disk", "another name"],
)
def test_a_change_that_loses_disks_is_refused_before_anything_happens(
    up: str, checkout: Checkout, old: str, new: str
) -> None:
    before = get(checkout, "vmpool", "lab05-webserver")["metadata"]["resourceVersion"]
    checkout.edit("dev", old, new)
    try:
        printed = [checkout.vmpool(verb, code=1) for verb in ("preview", "up")]
    finally:
        checkout.edit("dev", new, old)
    for said in printed:
        assert "error: refused: " in said
        assert "lab05-webserver-disk-*" in said
        assert "VMPOOL_ALLOW_DISK_LOSS=lab05-webserver" in said
    assert get(checkout, "vmpool", "lab05-webserver")["metadata"]["resourceVersion"] == before
    assert get(checkout, "vmpool", "other") is None


def test_a_change_that_loses_disks_is_made_when_it_is_allowed(up: str, checkout: Checkout) -> None:
    checkout.environment["VMPOOL_ALLOW_DISK_LOSS"] = "lab05-webserver"
    checkout.edit("dev", "size: 6Gi", "size: 9Gi")
    try:
        assert "warning: " in checkout.vmpool("up")
        checkout.edit("dev", "size: 9Gi", "size: 6Gi")
        checkout.vmpool("up")
    finally:
        del checkout.environment["VMPOOL_ALLOW_DISK_LOSS"]


def test_the_right_to_clone_comes_and_goes_in_the_images_namespace(checkout: Checkout) -> None:
    checkout.write(
        "cloner",
        "config:\n"
        "  createNamespace: true\n"
        "  password: x\n"
        "  cloneAccess: true\n"
        "  disk: {source: {pvc: {name: golden, namespace: images}}}\n",
    )
    checkout.vmpool("cluster", "start")
    kubectl(checkout, "create", "namespace", "images")
    checkout.vmpool("up", "-s", "cloner")
    role = ("rolebinding", "clone-for-cloner.webserver", "images")
    assert get(checkout, *role) is not None
    checkout.edit("cloner", "cloneAccess: true", "cloneAccess: false")
    assert "rolebinding" in checkout.vmpool("preview", "-s", "cloner")
    checkout.vmpool("up", "-s", "cloner")
    assert get(checkout, *role) is None
    assert get(checkout, "vmpool", "webserver", "cloner") is not None
    checkout.vmpool("down", "-s", "cloner")


def test_no_secret_is_printed_by_any_verb(checkout: Checkout) -> None:
    checkout.write("quiet", f"{OWN_NAMESPACE}  password: {MARKER}\n")
    printed = [checkout.vmpool(verb, "-s", "quiet") for verb in ("render", "preview", "up")]
    checkout.edit("quiet", MARKER, f"{MARKER}-2")
    printed += [checkout.vmpool(verb, "-s", "quiet") for verb in ("preview", "up", "down")]
    assert not said_in("".join(printed), MARKER)


def test_every_web_server_has_a_secret_of_its_own(checkout: Checkout) -> None:
    checkout.vmpool("up", "--stack", WEBSERVERS)
    try:
        secrets = [
            get(checkout, "secret", f"{WEBSERVERS}-cloudinit-{index}", WEBSERVERS)
            for index in range(6)
        ]
        texts = [base64.b64decode(one["data"]["userdata"]).decode() for one in secrets if one]
        assert [text.partition("hostname: ")[2][:4] for text in texts] == [
            f"web{index}" for index in range(5)
        ]
        assert "no changes" in checkout.vmpool("preview", "--stack", WEBSERVERS)
        checkout.edit(WEBSERVERS, "Bonjour", "Salut")
        said = checkout.vmpool("preview", "--stack", WEBSERVERS).splitlines()
        (changed,) = [line for line in said if line.startswith("~ ")]
        assert changed.endswith(f".{WEBSERVERS}-cloudinit-1")
    finally:
        checkout.vmpool("down", "--stack", WEBSERVERS)


def test_a_namespace_goes_only_when_nobody_else_has_anything_in_it(checkout: Checkout) -> None:
    checkout.write("rooms", f"{OWN_NAMESPACE}  password: x\n")
    checkout.vmpool("up", "-s", "rooms")
    kubectl(checkout, "create", "configmap", "mine", "-n", "rooms")
    assert "namespace rooms stays, since it holds configmap/mine" in checkout.vmpool(
        "down", "-s", "rooms"
    )
    assert get(checkout, "namespace", "rooms") is not None
    checkout.vmpool("up", "-s", "rooms")
    kubectl(checkout, "delete", "configmap", "mine", "-n", "rooms")
    checkout.vmpool("down", "-s", "rooms")
    assert get(checkout, "namespace", "rooms") is None


def test_an_encrypted_value_that_cannot_be_read_is_refused_and_nothing_is_touched(
    checkout: Checkout,
) -> None:
    checkout.write(
        "sealed",
        "config:\n  password: {secure: 'v1:AAAA:AAAA'}\n  disk: {source: {pvc: {name: golden}}}\n",
    )
    assert "[secret]" in checkout.vmpool("render", "-s", "sealed")
    said = checkout.vmpool("up", "-s", "sealed", code=1)
    assert get(checkout, "namespace", "sealed") is None
    assert "error: password in Pulumi.sealed.yaml is encrypted, and " in said
    assert get(checkout, "vmpool", "webserver", "sealed") is None


def test_a_pool_of_pulumis_is_left_to_pulumi(up: str, checkout: Checkout) -> None:
    checkout.write("theirs", "config: {password: x, disk: {source: {pvc: {name: golden}}}}\n")
    rendered = checkout.vmpool("render", "-s", "theirs")
    pool = next(part for part in rendered.split("---\n") if "VirtualMachinePool" in part)
    (checkout.folder / "pool.yaml").write_text(pool, encoding="utf-8")
    kubectl(checkout, "create", "namespace", "theirs")
    kubectl(checkout, "create", "-f", "pool.yaml", "--field-manager=pulumi-kubernetes")
    assert "was brought up by Pulumi" in checkout.vmpool("up", "-s", "theirs", code=1)
    assert "was brought up by Pulumi" in checkout.vmpool("down", "-s", "theirs", code=1)
    kubectl(checkout, "delete", "-f", "pool.yaml")


def test_a_pool_made_by_hand_is_taken_over_where_that_is_said(up: str, checkout: Checkout) -> None:
    text = "config: {password: x, disk: {source: {pvc: {name: golden}}}}\n"
    checkout.write("hand", text)
    rendered = checkout.vmpool("render", "-s", "hand", "--show-secrets")
    (checkout.folder / "hand.yaml").write_text(rendered, encoding="utf-8")
    kubectl(checkout, "create", "namespace", "hand")
    kubectl(checkout, "apply", "-f", "hand.yaml")
    uid = get(checkout, "vmpool", "webserver", "hand")["metadata"]["uid"]
    assert "set adopt: true" in checkout.vmpool("up", "-s", "hand", code=1)
    checkout.edit("hand", "{password", "{adopt: true, password")
    assert "is taken over as it is" in checkout.vmpool("up", "-s", "hand")
    assert get(checkout, "vmpool", "webserver", "hand")["metadata"]["uid"] == uid
    checkout.write("hand", text)
    assert checkout.vmpool("preview", "-s", "hand").endswith("no changes\n")
    assert "virtualmachinepool" in checkout.vmpool("down", "-s", "hand")


def test_down_deletes_what_up_made_and_stops_an_empty_control_plane(
    up: str, checkout: Checkout
) -> None:
    said = checkout.vmpool("down")
    assert 'virtualmachinepool.pool.kubevirt.io "lab05-webserver"' in said
    assert "the embedded control plane has stopped" in said
    assert "is not up" in checkout.vmpool("down")
