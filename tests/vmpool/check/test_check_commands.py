"""`vmpool check`, and the check that `vmpool up` begins with, as a person runs them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from checkout import ROOT, Checkout, copied, on_named, without_engine
from faults import quota
from fit_cluster import plant

from vmpool.check import as_json, as_text
from vmpool.check.checks import ASK_FOR_RIGHT, CHECKS
from vmpool.check.command import ALLOWED
from vmpool.check.finding import Finding, Severity, error, warning
from vmpool.check.report import ClusterReport, Report, Told, Unread, exit_status
from vmpool.controlplane.client import Cluster

STACK = """\
config:
  name: web
  namespace: {namespace}
  password: x
  disk: {{size: 6Gi, source: {{pvc: {{name: golden}}}}}}
"""
NOT_SEEN = Finding(
    "nodes-unseen",
    Severity.UNSEEN,
    "you may not list nodes: whether a node takes such a VM is not known",
    ASK_FOR_RIGHT,
)
TOO_LARGE = error(
    "image-larger-than-disk",
    "PersistentVolumeClaim fedora in namespace images has 8Gi, and the disk only 6Gi: such a clone "
    "never ends",
    "set the disk's size to 8Gi or more (a disk that is there would be made anew)",
)
OLDER = warning(
    "kubevirt-older",
    "KubeVirt 1.7.0 is older than kubevirtVersion says (1.8)",
    'set kubevirtVersion: "1.7": what it does not honour is told then',
)


def report(
    *findings: tuple[str, Finding, Sequence[str]], unread: tuple[Unread, ...] = ()
) -> Report:
    """Return a report of two stacks. findings: each with its check's id and its stacks."""
    by_id = {check.id: check for check in CHECKS}
    told = tuple(Told(by_id[id], finding, tuple(stacks)) for id, finding, stacks in findings)
    chosen = tuple(by_id[id] for id in ("kubevirt-version", "cdi", "golden-images", "nodes"))
    cluster = ClusterReport(
        "context lab (https://10.0.0.1:6443)",
        {"ann": "ann", "ben": "ben"},
        "v1.36.3",
        "1.7.0",
        told,
        chosen,
    )
    return Report((cluster,), unread)


EXAMPLE = report(
    ("kubevirt-version", OLDER, ("ann", "ben")),
    ("golden-images", TOO_LARGE, ("ben",)),
    ("nodes", NOT_SEEN, ("ann", "ben")),
)


def in_docs(language: str) -> str:
    """Return the example of a language in docs/check.md."""
    text = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
    return text.partition(f"```{language}\n")[2].partition("```\n")[0]


@pytest.mark.parametrize(
    ("language", "form"), [("text", as_text.as_text), ("json", as_json.as_json)]
)
def test_the_documentation_shows_what_comes_out(
    language: str, form: Callable[[Report], str]
) -> None:
    assert in_docs(language) == form(EXAMPLE)


def test_the_documentation_names_every_check() -> None:
    text = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
    assert [check.id for check in CHECKS if f"| `{check.id}` |" not in text] == []


def test_checks_have_names_of_their_own() -> None:
    assert max(Counter(check.id for check in CHECKS).values()) == 1


@pytest.mark.parametrize(
    ("found", "strict", "code"),
    [
        (report(), True, 0),
        (report(("kubevirt-version", OLDER, ["ann"])), False, 0),
        (report(("kubevirt-version", OLDER, ["ann"])), True, 1),
        (report(("nodes", NOT_SEEN, ["ann"])), False, 3),
        (report(unread=(Unread("zoe", "Pulumi.zoe.yaml has 1 problem"),)), False, 3),
        (EXAMPLE, False, 2),
    ],
    ids=["clean", "warning", "warning, strict", "not seen", "not read", "error"],
)
def test_the_exit_code_tells_the_worst(found: Report, strict: bool, code: int) -> None:
    assert exit_status(found, strict=strict) == code


