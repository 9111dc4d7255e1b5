"""`vmpool import`: the stack file that it writes, what it says, and that no line shows a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from cluster_fixtures import RunKubectl
from configurations import MARKER, said_in, specification
from kubevirt_vm_pool.manifests.objects import objects
from manifests_to_import import LAB

from vmpool.cli import main
from vmpool.controlplane.client import Cluster
from vmpool.imports import command
from vmpool.stack import decryption, stack_files

MANIFESTS = LAB.replace("password: kubevirt", f"password: {MARKER}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder of the test's own, with the lab's files, and without a passphrase."""
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    monkeypatch.setattr(decryption, "PASSPHRASE", tmp_path / "no-passphrase")
    monkeypatch.setattr(stack_files.read, "__defaults__", (tmp_path,))
    monkeypatch.setattr(stack_files.names, "__defaults__", (tmp_path,))
    monkeypatch.setattr(command, "ROOT", tmp_path)
    (tmp_path / "lab.yaml").write_text(MANIFESTS, encoding="utf-8")
    return tmp_path


def run(*arguments: str, stdin: str | None = None) -> Result:
    """Run a verb of vmpool."""
    return CliRunner().invoke(main, [*arguments], input=stdin)


def import_lab(folder: Path, *options: str) -> Result:
    """Import the lab's files as the stack lab."""
    return run("import", str(folder / "lab.yaml"), "--stack", "lab", *options)


def text_of(folder: Path) -> str:
    """Return the text of the stack file."""
    return (folder / "Pulumi.lab.yaml").read_text(encoding="utf-8")


def test_the_file_that_is_written_is_rendered(folder: Path) -> None:
    done = import_lab(folder)
    rendered = run("render", "--stack", "lab", "--show-secrets")
    kinds = [one["kind"] for one in yaml.safe_load_all(rendered.stdout)]
    assert done.exit_code == 0
    assert kinds == ["Secret", "VirtualMachinePool", "Service", "HorizontalPodAutoscaler"]


def test_a_file_that_is_there_is_replaced_only_where_that_is_said(folder: Path) -> None:
    (folder / "Pulumi.lab.yaml").write_text("config: {}\n", encoding="utf-8")
    refused = import_lab(folder)
    assert (refused.exit_code, text_of(folder)) == (1, "config: {}\n")
    assert "Pulumi.lab.yaml exists; --force replaces it" in refused.stderr
    assert import_lab(folder, "--force").exit_code == 0
    assert "lab05-webserver" in text_of(folder)


def test_printing_it_writes_no_file(folder: Path) -> None:
    done = import_lab(folder, "--stdout")
    assert yaml.safe_load(done.stdout)["config"]["name"] == "lab05-webserver"
    assert not (folder / "Pulumi.lab.yaml").exists()


# --- secrets -------------------------------------------------------------------------------------


def test_with_a_passphrase_at_hand_secrets_are_encrypted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "correct horse")
    import_lab(folder)
    document = yaml.safe_load(text_of(folder))
    assert not said_in(text_of(folder), MARKER)
    assert [*document["config"]["password"]] == ["secure"]
    assert stack_files.read("lab").given["password"] == MARKER


def test_public_values_stay_legible(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "correct horse")
    import_lab(folder)
    assert "timezone: Europe/Zurich" in text_of(folder)


def test_without_one_it_is_said_how_to_encrypt_what_is_in_plain_text(folder: Path) -> None:
    done = import_lab(folder)
    assert said_in(text_of(folder), MARKER)
    assert "in plain text, for want of a passphrase: password\n" in done.stderr
    assert "pulumi config set --secret --path 'password' --stack lab" in done.stderr


@pytest.mark.parametrize("options", [[], ["--stdout"], ["--force"]])
@pytest.mark.parametrize("phrase", [None, "correct horse"])
def test_no_secret_is_printed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], phrase: str | None
) -> None:
    if phrase:
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", phrase)
    done = import_lab(folder, *options)
    assert done.exit_code == 0
    assert not said_in(done.stdout + done.stderr, MARKER)


def test_a_secret_is_printed_where_that_is_said(folder: Path) -> None:
    assert said_in(import_lab(folder, "--stdout", "--show-secrets").stdout, MARKER)


