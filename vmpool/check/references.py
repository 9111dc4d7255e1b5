"""Whether there is what a pool refers to and somebody else makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kubevirt_vm_pool.policy import volumes
from kubevirt_vm_pool.text.paths import at

from .finding import Finding, error
from .snapshot import Object, Resource
from .subject import CLAIMS, CONFIG_MAPS, DATA_VOLUMES, SECRETS, Subject

ACCOUNTS = Resource("", "v1", "serviceaccounts")
PRIORITIES = Resource("scheduling.k8s.io", "v1", "priorityclasses")
NETWORKS = Resource("k8s.cni.cncf.io", "v1", "network-attachment-definitions")
CLOUD_INIT = ("cloudInitNoCloud", "cloudInitConfigDrive")
# Keys below a DataVolume's source that name a Secret.
SOURCES = ("http", "s3", "gcs", "registry", "imageio", "vddk")


class Matcher(NamedTuple):
    """The kinds that an instancetype or a preference may be of.

    missing: the id of the finding that it is not there.
    """

    missing: str
    plural: str
    kind: str


INSTANCETYPES = Matcher("instancetype-missing", "instancetypes", "Instancetype")
PREFERENCES = Matcher("preference-missing", "preferences", "Preference")


def matched(subject: Subject, by: Object, matcher: Matcher) -> Object | None:
    """Return the instancetype or preference that VMs are made by; not said, it is the cluster's."""
    own = by.get("kind") == f"VirtualMachine{matcher.kind}"
    plural = f"virtualmachine{'' if own else 'cluster'}{matcher.plural}"
    resource = Resource("instancetype.kubevirt.io", "v1beta1", plural)
    return subject.cluster.get(resource, subject.namespace if own else "", str(by["name"]))


def instancetype(subject: Subject) -> Iterator[Finding]:
    for key, matcher in (("instancetype", INSTANCETYPES), ("preference", PREFERENCES)):
        by = subject.machine.get(key)
        if not by or not by.get("name") or matched(subject, by, matcher):
            continue
        kind = by.get("kind") or f"VirtualMachineCluster{matcher.kind}"
        yield error(
            matcher.missing,
            f"{kind} {by['name']} does not exist",
            f"correct {key}: `kubectl get virtualmachine{matcher.plural},"
            f"virtualmachinecluster{matcher.plural}`",
        )


def secrets(subject: Subject) -> Iterator[Finding]:
    yield from _missing(subject, "secret-missing", "Secret", SECRETS, _secrets(subject))


def config_maps(subject: Subject) -> Iterator[Finding]:
    yield from _missing(
        subject, "configmap-missing", "ConfigMap", CONFIG_MAPS, _config_maps(subject)
    )


