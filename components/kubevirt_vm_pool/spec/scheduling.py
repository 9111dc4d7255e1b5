"""What VMs put up with and are made of: tolerations, instancetype and preference."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from .model import Model, wrong
from .names import LabelValue, ObjectName, taint_key


class Instancetype(Model):
    """A KubeVirt instancetype."""

    name: ObjectName = Field(description="Name of the instancetype.")
    kind: Literal["VirtualMachineClusterInstancetype", "VirtualMachineInstancetype"] | None = Field(
        default=None, description="Kind. Not set, it is the cluster's."
    )


class Preference(Model):
    """A KubeVirt preference."""

    name: ObjectName = Field(description="Name of the preference.")
    kind: Literal["VirtualMachineClusterPreference", "VirtualMachinePreference"] | None = Field(
        default=None, description="Kind. Not set, it is the cluster's."
    )


class Toleration(Model):
    """A taint that the VMs put up with."""

    key: Annotated[str, AfterValidator(taint_key)] | None = Field(
        default=None, description="Key of the taint; only operator Exists may leave it out."
    )
    # Kubernetes takes "" for Equal, and for every effect.
    operator: Literal["", "Exists", "Equal"] | None = Field(
        default=None, description="How the value is compared. Not set, it is Equal."
    )
    value: LabelValue | None = Field(default=None, description="Value of the taint.")
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] | None = Field(
        default=None, description="Effect of the taint. Not set, it is every one."
    )
    toleration_seconds: int | None = Field(
        default=None, description="Seconds that a VM stays with effect NoExecute."
    )

    @model_validator(mode="after")
    def accepted_by_kubernetes(self) -> Toleration:
        if not self.key and self.operator != "Exists":
            raise wrong(
                "has no key, which only operator Exists may leave out",
                "add the key of the taint, or operator: Exists for every taint",
            )
        if self.operator == "Exists" and self.value:
            raise wrong(
                "has a value, which operator Exists must not have",
                "leave out the value, or use operator Equal",
            )
        if self.toleration_seconds is not None and self.effect != "NoExecute":
            raise wrong(
                "has tolerationSeconds, which only effect NoExecute may have",
                "leave out tolerationSeconds, or use effect NoExecute",
            )
        return self