@pytest.mark.parametrize(
    "text",
    [
        MANIFESTS.replace("chpasswd: { expire: False }", "chpasswd: { expire: "),
        MANIFESTS.replace("    #cloud-config\n", f"    #!/bin/sh\n    echo {MARKER}\n"),
        MANIFESTS.replace("name: lab05-cloudinit\ntype", "name: other\ntype"),
        MANIFESTS.replace("type: Opaque", f"type: a\nimmutable: true\ndata: {{a: {MARKER}}}"),
    ],
)
def test_no_secret_is_printed_of_what_cannot_be_said(folder: Path, text: str) -> None:
    (folder / "lab.yaml").write_text(text, encoding="utf-8")
    done = import_lab(folder)
    assert done.stderr
    assert not said_in(done.stdout + done.stderr, MARKER)


# --- what is no VM or pool -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: Secret\nmetadata: {name: a}\n", "there is no VirtualMachinePool or VirtualMachine"),
        ("a: b\n", "document 1 of standard input is no Kubernetes object: it needs kind and"),
        (f"a: [{MARKER}", "standard input cannot be read: line 2, column 1: "),
        (f"{LAB}\n---\n{LAB}", "a stack is one pool, and there are VirtualMachinePool lab05-web"),
        ("kind: VirtualMachine\nmetadata: {name: a}\n", "VirtualMachine a has no spec"),
    ],
)
def test_what_is_no_manifest_of_a_pool_is_refused_in_words(
    folder: Path, text: str, said: str
) -> None:
    done = run("import", "-", "--stack", "lab", stdin=text)
    assert done.exit_code == 1
    assert said in done.stderr
    assert MARKER not in done.stderr


def test_one_of_several_is_named(folder: Path) -> None:
    text = f"{LAB}\n---\n{LAB.replace('lab05-webserver', 'other')}"
    done = run("import", "-", "--stack", "lab", "--name", "other", stdin=text)
    assert done.exit_code == 0
    assert yaml.safe_load(text_of(folder))["config"]["name"] == "other"


@pytest.mark.parametrize("kind", ["List", "VirtualMachinePoolList"])
def test_a_list_is_read_as_kubectl_reads_one(folder: Path, kind: str) -> None:
    text = yaml.safe_dump({"kind": kind, "items": [*yaml.safe_load_all(LAB)]})
    assert run("import", "-", "--stack", "lab", stdin=text).exit_code == 0


def test_a_stack_that_is_refused_is_written_and_told(folder: Path) -> None:
    text = LAB.replace("memory: 2Gi", "memory: 1Ki")
    done = run("import", "-", "--stack", "lab", stdin=text)
    assert done.exit_code == 1
    assert "memory: 1Ki" in " ".join(done.stderr.split())
    assert (folder / "Pulumi.lab.yaml").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "give files, or --live"),
        (["a.yaml", "--live", "web", "-n", "a"], "give files, or --live"),
        (["--live", "web"], "--live needs --namespace"),
    ],
)
def test_files_and_a_cluster_exclude_each_other(options: list[str], said: str) -> None:
    done = run("import", *options, "--stack", "lab")
    assert (done.exit_code, said in done.stderr) == (2, True)


# --- from a cluster ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def namespace(kubectl: RunKubectl) -> Iterator[str]:
    """A namespace that holds the objects of a stack."""
    kubectl("create", "namespace", "imported")
    made = objects(specification({"namespace": "imported", "password": MARKER}))
    kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(made.values()))
    yield "imported"
    kubectl("delete", "namespace", "imported", "--wait=false")


def import_live(
    monkeypatch: pytest.MonkeyPatch, cluster: Cluster, name: str, namespace: str
) -> Result:
    """Import from the tests' control plane as the stack lab."""
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
    return run("import", "--live", name, "-n", namespace, "--stack", "lab")


def test_what_is_in_a_cluster_comes_back_as_the_stack_that_made_it(
    folder: Path, cluster: Cluster, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = import_live(monkeypatch, cluster, "lab05-webserver", namespace)
    assert (done.exit_code, "differs" in done.stderr) == (0, False), done.stderr
    wanted = objects(specification({"namespace": namespace, "password": MARKER}))
    assert objects(stack_files.read("lab").specification()) == wanted


EVERYTHING = {
    "namespace": "everything",
    "password": MARKER,
    "disruptionBudget": {"minAvailable": 1},
    "networkPolicy": {"from": [{"podSelector": {}}]},
    "scaleRole": {"subjects": [{"kind": "User", "name": "anna"}]},
    "disk": {"source": {"pvc": {"name": "golden", "namespace": "default"}}},
    "cloneAccess": True,
    "perReplica": {
        "userData": f"#cloud-config\npassword: {MARKER}{{{{ index }}}}",
        "secrets": {"tls": {"key": f"{MARKER}{{{{ index }}}}"}},
    },
    "volumes": [{"name": "tls", "secret": {"secretName": "tls"}}],
}
# What others have besides, in a namespace with a pool; ScaledObjects as KEDA defines them.
OTHERS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: scaledobjects.keda.sh}
spec:
  group: keda.sh
  names: {kind: ScaledObject, plural: scaledobjects}
  scope: Namespaced
  versions:
  - name: v1alpha1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""
