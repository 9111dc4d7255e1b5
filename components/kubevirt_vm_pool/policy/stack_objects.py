"""What the rules judge: the objects of one stack, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Stack:
    """One stack.

    objects: its Kubernetes objects; Secrets with their values.
    in_the_open: configuration keys with a password that its file holds unencrypted. Who judges
        does not always see the file; then there are none.
    """

    objects: tuple[Object, ...] = field(repr=False)
    in_the_open: tuple[str, ...] = ()

    def pools(self) -> Iterator[Object]:
        """Yield the VirtualMachinePools."""
        return self._of("pool.kubevirt.io", "VirtualMachinePool")

    def autoscalers(self) -> Iterator[Object]:
        """Yield the HorizontalPodAutoscalers."""
        return self._of("autoscaling", "HorizontalPodAutoscaler")

    def services(self) -> Iterator[Object]:
        """Yield the Services."""
        return self._of("", "Service")

    def secrets(self) -> Iterator[Object]:
        """Yield the Secrets."""
        return self._of("", "Secret")

    def _of(self, group: str, kind: str) -> Iterator[Object]:
        for one in self.objects:
            if one.get("kind") == kind and _group(one["apiVersion"]) == group:
                yield one


class Violation(NamedTuple):
    """What breaks a rule. about: the object, as kubectl names it. No secret is in any of it."""

    about: str
    message: str
    fix: str


def named(one: Object) -> str:
    """Return what an object is called: "VirtualMachinePool lab05-webserver"."""
    return f"{one['kind']} {one['metadata']['name']}"


def _group(api_version: str) -> str:
    group, slash, _ = api_version.partition("/")
    return group if slash else ""
