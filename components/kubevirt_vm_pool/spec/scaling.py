"""How many VMs there are: autoscaling, rollout, scale-in and disruption budget."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

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
    """The HorizontalPodAutoscaler of the pool, or that somebody else scales it."""

    # A pool needs maxReplicas unless it is scaled by others: validation/scaling_rules.py.
    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["maxReplicas"]}, {"required": ["external"]}]}
    )

    min_replicas: AtLeastOne | None = Field(
        default=None, description="Least number of VMs. Not set, it is replicas."
    )
    max_replicas: AtLeastOne | None = Field(default=None, description="Largest number of VMs.")
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
    # These stay as they are written; validate.py compares them with hpa_metrics.py.
    metrics: list[dict[str, Any]] = Field(
        default=[],
        description="Further metrics, as autoscaling/v2 has them: Resource, ContainerResource, "
        "Pods, Object, External. The guest's container is `compute`.",
    )
    behavior: dict[str, Any] = Field(
        default={}, description="How fast it scales, as autoscaling/v2 has it."
    )
    external: bool = Field(
        default=False,
        description="Somebody else scales the pool (KEDA, for instance) and owns the number of "
        "VMs: there is no HorizontalPodAutoscaler, and an up leaves the number alone.",
    )

    @property
    def measures_cpu_share(self) -> bool:
        """Whether a share of the requested CPU is aimed at."""
        return self.target_cpu_utilization_percentage is not None or any(
            measured == "cpu" and aim.get("type") == "Utilization"
            for _, measured, aim in self.resource_metrics
        )

    @property
    def resource_metrics(self) -> Iterator[tuple[str, Any, dict[str, Any]]]:
        """The metrics of CPU and memory: type, what is measured, target."""
        for metric in self.metrics:
            for kind, member in (
                ("Resource", "resource"),
                ("ContainerResource", "containerResource"),
            ):
                measured = metric.get(member) or {}
                if metric.get("type") == kind:
                    yield kind, measured.get("name"), measured.get("target") or {}

    @model_validator(mode="after")
    def one_target(self) -> Autoscaling:
        percent, average = self.target_cpu_utilization_percentage, self.target_cpu_average_value
        if self.external:
            spare = [
                key
                for key, value in {
                    "targetCPUUtilizationPercentage": percent,
                    "targetCPUAverageValue": average,
                    "metrics": self.metrics,
                    "behavior": self.behavior,
                }.items()
                if value
            ]
            if spare:
                raise wrong(
                    f"has {' and '.join(spare)} beside external: true, with which whoever scales "
                    "the pool says when",
                    f"remove {' and '.join(spare)}, or external",
                )
            return self
        if percent is None and average is None and not self.metrics:
            raise wrong(
                "needs one of targetCPUUtilizationPercentage, targetCPUAverageValue and metrics, "
                "and has none",
                "for instance targetCPUUtilizationPercentage: 50",
            )
        if percent is not None and average is not None:
            raise wrong(
                "needs one of targetCPUUtilizationPercentage and targetCPUAverageValue, and has "
                "both",
                "keep one of them",
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
