"""From a configuration to a specification, or to one report of everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ..spec.pool import DATA_KEY, GENERATED_NAME, Specification, Toleration, suggested_label
from .problems import ConfigurationError, Path, Problem, did_you_mean, dotted, may_show, plain
from .rules import broken_rules

# Stand in for what is wrong by itself, so that the rules can look at the rest.
SOUND = {
    "namespace": "default",
    "disk": {
        "size": "1Gi",
        "accessModes": ["ReadWriteOnce"],
        "source": {"pvc": {"name": "golden-image"}},
    },
}

# What people write who know the field from elsewhere, in plain letters; the first that fits the
# place is meant.
ALSO_CALLED = {
    "allowfrom": ("from",),
    "authorizedkeys": ("sshAuthorizedKeys",),
    "count": ("replicas",),
    "deletionprotection": ("protect",),
    "eviction": ("evictionStrategy",),
    "cpu": ("cores",),
    "cpus": ("cores",),
    "hpa": ("autoscaling",),
    "image": ("source", "disk"),
    "instances": ("replicas",),
    "max": ("maxReplicas",),
    "min": ("minReplicas",),
    "name": ("secretName",),
    "nodeports": ("nodePort",),
    "pdb": ("disruptionBudget",),
    "peers": ("from",),
    "poddisruptionbudget": ("disruptionBudget",),
    "port": ("ports",),
    "probe": ("readinessProbe",),
    "ram": ("memory",),
    "runcmd": ("runCommands",),
    "sshkey": ("sshAuthorizedKeys",),
    "sshkeys": ("sshAuthorizedKeys",),
    "storage": ("size", "disk"),
    "storageclass": ("storageClassName",),
    "targetcpu": ("targetCPUUtilizationPercentage",),
    "updatestrategy": ("strategy", "rollout"),
    "username": ("user",),
    "users": ("subjects",),
    "vcpu": ("cores",),
    "vcpus": ("cores",),
    "wait": ("waitForReady",),
}
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
    "volumes.serviceAccount": NEVER_INDEXED,
    "volumes.sysprep": NEVER_INDEXED,
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
# Objects whose keys are their author's own.
FREE = frozenset(
    {"annotations", "config", "configMaps", "generate", "labels", "matchLabels", "networkData"}
    | {"nodeSelector", "secrets", "values"}
)
PORTS = frozenset({"port", "targetPort", "nodePort"})
LISTS_OF_TEXT = frozenset({"accessModes", "command", "packages", "values"})


M = TypeVar("M", bound=BaseModel)


class Found(NamedTuple):
    """A problem, and the place in the configuration that it is about."""

    path: Path
    problem: Problem


def specify(
    config: Mapping[str, Any],
    *,
    defaults: Mapping[str, Any],
    unsaid: Collection[str] = (),
    where: str = "The configuration",
) -> Specification:
    """Return the specification that a complete configuration stands for.

    config: values by key, defaults filled in.
    defaults: the declared defaults by key, which stand in for values that are wrong.
    unsaid: keys whose value is the default, so that perhaps nobody said it.
    where: what the report calls the configuration, for instance "Pulumi.dev.yaml".

    Raises ConfigurationError with every problem there is: misspelt keys first, then in the order
    of the keys in Pulumi.yaml.
    """
    spec, found = validated(Specification, config)
    found += _problems_of_kubernetes(config)
    problems = [_of_stack_name(problem, unsaid) for _, problem in found]
    unsound = {str(path[0]) for path, _ in found}
    # A misspelt key leaves the right one without its value, which is no second mistake.
    unknown = unsound.difference(keys_at(Specification, ()))
    unsound |= {str(step) for key in unknown for step in _meant_path(Specification, (key,))[:1]}
    if spec is None:
        spec = _of_what_is_sound(config, [path for path, _ in found], defaults)
    if spec is not None:
        problems += broken_rules(spec, unsaid=unsaid, unsound=unsound)
    if problems or spec is None:
        order = {key: place for place, key in enumerate(keys_at(Specification, ()))}
        once = dict.fromkeys(problems)
        raise ConfigurationError(
            sorted(once, key=lambda problem: order.get(problem.top, -1)), where=where
        )
    return spec


def validated(model: type[M], value: object, path: Path = ()) -> tuple[M | None, list[Found]]:
    """Return a value as the model that it stands for, or None and what is wrong with it.

    path: where the value stands, for the report.
    """
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=True)
        meant = [
            _meant_path(model, details["loc"])
            for details in errors
            if details["type"] == "extra_forbidden"
        ]
        found = [
            _found(model, details, path)
            for details in errors
            # What is only misspelt or misplaced is not missing, too.
            if details["type"] != "missing"
            or not any(there[: len(details["loc"])] == details["loc"] for there in meant)
        ]
        return None, found


def _of_what_is_sound(
    config: Mapping[str, Any], wrong: Collection[Path], defaults: Mapping[str, Any]
) -> Specification | None:
    """Return the specification without what is wrong.

    Single members are left out where the rest can do without them, else their top-level key is.
    """
    stand_ins = {**defaults, **SOUND}
    missing = {str(path[0]) for path in wrong if len(path) == 1}
    for _ in range(2):
        rest = {key: value for key, value in config.items() if key not in missing}
        for path in wrong:
            if path[0] in rest:
                rest[str(path[0])] = _without(rest[str(path[0])], path[1:])
        rest |= {key: stand_ins[key] for key in missing if key in stand_ins}
        spec, wrong_still = validated(Specification, rest)
        if spec is not None:
            return spec
        missing |= {str(path[0]) for path, _ in wrong_still}
    return None


def _without(value: Any, path: Path) -> Any:
    """Return a value without the member at a path."""
    step, *rest = path or (None,)
    if isinstance(value, dict) and step in value:
        inner = {step: _without(value[step], tuple(rest))} if rest else {}
        return {key: old for key, old in value.items() if key != step} | inner
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        inner_list = [_without(value[step], tuple(rest))] if rest else []
        return [*value[:step], *inner_list, *value[step + 1 :]]
    return value


def _problems_of_kubernetes(config: Mapping[str, Any]) -> list[Found]:
    """Check what is Kubernetes' own; what is no object at all is reported by Specification."""
    found: list[Found] = []
    for index, item in _objects_in(config.get("tolerations")):
        found += validated(Toleration, item, ("tolerations", index))[1]
    # Building the rest takes a preview 10 ms, and few stacks use it.
    policy = config.get("networkPolicy")
    if isinstance(policy, dict) and policy.get("from"):
        from ..spec.network_peers import NetworkPolicyPeer

        for index, item in _objects_in(policy["from"]):
            found += validated(NetworkPolicyPeer, item, ("networkPolicy", "from", index))[1]
    affinity, spread = config.get("affinity"), config.get("topologySpreadConstraints")
    if not (affinity or spread):
        return found
    from ..spec.affinity import Affinity, TopologySpreadConstraint, listed_twice

    if isinstance(affinity, dict):
        found += validated(Affinity, affinity, ("affinity",))[1]
    for index, item in _objects_in(spread):
        found += validated(TopologySpreadConstraint, item, ("topologySpreadConstraints", index))[1]
    for index in listed_twice(dict(_objects_in(spread))):
        path = ("topologySpreadConstraints", index)
        problem = Problem(
            dotted(path),
            "has the topologyKey and whenUnsatisfiable of another one, which Kubernetes refuses",
            "keep one of them",
        )
        found.append(Found(path, problem))
    return found


