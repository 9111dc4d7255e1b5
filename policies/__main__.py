"""The rules as a Pulumi policy pack: `pulumi preview --policy-pack policies`, `pulumi up` too.

policies.yaml is its configuration; --policy-pack-config and Pulumi Cloud go over that. What only
the stack's file shows (Sight.FILE) is not here: an engine hands every value over decrypted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from kubevirt_vm_pool.policy import Settings, Stack, read
from kubevirt_vm_pool.policy.parameters import schema
from kubevirt_vm_pool.policy.rules import RULES, Rule, Sight
from kubevirt_vm_pool.policy.settings import parameters
from kubevirt_vm_pool.policy.stack_objects import Object, named
from kubevirt_vm_pool.validation.problems import ConfigurationError
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)


def policy(rule: Rule) -> Policy:
    """Return a rule as a policy.

    One that looks at single objects refuses an object before it is made; one that must see several
    is asked at the end of a preview, and at the end of an up.
    """
    judge = of_resource if rule.sight == Sight.OBJECT else of_stack
    kind = ResourceValidationPolicy if rule.sight == Sight.OBJECT else StackValidationPolicy
    return kind(
        name=rule.name,
        description=rule.description,
        validate=judge(rule),
        enforcement_level=EnforcementLevel(rule.level.value),
        config_schema=PolicyConfigSchema(schema(rule.parameters)),
    )


def of_resource(rule: Rule) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    """Return the validation of one resource, as it is about to be made."""

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if _is_object(args.resource_type, args.props):
            _judge(rule, {args.urn: args.props}, args.get_config(), report)

    return validate


def of_stack(rule: Rule) -> Callable[[StackValidationArgs, ReportViolation], None]:
    """Return the validation of all resources of a stack."""

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        objects = {
            resource.urn: resource.props
            for resource in args.resources
            if _is_object(resource.resource_type, resource.props)
        }
        _judge(rule, objects, args.get_config(), report)

    return validate


def _is_object(type_token: str, props: Mapping[str, Any]) -> bool:
    """Tell whether a resource is a Kubernetes object; a provider and a component are none."""
    return type_token.startswith("kubernetes:") and {"apiVersion", "kind"} <= props.keys()


def _judge(
    rule: Rule,
    objects: Mapping[str, Object],
    config: Mapping[str, Any],
    report: Callable[..., None],
) -> None:
    urns = {named(one): urn for urn, one in objects.items()}
    said = parameters(rule.name, _whole(config), where="the policy configuration")
    for violation in rule.broken(Stack(tuple(objects.values())), said):
        text = f"{violation.about} {violation.message}; {violation.fix}"
        report(text, urns.get(violation.about))


def _whole(value: Any) -> Any:
    """Return configuration with whole numbers: the engine hands every number over as a float."""
    if isinstance(value, Mapping):
        return {key: _whole(member) for key, member in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def initial(settings: Settings, names: Iterable[str]) -> dict[str, Any]:
    """Return what policies.yaml says of policies, as the engine wants it."""
    return {
        name: {
            **settings[name].parameters.model_dump(by_alias=True, exclude_unset=True),
            "enforcementLevel": EnforcementLevel(settings[name].level.value),
        }
        for name in names
    }


def main() -> None:
    """Serve the pack until the engine ends it."""
    try:
        settings = read(Path(__file__).parents[1])
    except ConfigurationError as error:
        sys.exit(f"error: {error}")
    rules = [rule for rule in RULES.values() if rule.sight != Sight.FILE]
    PolicyPack(
        name="kubevirt-vm-pool",
        policies=[policy(rule) for rule in rules],
        initial_config=initial(settings, (rule.name for rule in rules)),
    )


if __name__ == "__main__":
    main()
