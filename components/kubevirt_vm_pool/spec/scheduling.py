"""What VMs put up with and are made of: tolerations, instancetype and preference."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from .model import Model, exactly_one, wrong
from .names import LabelValue, ObjectName, taint_key

FailurePolicy = Literal["Ignore", "Reject"]


class Matcher(Model):
    """An instancetype or preference, by its name or by the label of what a disk is made from."""

    name: ObjectName | None = Field(default=None, description="Its name.")
    infer_from_volume: ObjectName | None = Field(
        default=None,
        description="In place of a name the volume whose image has a label with it: "
        "datavolumedisk, or one of disks.",
    )
    infer_from_volume_failure_policy: FailurePolicy | None = Field(
        default=None,
        description="What KubeVirt does where that image has no label. Not set, it refuses the VM.",
    )

    @model_validator(mode="after")
    def accepted_by_kubevirt(self) -> Self:
        """As KubeVirt's webhook has it (pkg/instancetype/webhooks/vm/mutator.go)."""
        exactly_one(self, ["name", "infer_from_volume"], "for instance name: u1.small")
        if self.infer_from_volume and getattr(self, "kind", None):
            raise wrong(
                "has a kind beside inferFromVolume, which finds that, too",
                "remove kind",
            )
        if self.infer_from_volume_failure_policy and not self.infer_from_volume:
            raise wrong(
                "has inferFromVolumeFailurePolicy, which is for inferFromVolume",
                "remove it",
            )
        return self

    @property
    def told(self) -> str:
        """What it is called in sentences."""
        return self.name or f"that of the volume {self.infer_from_volume}"


class Instancetype(Matcher):
    """A KubeVirt instancetype."""

    kind: Literal["VirtualMachineClusterInstancetype", "VirtualMachineInstancetype"] | None = Field(
        default=None, description="Kind. Not set, it is the cluster's."
    )


class Preference(Matcher):
    """A KubeVirt preference."""

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