def _objects_in(items: object) -> Iterator[tuple[int, dict[str, Any]]]:
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield index, item


def _of_stack_name(problem: Problem, unsaid: Collection[str]) -> Problem:
    """Say of a namespace that nobody typed where it comes from."""
    if problem.key != "namespace" or "namespace" not in unsaid:
        return problem
    return Problem(
        problem.key,
        f"is not set, so it is the stack's name, and that {problem.rule}",
        f"set namespace, for instance {suggested_label(str(problem.value))}, or rename the stack",
        problem.value,
    )


def _found(model: type[BaseModel], details: ErrorDetails, prefix: Path) -> Found:
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
        case "extra_forbidden" if (anywhere := re.sub(r"\[[0-9]+\]", "", key)) in REFUSED:
            return Problem(key, *REFUSED[anywhere])
        case "extra_forbidden":
            # Its value stays unseen: the key may be a misspelt password.
            return Problem(key, "unknown key", _right_key(model, place))
        case "missing":
            return Problem(key, "is missing", _MISSING.get(key, f"add {place[-1]}"))
        case _ if value is None:
            return Problem(key, "has no value", "give it one, or remove the key")
        case "rule":
            context = details["ctx"]
            return Problem(key, context["rule"], context["fix"], shown)
    rule, fix = _wording(details, path[-1], shown, keys_at(model, place), value)
    return Problem(key, rule, fix, shown)


