"""Kubernetes' own shapes for where VMs may run.

They are apart from pool.py because building them costs every preview some milliseconds
and few stacks use them. Rules: Kubernetes 1.36, pkg/apis/core/validation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from .model import Model, wrong
from .names import DnsLabel, LabelKey, LabelValue
from .values import AtLeastOne

Weight = Annotated[int, Field(ge=1, le=100)]


class Requirement(Model):
    """A requirement on labels."""

    key: LabelKey = Field(description="Label that is looked at.")
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"] = Field(
        description="What must hold of the label."
    )
    values: list[LabelValue] | None = Field(
        default=None, description="Values that the label is compared with, with In and NotIn."
    )

    @model_validator(mode="after")
    def values_fit_operator(self) -> Requirement:
        needs_values = self.operator in {"In", "NotIn"}
        if needs_values != bool(self.values):
            raise wrong(
                f"{'needs' if needs_values else 'must not have'} values with operator "
                f"{self.operator}",
                "add values" if needs_values else "leave out values",
            )
        return self


class NodeRequirement(Model):
    """A requirement on a node's labels."""

    key: LabelKey = Field(description="Label of the node that is looked at.")
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"] = Field(
        description="What must hold of the label."
    )
    values: list[str] | None = Field(
        default=None,
        description="Values that the label is compared with; with Gt and Lt one whole number.",
    )

    @model_validator(mode="after")
    def values_fit_operator(self) -> NodeRequirement:
        values = self.values or []
        if self.operator in {"Gt", "Lt"}:
            if len(values) != 1 or not re.fullmatch("-?[0-9]+", values[0]):
                raise wrong(
                    f"needs one whole number, quoted, in values with operator {self.operator}",
                    'for instance values: ["4"]',
                )
            return self
        needs_values = self.operator in {"In", "NotIn"}
        if needs_values != bool(values):
            raise wrong(
                f"{'needs' if needs_values else 'must not have'} values with operator "
                f"{self.operator}",
                "add values" if needs_values else "leave out values",
            )
        return self


class FieldRequirement(Model):
    """A requirement on a node's fields, of which Kubernetes knows one: its name."""

    key: Literal["metadata.name"] = Field(description="Field of the node that is looked at.")
    operator: Literal["In", "NotIn"] = Field(description="What must hold of the field.")
    values: Annotated[list[str], Field(min_length=1, max_length=1)] = Field(
        description="The value that the field is compared with."
    )


class NodeSelectorTerm(Model):
    """Requirements that a node must meet together."""

    match_expressions: list[NodeRequirement] | None = Field(
        default=None, description="Requirements on the node's labels."
    )
    match_fields: list[FieldRequirement] | None = Field(
        default=None, description="Requirements on the node's fields."
    )


class NodeSelector(Model):
    """Terms of which a node must meet one."""

    node_selector_terms: Annotated[list[NodeSelectorTerm], Field(min_length=1)] = Field(
        description="Terms of which a node must meet one."
    )


class PreferredNode(Model):
    """A preference for nodes."""

    weight: Weight = Field(description="How much it counts, 1 to 100.")
    preference: NodeSelectorTerm = Field(description="What the node should meet.")


class NodeAffinity(Model):
    """Which nodes the VMs may or should run on."""

    required_during_scheduling_ignored_during_execution: NodeSelector | None = Field(
        default=None, description="What a node must meet for a VM to start there."
    )
    preferred_during_scheduling_ignored_during_execution: list[PreferredNode] | None = Field(
        default=None, description="What a node should meet; those that meet more are taken first."
    )


class LabelSelector(Model):
    """A selection of objects by labels."""

    match_labels: dict[LabelKey, LabelValue] | None = Field(
        default=None, description="Labels and values that all must be there."
    )
    match_expressions: list[Requirement] | None = Field(
        default=None, description="Requirements that all must be met."
    )


