"""autoscaling/v2's own shapes: what a HorizontalPodAutoscaler measures, and how fast it scales.

They are apart from scaling.py because building them costs every preview some milliseconds and few
stacks use them. Rules: Kubernetes 1.36, pkg/apis/autoscaling/validation.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from . import quantity
from .affinity import LabelSelector
from .model import Model, wrong
from .names import ObjectName
from .values import QUANTITY_SCHEMA, AtLeastOne

MetricType = Literal["Resource", "ContainerResource", "Pods", "Object", "External"]
# Each type with the member that describes it.
MEMBERS = {
    "Resource": "resource",
    "ContainerResource": "container_resource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}


def tolerated_quantity(value: object) -> str:
    """Check a quantity that is not negative; a bare number stands for its text."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise wrong("must be a Kubernetes quantity", "write it like 500m or 2Gi")
    try:
        amount = quantity.parse(str(value))
    except ValueError as reason:
        rule, _, guess = str(reason).partition("; ")
        raise wrong(rule, guess or "write it like 500m or 2Gi") from None
    if amount < 0:
        raise wrong("must not be negative", "write it like 500m or 2Gi")
    return str(value)


def positive_quantity(value: object) -> str:
    """Check a quantity above 0; a bare number stands for its text."""
    text = tolerated_quantity(value)
    if quantity.parse(text) == 0:
        raise wrong("must be more than nothing", "write it like 500m or 2Gi")
    return text


Amount = Annotated[
    str, BeforeValidator(positive_quantity), Field(json_schema_extra=QUANTITY_SCHEMA)
]
Tolerance = Annotated[
    str, BeforeValidator(tolerated_quantity), Field(json_schema_extra=QUANTITY_SCHEMA)
]


class MetricTarget(Model):
    """What is aimed at: exactly one of the values, as type says."""

    type: Literal["Utilization", "AverageValue", "Value"] = Field(
        description="Which of the values it is."
    )
    average_utilization: AtLeastOne | None = Field(
        default=None, description="Per cent of what the pods request, on average."
    )
    average_value: Amount | None = Field(
        default=None, description="Kubernetes quantity for each pod, on average."
    )
    value: Amount | None = Field(
        default=None, description="Kubernetes quantity of the whole metric."
    )

    @model_validator(mode="after")
    def value_of_its_type(self) -> MetricTarget:
        values = {
            "Utilization": ("averageUtilization", self.average_utilization),
            "AverageValue": ("averageValue", self.average_value),
            "Value": ("value", self.value),
        }
        due, value = values.pop(self.type)
        others = [name for name, other in values.values() if other is not None]
        if value is None or others:
            wrong_ones = f"has {' and '.join(others)}" if others else f"has no {due}"
            raise wrong(
                f"{wrong_ones}, and type {self.type} goes with {due} alone",
                f"keep {due}, or correct the type" if others else f"add {due}",
            )
        return self


def _only(target: MetricTarget, *types: str) -> None:
    if target.type not in types:
        raise wrong(
            f"has a target of type {target.type}, which this kind of metric cannot have",
            f"use {' or '.join(types)}",
        )


class ResourceMetric(Model):
    """CPU or memory of the VMs' pods."""

    name: Literal["cpu", "memory"] = Field(description="Which resource.")
    target: MetricTarget = Field(description="What is aimed at.")

    @model_validator(mode="after")
    def fitting_target(self) -> ResourceMetric:
        _only(self.target, "Utilization", "AverageValue")
        return self


class ContainerResourceMetric(Model):
    """CPU or memory of one container of the VMs' pods; the guest's is `compute`."""

    name: Literal["cpu", "memory"] = Field(description="Which resource.")
    container: str = Field(description="Container of the pods.")
    target: MetricTarget = Field(description="What is aimed at.")

    @model_validator(mode="after")
    def fitting_target(self) -> ContainerResourceMetric:
        _only(self.target, "Utilization", "AverageValue")
        return self


class MetricIdentifier(Model):
    """A metric by its name, and a selection among those of that name."""

    name: Annotated[str, Field(min_length=1)] = Field(description="Name of the metric.")
    selector: LabelSelector | None = Field(
        default=None, description="Labels of the metric. Not set, the name alone says which."
    )


