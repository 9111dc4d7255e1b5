"""The definitions of the resources that KubeVirt and CDI would bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..console import UserError
from .client import FIELD_MANAGER, Cluster, message_of
from .daemons import wait_for
from .ports import API_SERVER, ETCD

# The schema of a pool's spec, beside the others; vmpool/generate/pool_definition.py writes it.
POOL_SPEC = "virtualmachinepool-spec.json"


def manifests() -> list[dict[str, Any]]:
    """Return the definitions of the resources that KubeVirt and CDI would bring."""
    import json

    import yaml

    from .binaries import MODULE

    pool, volume, source = (
        yaml.safe_load((MODULE / f"{kind}.yaml").read_text(encoding="utf-8"))
        for kind in ("virtualmachinepool", "datavolume", "datasource")
    )
    spec = json.loads((MODULE / POOL_SPEC).read_text(encoding="utf-8"))
    _put(pool, spec)
    # A pool's disks are DataVolumes, which it has all of.
    template = spec["properties"]["virtualMachineTemplate"]["properties"]["spec"]["properties"]
    _put(volume, template["dataVolumeTemplates"]["items"]["properties"]["spec"])
    return [pool, volume, source]


def _put(definition: dict[str, Any], spec: dict[str, Any]) -> None:
    for version in definition["spec"]["versions"]:
        version["schema"]["openAPIV3Schema"]["properties"]["spec"] = spec


def define_resources(cluster: Cluster) -> None:
    """Apply the resource definitions and wait until they are served."""
    definitions = manifests()
    for definition in definitions:
        name = definition["metadata"]["name"]
        status, answer = cluster.request(
            "PATCH",
            f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
            f"?fieldManager={FIELD_MANAGER}&force=true",
            definition,
            "application/apply-patch+yaml",
        )
        if status not in (200, 201):
            raise UserError(f"{name} cannot be defined: {message_of(answer)}")
    specs = [definition["spec"] for definition in definitions]
    wait_for(cluster, lambda: _served(cluster, specs), ETCD, API_SERVER)


def _served(cluster: Cluster, specs: Iterable[Mapping[str, Any]]) -> bool:
    """Whether resources are served and described: KWOK gives up otherwise."""
    groups = {
        f"apis/{spec['group']}/{version['name']}": spec["names"]["plural"]
        for spec in specs
        for version in spec["versions"]
    }
    described = cluster.request("GET", "/openapi/v3")[1]["paths"]
    return groups.keys() <= described.keys() and all(
        cluster.request("GET", f"/{group}/{plural}")[0] == 200 for group, plural in groups.items()
    )