class PodAffinityTerm(Model):
    """Pods to be near to or far from."""

    topology_key: LabelKey = Field(
        description="Label of nodes: those with the same value are near to each other."
    )
    label_selector: LabelSelector | None = Field(default=None, description="Which pods.")
    namespaces: list[DnsLabel] | None = Field(
        default=None, description="Namespaces of the pods. Not set, it is the VMs' own."
    )
    namespace_selector: LabelSelector | None = Field(
        default=None, description="Labels of the pods' namespaces."
    )
    match_label_keys: list[LabelKey] | None = Field(
        default=None, description="Labels of which pods must have the VM's own value."
    )
    mismatch_label_keys: list[LabelKey] | None = Field(
        default=None, description="Labels of which pods must have another value than the VM."
    )


class WeightedPodAffinityTerm(Model):
    """A preference for pods to be near to or far from."""

    weight: Weight = Field(description="How much it counts, 1 to 100.")
    pod_affinity_term: PodAffinityTerm = Field(description="Which pods.")


class PodAffinity(Model):
    """Which pods the VMs must or should run near to (or far from)."""

    required_during_scheduling_ignored_during_execution: list[PodAffinityTerm] | None = Field(
        default=None, description="Pods that must be near (or far) for a VM to start."
    )
    preferred_during_scheduling_ignored_during_execution: list[WeightedPodAffinityTerm] | None = (
        Field(default=None, description="Pods that should be near (or far).")
    )


class Affinity(Model):
    """Affinity as Kubernetes has it."""

    node_affinity: NodeAffinity | None = Field(
        default=None, description="Which nodes the VMs run on."
    )
    pod_affinity: PodAffinity | None = Field(
        default=None, description="Which pods the VMs are near to."
    )
    pod_anti_affinity: PodAffinity | None = Field(
        default=None, description="Which pods the VMs are far from."
    )


class TopologySpreadConstraint(Model):
    """How evenly the VMs spread over parts of the cluster."""

    max_skew: AtLeastOne = Field(description="By how many VMs two parts may differ.")
    topology_key: LabelKey = Field(
        description="Label of nodes: those with the same value are one part."
    )
    when_unsatisfiable: Literal["DoNotSchedule", "ScheduleAnyway"] = Field(
        description="Whether a VM that would make it uneven starts all the same."
    )
    label_selector: LabelSelector | None = Field(
        default=None, description="Which pods are counted."
    )
    min_domains: AtLeastOne | None = Field(
        default=None, description="How many parts there must be at least."
    )
    match_label_keys: list[LabelKey] | None = Field(
        default=None,
        description="Labels of which the pods that are counted have the VM's own value.",
    )
    node_affinity_policy: Literal["Honor", "Ignore"] | None = Field(
        default=None,
        description="Whether only nodes count that affinity and nodeSelector allow. Not set, it is "
        "Honor.",
    )
    node_taints_policy: Literal["Honor", "Ignore"] | None = Field(
        default=None,
        description="Whether nodes with taints that are not tolerated do not count. Not set, it is "
        "Ignore.",
    )

    @model_validator(mode="after")
    def accepted_by_kubernetes(self) -> TopologySpreadConstraint:
        if self.min_domains is not None and self.when_unsatisfiable != "DoNotSchedule":
            raise wrong(
                "has minDomains, which only whenUnsatisfiable DoNotSchedule may have",
                "leave out minDomains, or use whenUnsatisfiable: DoNotSchedule",
            )
        if self.match_label_keys and self.label_selector is None:
            raise wrong(
                "has matchLabelKeys, which only narrow a labelSelector", "add a labelSelector"
            )
        return self


def listed_twice(constraints: Mapping[int, Mapping[str, Any]]) -> Iterator[int]:
    """Yield the places of constraints that repeat the key and the rule of an earlier one."""
    seen = []
    for place, constraint in constraints.items():
        pair = (constraint.get("topologyKey"), constraint.get("whenUnsatisfiable"))
        if None not in pair and pair in seen:
            yield place
        seen.append(pair)
