"""`template` in a program: what may be an Output, and what the engine is given as a secret."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from configurations import MARKER
from engine_mocks import SECRET, attempt, run
from vm_pools import Changes, one_pool, output

DOCUMENT = f"#cloud-config\npassword: {MARKER}"


def with_document(document: Any, **more: Any) -> Changes:
    """Return arguments with a document inside of a volume, and with more of the guest's fields."""
    volume = {"name": "more", "cloudInitNoCloud": {"userData": document}}
    guest = {"volumes": [volume], "domain": {"cpu": {"model": "mine"}}, **more}
    return {"template": {"template": {"spec": guest}}}


def guest(properties: Any) -> Any:
    return properties["spec"]["virtualMachineTemplate"]["spec"]["template"]["spec"]


@pytest.mark.parametrize("document", [DOCUMENT, output(DOCUMENT)], ids=["plain", "an Output"])
def test_a_document_alone_is_a_secret_of_the_pool(document: Any) -> None:
    pool = run(one_pool(with_document(document))).resources["vms-pool"]
    assert guest(pool.properties)["volumes"][-1]["cloudInitNoCloud"] == {"userData": DOCUMENT}
    assert guest(pool.public)["volumes"][-1]["cloudInitNoCloud"] == {"userData": SECRET}
    assert guest(pool.public)["domain"]["cpu"] == {"cores": 1, "model": "mine"}
    assert MARKER not in str(pool.public)


def test_an_output_hides_nothing_else_of_a_preview() -> None:
    done = run(one_pool(with_document(output(DOCUMENT))), preview=True)
    cpu = guest(done.resources["vms-pool"].public)["domain"]["cpu"]
    assert cpu == {"cores": 1, "model": "mine"}


def test_what_the_shape_depends_on_must_be_plain() -> None:
    wrong = with_document(DOCUMENT, hostname=output("a"))
    done = attempt(one_pool(wrong))
    assert isinstance(done.error, pulumi.RunError)
    assert str(done.error) == (
        "template.template.spec.hostname is an Output, and the shape of the objects depends on it; "
        "give a plain value"
    )


def test_an_output_is_judged_once_it_is_known() -> None:
    done = attempt(one_pool(with_document(output("x" * 2049))))
    assert "has 2049 bytes, and KubeVirt takes 2048 inside of a volume" in str(done.error)
