"""Who may scale the pool."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .model import Model, wrong
from .names import SUBDOMAIN, DnsLabel


class Subject(Model):
    """Somebody in Kubernetes' eyes; without a namespace, a ServiceAccount of the pool's own."""

    kind: Literal["User", "Group", "ServiceAccount"] = Field(description="Kind of the subject.")
    name: Annotated[str, Field(min_length=1)] = Field(description="Name of the subject.")
    namespace: DnsLabel | None = Field(
        default=None, description="Namespace of a ServiceAccount. Not set, it is the pool's own."
    )

    @model_validator(mode="after")
    def accepted_by_kubernetes(self) -> Subject:
        if self.kind != "ServiceAccount" and self.namespace is not None:
            raise wrong(
                f"has a namespace, and a {self.kind} is in none",
                "remove namespace, or use kind ServiceAccount",
            )
        if self.kind == "ServiceAccount" and not re.fullmatch(SUBDOMAIN, self.name):
            raise wrong(
                "has a name that no ServiceAccount has: theirs are lower-case letters, digits, "
                "'-' and '.'",
                "for instance default, and its namespace in namespace",
            )
        return self


class ScaleRole(Model):
    """Who may `kubectl scale` the pool."""

    subjects: Annotated[list[Subject], Field(min_length=1)] = Field(
        description="Who may scale the pool."
    )
