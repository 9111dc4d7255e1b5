"""`template`, from a stack file to the cluster, by the real engine: its secrets, and its nulls."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from checkout import Checkout, made, needs
from configurations import MARKER, said_in
from engine_checkout import live, state

pytestmark = needs("pulumi")

ENCODED = base64.b64encode(f"#cloud-config\npassword: {MARKER}\n".encode()).decode()
STACK = f"""\
config:
  name: web
  replicas: 2
  disk:
    source: {{http: {{url: "https://a.b/c.img", extraHeaders: ["Authorization: {MARKER}"]}}}}
  livenessProbe:
    httpGet: {{port: 80, httpHeaders: [{{name: Authorization, value: "{MARKER}"}}]}}
  cloudInit: {{userDataBase64: {ENCODED}}}
  accessCredentials:
    - sshPublicKey:
        source: {{secret: {{secretName: keys}}}}
        propagationMethod: {{noCloud: {{}}}}
  evictionStrategy: External
  template:
    template:
      metadata: {{annotations: {{note: seen by all}}}}
      spec:
        evictionStrategy: null
        domain: {{cpu: {{model: MODEL, features: [{{name: vmx, policy: disable}}]}}}}
        volumes:
          - {{name: coded, cloudInitConfigDrive: {{networkDataBase64: {ENCODED}}}}}
          - {{name: further, cloudInitNoCloud: {{userData: "#cloud-config\\npassword: {MARKER}"}}}}
"""


def stack(model: str) -> str:
    return STACK.replace("MODEL", model)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose stack dev is up."""
    for one in made(tmp_path_factory.mktemp("project") / "p"):
        one.write("dev", stack("host-model"))
        one.vmpool("up")
        yield one


def test_the_cluster_has_the_merged_pool(checkout: Checkout) -> None:
    pool = live(checkout, "vmpool", "web")
    vmi = pool["spec"]["virtualMachineTemplate"]["spec"]["template"]
    assert vmi["metadata"]["annotations"] == {"note": "seen by all"}
    assert vmi["spec"]["domain"]["cpu"] == {
        "cores": 1, "model": "host-model", "features": [{"name": "vmx", "policy": "disable"}]
    }  # fmt: skip
    assert "evictionStrategy" not in vmi["spec"]
    assert vmi["spec"]["volumes"][-1] == {
        "name": "further",
        "cloudInitNoCloud": {"userData": f"#cloud-config\npassword: {MARKER}"},
    }


def test_the_cluster_has_headers_as_they_are(checkout: Checkout) -> None:
    vm = live(checkout, "vmpool", "web")["spec"]["virtualMachineTemplate"]["spec"]
    source = vm["dataVolumeTemplates"][0]["spec"]["source"]["http"]
    assert source["extraHeaders"] == [f"Authorization: {MARKER}"]
    (header,) = vm["template"]["spec"]["livenessProbe"]["httpGet"]["httpHeaders"]
    assert header == {"name": "Authorization", "value": MARKER}


def test_neither_state_nor_history_nor_the_engines_file_has_the_document(
    checkout: Checkout,
) -> None:
    kept = state(checkout)
    assert "seen by all" in kept
    assert not said_in(kept, MARKER)


def test_render_shows_all_but_the_document(checkout: Checkout) -> None:
    rendered = checkout.vmpool("render")
    assert "model: host-model" in rendered
    assert "userData: '[secret]'" in rendered
    assert not said_in(rendered, MARKER)
    assert MARKER in checkout.vmpool("render", "--show-secrets")


def test_a_second_up_changes_nothing_and_says_nothing(checkout: Checkout) -> None:
    assert "nothing changed" in checkout.vmpool("up")


def test_another_model_restarts_vms_and_the_document_stays_unseen(checkout: Checkout) -> None:
    checkout.write("dev", stack("host-passthrough"))
    told = checkout.vmpool("up")
    assert "2 VMs of web restart one by one; their disks stay" in told
    assert "cloud-init" not in told
    assert not said_in(told, MARKER)
    cpu = live(checkout, "vmpool", "web")["spec"]["virtualMachineTemplate"]["spec"]["template"]
    assert cpu["spec"]["domain"]["cpu"]["model"] == "host-passthrough"


def test_another_document_restarts_them_too(checkout: Checkout) -> None:
    document, other = f"password: {MARKER}", "password: something-else"
    checkout.write("dev", stack("host-passthrough").replace(document, other))
    told = checkout.vmpool("up")
    assert "restart one by one; their disks stay; cloud-init does not run again on them" in told
    assert "something-else" not in told