BESIDE = """
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: by-queue}
spec:
  maxReplicaCount: 7
  scaleTargetRef: {apiVersion: pool.kubevirt.io/v1beta1, kind: VirtualMachinePool, name: web}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: keda-hpa-by-queue
  ownerReferences:
  - {apiVersion: keda.sh/v1alpha1, kind: ScaledObject, name: by-queue, uid: a, controller: true}
spec:
  maxReplicas: 7
  scaleTargetRef: {apiVersion: pool.kubevirt.io/v1beta1, kind: VirtualMachinePool, name: web}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: entry}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: outwards}
spec: {podSelector: {matchLabels: {kubevirt.io/vmpool: web}}, policyTypes: [Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec: {podSelector: {matchLabels: {kubevirt.io/vmpool: web}}, policyTypes: [Ingress]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: readers}
rules:
- apiGroups: [pool.kubevirt.io]
  resources: [virtualmachinepools]
  resourceNames: [web]
  verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: readers}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: anna}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: of-others}
spec: {minAvailable: 1, selector: {matchLabels: {app: others}}}
"""


FEW = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: few}
rules:
- apiGroups: ["", pool.kubevirt.io, autoscaling, policy, networking.k8s.io]
  resources: ["*"]
  verbs: [get, list]
"""


def test_all_that_a_stack_makes_comes_back_from_a_cluster(
    folder: Path, cluster: Cluster, kubectl: RunKubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = objects(specification(EVERYTHING))
    kubectl("create", "namespace", "everything")
    kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(made.values()))
    done = import_live(monkeypatch, cluster, "lab05-webserver", "everything")
    assert (done.exit_code, said_in(done.stderr, MARKER)) == (0, False), done.stderr
    again = objects(stack_files.read("lab").specification())
    assert again.keys() == made.keys()
    assert {role: one for role, one in again.items() if one != made[role]} == {}


def test_what_a_stack_has_no_word_for_is_named(
    folder: Path, cluster: Cluster, kubectl: RunKubectl, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"name": "web", "namespace": "named", "autoscaling": None, "password": MARKER}
    kubectl("create", "namespace", "named")
    kubectl("apply", "-f", "-", stdin=OTHERS)
    kubectl("wait", "--for=condition=Established", "crd/scaledobjects.keda.sh", "--timeout=30s")
    kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(objects(specification(said)).values()))
    kubectl("apply", "-n", "named", "-f", "-", stdin=BESIDE)
    done = import_live(monkeypatch, cluster, "web", "named")
    kubectl("delete", "crd", "scaledobjects.keda.sh", "--wait=false")
    named = {
        line.strip().split(": ")[0] for line in done.stderr.splitlines() if ": is no part" in line
    }
    assert done.exit_code == 0, done.stderr
    assert named == {
        "Ingress entry",
        "NetworkPolicy outwards",
        "Role readers",
        "RoleBinding readers",
    }
    assert "ScaledObject by-queue: stays with whoever applies it" in done.stderr
    assert stack_files.read("lab").given["autoscaling"]["external"] is True


def test_a_kind_that_may_not_be_looked_at_is_said(
    folder: Path,
    cluster: Cluster,
    kubectl: RunKubectl,
    namespace: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kubectl("-n", namespace, "apply", "-f", "-", stdin=FEW)
    kubectl("-n", namespace, "create", "rolebinding", "few", "--role=few", "--user=anna")
    config = yaml.safe_load(cluster.kubeconfig.read_text(encoding="utf-8"))
    config["users"][0]["user"]["as"] = "anna"
    (folder / "anna").write_text(yaml.safe_dump(config), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(folder / "anna"))
    done = run("import", "--live", "lab05-webserver", "-n", namespace, "--stack", "lab")
    assert done.exit_code == 0, done.stderr
    assert re.findall("(\\S+) cannot be looked at, and so none is in the stack", done.stderr) == [
        "roles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io",
    ]


def test_what_is_not_in_the_cluster_is_told(
    folder: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = import_live(monkeypatch, cluster, "nobody", "default")
    assert done.exit_code == 1
    assert "VirtualMachine nobody in namespace default" in done.stderr
