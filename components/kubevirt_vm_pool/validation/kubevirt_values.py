"""Single values of KubeVirt's fields: what is wrong with one, in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ..kubevirt.fields import Field
from ..kubevirt.secret_fields import is_secret
from ..spec import quantity
from ..text.paths import Path, dotted
from ..text.spelling import did_you_mean
from .problems import Problem

BITS = {"int32": 32, "int64": 64}
DURATION = re.compile(r"0|[+-]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+")
TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9:]{5})"
)
TRUTH = {"true": "true", "yes": "true", "on": "true", "1": "true"}
FALSEHOOD = {"false": "false", "no": "false", "off": "false", "0": "false"}


def problem_of_value(
    field: Field, value: object, members: Collection[str] | None, path: Path
) -> Problem | None:
    """Return what is wrong with a value of a field, or None.

    members: the keys of the object that is due here, if one is.
    """
    rule, fix = _wrong(field, value, members)
    if not rule:
        return None
    if is_secret(path):
        return Problem(dotted(path), rule, "quote it, or give text")
    if members is not None and not isinstance(value, bool):
        # What stands in place of an object may be a secret that belongs into it.
        return Problem(dotted(path), rule, fix)
    return Problem(dotted(path), rule, fix, shown(value))


def in_words(names: Sequence[str], last: str = "or") -> str:
    """Return names as one reads them out: "a, b or c"."""
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def shown(value: object) -> object:
    """Return a value if it is short enough for a report."""
    return None if isinstance(value, dict | list) else value


def _wrong(field: Field, value: object, members: Collection[str] | None) -> tuple[str, str]:
    """Return rule and fix, ("", "") where nothing is wrong."""
    if field.is_list:
        return "must be a list", _as_list(field, value)
    if field.is_map:
        return "must be an object of keys and values", "write it as key: value"
    if members is not None:
        fix = (
            f"its keys are {', '.join(members)}"
            if 0 < len(members) <= 12
            else "write it as key: value"
        )
        return "must be an object of keys and values", fix if members else "write it as {}"
    match field.of:
        case "boolean" if not isinstance(value, bool):
            meant = (TRUTH | FALSEHOOD).get(str(value).lower())
            return (
                "must be true or false",
                f"write {meant}, without quotes" if meant else "write true",
            )
        case "int32" | "int64" as size:
            return _wrong_number(value, 2 ** (BITS[size] - 1))
        case "quantity":
            return _wrong_quantity(value)
        case "int-or-string" if isinstance(value, bool) or not isinstance(value, int | str):
            return "must be a whole number or text", "correct it"
        case "string" | "duration" | "time" if not isinstance(value, str):
            if isinstance(value, bool | int | float):
                return "must be text", f'quote it: "{str(value).lower()}"'
            # A date, which YAML reads as such.
            return "must be text", "give text" if isinstance(value, dict | list) else "quote it"
        case "anything" if not isinstance(value, dict):
            return "must be an object of keys and values", "write it as key: value"
        case "duration" if not DURATION.fullmatch(str(value)):
            return "is no duration", "write it like 5m or 1h30m"
        case "time" if not TIME.fullmatch(str(value)):
            return "is no time", "write it like 2026-01-31T12:00:00Z"
    if field.enum and value not in field.enum and (value != "" or field.required):
        near = did_you_mean(str(value), field.enum)
        pick = "pick one" if len(field.enum) > 1 else f"write {field.enum[0]}"
        return f"must be {in_words(field.enum)}", f"did you mean {near}?" if near else pick
    return "", ""


def _wrong_number(value: object, limit: int) -> tuple[str, str]:
    if isinstance(value, bool) or not isinstance(value, int):
        number = isinstance(value, str) and re.fullmatch("-?[0-9]{1,18}", value)
        fix = f"write it without quotes: {int(str(value))}" if number else "for instance 2"
        return "must be a whole number", fix
    if not -limit <= value < limit:
        return f"must be from {-limit} to {limit - 1}", "correct it"
    return "", ""


def _wrong_quantity(value: object) -> tuple[str, str]:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return "must be a Kubernetes quantity", "write it like 2Gi or 500m"
    if isinstance(value, float):
        return "must be text or a whole number", f'quote it: "{value}"'
    try:
        quantity.parse(str(value))
    except ValueError as reason:
        rule, _, guess = str(reason).partition("; ")
        return rule, guess or "write it like 2Gi or 500m"
    return "", ""


def _as_list(field: Field, value: object) -> str:
    if field.of == "string" and isinstance(value, str):
        return f"write it as [{', '.join(filter(None, re.split('[, ]+', value)))}]"
    return "begin each item with '- '"
