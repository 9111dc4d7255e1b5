"""From a configuration to a specification, or to one report of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ..spec.defaults import completed, defaults
from ..spec.names import suggested_label
from ..spec.pool import PoolSpec
from ..spec.scheduling import Toleration
from ..text.paths import Path, dotted
from . import kubevirt_keys
from .problems import ConfigurationError, Found, Problem
from .rules import broken_rules
from .template import problems_as_typed

# Stand in for what is wrong by itself, so that the rules can look at the rest.
SOUND = {
    "namespace": "default",
    "disk": {
        "size": "1Gi",
        "accessModes": ["ReadWriteOnce"],
        "source": {"pvc": {"name": "golden-image"}},
    },
}


M = TypeVar("M", bound=BaseModel)


def specify(
    given: Mapping[str, Any], *, stack: str, where: str, misread: Collection[Problem] = ()
) -> PoolSpec:
    """Return the specification that a configuration stands for.

    given: values by key; the declared defaults are filled in.
    stack: the stack's name, which is the namespace where none is given.
    where: what the report calls the configuration, for instance "Pulumi.dev.yaml".
    misread: what its reader has found to mean something else than what stands there.

    Raises ConfigurationError with every problem there is: misspelt keys first, then in the order
    of the keys in Pulumi.yaml.
    """
    complete = completed(given, stack=stack)
    config, defaulted = complete.values, complete.defaulted
    spec, found = validated(PoolSpec, config)
    found += _problems_of_kubernetes(config)
    found += problems_as_typed(config)
    known = {problem.key for problem in misread}
    problems = [*misread]
    problems += [_of_stack_name(one, defaulted) for _, one in found if one.key not in known]
    if spec is None:
        spec = _of_what_is_sound(config, [path for path, _ in found])
    if spec is not None:
        unsound = _unsound([path for path, _ in found])
        broken = broken_rules(spec, defaulted=defaulted, unsound=unsound)
        problems += [one for one in broken if one.key not in known]
    if problems or spec is None:
        from .suggestions import keys_at

        order = {key: place for place, key in enumerate(keys_at(PoolSpec, ()))}
        once = dict.fromkeys(problems)
        raise ConfigurationError(
            sorted(once, key=lambda problem: order.get(problem.top, -1)), where=where
        )
    return spec


def _unsound(wrong: Collection[Path]) -> set[str]:
    """Return the top-level keys that rules must not look at."""
    found = {str(path[0]) for path in wrong}
    if found:
        from .suggestions import keys_at, meant_path

        # A misspelt key leaves the right one without its value, which is no second mistake.
        unknown = found.difference(keys_at(PoolSpec, ()))
        found |= {str(step) for key in unknown for step in meant_path(PoolSpec, (key,))[:1]}
    return found


def validated(model: type[M], value: object, path: Path = ()) -> tuple[M | None, list[Found]]:
    """Return a value as the model that it stands for, or None and what is wrong with it.

    path: where the value stands, for the report.
    """
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        # Most configurations are sound, and need no words for what is wrong.
        from .suggestions import meant_path
        from .wording import in_words

        errors = error.errors(include_url=False, include_context=True)
        meant = [
            meant_path(model, details["loc"])
            for details in errors
            if details["type"] == "extra_forbidden"
        ]
        found = [
            in_words(model, details, path)
            for details in errors
            # What is only misspelt or misplaced is not missing, too.
            if details["type"] != "missing"
            or not any(there[: len(details["loc"])] == details["loc"] for there in meant)
        ]
        return None, found


def _of_what_is_sound(config: Mapping[str, Any], wrong: Collection[Path]) -> PoolSpec | None:
    """Return the specification without what is wrong.

    Single members are left out where the rest can do without them, else their top-level key is.
    """
    placeholders = {**defaults(), **SOUND}
    missing = {str(path[0]) for path in wrong if len(path) == 1}
    for _ in range(2):
        rest = {key: value for key, value in config.items() if str(key) not in missing}
        for path in wrong:
            if path[0] in rest:
                rest[str(path[0])] = _without(rest[str(path[0])], path[1:])
        rest |= {key: placeholders[key] for key in missing if key in placeholders}
        spec, wrong_still = validated(PoolSpec, rest)
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
    """Check what is Kubernetes' own; what is no object at all is reported by PoolSpec."""
    found: list[Found] = []
    for index, item in _objects_in(config.get("tolerations")):
        found += validated(Toleration, item, ("tolerations", index))[1]
    found += kubevirt_keys.problems(config)
    found += _problems_of_scaling(config.get("autoscaling"))
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


def _problems_of_scaling(scaling: object) -> list[Found]:
    if not isinstance(scaling, dict) or not (scaling.get("metrics") or scaling.get("behavior")):
        return []
    from ..spec.hpa_metrics import Behavior, Metric

    found: list[Found] = []
    for index, item in _objects_in(scaling.get("metrics")):
        found += validated(Metric, item, ("autoscaling", "metrics", index))[1]
    if isinstance(behavior := scaling.get("behavior"), dict):
        found += validated(Behavior, behavior, ("autoscaling", "behavior"))[1]
    return found


def _objects_in(items: object) -> Iterator[tuple[int, dict[str, Any]]]:
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield index, item


def _of_stack_name(problem: Problem, defaulted: Collection[str]) -> Problem:
    """Say of a namespace that nobody typed where it comes from."""
    if problem.key != "namespace" or "namespace" not in defaulted:
        return problem
    return Problem(
        problem.key,
        f"is not set, so it is the stack's name, and that {problem.rule}",
        f"set namespace, for instance {suggested_label(str(problem.value))}, or rename the stack",
        problem.value,
    )
