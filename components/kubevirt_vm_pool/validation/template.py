"""Check `template`: as it was typed, and what it makes with what the other keys make."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..spec.pool import PoolSpec
from ..spec.values import VERSION
from .problems import Found, Problem


def problems_as_typed(config: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with `template` by itself; without a version nothing can be told."""
    template, version = config.get("template"), config.get("kubevirtVersion")
    if not template or not isinstance(template, dict):
        return
    if isinstance(version, str) and re.fullmatch(VERSION, version):
        from .kubevirt_fields import problems

        yield from problems(template, version)


def problems_of_the_whole(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with the VMs that `template` makes with what the other keys make."""
    if not spec.template:
        return
    from ..manifests.merge import merged
    from ..manifests.virtual_machine_pool import virtual_machine
    from . import template_disks, template_networks, template_vms
    from .kubevirt_fields import problems
    from .template_whole import Whole

    vm = merged(virtual_machine(spec), spec.template)
    found = [one.problem for one in problems(spec.template, spec.kubevirt_version, whole=vm)]
    yield from found
    if found:
        return
    whole = Whole(spec, vm)
    for rule in (*template_vms.RULES, *template_disks.RULES, *template_networks.RULES):
        yield from rule(whole)
