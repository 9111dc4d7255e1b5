"""The rules of policies/ on a stack as its file describes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kubevirt_vm_pool import policy
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.policy import passwords, volumes
from kubevirt_vm_pool.policy.settings import FILE
from kubevirt_vm_pool.text.paths import at, dotted
from kubevirt_vm_pool.validation.problems import ConfigurationError

from .abbreviate import abbreviate
from .console import UserError, tell
from .stack import stack_files
from .stack.project import ROOT
from .stack.stack_files import Stack

HASHED = "hashed-password"
MAY_HOLD_PASSWORDS = (
    *("password", "cloudInit.userData", "cloudInit.userDataBase64", "cloudInit.config"),
    "perReplica",
    "template",
)
EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def settings(root: Path = ROOT) -> policy.Settings:
    """Return what policies.yaml says, or the defaults if there is none; raises UserError."""
    try:
        return policy.read(root)
    except ConfigurationError as error:
        raise UserError(str(error)) from None


def findings(
    stack: Stack, manifests: Iterable[Object], rules: policy.Settings
) -> tuple[policy.Finding, ...]:
    """Return what a stack breaks.

    manifests: the stack's objects, Secrets with their values.
    """
    judged = (one for one in manifests if one["kind"] != "Secret" or not unread(stack))
    return policy.findings(policy.Stack(tuple(judged), tuple(in_the_open(stack))), rules)


def check(names: Iterable[str]) -> None:
    """Say what stacks break; raises UserError if one breaks a mandatory rule or has no objects."""
    rules = settings()
    failed = []
    for name in names:
        try:
            stack = stack_files.read(name)
            stack.require_known()
            require(stack, objects(stack.specification()).values(), rules)
        except UserError as error:
            error.show()
            failed.append(name)
    if failed:
        raise UserError(f"not as {FILE} says, or not to be checked: {', '.join(failed)}")


def require(
    stack: Stack, manifests: Iterable[Object], rules: policy.Settings | None = None
) -> None:
    """Say what a stack breaks; raises UserError if one of the rules is mandatory.

    rules: not given, those of policies.yaml.
    """
    rules = settings() if rules is None else rules
    file = stack.file.name
    for key in unread(stack) if rules[HASHED].level != policy.Level.DISABLED else ():
        tell(f"{file}: {HASHED} is not checked: {key} is encrypted, and {stack.encrypted[key]}")
    found = findings(stack, manifests, rules)
    for line in abbreviate(f"{file}: {finding}" for finding in found):
        tell(line)
    if policy.refused(found):
        raise UserError(f"{file} breaks a mandatory rule of {FILE}, see above")


def unread(stack: Stack) -> list[str]:
    """Return the keys with which the cloud-init Secret cannot be judged: placeholders are in it."""
    return [key for key in stack.encrypted if _within(key, MAY_HOLD_PASSWORDS)]


def in_the_open(stack: Stack) -> Iterator[str]:
    """Yield the keys of passwords that the file holds in plain text."""
    for section in ("", "cloudInit", "perReplica"):
        given = stack.given if section == "" else stack.given.get(section)
        for key in _open_keys(given if isinstance(given, Mapping) else {}):
            whole = f"{section}.{key}".lstrip(".")
            if not _within(whole, stack.ciphertexts):
                yield whole
    place = ("template", "spec", "volumes")
    given_volumes = at(stack.given.get("template"), *place)
    for path, text in volumes.user_data(given_volumes if isinstance(given_volumes, list) else ()):
        whole = dotted(("template", *place, *path))
        if passwords.in_user_data(text) and not _within(whole, stack.ciphertexts):
            yield whole


def _open_keys(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of plain-text passwords in an object with password, config and userData."""
    said = _without_expressions({key: given.get(key) for key in ("password", "config", "userData")})
    yield from passwords.in_document({"password": said["password"]})
    if isinstance(said["config"], dict):
        yield from (f"config.{place}" for place in passwords.in_document(said["config"]))
    if isinstance(said["userData"], str) and passwords.in_user_data(said["userData"]):
        yield "userData"


def _without_expressions(value: Any) -> Any:
    """Return configuration without what is filled in for each replica: it stands elsewhere."""
    if isinstance(value, dict):
        return {key: _without_expressions(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_without_expressions(item) for item in value]
    return EXPRESSION.sub("", value) if isinstance(value, str) else value


def _within(key: str, others: Iterable[str]) -> bool:
    """Tell whether a key is one of others, or below one."""
    return any(key == one or key.startswith((f"{one}.", f"{one}[")) for one in others)
