"""Pydantic's errors in the words of this project."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from ..spec.network import INTERFACE_NAME, MAC, PCI
from ..spec.per_replica import DATA_KEY, GENERATED_NAME
from ..spec.secrecy import may_show
from ..text.paths import Path, dotted
from ..text.spelling import did_you_mean
from .disk_rules import REFUSED as REFUSED_OF_DISKS
from .problems import UNKNOWN_KEY, Found, Problem
from .suggestions import keys_at, right_key

NEVER_INDEXED = (
    "would be the same for all VMs: KubeVirt appends the index to the names of cloud-init's Secret "
    "and of configMap and secret volumes only",
    "use a configMap or secret volume, or cloud-init",
)
# Keys that exist elsewhere and must not be known here; rule and fix.
REFUSED = {
    "perReplica.accessCredentials": NEVER_INDEXED,
    "perReplica.serviceAccount": NEVER_INDEXED,
    "perReplica.sysprep": NEVER_INDEXED,
    "volumes.serviceAccount": ("is no ConfigMap and no Secret", "use disks"),
    "volumes.sysprep": ("is no ConfigMap and no Secret", "use disks"),
    **REFUSED_OF_DISKS,
    "service.name": (
        "is none: the Service has the name of the pool, by which its VMs and its HPA are known too",
        "set name, or add a Service with a name of its own to services",
    ),
    "disruptionBudget.maxUnavailable": (
        "is counted by the scale of the pods' owner, and that of a VM's pod has none, so that no "
        "VM might ever leave a node (KubeVirt #18063)",
        "use minAvailable, a number of VMs",
    ),
}
# ... and such values.
ALSO_CALLED_VALUES = {
    "off": "disabled",
    "RWO": "ReadWriteOnce",
    "RWX": "ReadWriteMany",
    "RWOP": "ReadWriteOncePod",
    "==": "Equal",
}
PORTS = frozenset({"port", "targetPort", "nodePort"})
LISTS_OF_TEXT = frozenset({"accessModes", "command", "packages", "values"})


def in_words(model: type[BaseModel], details: ErrorDetails, prefix: Path) -> Found:
    """Say in the words of this project what pydantic found."""
    # pydantic's mark for "the key, not the value"
    place = tuple(step for step in details["loc"] if step != "[key]")
    path, value = (*prefix, *place), details["input"]
    return Found(path, _problem(model, details, place, path, value))


def _problem(
    model: type[BaseModel], details: ErrorDetails, place: Path, path: Path, value: object
) -> Problem:
    key = dotted(path)
    of_key = details["loc"][-1:] == ("[key]",) or details["type"] == "invalid_key"
    shown = value if may_show(path) and not of_key and not isinstance(value, dict | list) else None
    if of_key and details["type"] == "string_pattern_mismatch":
        return Problem(key, *_PATTERNS[details["ctx"]["pattern"]])
    if of_key and details["type"] != "rule":
        return Problem(key, "must be text", "quote the key")
    match details["type"]:
        case "extra_forbidden" if (anywhere := _anywhere(key)) in REFUSED:
            return Problem(key, *REFUSED[anywhere])
        case "extra_forbidden":
            # Its value stays unseen: the key may be a misspelt password.
            outer, dot, _ = str(place[-1]).partition(".")
            nested = dot and outer in keys_at(model, place[:-1])
            of_argument = f"write it inside of {dotted((*path[:-1], outer))}" if nested else ""
            fix = right_key(model, place)
            return Problem(key, UNKNOWN_KEY, fix, fix_of_argument=of_argument)
        case "missing":
            return Problem(key, "is missing", _MISSING.get(key, f"add {place[-1]}"))
        case _ if value is None:
            return Problem(key, "has no value", "give it one, or remove the key")
        case "rule":
            context = details["ctx"]
            return Problem(key, context["rule"], context["fix"], shown)
    rule, fix = _wording(details, path[-1], shown, keys_at(model, place), value)
    return Problem(key, rule, fix, shown)


def _anywhere(key: str) -> str:
    """Return a key without what counts or names the object that it is in."""
    return re.sub(r"^disks\.[^.]+", "disks", re.sub(r"\[[0-9]+\]", "", key))


_MISSING = {
    "autohealing.aloneInNamespace": "KubeVirt deletes every VM of the namespace that fails to "
    "start, with its disks: say true if the pool is alone there",
    "disk.source": "say what the disk is made from, for instance "
    "source: {pvc: {name: fedora-cloud-nginx-base}}",
}


def _wording(
    details: ErrorDetails, key: str | int, shown: object, members: Collection[str], value: object
) -> tuple[str, str]:
    """Return rule and fix.

    shown: the value, unless it must not be shown. members: the keys of the object that is due here.
    """
    context: Mapping[str, Any] = details.get("ctx", {})
    kind = details["type"]
    if kind.startswith("int"):
        number = re.fullmatch("([0-9]{1,9})([%s]?)", shown) if isinstance(shown, str) else None
        if number is None:
            return "must be a whole number", f"for instance {80 if key in PORTS else 2}"
        quotes = "" if number[2] else " without quotes"
        return "must be a whole number", f"write it{quotes}: {int(number[1])}"
    if kind.startswith("bool"):
        truth = {"true": "true", "yes": "true", "on": "true", "1": "true"}
        falsehood = {"false": "false", "no": "false", "off": "false", "0": "false"}
        meant = (truth | falsehood).get(str(shown).lower())
        if key == "waitForReady" and not meant:
            return "must be true or false", "write true; how long it waits is waitForReadyMinutes"
        return "must be true or false", f"write {meant}, without quotes" if meant else "write true"
    if kind.startswith("string_type"):
        if isinstance(shown, bool | int | float):
            return "must be text", f'quote it: "{str(shown).lower()}"'
        if isinstance(value, dict) and key == "userData":
            return "must be text", "use cloudInit.config for an object"
        return "must be text", "quote it" if isinstance(value, bool | int | float) else "give text"
    if kind.startswith("list"):
        if isinstance(shown, str) and key in LISTS_OF_TEXT:
            return "must be a list", f"write it as [{', '.join(re.split('[, ]+', shown))}]"
        return "must be a list", "begin each item with '- '"
    if kind.startswith(("dict", "model")):
        return "must be an object of keys and values", _as_object(key, shown, members)
    if kind == "literal_error":
        choices = [text for text in re.findall("'([^']*)'", context["expected"]) if text]
        near = ALSO_CALLED_VALUES.get(str(value)) or did_you_mean(str(value), choices)
        return (
            f"must be {' or '.join(filter(None, (', '.join(choices[:-1]), choices[-1])))}",
            f"did you mean {near}?" if near in choices else "pick one",
        )
    if key in PORTS and kind in {"greater_than_equal", "less_than_equal"}:
        return "must be a port, from 1 to 65535", "correct it"
    if kind == "greater_than_equal":
        return f"must be at least {context['ge']}", f"set {context['ge']} or more"
    if kind == "less_than_equal":
        return f"must be at most {context['le']}", f"set {context['le']} or less"
    if kind == "too_short":
        return "must not be empty", "list at least one"
    if kind == "string_too_short":
        return "must not be empty", "give it text"
    if kind == "string_pattern_mismatch":
        return _PATTERNS[context["pattern"]]
    return details["msg"].lower(), "correct it"


def _as_object(key: str | int, shown: object, members: Collection[str]) -> str:
    """Return how to write the object that was meant by a single value."""
    if key == "disks":
        return (
            "write each disk below its name, for instance data: {size: 10Gi, source: {blank: {}}}"
        )
    if key == "service" and str(shown) in {"no", "none", "None", "off"}:
        return "write false, without quotes, for none at all"
    if key == "cpu" and str(shown).isdigit():
        return f"did you mean cores: {shown}?"
    if key == "autohealing" and str(shown).lower() == "true":
        return "write it as {aloneInNamespace: true}, if no other VM is in the namespace"
    if key == "guestAgentPing":
        return "write it as {}"
    if key == "networkPolicy" and str(shown).lower() == "true":
        return "write it as {from: []}, which lets everybody reach the Service's ports"
    if key == "disruptionBudget" and isinstance(shown, str):
        return f"write it as {{minAvailable: {shown if shown.isdigit() else 1}}}"
    if "enabled" in members and str(shown).lower() in {"true", "false"}:
        return f"write it as {{enabled: {str(shown).lower()}}}"
    if "enabled" in members and str(shown).lower() in {"off", "no", "on", "yes"}:
        return f"write it as {{enabled: {str(str(shown).lower() in {'on', 'yes'}).lower()}}}"
    if "port" in members and isinstance(shown, int) and not isinstance(shown, bool):
        return f"write it as {{port: {shown}}}"
    if members and next(iter(members)) == "name" and isinstance(shown, str):
        return f"write it as {{name: {shown}}}"
    if "kind" in members and "namespace" in members and isinstance(shown, str):
        return f"write it as {{kind: User, name: {shown}}}"
    return f"its keys are {', '.join(members)}" if members else "write it as key: value"


_PATTERNS = {
    INTERFACE_NAME: (
        "is no name of a network (letters, digits, '-' and '_')",
        "for instance storage",
    ),
    MAC: ("is no MAC address (six pairs of digits and a to f)", "for instance 02:00:00:00:00:01"),
    PCI: ("is no PCI address (domain:bus:slot.function)", "for instance 0000:81:01.1"),
    "^/": ("must begin with /", "for instance /healthz"),
    r"^[a-z_][a-z0-9_-]{0,31}$": (
        "is no Linux user name (lower-case letters, digits, '_' and '-', at most 32, beginning "
        "with a letter or '_')",
        "for instance fedora",
    ),
    GENERATED_NAME: (
        "is no name that a template can use (lower-case letters, digits and '_', at most 31, "
        "beginning with a letter)",
        "for instance token",
    ),
    DATA_KEY: (
        "is no key of a ConfigMap or Secret (letters, digits, '-', '_' and '.', at most 253)",
        "for instance index.html",
    ),
}
