"""How many VMs there are: autoscaling, rollout, scale-in and disruption budget."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from .model import Model, wrong
from .values import AtLeastOne, Cpu


def available_vms(value: object) -> int:
    """Check disruptionBudget.minAvailable.

    Kubernetes takes percentages too, but counts them by the scale of the pods' owner: KubeVirt's
    VirtualMachineInstance has none, so that no pod may ever go (KubeVirt #18063).
    """
    if isinstance(value, str) and re.fullmatch(r"[0-9]+%", value):
        raise wrong(
            "is a percentage, with which no VM may ever leave a node: Kubernetes does not know how "
            "many pods of VMs there should be (KubeVirt #18063)",
            "write a number of VMs, for instance 1",
        )
    if not isinstance(value, int) or isinstance(value, bool):
        number = isinstance(value, str) and value.isdigit()
        fix = f"write it without quotes: {value}" if number else "for instance 1"
        raise wrong("must be a whole number", fix)
    return value


def unavailable_vms(value: object) -> object:
    """Check rollout.maxUnavailable by the rules of KubeVirt's webhook."""
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 1:
            raise wrong("must be at least 1, or no VM could ever be updated", "set 1 or more")
        return value
    percent = re.fullmatch(r"([0-9]+)%", value) if isinstance(value, str) else None
    if percent is None:
        raise wrong("must be a whole number or a percentage", 'for instance 1 or "25%"')
    if not 1 <= int(percent[1]) <= 100:
        raise wrong("must be between 1% and 100%", 'for instance "25%"')
    return value


class Autoscaling(Model):
    """The HorizontalPodAutoscaler of the pool."""

    min_replicas: AtLeastOne | None = Field(
        default=None, description="Least number of VMs. Not set, it is replicas."
    )
    max_replicas: AtLeastOne = Field(description="Largest number of VMs.")
    target_cpu_utilization_percentage: AtLeastOne | None = Field(
        default=None,
        alias="targetCPUUtilizationPercentage",
        description="CPU use that is aimed at, in percent of what the VMs request.",
    )
    target_cpu_average_value: Cpu | None = Field(
        default=None,
        alias="targetCPUAverageValue",
        description="CPU use of a VM that is aimed at, a Kubernetes quantity.",
    )

    @model_validator(mode="after")
    def one_target(self) -> Autoscaling:
        percent, average = self.target_cpu_utilization_percentage, self.target_cpu_average_value
        if (percent is None) == (average is None):
            neither = percent is None
            raise wrong(
                "needs one of targetCPUUtilizationPercentage and targetCPUAverageValue, and has "
                f"{'neither' if neither else 'both'}",
                "for instance targetCPUUtilizationPercentage: 50"
                if neither
                else "keep one of them",
            )
        return self


class Rollout(Model):
    """How a changed template reaches running VMs."""

    max_unavailable: (
        Annotated[
            int | str,
            BeforeValidator(unavailable_vms),
            Field(json_schema_extra={"minimum": 1, "pattern": "^(100|[1-9][0-9]?)%$"}),
        ]
        | None
    ) = Field(default=1, description="VMs that restart at a time: a number or a percentage.")
    strategy: Literal["proactive", "opportunistic", "unmanaged"] | None = Field(
        default=None, description="When VMs get it. Not set, it is at once."
    )


class ScaleIn(Model):
    """What happens to VMs and disks when the pool shrinks."""

    order: Literal["Random", "Newest", "Oldest", "AscendingOrder", "DescendingOrder"] | None = (
        Field(default=None, description="Which VMs go first. Not set, it is at random.")
    )
    keep_disks: bool | None = Field(
        default=None, description="Whether their disks stay; nobody deletes them then."
    )


class DisruptionBudget(Model):
    """The PodDisruptionBudget of the pool."""

    min_available: Annotated[AtLeastOne, BeforeValidator(available_vms)] = Field(
        description="How many VMs a drain must leave running."
    )
