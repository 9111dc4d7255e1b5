"""Roles: who may scale the pool, and that its disks may be cloned from another namespace."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from cluster_fixtures import RunKubectl
from configurations import specification
from good_configurations import WITH_MORE_OBJECTS
from kubevirt_vm_pool.manifests.objects import CLONING, objects
from kubevirt_vm_pool.manifests.rbac import clone_role, clone_role_binding, scale_role_binding

from vmpool.controlplane.client import Cluster

Object = dict[str, Any]

FOR_ALICE = "scaleRole: {subjects: [{kind: User, name: alice}]}"
ROLES = ("clone-role", "clone-role-binding", "scale-role", "scale-role-binding")
PLURALS = {"Role": "roles", "RoleBinding": "rolebindings"}


def cloning(image: str = "pvc: {name: golden, namespace: images}", more: str = "") -> str:
    return f"cloneAccess: true\ndisk: {{source: {{{image}}}}}\n{more}"


def create(kubectl: RunKubectl, *manifests: Object) -> None:
    several = {"apiVersion": "v1", "kind": "List", "items": manifests}
    kubectl("create", "--validate=strict", "-f", "-", stdin=json.dumps(several))


def pool_of(name: str, namespace: str) -> Object:
    return objects(specification(f"name: {name}\nnamespace: {namespace}"))["pool"]


def allow_alice_to_scale(kubectl: RunKubectl, namespace: str) -> None:
    made = objects(specification(f"name: web\nnamespace: {namespace}\n{FOR_ALICE}"))
    create(kubectl, made["scale-role"], made["scale-role-binding"])


def scale_as_alice(kubectl: RunKubectl, namespace: str, pool: str = "web") -> str:
    """Return what alice is told when she scales a pool to 3."""
    command = ("--as=alice", "scale", f"vmpool/{pool}", "--replicas=3", "-n", namespace)
    done = kubectl(*command, check=False)
    return done.stdout + done.stderr


def may_clone(cluster: Cluster, image: str, source: str, namespace: str) -> bool:
    """Ask what CDI asks before it lets a namespace's VMs have a clone (authorize_utils.go)."""
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": f"system:serviceaccount:{namespace}:default",
            "groups": ["system:serviceaccounts", f"system:serviceaccounts:{namespace}"],
            "resourceAttributes": {
                "namespace": source,
                "verb": "create",
                "group": "cdi.kubevirt.io",
                "resource": "datavolumes",
                "subresource": "source",
                "name": image,
            },
        },
    }
    status, answer = cluster.request(
        "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review
    )
    assert status == 201, answer
    return bool(answer["status"]["allowed"])


def test_there_are_no_roles_unless_somebody_asks_for_them() -> None:
    assert set(ROLES).isdisjoint(objects(specification()))


# --- scaling -------------------------------------------------------------------------------------


def test_who_is_not_in_the_scale_role_may_not_scale(
    kubectl: RunKubectl, made_namespace: str
) -> None:
    create(kubectl, pool_of("web", made_namespace))
    assert "forbidden" in scale_as_alice(kubectl, made_namespace)


def test_who_is_in_the_scale_role_may_scale(kubectl: RunKubectl, made_namespace: str) -> None:
    create(kubectl, pool_of("web", made_namespace))
    allow_alice_to_scale(kubectl, made_namespace)
    assert scale_as_alice(kubectl, made_namespace).endswith("scaled\n")
    pool = json.loads(kubectl("get", "vmpool/web", "-n", made_namespace, "-o", "json").stdout)
    assert pool["spec"]["replicas"] == 3


@pytest.mark.parametrize("option", ["--current-replicas=2", "--timeout=30s"])
def test_every_form_of_kubectl_scale_is_allowed(
    kubectl: RunKubectl, made_namespace: str, option: str
) -> None:
    create(kubectl, pool_of("web", made_namespace))
    allow_alice_to_scale(kubectl, made_namespace)
    kubectl("--as=alice", "scale", "vmpool/web", "--replicas=3", "-n", made_namespace, option)


def test_the_scale_role_is_for_no_other_pool(kubectl: RunKubectl, made_namespace: str) -> None:
    create(kubectl, pool_of("web", made_namespace), pool_of("database", made_namespace))
    allow_alice_to_scale(kubectl, made_namespace)
    assert "forbidden" in scale_as_alice(kubectl, made_namespace, "database")


@pytest.mark.parametrize(
    "command",
    [
        ("delete", "vmpool/web"),
        ("patch", "vmpool/web", "--type=merge", "-p", '{"spec": {"paused": true}}'),
        ("get", "vmpool"),
        ("get", "secret"),
    ],
    ids=" ".join,
)
def test_the_scale_role_allows_nothing_but_to_scale(
    kubectl: RunKubectl, made_namespace: str, command: tuple[str, ...]
) -> None:
    create(kubectl, pool_of("web", made_namespace))
    allow_alice_to_scale(kubectl, made_namespace)
    done = kubectl("--as=alice", *command, "-n", made_namespace, check=False)
    assert "forbidden" in done.stderr


