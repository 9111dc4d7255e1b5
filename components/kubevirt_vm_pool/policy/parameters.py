"""What each rule can be told: the parameters below its name in policies.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from ..spec.model import Model
from ..spec.values import AtLeastOne, DiskSize, Memory

Pattern = Annotated[str, Field(min_length=1)]


class Level(StrEnum):
    """What a broken rule leads to, in the engine's words. A mandatory one refuses the stack."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"
    DISABLED = "disabled"


class Parameters(Model):
    """Those of every rule."""

    enforcement_level: Literal["advisory", "mandatory", "disabled"] | None = None


class ReplicaCeiling(Parameters):
    """maximum: VMs of a pool, at once."""

    maximum: AtLeastOne | None = None


class SizeCeiling(Parameters):
    """cores, memory, disk: the most of each that a VM may have.

    instancetypes: names (or patterns such as u1.*) of instancetypes that are small enough: what is
    in one is the cluster's to know.
    """

    cores: AtLeastOne | None = None
    memory: Memory | None = None
    disk: DiskSize | None = None
    instancetypes: list[Pattern] = []


class GoldenImages(Parameters):
    """Names, or patterns such as fedora-*; not set, any will do.

    images: of the PVC, snapshot or DataSource that a disk is made from, or its URL.
    namespaces: where that stands.
    """

    images: list[Pattern] | None = None
    namespaces: list[Pattern] | None = None


class AllowedToleration(Model):
    """Tolerations of one key (not set: those without a key); what else is said must be the same."""

    key: Pattern | None = None
    operator: Literal["Exists", "Equal"] | None = None
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None


class Tolerations(Parameters):
    """allowed: not set, any; [] is none."""

    allowed: list[AllowedToleration] | None = None


def schema(model: type[Parameters]) -> dict[str, Any]:
    """Return the JSON Schema of a rule's own parameters by name, without references and titles."""
    whole = model.model_json_schema(by_alias=True)
    properties: dict[str, Any] = _inlined(whole["properties"], whole.get("$defs", {}))
    # The engine knows that of every policy by itself.
    del properties["enforcementLevel"]
    return properties


def _inlined(value: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_inlined(item, definitions) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return _inlined(definitions[value["$ref"].rpartition("/")[2]], definitions)
    # A default of null is "not set", which the engine would hand to the rule as a value.
    return {
        key: _inlined(member, definitions)
        for key, member in value.items()
        if not (key == "title" and isinstance(member, str)) and (key, member) != ("default", None)
    }
