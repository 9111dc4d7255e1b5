"""Objects as YAML, with or without what is secret in them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any

import yaml
from kubevirt_vm_pool.kubevirt.secret_fields import with_secrets_changed
from kubevirt_vm_pool.manifests.metadata import Object

REDACTED = "[secret]"


def as_yaml(manifests: Iterable[Object], *, show_secrets: bool = False) -> str:
    """Return objects as a stream of YAML documents with sorted keys."""
    shown = manifests if show_secrets else map(redacted, manifests)
    events: list[yaml.Event] = [yaml.StreamStartEvent()]
    for manifest in shown:
        events.append(yaml.DocumentStartEvent(explicit=True))
        _add(manifest, events)
        events.append(yaml.DocumentEndEvent(explicit=False))
    events.append(yaml.StreamEndEvent())
    text: str = yaml.emit(events, Dumper=_DUMPER, allow_unicode=True, width=100)
    return text


def redacted(
    manifest: Object, replacement: Callable[[str, Any], str] = lambda key, value: REDACTED
) -> Object:
    """Return an object without secret values.

    replacement: what stands in place of each, from its key and itself.
    """
    if manifest["kind"] == "VirtualMachinePool":
        changed: Object = with_secrets_changed(
            manifest, lambda path, value: replacement(str(path[-1]), value)
        )
        return changed
    if manifest["kind"] != "Secret":
        return manifest
    hidden: Object = {
        member: {key: replacement(key, value) for key, value in manifest[member].items()}
        for member in ("data", "stringData")
        if member in manifest
    }
    return {**manifest, **hidden}


_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_TEXT = "tag:yaml.org,2002:str"


def _add(value: Any, events: list[yaml.Event]) -> None:
    """Add the events that write a value of JSON's types, objects with sorted keys.

    PyYAML's own way to them, over nodes, takes as long as all the rest of a render. Equal parts are
    written out, since a reader of manifests expects no anchors.
    """
    kind = type(value)
    if kind is str:
        events.append(_text(value))
    elif kind is dict:
        events.append(yaml.MappingStartEvent(None, None, True, flow_style=False))
        for key in sorted(value):
            events.append(_key(key))
            _add(value[key], events)
        events.append(yaml.MappingEndEvent())
    elif kind is list:
        events.append(yaml.SequenceStartEvent(None, None, True, flow_style=False))
        for item in value:
            _add(item, events)
        events.append(yaml.SequenceEndEvent())
    else:
        node = _REPRESENTER.represent_data(value)
        events.append(yaml.ScalarEvent(None, node.tag, (True, False), node.value))


class _Resolver(yaml.resolver.Resolver):
    """Tells what an unquoted text is taken for."""


# Texts that kubectl's YAML takes for a truth or a number, and PyYAML does not: to be quoted.
_Resolver.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("[yYnN]$"), list("yYnN"))
_Resolver.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(([.][0-9]+|[0-9]+([.][0-9]*)?)[eE][-+]?[0-9]+|0[oO][0-7_]+)$"),
    list("-+.0123456789"),
)
_RESOLVER = _Resolver()
_REPRESENTER = yaml.representer.SafeRepresenter()


def _text(text: str) -> yaml.ScalarEvent:
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return yaml.ScalarEvent(None, _TEXT, (tag == _TEXT, True), text)


# The same keys come again in every object. Values are not kept: they may be long, or secret.
_key = functools.lru_cache(1_000)(_text)
