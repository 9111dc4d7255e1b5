"""What cloud-init does at a VM's first boot, as the configuration may say it."""

from __future__ import annotations

import os
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from .model import Model, wrong
from .names import ObjectName

ZONES = "/usr/share/zoneinfo"
# Names that some distributions keep in a package of their own (tzdata-legacy).
LEGACY_ZONES = ("US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "SystemV/")


def time_zone(text: str) -> str:
    """Check the name of a time zone; cloud-init fails at the first boot on one that is not there.

    Where the machine has the time zones of IANA, the name must be among them.
    """
    if not re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", text):
        raise wrong("is no name of a time zone (IANA)", "for instance Europe/Zurich")
    known = os.path.isfile(f"{ZONES}/UTC") and not text.startswith(LEGACY_ZONES)
    if known and not os.path.isfile(f"{ZONES}/{text}"):
        near = nearest_zone(text)
        raise wrong(
            "is no time zone that IANA knows",
            f"did you mean {near}?" if near else "for instance Europe/Zurich",
        )
    return text


def nearest_zone(text: str) -> str | None:
    """Return the time zone whose name or city is nearest to a misspelt one."""
    from zoneinfo import available_timezones

    from ..text.spelling import did_you_mean

    by_city = {zone.rpartition("/")[2]: zone for zone in sorted(available_timezones())}
    city = did_you_mean(text.rpartition("/")[2], by_city, nearness=0.8)
    return by_city[city] if city and "/" in by_city[city] else None


def command(value: object) -> object:
    """Check a command: text for the shell, or a list of a program and its arguments."""
    if isinstance(value, dict):
        raise wrong(
            "must be text or a list of texts, and is an object",
            "quote the command: a colon followed by a space made YAML read an object",
        )
    words = value if isinstance(value, list) else [value]
    if not all(isinstance(word, str) for word in words):
        raise wrong("must be text or a list of texts", "quote what is no text")
    return value


def package(text: str) -> str:
    """Check the name of a package."""
    if not re.fullmatch(r"\S+", text):
        raise wrong("is no name of a package", "give one name per item, without spaces")
    return text


def text_or_object(value: object) -> object:
    """Check a document that may be said as text or as an object."""
    if not isinstance(value, str | dict):
        raise wrong("must be text or an object", "write it as key: value, or as a block of text")
    return value


class CloudInit(Model):
    """What cloud-init does at a VM's first boot."""

    timezone: Annotated[str, AfterValidator(time_zone)] | None = None
    user: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")] | None = None
    ssh_authorized_keys: list[str] = Field(default=[], repr=False)
    packages: list[Annotated[str, AfterValidator(package)]] = []
    run_commands: list[Annotated[str | list[str], BeforeValidator(command)]] = Field(
        default=[], repr=False
    )
    config: dict[str, Any] = Field(default={}, repr=False)
    user_data: str | None = Field(default=None, repr=False)
    network_data: Annotated[str | dict[str, Any], BeforeValidator(text_or_object)] | None = Field(
        default=None, repr=False
    )
    secret_name: ObjectName | None = None
