"""The types of a VmPool's arguments: what args.py and the schema of the package are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from kubevirt_vm_pool.spec.defaults import NOT_SET, default_of
from kubevirt_vm_pool.spec.model import model_in
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.text.paths import Path
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .shapes import SHAPES


@dataclass(frozen=True)
class Member:
    """A member of a type. shape: of a key whose value is Kubernetes' own object, that object."""

    key: str
    field: FieldInfo
    shape: type[BaseModel] | None

    @property
    def description(self) -> str:
        """What it is, with its default if it has one."""
        default = default_of(self.field)
        text = self.field.description or ""
        if default in NOT_SET or not text:
            return text
        shown = default if isinstance(default, str) else json.dumps(default)
        return f"{text} Default: {shown}."


@dataclass(frozen=True)
class ArgumentType:
    """A type of an object: its model and its members."""

    model: type[BaseModel]
    members: tuple[Member, ...]

    @property
    def description(self) -> str:
        """What it is, in one paragraph."""
        if issubclass(self.model, PoolSpec):
            return (
                "Arguments of a VmPool: the keys of a stack's configuration. Shapes that are "
                "Kubernetes' own have Kubernetes' spelling."
            )
        return " ".join((self.model.__doc__ or "").split())


def argument_types(model: type[BaseModel] = PoolSpec) -> Mapping[str, ArgumentType]:
    """Return the types by the names of their models: each after those in it, the pool's last."""
    found: dict[str, ArgumentType] = {}
    _add(model, (), found)
    return found


def _add(model: type[BaseModel], path: Path, found: dict[str, ArgumentType]) -> None:
    members = []
    for field in model.model_fields.values():
        place = (*path, str(field.alias))
        shape = SHAPES.get(place)
        inner = shape or model_in(field.annotation)
        if inner is not None and inner.__name__ not in found:
            _add(inner, place, found)
        members.append(Member(str(field.alias), field, shape))
    found[model.__name__] = ArgumentType(model, tuple(members))