_MISSING = {
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
    if key == "guestAgentPing":
        return "write it as {}"
    if key == "networkPolicy" and str(shown).lower() == "true":
        return "write it as {from: []}, which lets everybody reach the Service's ports"
    if key == "disruptionBudget" and isinstance(shown, str):
        return f"write it as {{minAvailable: {shown if shown.isdigit() else 1}}}"
    if "enabled" in members and str(shown).lower() in {"true", "false"}:
        return f"write it as {{enabled: {str(shown).lower()}}}"
    if "port" in members and isinstance(shown, int) and not isinstance(shown, bool):
        return f"write it as {{port: {shown}}}"
    if members and next(iter(members)) == "name" and isinstance(shown, str):
        return f"write it as {{name: {shown}}}"
    if "kind" in members and "namespace" in members and isinstance(shown, str):
        return f"write it as {{kind: User, name: {shown}}}"
    return f"its keys are {', '.join(members)}" if members else "write it as key: value"


_PATTERNS = {
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


def _right_key(model: type[BaseModel], place: Path) -> str:
    """Return what to do about an unknown key."""
    meant = _meant_path(model, place)
    if len(place) == 1 and "." in str(place[0]) and meant:
        return f"write it below {meant[0]}:, or use `pulumi config set --path`"
    if meant and meant[:-1] == place[:-1]:
        return f"did you mean {meant[-1]}?"
    if meant:
        return f"its place is {dotted(meant)}"
    known = keys_at(model, place[:-1])
    return f"known here: {', '.join(known)}" if 0 < len(known) <= 12 else "remove it"


def _meant_path(model: type[BaseModel], place: Path) -> Path:
    """Return the place of the key that was meant by an unknown one; () if none is near."""
    above, typed = place[:-1], str(place[-1])
    known = keys_at(model, above)
    first, dot, _ = typed.partition(".")
    if dot and first in known:
        return (*above, first)
    also = ALSO_CALLED.get(plain(typed), ())
    paths = [path for path in _all_paths(model) if path[-1] != "enabled"]
    for name in also:
        if name in known:
            return (*above, name)
    for name in (typed, *also):
        homes = [path for path in paths if path[-1] == name]
        below = [path for path in homes if path[: len(above)] == above]
        at_top = [path for path in homes if len(path) == 1]
        for candidates in (below, at_top):
            if len(candidates) == 1:
                return candidates[0]
    near = did_you_mean(typed, known)
    return (*above, near) if near else ()


def _all_paths(model: type[BaseModel], above: Path = ()) -> Iterator[Path]:
    """Yield the path of every key that a model knows."""
    for field in model.model_fields.values():
        path = (*above, str(field.alias))
        yield path
        inner = _model_in(field.annotation)
        if inner is not None:
            yield from _all_paths(inner, path)


def keys_at(model: type[BaseModel], place: Path) -> list[str]:
    """Return the keys that an object at a place of the model may have, in their order."""
    here: type[BaseModel] | None = model
    for step in place:
        if here is None or step in FREE:
            return []
        if isinstance(step, str):
            fields = {field.alias: field for field in here.model_fields.values()}
            here = _model_in(fields[step].annotation) if step in fields else None
    return [str(field.alias) for field in here.model_fields.values()] if here else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that an annotation such as `list[X] | None` is about."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
