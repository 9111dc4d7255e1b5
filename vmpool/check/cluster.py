"""Whether the cluster has what makes VMs and disks, in versions that know what is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from kubevirt_vm_pool.kubevirt.fields import Version, fields
from kubevirt_vm_pool.kubevirt.used_fields import unknown_in
from kubevirt_vm_pool.text.paths import at, dotted

from .finding import Finding, error, warning
from .snapshot import Object, Question, Resource, Snapshot, UnseenError
from .subject import Subject

VERSION = Question("/version")
KUBEVIRTS = Resource("kubevirt.io", "v1", "kubevirts")
# KubeVirt's own role lets every authenticated user read this.
KUBEVIRT_VERSION = Question("/apis/subresources.kubevirt.io/v1/version")
CDIS = Resource("cdi.kubevirt.io", "v1beta1", "cdis")
# And CDI's role cdi.kubevirt.io:config-reader this.
CDI_CONFIG = ("/apis/cdi.kubevirt.io/v1beta1/cdiconfigs/config", "get cdis and cdiconfigs")

INSTALL_KUBEVIRT = (
    "install it (https://kubevirt.io/user-guide/cluster_admin/installation), or name another "
    "cluster by KUBECONFIG or kubernetes:context"
)
INSTALL_CDI = (
    "install it (https://kubevirt.io/user-guide/storage/containerized_data_importer), or boot from "
    "containerDisk"
)


def kubernetes_version(cluster: Snapshot) -> str:
    """Return the API server's version, "" if it does not say it."""
    return str(at(cluster.answer(VERSION).body, "gitVersion") or "")


def kubevirt(cluster: Snapshot) -> Object | None:
    """Return the KubeVirt object, None if there is none."""
    return next(iter(cluster.list(KUBEVIRTS)), None)


def configuration(subject: Subject) -> Object:
    """Return KubeVirt's configuration; its defaults count where it may not be seen."""
    try:
        found = kubevirt(subject.cluster)
    except UnseenError:
        return {}
    return at(found, "spec", "configuration") or {}


def kubevirt_version(cluster: Snapshot) -> str:
    """Return KubeVirt's version, "1.9.0"; "" if nobody says it."""
    try:
        found = kubevirt(cluster)
    except UnseenError:
        answer = cluster.answer(KUBEVIRT_VERSION)
        if answer.status != HTTPStatus.OK:
            raise
        return str(at(answer.body, "gitVersion") or "").removeprefix("v")
    said = at(found, "status", "observedKubeVirtVersion")
    return str(said or "").removeprefix("v")


def kubevirt_is_there(subject: Subject) -> Iterator[Finding]:
    if not subject.cluster.document("/apis/pool.kubevirt.io", "get pool.kubevirt.io"):
        yield error("kubevirt-missing", "KubeVirt is not installed", INSTALL_KUBEVIRT)
        return
    try:
        found = kubevirt(subject.cluster)
    except UnseenError:
        # Whoever may not see the object may still be told its version.
        kubevirt_version(subject.cluster)
        return
    phase = at(found, "status", "phase")
    if found is None:
        yield error(
            "kubevirt-missing",
            "KubeVirt is not installed: its definitions are there, and no KubeVirt object",
            INSTALL_KUBEVIRT,
        )
    elif phase != "Deployed":
        yield error(
            "kubevirt-not-ready",
            f"KubeVirt is not ready: its phase is {phase or 'not known'}",
            f"wait for it: `kubectl get kubevirt -n {found['metadata'].get('namespace')} -w`",
        )


def kubevirt_knows_what_is_used(subject: Subject) -> Iterator[Finding]:
    group = subject.cluster.document("/apis/pool.kubevirt.io", "get pool.kubevirt.io")
    served = [one["version"] for one in (group or {}).get("versions", ())]
    wanted = subject.spec.pool_api_version
    if served and wanted not in served:
        yield error(
            "pool-version-not-served",
            f"pool.kubevirt.io/{wanted} is not served, only {' and '.join(served)}",
            f"set poolApiVersion: {served[0]}",
        )
    text = kubevirt_version(subject.cluster) if served else ""
    found = re.match(r"([0-9]+)\.([0-9]+)", text)
    if found is None:
        return
    there = (int(found[1]), int(found[2]))
    lacking = _lacking(subject, there)
    yield from lacking
    if there < subject.spec.kubevirt and not lacking:
        yield warning(
            "kubevirt-older",
            f"KubeVirt {text} is older than kubevirtVersion says ({subject.spec.kubevirt_version})",
            f'set kubevirtVersion: "{there[0]}.{there[1]}": what it does not honour is told then',
        )


def _lacking(subject: Subject, there: Version) -> list[Finding]:
    """Return what is used and not there; of versions that nobody knows nothing is said."""
    if there < fields().versions[0]:
        return []
    found = []
    for path, field in unknown_in(there, subject.pool["spec"]):
        since = field.since
        when = f"came with {since[0]}.{since[1]}" if since and there < since else "is gone"
        found.append(
            error(
                "kubevirt-lacks-field",
                f"KubeVirt {there[0]}.{there[1]} does not have spec.{dotted(path)}, which {when}",
                f'set kubevirtVersion: "{there[0]}.{there[1]}" and do without it, or update '
                "KubeVirt",
            )
        )
    return found


def cdi_is_there(subject: Subject) -> Iterator[Finding]:
    if not subject.disks:
        return
    if not subject.cluster.document("/apis/cdi.kubevirt.io", "get cdi.kubevirt.io"):
        yield error("cdi-missing", "CDI is not installed, and it makes the VMs' disks", INSTALL_CDI)
        return
    try:
        found = next(iter(subject.cluster.list(CDIS)), None)
    except UnseenError:
        if subject.cluster.document(*CDI_CONFIG):
            return
        raise
    phase = at(found, "status", "phase")
    if found is None:
        yield error(
            "cdi-missing",
            "CDI is not installed, and it makes the VMs' disks: its definitions are there, and no "
            "CDI object",
            INSTALL_CDI,
        )
    elif phase != "Deployed":
        yield error(
            "cdi-not-ready",
            f"CDI is not ready: its phase is {phase or 'not known'}",
            f"wait for it: `kubectl get cdi {found['metadata']['name']} -w`",
        )
