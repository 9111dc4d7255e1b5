"""What may differ from replica to replica."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from .cloud_init import text_or_object
from .model import Model, wrong
from .names import ObjectName

MOST_REPLICAS = 10_000  # of which each has objects of its own


class GeneratedValue(Model):
    """A secret that is made once for each replica, of letters and digits."""

    # 24 of 62 signs are 142 bits; fewer than 12 can be guessed.
    length: Annotated[int, Field(ge=12, le=128)] = 24


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

    spare: Annotated[int, Field(ge=0, le=MOST_REPLICAS)]
    values: Annotated[list[Any] | dict[str, Any], BeforeValidator(list_or_object)] = Field(
        default=[], repr=False
    )
    generate: dict[Annotated[str, Field(pattern=GENERATED_NAME)], GeneratedValue] = {}
    hostname: str | None = None
    password: str | None = Field(default=None, repr=False)
    config: dict[str, Any] = Field(default={}, repr=False)
    user_data: str | None = Field(default=None, repr=False)
    network_data: Annotated[str | dict[str, Any], BeforeValidator(text_or_object)] | None = Field(
        default=None, repr=False
    )
    # Data by key, by the name before the index. {} says that somebody else makes them.
    config_maps: dict[ObjectName, dict[DataKey, str]] = Field(default={}, repr=False)
    secrets: dict[ObjectName, dict[DataKey, str]] = Field(default={}, repr=False)

    @property
    def cloud_init(self) -> bool:
        """Whether cloud-init's documents differ."""
        documents = (self.hostname, self.password, self.user_data, self.network_data)
        return bool(self.config) or any(said is not None for said in documents)

    @property
    def on(self) -> bool:
        """Whether anything differs at all."""
        return self.cloud_init or bool(self.config_maps or self.secrets)
