"""The rules of policies/ on a stack as its file describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import policies
from components.objects import Object, objects
from components.problems import ConfigurationError
from policies import passwords
from policies.settings import FILE

from . import stacks, yaml_1_2
from .console import Trouble, say
from .stacks import ROOT, Stack

HASHED = "hashed-password"
MAY_HOLD_PASSWORDS = ("password", "cloudInit.userData", "cloudInit.config")


def settings(root: Path = ROOT) -> policies.Settings:
    """Return what policies.yaml says, or the defaults if there is none.

    Raises Trouble with every problem of it.
    """
    try:
        return policies.settings(yaml_1_2.load((root / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return policies.settings(None)
    except UnicodeDecodeError:
        raise Trouble(f"{FILE} cannot be read: it is no UTF-8") from None
    except ValueError as reason:
        raise Trouble(f"{FILE} cannot be read: {reason}") from None
    except ConfigurationError as error:
        raise Trouble(str(error)) from None


def findings(
    stack: Stack, manifests: Iterable[Object], rules: policies.Settings
) -> tuple[policies.Finding, ...]:
    """Return what a stack breaks.

    manifests: the stack's objects, Secrets with their values.
    """
    judged = (one for one in manifests if one["kind"] != "Secret" or not unread(stack))
    return policies.findings(policies.Stack(tuple(judged), tuple(in_the_open(stack))), rules)


def check(names: Iterable[str]) -> None:
    """Say what stacks break; raises Trouble if one breaks a mandatory rule or has no objects."""
    rules = settings()
    failed = []
    for name in names:
        try:
            stack = stacks.read(name)
            demand(stack, objects(stack.specification()).values(), rules)
        except Trouble as trouble:
            trouble.show()
            failed.append(name)
    if failed:
        raise Trouble(f"not as {FILE} says, or not to be checked: {', '.join(failed)}")


def demand(
    stack: Stack, manifests: Iterable[Object], rules: policies.Settings | None = None
) -> None:
    """Say what a stack breaks; raises Trouble if one of the rules is mandatory.

    rules: not given, those of policies.yaml.
    """
    rules = settings() if rules is None else rules
    file = stack.file.name
    for key in unread(stack) if rules[HASHED].level != policies.Level.DISABLED else ():
        say(f"{file}: {HASHED} is not checked: {key} is encrypted, and {stack.sealed[key]}")
    found = findings(stack, manifests, rules)
    for finding in found:
        say(f"{file}: {finding}")
    if policies.refused(found):
        raise Trouble(f"{file} breaks a mandatory rule of {FILE}, see above")


def unread(stack: Stack) -> list[str]:
    """Return the keys with which the cloud-init Secret cannot be judged: stand-ins are in it."""
    return [key for key in stack.sealed if _within(key, MAY_HOLD_PASSWORDS)]


def in_the_open(stack: Stack) -> Iterator[str]:
    """Yield the keys of passwords that the file holds in plain text."""
    password = stack.given.get("password")
    if password and not passwords.is_hash(str(password)) and not _encrypted(stack, "password"):
        yield "password"
    cloud_init = stack.given.get("cloudInit")
    settings: Mapping[str, Any] = cloud_init if isinstance(cloud_init, dict) else {}
    user_data, config = settings.get("userData"), settings.get("config")
    whole = "cloudInit.userData"
    if isinstance(user_data, str) and passwords.in_user_data(user_data):
        yield from () if _encrypted(stack, whole) else (whole,)
    for place in passwords.in_document(config) if isinstance(config, dict) else ():
        key = f"cloudInit.config.{place}"
        if not _encrypted(stack, key):
            yield key


def _encrypted(stack: Stack, key: str) -> bool:
    return _within(key, stack.encrypted)


def _within(key: str, others: Iterable[str]) -> bool:
    """Tell whether a key is one of others, or below one."""
    return any(key == one or key.startswith((f"{one}.", f"{one}[")) for one in others)