def test_who_may_not_scale_cannot_bring_up_a_stack_that_lets_others(
    kubectl: RunKubectl, made_namespace: str
) -> None:
    """What the key's description warns of: KubeVirt's admin role has no scale subresource."""
    # Not "*", which includes `escalate`.
    verbs = "--verb=get,list,watch,create,update,patch,delete"
    allowed = (verbs, "--resource=virtualmachinepools.pool.kubevirt.io,roles")
    kubectl("create", "role", "administrator", *allowed, "-n", made_namespace)
    binding = ("rolebinding", "bob", "--role=administrator", "--user=bob")
    kubectl("create", *binding, "-n", made_namespace)
    role = objects(specification(f"namespace: {made_namespace}\n{FOR_ALICE}"))["scale-role"]
    done = kubectl("--as=bob", "create", "-f", "-", stdin=json.dumps(role), check=False)
    assert "attempting to grant RBAC permissions not currently held" in done.stderr


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        (
            "{kind: User, name: alice}",
            {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "alice"},
        ),
        (
            "{kind: Group, name: team}",
            {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "team"},
        ),
        (
            "{kind: ServiceAccount, name: bot}",
            {"kind": "ServiceAccount", "name": "bot", "namespace": "user1"},
        ),
        (
            "{kind: ServiceAccount, name: bot, namespace: ci}",
            {"kind": "ServiceAccount", "name": "bot", "namespace": "ci"},
        ),
    ],
)
def test_a_subject_is_spelt_as_the_api_server_stores_it(written: str, subject: Object) -> None:
    spec = specification(f"scaleRole: {{subjects: [{written}]}}")
    assert scale_role_binding(spec)["subjects"] == [subject]


# --- cloning -------------------------------------------------------------------------------------


@pytest.fixture
def images(kubectl: RunKubectl, made_namespace: str) -> str:
    """A namespace for golden images, beside that of the VMs."""
    name = f"{made_namespace}-images"
    kubectl("create", "namespace", name)
    return name


def allow_cloning(kubectl: RunKubectl, kind: str, images: str, namespace: str) -> None:
    image = f"{kind}: {{name: golden, namespace: {images}}}"
    made = objects(specification(cloning(image, f"namespace: {namespace}")))
    create(kubectl, made["clone-role"], made["clone-role-binding"])


def test_without_clone_access_cdi_clones_nothing_from_another_namespace(
    cluster: Cluster, images: str, made_namespace: str
) -> None:
    assert not may_clone(cluster, "golden", images, made_namespace)


@pytest.mark.parametrize("kind", ["pvc", "snapshot", "dataSource"])
def test_with_clone_access_cdi_clones_the_golden_image(
    kubectl: RunKubectl, cluster: Cluster, images: str, made_namespace: str, kind: str
) -> None:
    allow_cloning(kubectl, kind, images, made_namespace)
    assert may_clone(cluster, "golden", images, made_namespace)


@pytest.mark.parametrize("kind", ["pvc", "snapshot"])
def test_clone_access_is_for_no_other_image(
    kubectl: RunKubectl, cluster: Cluster, images: str, made_namespace: str, kind: str
) -> None:
    allow_cloning(kubectl, kind, images, made_namespace)
    assert not may_clone(cluster, "secret-disk", images, made_namespace)


def test_behind_a_data_source_is_an_image_of_any_name(
    kubectl: RunKubectl, cluster: Cluster, images: str, made_namespace: str
) -> None:
    allow_cloning(kubectl, "dataSource", images, made_namespace)
    assert may_clone(cluster, "golden-of-2026-11", images, made_namespace)


def test_clone_access_is_for_no_other_namespace(
    kubectl: RunKubectl, cluster: Cluster, images: str, made_namespace: str
) -> None:
    allow_cloning(kubectl, "pvc", images, made_namespace)
    assert not may_clone(cluster, "golden", images, "somebody-else")


def test_clone_access_lets_nobody_read_the_images_namespace(
    kubectl: RunKubectl, images: str, made_namespace: str
) -> None:
    allow_cloning(kubectl, "dataSource", images, made_namespace)
    user = f"--as=system:serviceaccount:{made_namespace}:default"
    done = kubectl(user, "auth", "can-i", "--list", "--no-headers", "-n", images)
    rights = [line.split()[0] for line in done.stdout.splitlines() if line[0].isalnum()]
    own = {"selfsubjectreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews"}
    assert {right.partition(".")[0] for right in rights} - own == {"datavolumes"}