class PodsMetric(Model):
    """A metric of each of the VMs' pods."""

    metric: MetricIdentifier = Field(description="Which metric.")
    target: MetricTarget = Field(description="What is aimed at.")

    @model_validator(mode="after")
    def fitting_target(self) -> PodsMetric:
        _only(self.target, "AverageValue")
        return self


class DescribedObject(Model):
    """The object that a metric is about."""

    api_version: str | None = Field(default=None, description="apiVersion of the object.")
    kind: Annotated[str, Field(min_length=1)] = Field(description="Kind of the object.")
    name: ObjectName = Field(description="Name of the object.")


class ObjectMetric(Model):
    """A metric of one Kubernetes object."""

    described_object: DescribedObject = Field(description="The object.")
    metric: MetricIdentifier = Field(description="Which metric of it.")
    target: MetricTarget = Field(description="What is aimed at.")

    @model_validator(mode="after")
    def fitting_target(self) -> ObjectMetric:
        _only(self.target, "Value", "AverageValue")
        return self


class ExternalMetric(Model):
    """A metric of what is outside of the cluster."""

    metric: MetricIdentifier = Field(description="Which metric.")
    target: MetricTarget = Field(description="What is aimed at.")

    @model_validator(mode="after")
    def fitting_target(self) -> ExternalMetric:
        _only(self.target, "Value", "AverageValue")
        return self


class Metric(Model):
    """What the HPA measures."""

    type: MetricType = Field(description="What kind of metric: the member of this name says more.")
    resource: ResourceMetric | None = Field(
        default=None, description="CPU or memory of the VMs' pods."
    )
    container_resource: ContainerResourceMetric | None = Field(
        default=None, description="CPU or memory of one container of the VMs' pods."
    )
    pods: PodsMetric | None = Field(default=None, description="A metric of each of the VMs' pods.")
    object: ObjectMetric | None = Field(
        default=None, description="A metric of one Kubernetes object."
    )
    external: ExternalMetric | None = Field(
        default=None, description="A metric of what is outside of the cluster."
    )

    @model_validator(mode="after")
    def member_of_its_type(self) -> Metric:
        due = MEMBERS[self.type]
        spelt = str(type(self).model_fields[due].alias)
        others = [
            str(type(self).model_fields[name].alias)
            for name in MEMBERS.values()
            if name != due and getattr(self, name) is not None
        ]
        if getattr(self, due) is None:
            raise wrong(
                f"has no {spelt}, which type {self.type} needs",
                f"add {spelt}" + (", or correct the type" if others else ""),
            )
        if others:
            raise wrong(
                f"has {' and '.join(others)} beside {spelt}, and a metric has one of them",
                f"keep {spelt}, or make it another metric",
            )
        return self


class ScalingPolicy(Model):
    """How many VMs may come or go in a time."""

    type: Literal["Pods", "Percent"] = Field(
        description="What value counts: VMs, or per cent of those that there are."
    )
    value: AtLeastOne = Field(description="How many.")
    period_seconds: Annotated[int, Field(ge=1, le=1800)] = Field(
        description="In how many seconds, 1 to 1800."
    )


class ScalingRules(Model):
    """How fast the HPA scales in one direction."""

    stabilization_window_seconds: Annotated[int, Field(ge=0, le=3600)] | None = Field(
        default=None,
        description="For how many seconds back the recommendations count, 0 to 3600. Not set, it "
        "is 0 up and 300 down.",
    )
    select_policy: Literal["Max", "Min", "Disabled"] | None = Field(
        default=None,
        description="Which policy counts where there are several; Disabled is no scaling. Not set, "
        "it is Max.",
    )
    policies: Annotated[list[ScalingPolicy], Field(min_length=1)] | None = Field(
        default=None, description="How many VMs may come or go in a time."
    )
    tolerance: Tolerance | None = Field(
        default=None, description="How far from the target nothing is done, for instance 0.1."
    )


class Behavior(Model):
    """How fast the HPA scales."""

    scale_up: ScalingRules | None = Field(default=None, description="How fast VMs come.")
    scale_down: ScalingRules | None = Field(default=None, description="How fast VMs go.")