def _missing(
    subject: Subject, id: str, kind: str, resource: Resource, wanted: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield what is missing. id: of the finding. wanted: why, by name."""
    own = {one["metadata"]["name"] for one in subject.objects.values() if one["kind"] == kind}
    for name, why in wanted.items():
        if name not in own and not subject.cluster.there(resource, subject.namespace, name):
            yield error(
                id,
                f"{kind} {name} is not in its namespace, and {why} needs it",
                f"make it, or correct the name: `kubectl get {kind.lower()}s`",
            )


def _secrets(subject: Subject) -> dict[str, str]:
    """Return the Secrets that VMs need, with what needs them."""
    found: dict[str, str] = {}
    appends = at(subject.pool, "spec", "nameGeneration", "appendIndexToSecretRefs")
    of_volumes = [
        (str(one["secretName"]), "a disk")
        for one in subject.each("secret")
        if not one.get("optional")
    ]
    of_volumes += [
        (str(name), "cloud-init")
        for kind in CLOUD_INIT
        for key in ("secretRef", "networkDataSecretRef")
        for name in subject.each(kind, key, "name")
    ]
    for name, why in of_volumes:
        found |= dict.fromkeys(_indexed(subject, name) if appends else [name], why)
    found |= {str(name): "sysprep" for name in subject.each("sysprep", "secret", "name")}
    found |= {
        str(name): "a container image" for name in subject.each("containerDisk", "imagePullSecret")
    }
    kernel = at(subject.guest, "domain", "firmware", "kernelBoot", "container", "imagePullSecret")
    if kernel:
        found[str(kernel)] = "kernelBoot"
    for credential in subject.guest.get("accessCredentials") or ():
        for kind in ("sshPublicKey", "userPassword"):
            if name := at(credential, kind, "source", "secret", "secretName"):
                found[str(name)] = "accessCredentials"
    for disk in subject.disks:
        for kind in SOURCES:
            source = at(disk, "spec", "source", kind) or {}
            names = [source.get("secretRef"), *(source.get("secretExtraHeaders") or ())]
            found |= {str(name): "a disk's source" for name in names if name}
    return found


def _config_maps(subject: Subject) -> dict[str, str]:
    """Return the ConfigMaps that VMs need, with what needs them."""
    found: dict[str, str] = {}
    appends = at(subject.pool, "spec", "nameGeneration", "appendIndexToConfigMapRefs")
    for one in subject.each("configMap"):
        if not one.get("optional"):
            name = str(one["name"])
            found |= dict.fromkeys(_indexed(subject, name) if appends else [name], "a disk")
    found |= {str(name): "sysprep" for name in subject.each("sysprep", "configMap", "name")}
    for disk in subject.disks:
        for kind in SOURCES:
            if name := at(disk, "spec", "source", kind, "certConfigMap"):
                found[str(name)] = "a disk's source"
    return found


def _indexed(subject: Subject, name: str) -> list[str]:
    return [f"{name}-{index}" for index in range(subject.spec.most_replicas)]


def shared_claims(subject: Subject) -> Iterator[Finding]:
    """Look at what all VMs of a pool read."""
    names = [*volumes.claims(subject.pool)]
    names += [str(one) for one in subject.each("ephemeral", "persistentVolumeClaim", "claimName")]
    for name in dict.fromkeys(names):
        if not any(
            subject.cluster.there(one, subject.namespace, name) for one in (CLAIMS, DATA_VOLUMES)
        ):
            yield error(
                "claim-missing",
                f"PersistentVolumeClaim {name} is not in its namespace, and all VMs read it",
                "make it, or correct the name: `kubectl get pvc`",
            )


def service_account(subject: Subject) -> Iterator[Finding]:
    names = [subject.guest.get("serviceAccountName")]
    names += subject.each("serviceAccount", "serviceAccountName")
    for name in dict.fromkeys(str(one) for one in names if one):
        if not subject.cluster.there(ACCOUNTS, subject.namespace, name):
            yield error(
                "serviceaccount-missing",
                f"ServiceAccount {name} is not in its namespace",
                f"make it: `kubectl create serviceaccount {name}`",
            )


def priority_class(subject: Subject) -> Iterator[Finding]:
    name = subject.guest.get("priorityClassName")
    if name and not subject.cluster.there(PRIORITIES, "", str(name)):
        yield error(
            "priorityclass-missing",
            f"PriorityClass {name} does not exist",
            "correct priorityClassName: `kubectl get priorityclass`",
        )


def networks(subject: Subject) -> Iterator[Finding]:
    """Look at the networks that Multus attaches: "name", or "namespace/name"."""
    names = [at(one, "multus", "networkName") for one in subject.guest.get("networks") or ()]
    wanted = list(dict.fromkeys(str(name) for name in names if name))
    if not wanted:
        return
    if not subject.cluster.document(f"/apis/{NETWORKS.group}", f"get {NETWORKS.group}"):
        yield error(
            "multus-missing",
            f"Multus is not installed, and network {wanted[0]} needs it",
            "install it, or leave the pod network only",
        )
        return
    for said in wanted:
        place, _, name = said.rpartition("/")
        if not subject.cluster.there(NETWORKS, place or subject.namespace, name):
            where = f"namespace {place}" if place else "its namespace"
            yield error(
                "network-missing",
                f"NetworkAttachmentDefinition {name} is not in {where}",
                "correct networks: `kubectl get network-attachment-definitions -A`",
            )
