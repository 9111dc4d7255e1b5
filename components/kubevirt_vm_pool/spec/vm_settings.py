"""Settings of the VMs that KubeVirt has in another form, or that a pool narrows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from .model import Model, exactly_one, wrong
from .names import ObjectName
from .values import QUANTITY_SCHEMA, AtLeastOne, memory_quantity

HOOK_SIDECARS = "hooks.kubevirt.io/hookSidecars"
# Name of the volume with the ServiceAccount's token, and of its disk.
SERVICE_ACCOUNT_VOLUME = "serviceaccount"

# The last three leave a VM stopped that an update has stopped: validation/vm_rules.py.
RunStrategy = Literal["Always", "Halted", "RerunOnFailure", "Once", "Manual"]


def memory_or_object(value: object) -> object:
    """Check the memory of a VM where it is text; an object is KubeVirt's own, checked as such."""
    return value if isinstance(value, dict) else memory_quantity(value)


MemorySetting = Annotated[
    str | dict[str, Any],
    BeforeValidator(memory_or_object),
    Field(json_schema_extra={"anyOf": [QUANTITY_SCHEMA, {"type": "object"}]}),
]


class SidecarConfigMap(Model):
    """A script of a ConfigMap that a hook runs."""

    name: ObjectName = Field(description="Name of the ConfigMap.")
    key: str = Field(description="Key of the script in it.")
    hook_path: str = Field(description="Where the script goes, for instance /usr/bin/onDefine.")


class SidecarPvc(Model):
    """A claim that a hook has."""

    name: ObjectName = Field(description="Name of the PersistentVolumeClaim.")
    volume_path: str = Field(description="Where it is mounted in the sidecar.")
    shared_compute_path: str = Field(description="Where it is mounted in the compute container.")


class HookSidecar(Model):
    """A container beside each VM that changes its domain, as KubeVirt's annotation has it."""

    image: str | None = Field(
        default=None, description="Image. Not set, it is KubeVirt's sidecar-shim."
    )
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = Field(
        default=None, description="When the image is pulled."
    )
    command: list[str] | None = Field(default=None, description="Command of the container.")
    args: list[str] | None = Field(default=None, description="Arguments of the command.")
    config_map: SidecarConfigMap | None = Field(
        default=None, description="Script of a ConfigMap (name, key, hookPath)."
    )
    pvc: SidecarPvc | None = Field(
        default=None, description="Claim (name, volumePath, sharedComputePath)."
    )

    @model_validator(mode="after")
    def something_to_run(self) -> HookSidecar:
        if self.image is None and self.config_map is None:
            exactly_one(self, ["image", "config_map"], "for instance image: registry/hook:v1")
        return self


def alone(value: object) -> object:
    """Check autohealing.aloneInNamespace."""
    if value is not True:
        raise wrong(
            "must be true: KubeVirt deletes every VM of the namespace that fails to start, with "
            "its disks, whoever made it",
            "give the pool a namespace of its own, or remove autohealing",
        )
    return value


class Autohealing(Model):
    """When the pool deletes VMs that fail to start, and makes new ones in their place."""

    alone_in_namespace: Annotated[Literal[True], BeforeValidator(alone)] = Field(
        description="Confirms that the namespace holds no VM but the pool's: KubeVirt deletes "
        "those of others, too."
    )
    start_up_failure_threshold: AtLeastOne | None = Field(
        default=None, description="Failures to start before a VM goes. Not set, it is 3."
    )
    min_failing_to_start_duration: str | None = Field(
        default=None,
        description="How long a VM fails to start before it goes, like 5m. Not set, it is 5m.",
    )
