"""A stack's objects as YAML: what an up would make, with neither engine, cluster nor network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import yaml

from components.objects import Object, objects

from .console import Trouble
from .stacks import Stack

REDACTED = "[secret]"


def objects_of(stack: Stack, *, show_secrets: bool = False) -> dict[str, Object]:
    """Return the objects of a stack by role; raises Trouble with every problem of its file.

    show_secrets: whether their secret values must be known, too.
    """
    spec = stack.specification()
    if show_secrets:
        stack.demand_unsealed()
        if spec.per_replica.generate:
            raise Trouble(
                f"perReplica.generate in {stack.file.name} has values that an up makes, and nobody "
                "knows them here; render without --show-secrets"
            )
    return objects(spec)


def as_yaml(manifests: Iterable[Object], *, show_secrets: bool = False) -> str:
    """Return objects as a stream of YAML documents with sorted keys."""
    shown = manifests if show_secrets else map(redacted, manifests)
    text: str = yaml.dump_all(
        shown,
        Dumper=_Dumper,
        sort_keys=True,
        allow_unicode=True,
        explicit_start=True,
        width=100,
    )
    return text


def redacted(
    manifest: Object, replacement: Callable[[str, Any], str] = lambda key, value: REDACTED
) -> Object:
    """Return an object without secret values.

    replacement: what stands in place of each, from its key and itself.
    """
    if manifest["kind"] != "Secret":
        return manifest
    hidden: Object = {
        member: {key: replacement(key, value) for key, value in manifest[member].items()}
        for member in ("data", "stringData")
        if member in manifest
    }
    return {**manifest, **hidden}


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    def ignore_aliases(self, data: object) -> bool:
        """Write equal parts out: a reader of manifests expects no anchors."""
        return True

    def represent_data(self, data: Any) -> yaml.Node:
        """Return what stands for a value.

        PyYAML's own way looks for aliases and for the types' base classes: a tenth of a render.
        """
        kind = type(data)
        if kind is str:
            return yaml.ScalarNode("tag:yaml.org,2002:str", data)
        if kind is dict:
            members = [
                (self.represent_data(key), self.represent_data(value))
                for key, value in sorted(data.items())
            ]
            return yaml.MappingNode("tag:yaml.org,2002:map", members, flow_style=False)
        if kind is list:
            items = [self.represent_data(item) for item in data]
            return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=False)
        node: yaml.Node = super().represent_data(data)
        return node


# Texts that kubectl's YAML takes for a truth or a number, and PyYAML does not: to be quoted.
_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("[yYnN]$"), list("yYnN"))
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(([.][0-9]+|[0-9]+([.][0-9]*)?)[eE][-+]?[0-9]+|0[oO][0-7_]+)$"),
    list("-+.0123456789"),
)