def in_template(said: str) -> str:
    """Return changes with one more dataVolumeTemplate, with its source."""
    return (
        "cloneAccess: true\ntemplate: {dataVolumeTemplates: [{metadata: {name: "
        f"lab05-webserver-data}}, spec: {{{said}, storage: {{}}}}}}], template: {{spec: {{volumes: "
        "[{name: data, dataVolume: {name: lab05-webserver-data}}]}}}"
    )


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("source: {pvc: {name: data, namespace: images}}", ["data"]),
        ("source: {snapshot: {name: data, namespace: images}}", ["data"]),
        ("sourceRef: {kind: DataSource, name: data, namespace: images}", None),
    ],
)
def test_a_disk_that_template_adds_is_cloned_too(said: str, names: list[str] | None) -> None:
    made = objects(specification(in_template(said)))["clone-role"]
    assert made["metadata"]["namespace"] == "images"
    assert made["rules"][0].get("resourceNames") == names


def test_a_source_that_template_puts_in_place_of_the_disks_is_the_one_that_is_cloned() -> None:
    changes = cloning(
        more="template: {dataVolumeTemplates: [{metadata: {name: lab05-webserver-disk}, spec: "
        "{source: {pvc: {name: newer}}}}]}"
    )
    assert clone_role(specification(changes))["rules"][0]["resourceNames"] == ["newer"]


@pytest.mark.parametrize(
    "said",
    [
        "serviceAccountName: web",
        "disks: {token: {serviceAccount: {serviceAccountName: web}}}",
        "template: {template: {spec: {volumes: [{name: a, serviceAccount: {serviceAccountName: "
        "web}}]}}}",
        "kubevirtVersion: '1.9'\ntemplate: {template: {spec: {serviceAccountName: web}}}",
    ],
)
def test_the_vms_own_service_account_is_the_one_that_may_clone(said: str) -> None:
    (subject,) = clone_role_binding(specification(cloning(more=said)))["subjects"]
    assert subject["name"] == "web"


def test_only_the_roles_for_cloning_are_in_another_namespace() -> None:
    made = objects(specification(cloning(more=FOR_ALICE)))
    elsewhere = {role for role, item in made.items() if item["metadata"]["namespace"] == "images"}
    assert elsewhere == CLONING


def test_an_image_in_another_namespace_alone_makes_no_role() -> None:
    """Its owner may have given the right in another way."""
    changes = "disk: {source: {pvc: {name: golden, namespace: images}}}"
    assert CLONING.isdisjoint(objects(specification(changes)))


def test_an_image_in_the_pools_own_namespace_needs_no_role() -> None:
    with pytest.raises(ValueError, match="in no other namespace"):
        clone_role(specification())


# --- both ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", WITH_MORE_OBJECTS)
def test_the_api_server_stores_every_role_as_it_is(
    cluster: Cluster, kubectl: RunKubectl, changes: str
) -> None:
    for role, manifest in objects(specification(changes)).items():
        if role in ROLES:
            manifest["metadata"]["namespace"] = "default"
            group, plural = manifest["apiVersion"], PLURALS[manifest["kind"]]
            place = f"/apis/{group}/namespaces/default/{plural}"
            status, stored = cluster.request(
                "POST", f"{place}?fieldValidation=Strict&dryRun=All", manifest
            )
            assert status == 201, stored
            content = [{**item, "metadata": None} for item in (stored, manifest)]
            assert content[0] == content[1]


# Names that would meet if they were only joined.
NEIGHBOURS = [
    ("user1", "web"),
    ("user1", "web-scale"),
    ("user1", "web-disk"),
    ("user1", "web-cloudinit"),
    ("user1", "web-0"),
    ("user1-web", "scale"),
    ("user", "x-web"),
    ("user-x", "web"),
]


@pytest.mark.parametrize(("one", "other"), [*itertools.combinations(NEIGHBOURS, 2)])
def test_two_pools_share_no_object(one: tuple[str, str], other: tuple[str, str]) -> None:
    names = []
    for namespace, name in (one, other):
        changes = cloning(
            more=f"name: {name}\nnamespace: {namespace}\n{FOR_ALICE}\ncloudInit:\n"
            "disruptionBudget: {minAvailable: 1}\nnetworkPolicy: {from: []}"
        )
        made = objects(specification(changes))
        names.append({named(manifest) for manifest in made.values()})
    assert names[0].isdisjoint(names[1])


def named(manifest: Object) -> tuple[str, str, str]:
    metadata = manifest["metadata"]
    return manifest["kind"], metadata["namespace"], metadata["name"]


def test_two_pools_share_no_disk_and_no_vm() -> None:
    disks = [specification(f"name: {name}").disk_name for name in ("web", "web-disk", "web-0")]
    assert disks == ["web-disk", "web-disk-disk", "web-0-disk"]


def test_the_longest_names_fit() -> None:
    changes = cloning(more=f"name: {'a' * 55}\nnamespace: {'b' * 63}\n{FOR_ALICE}")
    made = objects(specification(changes))
    assert max(len(made[role]["metadata"]["name"]) for role in ROLES) <= 253
