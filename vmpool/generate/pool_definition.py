"""The schema of a VirtualMachinePool's spec in the embedded control plane, from KubeVirt's fields.

It is complete for the newest version of KubeVirt that the data know, and stricter than KubeVirt's
own: unknown fields are preserved nowhere, so that a misspelt one is refused at every depth, and
texts that may have some values only have those only. cluster/virtualmachinepool.yaml has the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kubevirt_vm_pool.kubevirt.fields import Field, Fields, fields

from ..controlplane.binaries import MODULE
from ..controlplane.crds import POOL_SPEC

FILE = MODULE / POOL_SPEC

Schema = dict[str, Any]

ANYTHING: Schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
SCALARS: Mapping[str, Schema] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "quantity": {
        "x-kubernetes-int-or-string": True,
        # Of Kubernetes' resource.Quantity: 2, 0.5, 100m, 6Gi, 1e3.
        "pattern": r"^[+-]?(\d+(\.\d*)?|\.\d+)"
        r"([KMGTPE]i|[numkMGTPE]|[eE][+-]?(\d+(\.\d*)?|\.\d+))?$",
    },
    "int-or-string": {"x-kubernetes-int-or-string": True},
    "duration": {"type": "string"},
    "time": {"type": "string", "format": "date-time"},
    "anything": ANYTHING,
}

# --- what KubeVirt's own definition says and its API description does not -------------------------

NULLABLE: Schema = {"nullable": True}
# Without an end to a list, Kubernetes takes the rules on its elements for too costly.
LIST: Schema = {"maxItems": 256}
MORE: Mapping[str, Mapping[str, Schema]] = {
    "v1.ContainerPathVolumeSource": {
        "path": {
            "maxLength": 4096,
            "x-kubernetes-validations": [
                {"rule": "self.startsWith('/')", "message": "must begin with /"},
                {"rule": "!self.contains('..')", "message": "must not contain .."},
            ],
        },
        "readOnly": {
            "default": True,
            "x-kubernetes-validations": [{"rule": "self", "message": "must be true"}],
        },
    },
    "v1.DataVolumeTemplateSpec": {"metadata": NULLABLE, "status": NULLABLE},
    "v1.Devices": {"disks": LIST, "interfaces": LIST},
    "v1.VirtualMachineInstanceSpec": {
        "accessCredentials": LIST,
        "networks": LIST,
        "utilityVolumes": LIST,
        "volumes": LIST,
    },
    "v1.VirtualMachineInstanceTemplateSpec": {"metadata": NULLABLE},
    "v1beta1.VirtualMachinePoolAutohealingStrategy": {"startUpFailureThreshold": {"minimum": 1}},
    # No default: without replicas the scale subresource fails, as it does in KubeVirt.
    "v1beta1.VirtualMachinePoolSpec": {"replicas": {"minimum": 0}},
    "v1beta1.VirtualMachineTemplateSpec": {"metadata": NULLABLE},
}
# Who wrote which field: the API server says it, of objects and not of templates.
LEFT_OUT = frozenset({"managedFields"})


def spec_schema(known: Fields | None = None) -> Schema:
    """Return the structural schema of a pool's spec."""
    known = known or fields()
    return _object(known, known.root, ())


def as_json() -> str:
    """Return the schema as the file has it."""
    return f"{json.dumps(spec_schema(), indent=1)}\n"


def _object(known: Fields, name: str, above: tuple[str, ...]) -> Schema:
    """Return the schema of a type, below those that hold it; one that holds itself is anything."""
    if name in above:
        return ANYTHING
    members = {
        key: field
        for key, field in known.types[name].items()
        if field.known_in(known.newest) and key not in LEFT_OUT
    }
    required = [key for key, field in members.items() if field.required]
    return {
        "type": "object",
        **({"x-kubernetes-map-type": "atomic"} if name in known.atomic else {}),
        **({"required": required} if required else {}),
        **(
            {
                "properties": {
                    key: _field(known, field, (*above, name)) | MORE.get(name, {}).get(key, {})
                    for key, field in members.items()
                }
            }
            if members
            else {}
        ),
    }


def _field(known: Fields, field: Field, above: tuple[str, ...]) -> Schema:
    single = _object(known, field.of, above) if field.of in known.types else dict(SCALARS[field.of])
    if field.enum:
        # An empty text is one that was left out.
        single["enum"] = [*field.enum, *([] if field.required else [""])]
    if field.nullable:
        single["nullable"] = True
    if field.is_map:
        return {"type": "object", "additionalProperties": single}
    if not field.is_list:
        return single
    keys = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(field.keys)}
    unique = {"x-kubernetes-list-type": "set"}
    return {
        "type": "array",
        **(keys if field.keys else unique if field.unique else {}),
        "items": single,
    }
