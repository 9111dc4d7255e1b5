"""What may differ from replica to replica."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from .cloud_init import A_CLOUD_CONFIG, text_or_object
from .model import MaySecret, Model, wrong
from .names import ObjectName

MOST_REPLICAS = 10_000  # of which each has objects of its own


class GeneratedValue(Model):
    """A secret that is made once for each replica, of letters and digits."""

    # 24 of 62 signs are 142 bits; fewer than 12 can be guessed.
    length: Annotated[int, Field(ge=12, le=128)] = Field(
        default=24, description="Number of letters and digits."
    )


GENERATED_NAME = "^[a-z][a-z0-9_]{0,30}$"
DATA_KEY = r"^[-._a-zA-Z0-9]{1,253}$"
DataKey = Annotated[str, Field(pattern=DATA_KEY)]


def list_or_object(value: object) -> object:
    """Check that a value is a list or an object."""
    if value is not None and not isinstance(value, list | dict):
        raise wrong("must be a list, or an object by index", "begin each replica's with '- '")
    return value


class PerReplica(Model):
    """What differs from replica to replica; every text but those in values is a template.

    The variables: index, name (<pool>-<index>), count, values (the replica's own) and generated.
    """

    spare: Annotated[int, Field(ge=0, le=MOST_REPLICAS)] = Field(
        default=2, description="For how many indices more than there may be VMs."
    )
    values: Annotated[
        Annotated[list[Any] | dict[str, Any], BeforeValidator(list_or_object)], MaySecret(inside=1)
    ] = Field(
        default=[],
        description="Values for the templates: a list, or an object with indices for keys.",
    )
    generate: dict[Annotated[str, Field(pattern=GENERATED_NAME)], GeneratedValue] = Field(
        default={}, description="Secrets to make once for each replica, by name."
    )
    hostname: str | None = Field(default=None, description="Template of the host name.")
    password: Annotated[str | None, MaySecret("not known here")] = Field(
        default=None, description="Template of the default user's password."
    )
    config: Annotated[dict[str, Any], MaySecret({"users": ["default"]})] = Field(
        default={}, description="Templates of cloud-config, merged over what all replicas share."
    )
    user_data: Annotated[str | None, MaySecret(A_CLOUD_CONFIG)] = Field(
        default=None, description="Template of the whole user data."
    )
    network_data: Annotated[
        Annotated[str | dict[str, Any], BeforeValidator(text_or_object)] | None,
        MaySecret({"version": 2}),
    ] = Field(default=None, description="Template of the network configuration.")
    config_maps: Annotated[dict[ObjectName, dict[DataKey, str]], MaySecret(inside=2)] = Field(
        default={},
        description="Templates of ConfigMaps: data by key, by the name before the index; {} says "
        "that somebody else makes them.",
    )
    secrets: Annotated[dict[ObjectName, dict[DataKey, str]], MaySecret(inside=2)] = Field(
        default={},
        description="Templates of Secrets: data by key, by the name before the index; {} says that "
        "somebody else makes them.",
    )

    @property
    def cloud_init(self) -> bool:
        """Whether cloud-init's documents differ."""
        documents = (self.hostname, self.password, self.user_data, self.network_data)
        return bool(self.config) or any(said is not None for said in documents)

    @property
    def on(self) -> bool:
        """Whether anything differs at all."""
        return self.cloud_init or bool(self.config_maps or self.secrets)
