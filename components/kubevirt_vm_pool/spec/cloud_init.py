"""What cloud-init does at a VM's first boot, as the configuration may say it."""

from __future__ import annotations

import base64
import os
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from .model import MaySecret, Model, wrong
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


def base64_text(text: str) -> str:
    """Check base64; line breaks in it are nobody's concern."""
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise wrong(
            "is no base64", "give what `base64 -w0 FILE` prints, or plain text as userData"
        ) from None
    return text


# KubeVirt's volumes with the documents, by cloudInit.type.
VOLUMES = {"noCloud": "cloudInitNoCloud", "configDrive": "cloudInitConfigDrive"}
A_PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x"
A_CLOUD_CONFIG = "#cloud-config\nusers: [default]\n"
A_CLOUD_CONFIG_BASE64 = base64.b64encode(A_CLOUD_CONFIG.encode()).decode()


class CloudInit(Model):
    """What cloud-init does at a VM's first boot."""

    timezone: Annotated[
        Annotated[str, AfterValidator(time_zone)] | None, MaySecret("Etc/UTC", public=True)
    ] = Field(default=None, description="Time zone by its IANA name, for instance Europe/Zurich.")
    user: Annotated[
        Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")] | None,
        MaySecret("somebody", public=True),
    ] = Field(
        default=None,
        description="User that password and keys belong to. Not set, it is the image's own.",
    )
    ssh_authorized_keys: Annotated[list[str], MaySecret([A_PUBLIC_KEY])] = Field(
        default=[], description="OpenSSH public keys that may log in, one line each."
    )
    packages: Annotated[
        list[Annotated[str, AfterValidator(package)]], MaySecret(["not-known-here"], public=True)
    ] = Field(default=[], description="Packages to install.")
    run_commands: Annotated[
        list[Annotated[str | list[str], BeforeValidator(command)]], MaySecret(["true"])
    ] = Field(
        default=[],
        description="Commands to run: a line for the shell, or a list of program and arguments.",
    )
    config: Annotated[dict[str, Any], MaySecret({"users": ["default"]})] = Field(
        default={}, description="Further cloud-config, merged over what the other keys say."
    )
    user_data: Annotated[str | None, MaySecret(A_CLOUD_CONFIG)] = Field(
        default=None, description="The whole user data in place of everything above."
    )
    network_data: Annotated[
        Annotated[str | dict[str, Any], BeforeValidator(text_or_object)] | None,
        MaySecret({"version": 2}),
    ] = Field(default=None, description="Network configuration, version 1 or 2.")
    user_data_base64: Annotated[
        Annotated[str, AfterValidator(base64_text)] | None, MaySecret(A_CLOUD_CONFIG_BASE64)
    ] = Field(
        default=None,
        description="The whole user data in base64, kept byte for byte and not looked into: gzip, "
        "or what no key has a word for.",
    )
    network_data_base64: Annotated[
        Annotated[str, AfterValidator(base64_text)] | None, MaySecret("dmVyc2lvbjogMgo=")
    ] = Field(default=None, description="Network configuration in base64, kept byte for byte.")
    secret_name: ObjectName | None = Field(
        default=None, description="Name of the Secret. Not set, it is <pool>-cloudinit."
    )
    existing_secret: ObjectName | None = Field(
        default=None,
        description="Somebody else's Secret with the user data, under the key userdata; the stack "
        "makes none then.",
    )
    existing_network_data_secret: ObjectName | None = Field(
        default=None,
        description="Somebody else's Secret with the network configuration, under the key "
        "networkdata; it may be the same one.",
    )
    type: Literal["noCloud", "configDrive"] | None = Field(
        default=None,
        description="How the guest gets to see the documents: noCloud or configDrive, which "
        "Ignition and cloudbase-init look for. Not set, it is noCloud.",
    )


class NoCloudInit(CloudInit):
    """VMs without any of cloud-init's documents."""
