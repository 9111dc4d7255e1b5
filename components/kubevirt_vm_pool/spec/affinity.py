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

    key: LabelKey
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: list[LabelValue] | None = None

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

    key: LabelKey
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
    values: list[str] | None = None

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

    key: Literal["metadata.name"]
    operator: Literal["In", "NotIn"]
    values: Annotated[list[str], Field(min_length=1, max_length=1)]


class NodeSelectorTerm(Model):
    """Requirements that a node must meet together."""

    match_expressions: list[NodeRequirement] | None = None
    match_fields: list[FieldRequirement] | None = None


class NodeSelector(Model):
    """Terms of which a node must meet one."""

    node_selector_terms: Annotated[list[NodeSelectorTerm], Field(min_length=1)]


class PreferredNode(Model):
    """A preference for nodes."""

    weight: Weight
    preference: NodeSelectorTerm


class NodeAffinity(Model):
    """Which nodes the VMs may or should run on."""

    required_during_scheduling_ignored_during_execution: NodeSelector | None = None
    preferred_during_scheduling_ignored_during_execution: list[PreferredNode] | None = None


class LabelSelector(Model):
    """A selection of objects by labels."""

    match_labels: dict[LabelKey, LabelValue] | None = None
    match_expressions: list[Requirement] | None = None


class PodAffinityTerm(Model):
    """Pods to be near to or far from."""

    topology_key: LabelKey
    label_selector: LabelSelector | None = None
    namespaces: list[DnsLabel] | None = None
    namespace_selector: LabelSelector | None = None
    match_label_keys: list[LabelKey] | None = None
    mismatch_label_keys: list[LabelKey] | None = None


class WeightedPodAffinityTerm(Model):
    """A preference for pods to be near to or far from."""

    weight: Weight
    pod_affinity_term: PodAffinityTerm


class PodAffinity(Model):
    """Which pods the VMs must or should run near to (or far from)."""

    required_during_scheduling_ignored_during_execution: list[PodAffinityTerm] | None = None
    preferred_during_scheduling_ignored_during_execution: list[WeightedPodAffinityTerm] | None = (
        None
    )


class Affinity(Model):
    """Affinity as Kubernetes has it."""

    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAffinity | None = None


class TopologySpreadConstraint(Model):
    """How evenly the VMs spread over parts of the cluster."""

    max_skew: AtLeastOne
    topology_key: LabelKey
    when_unsatisfiable: Literal["DoNotSchedule", "ScheduleAnyway"]
    label_selector: LabelSelector | None = None
    min_domains: AtLeastOne | None = None
    match_label_keys: list[LabelKey] | None = None
    node_affinity_policy: Literal["Honor", "Ignore"] | None = None
    node_taints_policy: Literal["Honor", "Ignore"] | None = None

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