@pytest.fixture
def checkout(cluster: Cluster, tmp_path: Path, made_namespace: str) -> Checkout:
    """A checkout with the stack dev, on a named cluster that lacks all but its API server."""
    made = copied(tmp_path / "p", KUBECONFIG=str(cluster.kubeconfig))
    made.write("dev", STACK.format(namespace=made_namespace))
    return made


def test_a_stack_that_is_wrong_keeps_no_other_from_being_checked(checkout: Checkout) -> None:
    checkout.write("wrong", "config: {replicas: many}\n")
    said = checkout.vmpool("check", "-s", "dev", "-s", "wrong", "--format", "json", code=2)
    found = json.loads(said)
    assert "image-missing" in {one["id"] for one in found["clusters"][0]["findings"]}
    assert [one["stack"] for one in found["unread"]] == ["wrong"]


def test_warnings_are_told_by_the_exit_code_where_somebody_wants_it(
    fit: Cluster, place: str, tmp_path: Path
) -> None:
    checkout = copied(tmp_path / "p", KUBECONFIG=str(fit.kubeconfig))
    checkout.write("dev", STACK.format(namespace=place))
    version = fit.request("GET", "/version")[1]["gitVersion"]
    said = checkout.vmpool("check", "--stack", "dev", "--strict")
    assert said.splitlines()[0].endswith(f": Kubernetes {version}, KubeVirt 1.8.2")
    assert said.endswith("\n1 stack: nothing found\n")
    plant(fit, quota(limits_cpu="20"), namespace=place)
    assert "1 stack: 1 warning" in checkout.vmpool("check", "--stack", "dev")
    assert "1 stack: 1 warning" in checkout.vmpool("check", "--stack", "dev", "--strict", code=1)
    found = json.loads(checkout.vmpool("check", "--stack", "dev", "--format", "json"))
    assert found["clusters"][0]["kubernetes"] == version


def test_a_pattern_names_stacks(fit: Cluster, place: str, tmp_path: Path) -> None:
    checkout = copied(tmp_path / "p", KUBECONFIG=str(fit.kubeconfig))
    for name in ("class-1", "class-2", "other"):
        checkout.write(name, STACK.format(namespace=place).replace("name: web", f"name: {name}"))
    said = checkout.vmpool("check", "--stack", "class-*", "--format", "json")
    stacks = [one["name"] for one in json.loads(said)["clusters"][0]["stacks"]]
    assert stacks == ["class-1", "class-2"]


def test_a_stack_without_a_cluster_could_not_be_looked_at(checkout: Checkout) -> None:
    del checkout.environment["KUBECONFIG"]
    said = checkout.vmpool("check", "--stack", "dev", code=3)
    assert "  not seen  stack dev: it names no cluster: set KUBECONFIG" in said
    assert not (checkout.folder / ".vmpool" / "cluster").exists()


def test_an_up_refuses_a_cluster_that_is_not_fit_with_the_lines_of_the_check(
    checkout: Checkout,
) -> None:
    checked = checkout.vmpool("check", "--stack", "dev", code=2)
    said = checkout.vmpool("up", code=1)
    errors = [line for line in checked.splitlines() if line.startswith("  error ")]
    assert errors
    assert [line for line in errors if line not in said.splitlines()] == []
    assert "error: the cluster is not fit for stack dev: " in said
    assert f"set {ALLOWED}=dev for one command" in said


def test_what_is_allowed_is_said_and_does_not_refuse(
    cluster: Cluster, tmp_path: Path, made_namespace: str
) -> None:
    checkout = copied(tmp_path / "p", **without_engine(tmp_path / "home"), **on_named(cluster))
    checkout.write("dev", STACK.format(namespace=made_namespace))
    said = checkout.vmpool("up", code=1)
    assert "\n  error     PersistentVolumeClaim golden does not exist\n" in said
    # The next thing that is refused.
    assert "error: no Pulumi engine: " in said
